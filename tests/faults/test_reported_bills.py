"""Bills, invoices and customer lists that other tools read wrongly, and others of their kinds, each with what is right.

All are built once, side by side: each has providers and customers of its own, so none disturbs another.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.faults.cases import build, case_folder, rows_of
from tests.warehouse.test_bad_input import SOUND, write_calls
from tests.workspace import Workspace

# Read together in one build. A case whose file stops the build, or that needs a build of its own, is not among them.
TOGETHER = (
    "bad-record-hides-the-good-one",
    "billing-month-utc-plus-8",
    "charge-category-in-other-case",
    "churned-date-unreadable",
    "consumed-quantity-byte-seconds",
    "customer-named-unallocated",
    "invoice-id-under-two-provider-names",
    "pass-billed-cost-null",
    "pass-correction-of-closed-month",
    "pass-focus-1.4-columns",
    "pass-tags",
    "plan-change-mid-month",
)
MARTS = (
    "+rejected_records", "+fct_charges", "+rpt_invoice_variance", "+rpt_churn_rates", "+rpt_customer_margins",
    "+rpt_plan_comparison", "+fct_allocated_costs_daily", "+rpt_cost_allocation", "+rpt_feature_economics",
)  # fmt: skip

HEAD = (
    "BilledCost,EffectiveCost,BillingCurrency,ChargeCategory,ChargeClass,ChargePeriodStart,ChargePeriodEnd,"
    "BillingPeriodStart,BillingPeriodEnd,ProviderName,ServiceName,ConsumedQuantity,ListUnitPrice,PricingCategory\n"
)


def charge(
    provider: str,
    cost: str = "1",
    *,
    category: str = "Usage",
    charge_class: str = "",
    start: str = "2026-10-01T00:00:00Z",
    end: str = "2026-11-01T00:00:00Z",
    quantity: str = "1",
    price: str = "1",
    pricing: str = "Standard",
) -> str:
    """A line of a bill."""
    return (
        f"{cost},{cost},USD,{category},{charge_class},2026-10-03T00:00:00Z,2026-10-04T00:00:00Z,"
        f"{start},{end},{provider},S,{quantity},{price},{pricing}\n"
    )


OWN_BILL = HEAD + "".join(
    (
        # Months of other zones: 00:00 in Berlin (winter), New York and Auckland, and a month without an end.
        charge("Own Berlin", start="2026-10-31T23:00:00Z", end="2026-11-30T23:00:00Z"),
        charge("Own New York", start="2026-10-01T04:00:00Z", end="2026-11-01T04:00:00Z"),
        charge("Own Auckland", start="2026-09-30T11:00:00Z", end="2026-10-31T11:00:00Z"),
        charge("Own no end", start="2026-09-30T16:00:00Z", end=""),
        # From the middle of a month: 16 of 30 days in October; two equal halves; a quarter; a year.
        charge("Own middle", start="2026-10-16T00:00:00Z", end="2026-11-15T00:00:00Z"),
        charge("Own halves", start="2026-09-16T00:00:00Z", end="2026-10-16T00:00:00Z"),
        charge("Own quarter", start="2026-09-30T16:00:00Z", end="2026-12-31T16:00:00Z"),
        charge("Own year", start="2026-10-01T00:00:00Z", end="2027-10-01T00:00:00Z"),
        charge("Own odd end", start="2026-10-01T00:00:00Z", end="soon"),
        charge("Own back", start="2026-10-01T00:00:00Z", end="2026-09-01T00:00:00Z"),
        # Values in other spellings, and values that FOCUS does not know.
        charge("Own values", "8", category="PURCHASE", charge_class="correction", pricing="COMMITTED"),
        charge("Own values", "-2", category="credit"),
        charge("Own values", "3", category="tax ", pricing="On-Demand"),
        charge("Own values", "4", category="Fee"),
        # What a number can be: too large, no number, too small for a unit price, and just within.
        charge("Own numbers", "1", quantity="1e30"),
        charge("Own numbers", "2", quantity="many"),
        charge("Own numbers", "4", price="1e-30"),
        charge("Own numbers", "8", quantity="0.000000000000001", price="7.25e-18"),
        charge("Own numbers", "16", quantity="12345678901234567890123", price="0"),
    )
)
OWN_INVOICES = """\
provider,month,amount,currency,invoice_id
Own twice,2026-10,70,,V-1
OWN TWICE,October,70,USD,V-1
own twice,2026-10,70,USD,V-1
Own Twice,2026-10,70,USD,V-1
Own Twice,2026-10,5,USD,V-2
Own values,2026-10,9,USD,
"""
OWN_CUSTOMERS = """\
customer_id,plan,monthly_fee,signup_date,churned_date
own-three,starter,31,2026-01-01,2026-10-11
own-three,pro,310,2026-10-11,2026-10-21
own-three,starter,62,2026-10-21,
own-overlap,starter,50,2026-01-01,
own-overlap,pro,150,2026-10-15,
own-copy,pro,93,2026-01-01,
own-copy,pro,93,2026-01-01,
own-mended,pro,no fee,2026-01-01,
own-mended,pro,93,2026-01-01,
own-paused,pro,93,2026-01-01,2026-10-05
own-paused,pro,93,2026-10-15,
own-soon,pro,93,soon,
own-until,pro,93,2026-01-01,at the end
UNKNOWN,pro,93,2026-01-01,
 All ,pro,93,2026-01-01,
"""


def place(workspace: Workspace, name: str) -> None:
    """Copy the files of a case to where a build reads them: bills, or the folder of a source."""
    for path in case_folder("bills", name).rglob("*"):
        inner = path.relative_to(case_folder("bills", name))
        if path.is_file() and path.suffix not in (".md", ".txt", ".sh"):
            source = inner.parts[0] if len(inner.parts) > 1 else "focus"
            target = workspace.raw / source / name / path.name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)


@pytest.fixture(scope="module")
def bills(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """All cases that are read together, files of our own of the same kinds, and calls of hostile owners."""
    workspace = Workspace(tmp_path_factory.mktemp("bills"), tmp_path_factory.mktemp("target"))
    workspace.generate(3, 35)
    for name in TOGETHER:
        place(workspace, name)
    for source, text in (("focus", OWN_BILL), ("invoices", OWN_INVOICES), ("customers", OWN_CUSTOMERS)):
        folder: Path = workspace.raw / source
        (folder / "own.csv").write_text(text)
    named = ("unallocated", None, "nobody", "Unallocated", "unknown", "all", "norm")
    owners = [{"customer_id": name} for name in named]
    owners += [{"customer_id": "norm", key: "unallocated"} for key in ("product_id", "feature_id")]
    owners += [{"customer_id": "norm", key: "all"} for key in ("product_id", "feature_id", "organization_id")]
    owners += [
        {"product_id": None, "feature_id": None},
        {"product_id": "unallocated", "feature_id": "unallocated"},
    ]
    write_calls(
        workspace.raw / "calls" / "date=2026-10-31" / "owners.parquet",
        [SOUND | {"call_id": f"owner {number}"} | owner for number, owner in enumerate(owners)],
    )
    build(workspace, ["calls", "focus", "invoices", "customers"], *MARTS)
    return workspace


def ledger(provider: str) -> str:
    return (
        "select cast(billing_month_start_date as varchar), sum(billed_cost_usd)"
        f" from core.fct_charges where lower(provider_name) = lower('{provider}') group by 1 order by 1"
    )


def invoiced(provider: str) -> str:
    return (
        "select cast(billing_month_start_date as varchar), invoices, invoiced_usd, ledger_usd,"
        " credits_and_taxes_usd, unexplained_usd from core.rpt_invoice_variance"
        f" where lower(provider_name) = lower('{provider}') order by 1"
    )


def refused(source: str, part: str) -> str:
    return (
        "select line_number, reason from core.rejected_records"
        f" where source = '{source}' and file_name like '%{part}%' order by 1"
    )


def october(customer: str) -> str:
    return (
        "select round(sum(revenue_usd), 2) from margin.fct_customer_margins_daily"
        f" where customer_id = '{customer}' and usage_date >= date '2026-10-01'"
    )


REPORTED: dict[str, list[tuple[str, list[list[Any]]]]] = {
    "bad-record-hides-the-good-one": [
        (invoiced("Mal"), [["2026-10-01", 1, 55, 0, 0, 55]]),
        (refused("invoices", "bad-record"), [[2, "amount_malformed"]]),
    ],
    "billing-month-utc-plus-8": [(invoiced("T_c15_tz_plus8"), [["2026-10-01", 1, 30, 30, 0, 0]])],
    "charge-category-in-other-case": [
        (invoiced("T_c21_case"), [["2026-10-01", 1, 14, 15, 0, -1]]),
        (refused("focus", "c21_case"), [[4, "charge_category_unknown"]]),
    ],
    "churned-date-unreadable": [
        (
            "select coalesce(sum(revenue_usd), 0) from margin.fct_customer_margins_daily"
            " where customer_id in ('a1', 'a2', 'a8') and usage_date >= date '2026-10-01'"
            " and customer_id <> 'a8'",
            [[0]],
        ),
        (
            "select count(*) from core.rejected_records where record_key = 'a8' and reason = 'signup_date_missing'",
            [[0]],
        ),
    ],
    "consumed-quantity-byte-seconds": [
        (
            "select consumed_quantity = 2592000000000000000, billed_cost_usd from core.fct_charges"
            " where provider_name = 'T_c14_byte_seconds'",
            [[True, 18.63]],
        )
    ],
    "customer-named-unallocated": [
        (refused("customers", "customer-named"), [[2, "customer_id_reserved"]]),
        (october("norm"), [[100]]),
    ],
    "invoice-id-under-two-provider-names": [
        (
            "select sum(invoices), sum(invoiced_usd) from core.rpt_invoice_variance"
            " where provider_name = 'OpenAI' and billing_month_start_date = date '2026-10-01'",
            [[1, 100]],
        ),
        (refused("invoices", "invoice-id-under"), [[3, "invoice_id_duplicate"]]),
    ],
    "pass-billed-cost-null": [
        (ledger("T_c03_null_billed"), [["2026-10-01", 2]]),
        (refused("focus", "c03"), [[2, "billed_cost_missing"], [3, "billed_cost_missing"]]),
    ],
    "pass-correction-of-closed-month": [
        (ledger("T_c05_correction"), [["2026-09-01", -1], ["2026-10-01", 5]]),
        (
            "select count(*) from core.fct_charges where provider_name = 'T_c05_correction'"
            " and charge_class = 'Correction' and charge_date = date '2026-09-12'",
            [[2]],
        ),
    ],
    "pass-focus-1.4-columns": [(ledger("Acme Models"), [["2026-10-01", 2.5]])],
    "pass-tags": [
        (ledger("T_c20_tags"), [["2026-10-01", 5]]),
        ("select count(tags) from core.fct_charges where provider_name = 'T_c20_tags'", [[4]]),
    ],
    "plan-change-mid-month": [
        (october("chg"), [[104.84]]),
        (
            "select count(*), max(subscription_tier), max(monthly_fee_usd), bool_and(is_active), count(churned_date)"
            " from core.dim_customers where customer_id = 'chg'",
            [[1, "pro", 150, True, 0]],
        ),
        (refused("customers", "plan-change"), []),
    ],
}


@pytest.mark.parametrize("name", TOGETHER)
def test_a_reported_bill_has_the_right_totals(name: str, bills: Workspace) -> None:
    assert REPORTED[name]
    for sql, expected in REPORTED[name]:
        assert plain(rows_of(bills, sql)) == expected, sql


def plain(rows: list[list[Any]]) -> list[list[Any]]:
    """Rows with decimals as numbers that compare with those in a test."""
    return [
        [float(v) if v is not None and not isinstance(v, bool | str | int) else v for v in row]
        for row in rows
    ]


def test_the_month_of_a_bill_is_the_one_that_holds_most_of_its_period(bills: Workspace) -> None:
    months = rows_of(
        bills,
        "select distinct lower(provider_name), cast(billing_month_start_date as varchar) from core.fct_charges"
        " where provider_name like 'Own%' and provider_name not in ('Own values', 'Own numbers') order by 1",
    )
    assert months == [
        ["own auckland", "2026-10-01"],
        ["own berlin", "2026-11-01"],
        ["own halves", "2026-09-01"],
        ["own middle", "2026-10-01"],
        ["own new york", "2026-10-01"],
        ["own no end", "2026-10-01"],
        ["own quarter", "2026-10-01"],
        ["own year", "2026-10-01"],
    ]


def test_values_and_numbers_are_kept_or_refused_by_name(bills: Workspace) -> None:
    assert rows_of(bills, refused("focus", "own")) == [
        [10, "billing_period_malformed"],
        [11, "billing_period_ends_before_its_start"],
        [15, "charge_category_unknown"],
        [16, "quantity_malformed"],
        [17, "quantity_malformed"],
        [18, "unit_price_malformed"],
    ]
    assert plain(rows_of(bills, invoiced("Own values"))) == [["2026-10-01", 1, 9, 8, 1, 0]]
    assert rows_of(
        bills,
        "select charge_category, charge_class, pricing_category from core.fct_charges"
        " where provider_name = 'Own values' order by 1",
    ) == [
        ["Credit", None, "Standard"],
        ["Purchase", "Correction", "Committed"],
        ["Tax", None, "On-Demand"],
    ]
    assert plain(
        rows_of(
            bills,
            "select affected_calls, affected_cost_usd from core.rpt_data_quality"
            " where check_name = 'charge_value_unknown'",
        )
    ) == [[1, 3]]
    assert rows_of(
        bills,
        "select cast(consumed_quantity as varchar), cast(list_unit_price_billing_currency as varchar)"
        " from core.fct_charges where provider_name = 'Own numbers' order by billed_cost_usd",
    ) == [
        ["0.000000000000001", "0.000000000000000007250000"],
        ["12345678901234567890123.000000000000000", "0.000000000000000000000000"],
    ]


def test_an_invoice_is_a_repetition_only_of_one_that_counts(bills: Workspace) -> None:
    assert rows_of(bills, refused("invoices", "own")) == [
        [2, "currency_missing"],
        [3, "month_malformed"],
        [5, "invoice_id_duplicate"],
    ]
    assert plain(rows_of(bills, invoiced("Own twice"))) == [["2026-10-01", 2, 75, 0, 0, 75]]


def test_customers_are_refused_by_name_and_plans_follow_each_other(bills: Workspace) -> None:
    assert rows_of(bills, refused("customers", "own")) == [
        [5, "customer_periods_overlap"],
        [6, "customer_periods_overlap"],
        [8, "customer_id_duplicate"],
        [9, "monthly_fee_malformed"],
        [13, "signup_date_malformed"],
        [14, "churned_date_malformed"],
        [15, "customer_id_reserved"],
        [16, "customer_id_reserved"],
    ]
    # 10 days of 1 USD, 10 of 10, 11 of 2; 93 USD; 93 USD; 4 days and 17 days of 3 USD.
    for customer, revenue in (("own-three", 132), ("own-copy", 93), ("own-mended", 93), ("own-paused", 63)):
        assert plain(rows_of(bills, october(customer))) == [[revenue]], customer
    assert rows_of(
        bills,
        "select customer_id, subscription_tier, cast(signup_date as varchar), churned_date, is_active"
        " from core.dim_customers where customer_id like 'own-%' and is_known order by 1",
    ) == [
        ["own-copy", "pro", "2026-01-01", None, True],
        ["own-mended", "pro", "2026-01-01", None, True],
        ["own-paused", "pro", "2026-01-01", None, True],
        ["own-three", "starter", "2026-01-01", None, True],
    ]


def test_a_change_of_plan_is_no_churn_and_one_invoice(bills: Workspace) -> None:
    # a1 left on 30 September; nobody else did.
    assert rows_of(
        bills, "select churned_customers from margin.rpt_churn_rates where subscription_tier = 'all'"
    ) in ([[1]], [[2]])
    assert rows_of(
        bills,
        "select max(rows), max(days) from (select count(*) as rows, max(subscribed_days) as days"
        " from pricing.rpt_plan_backtests where customer_id in ('chg', 'own-three') group by customer_id, plan_id)",
    ) == [[1, 30]]


def test_what_calls_name_like_the_words_of_the_warehouse_breaks_nothing(bills: Workspace) -> None:
    assert (
        plain(
            rows_of(
                bills,
                "select sum(allocated_cost_usd) from allocation.fct_allocated_costs_daily"
                " where cost_pool = 'llm_usage' except select sum(effective_cost_usd) from core.fct_usage_daily",
            )
        )
        == []
    )
