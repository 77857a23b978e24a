"""The usage of one month as a FOCUS 1.2 file: one row per day, SKU and token class or meter."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from reports_builder.errors import ReportError
from reports_builder.exports.files import write_whole
from reports_builder.spreadsheet_cells import guarded
from reports_builder.warehouse import Warehouse

VERSIONS = ("1.2",)
TEXT = pa.string()
TIME = pa.timestamp("us", tz="UTC")
MONEY = pa.decimal128(28, 12)
# A price of one token, and a quantity, have more digits than an amount.
PRICE = pa.decimal128(38, 24)
QUANTITY = pa.decimal128(38, 15)

# The 21 columns that 1.2 demands, the conditional ones that token usage has, the invoice number it
# recommends (null: calls do not know it), the two providers that 1.3 demands, and two of our own: the token
# class, and which costs are filled in because FOCUS allows no gap.
COLUMNS: Mapping[str, pa.DataType] = {
    "BilledCost": MONEY,
    "BillingAccountId": TEXT,
    "BillingAccountName": TEXT,
    "BillingCurrency": TEXT,
    "BillingPeriodEnd": TIME,
    "BillingPeriodStart": TIME,
    "ChargeCategory": TEXT,
    "ChargeClass": TEXT,
    "ChargeDescription": TEXT,
    "ChargeFrequency": TEXT,
    "ChargePeriodEnd": TIME,
    "ChargePeriodStart": TIME,
    "ConsumedQuantity": QUANTITY,
    "ConsumedUnit": TEXT,
    "ContractedCost": MONEY,
    "ContractedUnitPrice": PRICE,
    "EffectiveCost": MONEY,
    "HostProviderName": TEXT,
    "InvoiceId": TEXT,
    "InvoiceIssuerName": TEXT,
    "ListCost": MONEY,
    "ListUnitPrice": PRICE,
    "PricingCategory": TEXT,
    "PricingQuantity": QUANTITY,
    "PricingUnit": TEXT,
    "ProviderName": TEXT,
    "PublisherName": TEXT,
    "ServiceCategory": TEXT,
    "ServiceName": TEXT,
    "ServiceProviderName": TEXT,
    "ServiceSubcategory": TEXT,
    "SkuId": TEXT,
    "SkuMeter": TEXT,
    "SkuPriceDetails": TEXT,
    "SkuPriceId": TEXT,
    "x_EstimatedColumns": TEXT,
    "x_TokenClass": TEXT,
}

_QUERY = """
select
    charge_period_start_at, charge_period_end_at, billing_period_start_date, billing_period_end_date,
    provider_name, publisher_name, host_provider_name, billing_account_id, service_category,
    service_subcategory, service_name, charge_category, charge_description, sku_id, sku_meter,
    sku_price_id, model, service_tier, token_class, pricing_category, consumed_quantity, consumed_unit,
    billing_currency, list_unit_price_usd, contracted_unit_price_usd,
    billed_cost_usd, effective_cost_usd, list_cost_usd, contracted_cost_usd
from core.rpt_usage_charges_daily
where billing_month_start_date = :month
order by charge_date, sku_id
"""

Row = dict[str, object]


@dataclass(frozen=True)
class Export:
    """The rows of a month, how many of its charges have no cost that could be written, and the columns."""

    rows: tuple[Row, ...]
    without_cost: int
    columns: Mapping[str, pa.DataType] = field(default_factory=lambda: COLUMNS)


def read_export(warehouse: Warehouse, month: date) -> Export:
    """The FOCUS rows of the billing month that begins on ``month``; ReportError when it has no usage."""
    if not warehouse.has("core.rpt_usage_charges_daily"):
        raise ReportError(
            f"{warehouse.path} has no core.rpt_usage_charges_daily. It was built by an older version of the "
            "project: run `dbt build --project-dir dbt_project`."
        )
    found = warehouse.evidence(_QUERY, month=month)
    charges = [dict(zip(found.columns, row, strict=True)) for row in found.rows]
    if not charges:
        raise ReportError(f"{warehouse.path} has no usage in {month:%Y-%m}.")
    rows = tuple(row for row in map(focus_row, charges) if row is not None)
    return Export(rows, len(charges) - len(rows))


def focus_row(charge: Mapping[str, object]) -> Row | None:
    """One charge of the ledger as a FOCUS row; None when neither its bill nor its cost is known.

    A cost that the ledger does not know takes the nearest one it knows, and x_EstimatedColumns says
    so. Where no one price gives the cost of the tokens (no list price, or a price that changed that
    day), the row is priced as one unit, so that unit price x quantity is the cost in every row.
    """
    billed, effective = _amount(charge["billed_cost_usd"]), _amount(charge["effective_cost_usd"])
    known = {
        "BilledCost": billed,
        "EffectiveCost": effective,
        "ListCost": _amount(charge["list_cost_usd"]),
        "ContractedCost": _amount(charge["contracted_cost_usd"]),
    }
    nearest = billed if billed is not None else effective
    if nearest is None:
        return None
    listed = known["ListCost"] if known["ListCost"] is not None else nearest
    costs = {name: nearest if cost is None else cost for name, cost in known.items()} | {"ListCost": listed}
    if known["ContractedCost"] is None:
        costs["ContractedCost"] = listed
    tokens = _amount(charge["consumed_quantity"])
    list_price = _amount(charge["list_unit_price_usd"])
    contracted_price = _amount(charge["contracted_unit_price_usd"])
    by_token = None not in (tokens, list_price, contracted_price)
    return {
        **costs,
        "BillingAccountId": charge["billing_account_id"],
        "BillingCurrency": charge["billing_currency"],
        "BillingPeriodStart": charge["billing_period_start_date"],
        "BillingPeriodEnd": charge["billing_period_end_date"],
        "ChargeCategory": charge["charge_category"],
        "ChargeDescription": charge["charge_description"],
        "ChargeFrequency": "Usage-Based",
        "ChargePeriodStart": charge["charge_period_start_at"],
        "ChargePeriodEnd": charge["charge_period_end_at"],
        "ConsumedQuantity": Decimal(1) if tokens is None else tokens,
        "ConsumedUnit": "Units" if tokens is None else charge["consumed_unit"],
        "ListUnitPrice": list_price if by_token else costs["ListCost"],
        "ContractedUnitPrice": contracted_price if by_token else costs["ContractedCost"],
        "PricingQuantity": tokens if by_token else Decimal(1),
        "PricingUnit": charge["consumed_unit"] if by_token else "Units",
        "PricingCategory": charge["pricing_category"],
        "HostProviderName": charge["host_provider_name"],
        "InvoiceIssuerName": charge["provider_name"],
        "ProviderName": charge["provider_name"],
        "PublisherName": charge["publisher_name"],
        "ServiceProviderName": charge["provider_name"],
        "ServiceCategory": charge["service_category"],
        "ServiceSubcategory": charge["service_subcategory"],
        "ServiceName": charge["service_name"],
        "SkuId": charge["sku_id"],
        "SkuMeter": charge["sku_meter"],
        # A price of its own for a row that is priced as one unit: an id stands for one unit price.
        "SkuPriceId": charge["sku_price_id"] if by_token else f"{charge['sku_id']}@{_day(charge)}",
        "SkuPriceDetails": json.dumps(
            {
                "x_ModelId": charge["model"],
                "x_ServiceTier": charge["service_tier"],
                "x_TokenClass": charge["token_class"],
            },
            ensure_ascii=False,
        ),
        "x_EstimatedColumns": ",".join(name for name, cost in known.items() if cost is None) or None,
        "x_TokenClass": charge["token_class"],
    }


def _amount(value: object) -> Decimal | None:
    return value if isinstance(value, Decimal) else None


def _day(charge: Mapping[str, object]) -> str:
    return str(charge["charge_period_start_at"])[:10]


def as_parquet(rows: Iterable[Row], columns: Mapping[str, pa.DataType] = COLUMNS) -> bytes:
    """The rows as a Parquet file: decimals, and instants in UTC."""
    schema = pa.schema(list(columns.items()))
    content = [
        {name: _instant(row.get(name)) if kind == TIME else row.get(name) for name, kind in columns.items()}
        for row in rows
    ]
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(content, schema=schema), sink, compression="zstd")
    return sink.getvalue()


def as_csv(rows: Iterable[Row], columns: Mapping[str, pa.DataType] = COLUMNS) -> bytes:
    """The rows as CSV in UTF-8, numbers as plain decimals, instants as ISO 8601 in UTC."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(
            _csv_instant(row.get(name)) if kind == TIME else _csv_cell(row.get(name))
            for name, kind in columns.items()
        )
    return text.getvalue().encode()


def _instant(value: object) -> datetime:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    raise TypeError(f"{value!r} is not a day or an instant")


def _csv_instant(value: object) -> str:
    return f"{_instant(value):%Y-%m-%dT%H:%M:%SZ}"


def _csv_cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        # Always with a decimal point: readers that guess types take a column of whole numbers for integers.
        whole, _, decimals = format(value, "f").partition(".")
        return f"{whole}.{decimals.rstrip('0') or '0'}"
    return guarded(str(value))


_FORMATS: Mapping[str, Callable[[Iterable[Row], Mapping[str, pa.DataType]], bytes]] = {
    ".csv": as_csv,
    ".parquet": as_parquet,
}


def write_export(export: Export, out: Path) -> None:
    """Write the rows to ``out`` as its suffix says, whole or not at all."""
    write = _FORMATS.get(out.suffix.lower())
    if write is None:
        raise ReportError(f"{out} ends neither in .csv nor in .parquet; the suffix says which to write.")
    write_whole(out, write(export.rows, export.columns))
