"""All spend of one month as a FOCUS file: a row per charge of the ledger, of a shared one per owner."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, localcontext

import pyarrow as pa

from reports_builder.errors import ReportError
from reports_builder.exports.cents import in_cents
from reports_builder.exports.focus import COLUMNS, PRICE, TEXT, Export, Row
from reports_builder.warehouse import Warehouse

VERSIONS = ("1.3", "1.4")
# Tags of a bill keep their names; what we know beside them has a prefix of its own.
TAG_PREFIX = "finops/"
_OWNERS = {
    "business_unit": "business_unit_id",
    "team": "team_id",
    "project": "project_id",
    "user": "user_id",
    "cost_centre": "cost_centre",
    "organization": "organization_id",
    "product": "product_id",
    "feature": "feature_id",
    "customer": "customer_id",
}
_TWELVE = Decimal("1e-12")
_FIFTEEN = Decimal("1e-15")
_LEFT_OUT_OF_1_4 = ("ProviderName", "PublisherName")

# Costs may have more digits than a bill: a part at list price is price x quantity to the last of them.
_COLUMNS: Mapping[str, pa.DataType] = dict(
    sorted(
        {
            **{
                name: PRICE if kind == COLUMNS["ListCost"] else kind
                for name, kind in COLUMNS.items()
                if name != "x_TokenClass"
            },
            **dict.fromkeys(
                (
                    *("AllocatedMethodDetails", "AllocatedMethodId", "AllocatedResourceId", "AllocatedTags"),
                    *("CommitmentDiscountCategory", "CommitmentDiscountId", "CommitmentDiscountName"),
                    *("CommitmentDiscountStatus", "CommitmentDiscountType", "RegionId", "ResourceId"),
                    *("ResourceName", "ResourceType", "SubAccountId", "SubAccountName", "Tags"),
                    *("x_ChargeId", "x_CostPool", "x_InvoiceIssuerLegalName"),
                ),
                TEXT,
            ),
        }.items()
    )
)

_CHARGES = """
select *
from core.fct_charges
where billing_month_start_date = :month and is_counted
order by charge_id
"""
_SHARES = """
select
    cost_pool, usage_date, driver, driver_units, cost_share, allocated_cost_usd,
    business_unit_id, team_id, project_id, user_id, cost_centre,
    organization_id, product_id, feature_id, customer_id
from allocation.fct_allocated_costs_daily
where not is_direct and cost_pool in :pools and usage_date between :first_date and :last_date
order by all
"""

Record = Mapping[str, object]


def read_export(warehouse: Warehouse, month: date, version: str) -> Export:
    """The rows of the billing month that begins on ``month``; ReportError when nothing was charged for it."""
    charges = _with_one_category(warehouse.evidence(_CHARGES, month=month).records())
    if not charges:
        raise ReportError(f"{warehouse.path} has no charges of {month:%Y-%m}.")
    shares = _shares(warehouse, [charge for charge in charges if not charge["is_direct"]])
    rows: list[Row] = []
    without_cost = 0
    for charge in charges:
        row = charge_row(charge)
        if row is None:
            without_cost += 1
        else:
            rows += split_row(row, shares.get((charge["cost_pool"], charge["charge_date"]), ()))
    left_out = _LEFT_OUT_OF_1_4 if version == "1.4" else ()
    columns = {name: kind for name, kind in _COLUMNS.items() if name not in left_out}
    return Export(tuple(rows), without_cost, columns)


def _with_one_category(charges: Sequence[Record]) -> list[Record]:
    """The charges with a service and its category; one that a bill has in several is named with the others.

    A service has one category in FOCUS: that of most of its charges. The disks of machines are another.
    """
    named = [
        {
            **charge,
            "service_name": charge["service_name"] or charge["cost_pool"],
            "service_category": charge["service_category"] or "Other",
        }
        for charge in charges
    ]
    alike = Counter((str(charge["service_name"]), str(charge["service_category"])) for charge in named)
    category_of: dict[str, str] = {}
    for (service, category), _ in sorted(alike.items(), key=lambda pair: (-pair[1], pair[0][1])):
        category_of.setdefault(service, category)
    return [
        charge
        if charge["service_category"] == category_of[str(charge["service_name"])]
        else {**charge, "service_name": f"{charge['service_name']} ({charge['service_category']})"}
        for charge in named
    ]


def _shares(warehouse: Warehouse, charges: Sequence[Record]) -> dict[tuple[object, object], list[Record]]:
    """Who bears the shared charges, by their pool and day."""
    shares: dict[tuple[object, object], list[Record]] = defaultdict(list)
    days = [_day(charge["charge_date"]) for charge in charges]
    if days:
        found = warehouse.evidence(
            _SHARES,
            pools=tuple(sorted({str(charge["cost_pool"]) for charge in charges})),
            first_date=min(days),
            last_date=max(days),
        )
        for share in found.records():
            shares[share["cost_pool"], share["usage_date"]].append(share)
    return shares


def charge_row(charge: Record) -> Row | None:
    """A charge of the ledger as a FOCUS row, in the currency of its bill; None without currency or cost.

    A cost that is not known takes the nearest that is, and x_EstimatedColumns says so. A price stands where
    it gives the cost to the last digit; else the row is priced as one unit (taken back as minus one).
    """
    known = {
        name: _number(charge[f"{column}_billing_currency"])
        for name, column in (
            ("BilledCost", "billed_cost"),
            ("EffectiveCost", "effective_cost"),
            ("ListCost", "list_cost"),
            ("ContractedCost", "contracted_cost"),
        )
    }
    nearest = next((cost for cost in known.values() if cost is not None), None)
    if nearest is None or charge["billing_currency"] is None:
        return None
    costs = {name: nearest if cost is None else cost for name, cost in known.items()}
    tags = _tags_of_bill(charge["tags"]) | _tags_of_owner(charge)
    month = _day(charge["billing_month_start_date"])
    provider = _text(charge["service_provider_name"]) or str(charge["provider_name"])
    category = str(charge["charge_category"])
    is_own = charge["publisher_name"] in (None, charge["provider_name"])
    return {
        **costs,
        **_price(charge, costs, category),
        "BillingAccountId": charge["billing_account_id"] or "unknown",
        "BillingAccountName": charge["billing_account_name"],
        "BillingCurrency": charge["billing_currency"],
        "BillingPeriodStart": charge["billing_period_start_date"] or month,
        "BillingPeriodEnd": charge["billing_period_end_date"] or (month + timedelta(days=31)).replace(day=1),
        "ChargeCategory": category,
        "ChargeClass": charge["charge_class"],
        "ChargeDescription": charge["charge_description"] or charge["service_name"],
        "ChargeFrequency": _frequency(charge["charge_frequency"], category),
        "ChargePeriodStart": charge["charge_period_start_at"],
        "ChargePeriodEnd": charge["charge_period_end_at"],
        "CommitmentDiscountCategory": charge["commitment_discount_category"],
        "CommitmentDiscountId": charge["commitment_discount_id"],
        "CommitmentDiscountName": charge["commitment_discount_name"],
        "CommitmentDiscountStatus": charge["commitment_discount_status"],
        "CommitmentDiscountType": charge["commitment_discount_type"],
        "HostProviderName": charge["host_provider_name"] or provider,
        "InvoiceId": charge["invoice_id"],
        # Whichever of its companies writes the invoice: a provider of what it makes itself is the provider.
        "InvoiceIssuerName": provider if is_own else charge["invoice_issuer_name"] or provider,
        "x_InvoiceIssuerLegalName": charge["invoice_issuer_name"],
        "ProviderName": charge["provider_name"],
        "PublisherName": charge["publisher_name"] or provider,
        "RegionId": charge["region_id"],
        "ResourceId": charge["resource_id"],
        "ResourceName": charge["resource_name"],
        "ResourceType": charge["resource_id"] and (charge["resource_type"] or charge["service_name"]),
        "ServiceCategory": charge["service_category"],
        "ServiceName": charge["service_name"],
        "ServiceProviderName": provider,
        "ServiceSubcategory": _subcategory(charge),
        "SubAccountId": charge["sub_account_id"],
        "SubAccountName": charge["sub_account_id"]
        and (charge["sub_account_name"] or charge["sub_account_id"]),
        "Tags": _json(tags) if tags else None,
        "x_ChargeId": charge["charge_id"],
        "x_CostPool": charge["cost_pool"],
        "x_EstimatedColumns": ",".join(name for name, cost in known.items() if cost is None) or None,
    }


def split_row(origin: Row, shares: Sequence[Record]) -> Iterator[Row]:
    """The row as it is where nobody shares it, else one row for each owner; together they are the origin.

    Each owner's costs are the origin's by the amounts that the warehouse allocated; quantities go by its
    ratio, with the unit prices of the origin. What has no owner is a row without AllocatedResourceId.
    """
    if not shares:
        yield origin
        return
    owners: dict[str, list[Record]] = defaultdict(list)
    for share in shares:
        owners["/".join(f"{key}={value}" for key, value in _owner(share).items())].append(share)
    ratios = [sum((_ratio(share) for share in owner), Decimal(0)) for owner in owners.values()]
    amounts = [
        sum((_number(share["allocated_cost_usd"]) or Decimal(0) for share in owner), Decimal(0))
        for owner in owners.values()
    ]
    # A pool whose lines cancel each other has no amounts to go by.
    weights = amounts if sum(amounts) else ratios
    parts = {name: _parts(origin[name], weights, _TWELVE) for name in ("BilledCost", "EffectiveCost")}
    consumed = _parts(origin["ConsumedQuantity"], ratios, _FIFTEEN)
    prices = (origin["ListCost"], origin["ContractedCost"], origin["PricingQuantity"] is not None)
    for index, (name, owner) in enumerate(owners.items()):
        with localcontext(prec=38):
            split = {
                "ListCost": _number(prices[0]) * ratios[index],  # type: ignore[operator]
                "ContractedCost": _number(prices[1]) * ratios[index],  # type: ignore[operator]
            }
        yield {
            **origin,
            **{column: found[index] for column, found in parts.items()},
            **split,
            "ConsumedQuantity": consumed[index],
            "PricingQuantity": ratios[index] if prices[2] else None,
            "AllocatedMethodId": origin["x_CostPool"],
            "AllocatedMethodDetails": _json({"Elements": [_element(share) for share in owner]}),
            "AllocatedResourceId": name or None,
            "AllocatedTags": _json(_tags_of_owner(owner[0])) if name else None,
        }


def _price(charge: Record, costs: Mapping[str, Decimal], category: str) -> Row:
    """The columns of SKU, price and quantity, of which a tax has none and a credit no price."""
    is_priced = category in ("Usage", "Purchase")
    if not is_priced:
        return dict.fromkeys(
            (
                *("SkuId", "SkuMeter", "SkuPriceId", "SkuPriceDetails", "PricingCategory", "PricingQuantity"),
                *("PricingUnit", "ListUnitPrice", "ContractedUnitPrice", "ConsumedQuantity", "ConsumedUnit"),
            )
        )
    meter = charge["sku_meter"] or charge["charge_description"] or charge["service_name"]
    sku = charge["sku_id"] or f"{charge['service_name']}/{meter}"
    quantity = _number(charge["pricing_quantity"])
    listed = _number(charge["list_unit_price_billing_currency"])
    contracted = _number(charge["contracted_unit_price_billing_currency"])
    with localcontext(prec=60):
        by_price = (
            charge["is_direct"]
            and quantity is not None
            and listed is not None
            and contracted is not None
            and min(listed, contracted) >= 0
            and listed * quantity == costs["ListCost"]
            and contracted * quantity == costs["ContractedCost"]
        )
    consumed = _number(charge["consumed_quantity"])
    is_used = category == "Usage" and charge["commitment_discount_status"] != "Unused"
    # A cost that is taken back is minus one unit, since no price is below zero.
    sign = -1 if min(costs["ListCost"], costs["ContractedCost"]) < 0 else 1
    return {
        "SkuId": sku,
        "SkuMeter": meter,
        "SkuPriceId": (charge["sku_price_id"] or sku) if by_price else f"{sku}@{charge['charge_id']}",
        "SkuPriceDetails": charge["sku_price_details"],
        "PricingCategory": charge["pricing_category"] or "Standard",
        "PricingQuantity": quantity if by_price else Decimal(sign),
        "PricingUnit": charge["pricing_unit"] if by_price else "Units",
        "ListUnitPrice": listed if by_price else sign * costs["ListCost"],
        "ContractedUnitPrice": contracted if by_price else sign * costs["ContractedCost"],
        "ConsumedQuantity": (Decimal(1) if consumed is None else consumed) if is_used else None,
        "ConsumedUnit": ("Units" if consumed is None else charge["consumed_unit"] or "Units")
        if is_used
        else None,
    }


def _parts(whole: object, weights: Sequence[Decimal], unit: Decimal) -> Sequence[Decimal | None]:
    """The whole by weights, in units that sum to it."""
    number = _number(whole)
    if number is None:
        return [None] * len(weights)
    with localcontext(prec=60):
        total = sum(weights, Decimal(0))
        return in_cents([number * weight / total for weight in weights], unit)


def _element(share: Record) -> dict[str, object]:
    """By what an owner's part was found: its ratio of the whole, the unit of the driver, how many of them."""
    found: dict[str, object] = {
        "AllocatedRatio": float(_ratio(share)),
        "UsageUnit": _unit(str(share["driver"])),
    }
    units = _number(share["driver_units"])
    return found if units is None else found | {"UsageQuantity": float(units)}


def _ratio(share: Record) -> Decimal:
    # Shares have twelve decimals and sum to 1; as the shortest text of the double they are exact.
    return Decimal(repr(share["cost_share"] or 0.0))


def _unit(driver: str) -> str:
    """A driver in the form of a FOCUS unit: each word begins with a capital."""
    words = "".join(letter if letter.isalnum() else " " for letter in driver).split()
    return " ".join(word[:1].upper() + word[1:] for word in words)


def _frequency(said: object, category: str) -> object:
    if said and not (category == "Purchase" and said == "Usage-Based"):
        return said
    return "Usage-Based" if category == "Usage" else "One-Time"


def _subcategory(charge: Record) -> object:
    """FOCUS has a catch-all in each category; support is a word of the ledger's own."""
    said = charge["service_subcategory"]
    return f"Other ({charge['service_category']})" if said in (None, "Support") else said


def _owner(row: Record) -> dict[str, object]:
    return {
        name: row[column] for name, column in _OWNERS.items() if row[column] not in (None, "", "unallocated")
    }


def _tags_of_owner(row: Record) -> dict[str, object]:
    return {f"{TAG_PREFIX}{name}": value for name, value in _owner(row).items()}


def _tags_of_bill(text: object) -> dict[str, object]:
    """The tags as the bill has them; none where they are no JSON object. No value has others within."""
    try:
        found = json.loads(str(text)) if text else {}
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: _json(value) if isinstance(value, dict | list) else value for key, value in found.items()}


def _json(value: Mapping[str, object] | list[object]) -> str:
    return json.dumps(value, ensure_ascii=False)


def _text(value: object) -> str | None:
    return str(value) if value else None


def _number(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError(f"{value!r} is not a day")
    return value
