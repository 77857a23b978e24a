"""The sources that can be switched on beside the calls, with the columns that staging reads of each."""

from __future__ import annotations

from coding_agents import CodingAgentSource
from column_conventions import Money
from export_shapes import shape_customer
from landing import LandedSource
from langfuse_records import shape_langfuse
from litellm_records import shape_litellm
from otlp_spans import OTEL
from same_rows import Comparison

_FOCUS_COSTS = ("BilledCost", "ContractedCost", "EffectiveCost", "ListCost")
_FOCUS_PRICES = (
    "ContractedUnitPrice",
    "ListUnitPrice",
    "PricingCurrencyContractedUnitPrice",
    "PricingCurrencyEffectiveCost",
    "PricingCurrencyListUnitPrice",
)
# FOCUS 1.0 to 1.3: what a version or a provider does not have reads as null. Columns with the prefix x_ are
# those of this project's own export.
FOCUS = LandedSource(
    name="focus",
    what="FOCUS charges",
    columns={
        "BilledCost": "number",
        "BillingAccountId": "text",
        "BillingAccountName": "text",
        "BillingCurrency": "text",
        "BillingPeriodEnd": "time",
        "BillingPeriodStart": "time",
        "ChargeCategory": "text",
        "ChargeClass": "text",
        "ChargeDescription": "text",
        "ChargeFrequency": "text",
        "ChargePeriodEnd": "time",
        "ChargePeriodStart": "time",
        "CommitmentDiscountCategory": "text",
        "CommitmentDiscountId": "text",
        "CommitmentDiscountName": "text",
        "CommitmentDiscountQuantity": "number",
        "CommitmentDiscountStatus": "text",
        "CommitmentDiscountType": "text",
        "CommitmentDiscountUnit": "text",
        "ConsumedQuantity": "number",
        "ConsumedUnit": "text",
        "ContractedCost": "number",
        "ContractedUnitPrice": "number",
        "EffectiveCost": "number",
        "HostProviderName": "text",
        "InvoiceId": "text",
        "InvoiceIssuerName": "text",
        "ListCost": "number",
        "ListUnitPrice": "number",
        "PricingCategory": "text",
        "PricingCurrency": "text",
        "PricingCurrencyContractedUnitPrice": "number",
        "PricingCurrencyEffectiveCost": "number",
        "PricingCurrencyListUnitPrice": "number",
        "PricingQuantity": "number",
        "PricingUnit": "text",
        "ProviderName": "text",
        "PublisherName": "text",
        "RegionId": "text",
        "ResourceId": "text",
        "ResourceName": "text",
        "ResourceType": "text",
        "ServiceCategory": "text",
        "ServiceName": "text",
        "ServiceProviderName": "text",
        "ServiceSubcategory": "text",
        "SkuId": "text",
        "SkuMeter": "text",
        "SkuPriceDetails": "text",
        "SkuPriceId": "text",
        "SubAccountId": "text",
        "SubAccountName": "text",
        "Tags": "text",
        "x_EstimatedColumns": "text",
        "x_TokenClass": "text",
    },
    # What every version has and no charge can be placed or summed without.
    required=frozenset(
        {
            "BilledCost",
            "BillingPeriodStart",
            "ChargeCategory",
            "ChargePeriodEnd",
            "ChargePeriodStart",
            "EffectiveCost",
        }
    ),
    months=(("BillingPeriodStart", "BillingPeriodEnd"),),
    money=Money(
        {
            name: "PricingCurrency" if name.startswith("PricingCurrency") else "BillingCurrency"
            for name in (*_FOCUS_COSTS, *_FOCUS_PRICES)
        }
    ),
    comparison=Comparison("ChargePeriodStart", _FOCUS_COSTS),
)

INVOICES = LandedSource(
    name="invoices",
    what="provider invoices",
    columns={
        "provider": "text",
        "month": "month",
        "amount": "number",
        "currency": "text",
        "invoice_id": "text",
    },
    required=frozenset({"provider", "month", "amount", "currency"}),
    money=Money({"amount": "currency"}),
    comparison=Comparison("month", ("amount",), "invoice_id"),
)

_CUSTOMER_COLUMNS = {
    "customer_id": "text",
    "customer_name": "text",
    "organization_id": "text",
    "subscription_tier": "text",
    "monthly_fee": "number",
    "usage_archetype": "text",
    "signup_date": "time",
    "churned_date": "time",
    "region": "text",
    "currency": "text",
}

# Fees that customers pay, one row per customer. The aliases are what billing tools call the same.
CUSTOMERS = LandedSource(
    name="customers",
    what="customers",
    columns=_CUSTOMER_COLUMNS,
    required=frozenset({"customer_id", "monthly_fee", "signup_date"}),
    aliases={
        "customer": "customer_id",
        "name": "customer_name",
        "organization": "organization_id",
        "plan": "subscription_tier",
        "plan_name": "subscription_tier",
        "tier": "subscription_tier",
        "fee": "monthly_fee",
        "monthly_fee_usd": "monthly_fee",
        "mrr": "monthly_fee",
        "start_date": "signup_date",
        "started_at": "signup_date",
        "end_date": "churned_date",
        "ended_at": "churned_date",
        "canceled_at": "churned_date",
        "cancelled_at": "churned_date",
    },
    shape=shape_customer,
    mapped=frozenset(_CUSTOMER_COLUMNS),
    maps_columns=True,
    money=Money({"monthly_fee": "currency"}, "USD"),
    comparison=Comparison(),
)

_CALL_SUFFIXES = (".csv", ".csv.gz", ".json", ".json.gz", ".jsonl", ".jsonl.gz", ".ndjson", ".parquet")
# What the seed attribute_mappings may fill.
_CALL_ATTRIBUTES = frozenset(
    {
        "agent_id",
        "customer_id",
        "environment",
        "feature_id",
        "organization_id",
        "product_id",
        "provider",
        "quality_score",
        "region",
        "subscription_tier",
        "task_type",
        "team_id",
    }
)
_CALL_ATTRIBUTE_COLUMNS = {
    name: "plain" if name == "quality_score" else "text" for name in sorted(_CALL_ATTRIBUTES)
}

LITELLM = LandedSource(
    name="litellm",
    what="LiteLLM spend logs",
    columns={
        "request_id": "text",
        "call_type": "text",
        "spend": "number",
        "prompt_tokens": "count",
        "completion_tokens": "count",
        "startTime": "instant",
        "endTime": "instant",
        "request_duration_ms": "number",
        "model": "text",
        "custom_llm_provider": "text",
        "cache_hit": "text",
        "session_id": "text",
        "status": "text",
        "input_tokens": "count",
        "cached_input_tokens": "count",
        "cache_write_input_tokens": "count",
        "service_tier": "text",
        "error_code": "text",
        "error_class": "text",
        "gateway_usd_per_input_token": "plain",
        "gateway_usd_per_output_token": "plain",
        "response_id": "text",
        "session_key": "text",
        "metered_units": "text",
        "is_measured": "text",
        "needs_usage": "text",
        "field_problems": "text",
    }
    | _CALL_ATTRIBUTE_COLUMNS,
    required=frozenset({"request_id", "spend", "startTime", "model", "prompt_tokens", "completion_tokens"}),
    suffixes=_CALL_SUFFIXES,
    reads=frozenset(
        {
            "request_id",
            "call_type",
            "spend",
            "prompt_tokens",
            "completion_tokens",
            "total_tokens",
            "startTime",
            "endTime",
            "request_duration_ms",
            "model",
            "model_group",
            "custom_llm_provider",
            "user",
            "metadata",
            "cache_hit",
            "request_tags",
            "team_id",
            "organization_id",
            "end_user",
            "session_id",
            "status",
            "agent_id",
            "api_key",
        }
    ),
    aliases={"start_time": "startTime", "end_time": "endTime"},
    shape=shape_litellm,
    mapped=_CALL_ATTRIBUTES,
    time_column="startTime",
    money=Money({"spend": ""}, "USD"),
)

LANGFUSE = LandedSource(
    name="langfuse",
    what="Langfuse observations",
    columns={
        "id": "text",
        "trace_id": "text",
        "type": "text",
        "start_time": "instant",
        "end_time": "instant",
        "level": "text",
        "provided_model_name": "text",
        "input_tokens": "count",
        "cached_input_tokens": "count",
        "cache_write_input_tokens": "count",
        "output_tokens": "count",
        "cost": "number",
        "parent_observation_id": "text",
        "session_id": "text",
        "updated_at": "instant",
        "response_id": "text",
        "metered_units": "text",
        "service_tier": "text",
        "cache_hit": "text",
        "field_problems": "text",
    }
    | _CALL_ATTRIBUTE_COLUMNS,
    # Versions before 3 have usage and costs in other fields, some exports only those that are not empty.
    required=frozenset({"id", "type", "start_time"}),
    suffixes=_CALL_SUFFIXES,
    reads=frozenset(
        {
            "id",
            "trace_id",
            "environment",
            "type",
            "start_time",
            "end_time",
            "name",
            "metadata",
            "level",
            "provided_model_name",
            "model",
            "usage",
            "usage_details",
            "prompt_tokens",
            "completion_tokens",
            "total_tokens",
            "cost_details",
            "input_cost",
            "output_cost",
            "total_cost",
            "calculated_total_cost",
            "user_id",
            "session_id",
            "tags",
            "parent_observation_id",
            "updated_at",
        }
    ),
    # The API and the export of the user interface write the same names without underscores.
    aliases={
        "traceid": "trace_id",
        "starttime": "start_time",
        "endtime": "end_time",
        "providedmodelname": "provided_model_name",
        "usagedetails": "usage_details",
        "costdetails": "cost_details",
        "totalcost": "total_cost",
        "calculatedtotalcost": "calculated_total_cost",
        "inputcost": "input_cost",
        "calculatedinputcost": "input_cost",
        "calculated_input_cost": "input_cost",
        "outputcost": "output_cost",
        "calculatedoutputcost": "output_cost",
        "calculated_output_cost": "output_cost",
        "prompttokens": "prompt_tokens",
        "inputtokens": "prompt_tokens",
        "inputusage": "prompt_tokens",
        "completiontokens": "completion_tokens",
        "outputtokens": "completion_tokens",
        "outputusage": "completion_tokens",
        "totaltokens": "total_tokens",
        "totalusage": "total_tokens",
        "userid": "user_id",
        "sessionid": "session_id",
        "parentobservationid": "parent_observation_id",
        "updatedat": "updated_at",
    },
    shape=shape_langfuse,
    mapped=_CALL_ATTRIBUTES,
    time_column="start_time",
    money=Money({"cost": ""}, "USD"),
)

CODING_AGENTS = CodingAgentSource(
    name="coding_agents",
    what="logs of coding agents",
    columns={
        "id": "text",
        "tool": "text",
        "session_id": "text",
        "timestamp": "instant",
        "model": "text",
        "input_tokens": "number",
        "cached_input_tokens": "number",
        "cache_write_input_tokens": "number",
        "output_tokens": "number",
        "metered_units": "text",
        "field_problems": "text",
        "service_tier": "text",
        "cost": "number",
    }
    | _CALL_ATTRIBUTE_COLUMNS,
    required=frozenset(),
    suffixes=(".jsonl", ".jsonl.gz", ".json", ".json.gz"),
    shape=lambda call: (call, call),
    mapped=_CALL_ATTRIBUTES,
    time_column="timestamp",
    has_record_ids=True,
)

LANDED_SOURCES = (FOCUS, INVOICES, CUSTOMERS, LITELLM, LANGFUSE, OTEL, CODING_AGENTS)
# Those that hold call records.
CALL_SOURCES = ("litellm", "langfuse", "otel", "coding_agents")
