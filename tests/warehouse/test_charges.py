"""Billing files and invoices in the ledger: nothing lost, nothing doubled, every difference with its cause."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from reports_builder.build import build_pages
from reports_builder.exports.focus import read_export, write_export
from reports_builder.render import render
from reports_builder.warehouse import open_warehouse
from tests.real_files import FOLDER, real_file
from tests.workspace import Workspace

ON = "sources: [calls, focus, invoices, billing]"
SPECIMENS = ("focus_sample_odd.csv", *(f"focus_spec_examples/{name}.csv" for name in (
    "commitment_discount_usage_scenario_1",
    "commitment_discount_usage_scenario_2",
    "simple_saas_agreements_a1",
    "simple_saas_agreements_a2",
    "simple_saas_agreements_a3",
    "simple_saas_agreements_b",
    "simple_saas_agreements_c",
    "virtual_currency_pricing_model_a1",
    "virtual_currency_pricing_model_a2",
)))  # fmt: skip

BAD = """\
BilledCost,EffectiveCost,ListCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,BillingPeriodStart,ProviderName
2.5,2.5,,USD,Usage,2026-10-03,2026-10-04,2026-10-01,Acme
-1,-1,,USD,Credit,2026-10-03,2026-10-04,2026-10-01,acme
7,7,,XAU,Usage,2026-10-03,2026-10-04,2026-10-01,Acme
abc,1,,USD,Usage,2026-10-03,2026-10-04,2026-10-01,Acme
1,1,"1,5",USD,Usage,2026-10-03,2026-10-04,2026-10-01,Acme
,1,,USD,Usage,2026-10-03,2026-10-04,2026-10-01,Acme
4,1,,USD,Usage,,2026-10-04,2026-10-01,Acme
1,1,,USD,Usage,32/10/2026,2026-10-04,2026-10-01,Acme
1,1,,USD,Usage,2026-10-04,2026-10-04,2026-10-01,Acme
1,1,,USD,Usage,2026-10-03,2026-10-04,October,Acme
1,1,,USD,,2026-10-03,2026-10-04,2026-10-01,Acme
1,1,,USD
"""
REASONS = [
    (5, "cost_malformed"),
    (6, "cost_malformed"),
    (7, "billed_cost_missing"),
    (8, "charge_period_missing"),
    (9, "charge_period_malformed"),
    (10, "charge_period_ends_before_its_start"),
    (11, "billing_period_malformed"),
    (12, "charge_category_missing"),
    (13, "fields_too_few"),
]
INVOICES = """\
provider,month,amount,currency,invoice_id
acme,2026-10,"$3.00",USD,A-1
Acme,2026-10-31,3,USD,A-1
ACME,October,3,USD,A-2
,2026-10,3,USD,A-3
"""

BILLING = """\
Type,Number,Customer,Date,Amount,Currency
invoice,1,cust_0001,2026-09-15,"$1,200.00",USD
Invoice,1,cust_0001,2026-09-15,1200,USD
payment,77,cust_0001,2026-10-03,1000,USD
Credit note,2,cust_0001,2026-10-04,50,USD
reminder,3,cust_0001,2026-10-05,150,USD
payment,78,nobody_on_record,2026-10-06,5,USD
"""


@pytest.fixture(scope="module")
def with_bills(built: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The shared data with billing files and invoices beside it, among them the warehouse's own export."""
    folder = tmp_path_factory.mktemp("bills")
    workspace = Workspace(built.copy_to(folder).folder, tmp_path_factory.mktemp("target"))
    bills = workspace.raw / "focus"
    bills.mkdir()
    (workspace.raw / "invoices").mkdir()
    with open_warehouse(built.published) as warehouse:
        write_export(read_export(warehouse, date(2026, 10, 1)), bills / "own.csv")
    for name in SPECIMENS:
        if (FOLDER / name).is_file():
            # Read where they are: they are not the project's.
            (bills / Path(name).name).symlink_to(FOLDER / name)
    (bills / "bad.csv").write_text(BAD)
    (workspace.raw / "invoices" / "all.csv").write_text(INVOICES)
    (workspace.raw / "billing").mkdir()
    (workspace.raw / "billing" / "all.csv").write_text(BILLING)
    workspace.build("--vars", ON)
    return workspace


def test_every_row_of_a_real_bill_is_in_the_ledger_to_the_last_digit(with_bills: Workspace) -> None:
    file = real_file("focus_sample_odd.csv")
    expected: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    with file.open(encoding="utf-8-sig", newline="") as rows:
        for row in csv.DictReader(rows):
            total = expected[row["ProviderName"], row["ChargeCategory"]]
            for place, value in enumerate(
                (Decimal(1), Decimal(row["BilledCost"]), Decimal(row["EffectiveCost"]))
            ):
                total[place] += value
    found = with_bills.query(
        "select provider_name, charge_category, count(*), sum(billed_cost_usd), sum(effective_cost_usd)"
        " from core.fct_charges where file_name = 'focus/focus_sample_odd.csv' group by all"
    )
    assert {(provider, category): totals for provider, category, *totals in found} == expected
    assert sum(total[0] for total in expected.values()) == 500
    rejected = with_bills.query("select count(*) from core.rejected_records where file_name like '%odd.csv'")
    assert rejected == [(0,)]


def test_worked_examples_of_the_specification_keep_their_currencies(with_bills: Workspace) -> None:
    real_file("focus_spec_examples")
    tokens = with_bills.query(
        "select pricing_currency, billing_currency, sum(effective_cost_pricing_currency), sum(effective_cost_usd),"
        " sum(billed_cost_usd) from core.fct_charges where file_name like '%virtual_currency%' group by all"
    )
    # 100,000 tokens bought for 200,000 USD; 245 + 10 + 360 of them spent, worth 490 + 20 + 720 USD.
    assert sorted(tokens) == [("Token", "USD", 615, 1230, 0), ("USD", "USD", 0, 0, 200000)]
    # Neither file names a currency: the amounts stand, what they are in USD nobody knows.
    assert with_bills.query(
        "select commitment_discount_status, effective_cost_billing_currency, effective_cost_usd"
        " from core.fct_charges where file_name like '%commitment%' order by 1"
    ) == [("Unused", 1, None), ("Used", 1, None)]


def test_bad_rows_are_kept_aside_with_line_and_reason(with_bills: Workspace) -> None:
    assert [
        (int(key.split("#")[1]), reason)
        for key, reason in with_bills.query(
            "select record_key, reason from core.rejected_records where file_name = 'focus/bad.csv'"
            " order by cast(split_part(record_key, '#', 2) as integer)"
        )
    ] == REASONS
    assert with_bills.query(
        "select line_number, billing_currency, billed_cost_billing_currency, billed_cost_usd"
        " from core.fct_charges where file_name = 'focus/bad.csv' order by 1"
    ) == [(2, "USD", Decimal("2.5"), Decimal("2.5")), (3, "USD", -1, -1), (4, "XAU", 7, None)]
    # Rows without a day of their own are counted on the first day of their billing period or file.
    assert with_bills.query(
        "select usage_date, rows_rejected, difference_usd from core.rpt_reconciliation"
        " where source = 'focus' and rows_rejected > 0 order by 1"
    ) == [(date(2026, 10, 1), 2, 0), (date(2026, 10, 3), 6, 0), (date(2026, 10, 4), 1, 0)]


def test_what_is_exported_and_read_back_is_the_same_usage(with_bills: Workspace) -> None:
    columns = (
        "select charge_date, sku_id, token_class, consumed_quantity, billed_cost_usd, effective_cost_usd,"
        " list_cost_usd, contracted_cost_usd, {}, sku_price_id, provider_name, charge_period_end_at,"
        " billing_month_start_date from {} where billing_month_start_date = date '2026-10-01'"
    )
    calls = columns.format("list_unit_price_usd", "core.rpt_usage_charges_daily")
    focus = columns.format("list_unit_price_billing_currency", "core.fct_charges")
    focus += " and source = 'focus' and token_class is not null"
    assert with_bills.query(f"select count(*) > 500 from ({focus})") == [(True,)]
    assert with_bills.query(f"({calls} except all {focus}) union all ({focus} except all {calls})") == []


def test_spend_that_a_bill_and_the_calls_both_show_counts_once(with_bills: Workspace) -> None:
    assert with_bills.query(
        "select (select sum(billed_cost_usd) from core.fct_charges where is_counted and cost_pool = 'llm_usage')"
        " - (select sum(billed_cost_usd) from core.fct_usage_daily)"
    ) == [(0,)]


def test_the_figures_of_the_calls_are_the_same_with_bills_beside_them(
    with_bills: Workspace, built: Workspace
) -> None:
    for figures in (
        "select sum(hash(columns(*))) from core.fct_usage_daily",
        "select sum(revenue_usd), sum(cost_to_serve_usd) from margin.rpt_customer_margins",
        "select sum(allocated_cost_usd) from allocation.fct_allocated_costs_daily where cost_pool = 'llm_usage'",
        "select sum(net_monthly_savings_usd) from rates.rpt_savings_opportunities",
    ):
        assert with_bills.query(figures) == built.query(figures), figures
    assert built.query("select count(*) from core.fct_charges where source <> 'calls'") == [(0,)]


def test_what_a_bill_lists_beside_the_calls_is_allocated_too(with_bills: Workspace) -> None:
    # 2.50 of use and a credit of 1 in bad.csv; what no rate converts is there without an amount.
    assert with_bills.query(
        "select sum(effective_cost_usd), count(*) from core.fct_charges where file_name = 'focus/bad.csv' and is_counted"
    ) == [(Decimal("1.5"), 3)]
    assert with_bills.query(
        "select (select sum(allocated_cost_usd) from allocation.fct_allocated_costs_daily where cost_pool = 'billed_services')"
        " - (select sum(effective_cost_usd) from core.fct_charges where is_counted and cost_pool = 'billed_services')"
    ) == [(0,)]


def test_invoices_are_compared_with_the_ledger(with_bills: Workspace) -> None:
    # 3 invoiced; 2.50 of usage in USD and 7 ounces that no rate converts; a credit of 1.
    assert with_bills.query(
        "select invoices, invoiced_usd, ledger_usd, difference_usd, credits_and_taxes_usd, unexplained_usd,"
        " charges_without_amount from core.rpt_invoice_variance where provider_name ilike 'acme'"
        " and billing_month_start_date = date '2026-10-01' and invoices > 0"
    ) == [(1, 3, Decimal("2.5"), Decimal("0.5"), -1, Decimal("1.5"), 1)]
    assert with_bills.query(
        "select record_key, reason from core.rejected_records where source = 'invoices' order by 1"
    ) == [
        ("invoices/all.csv#3", "invoice_id_duplicate"),
        ("invoices/all.csv#4", "month_malformed"),
        ("invoices/all.csv#5", "provider_missing"),
    ]
    assert with_bills.query(
        "select affected_cost_usd, total_cost_usd from core.rpt_data_quality where check_name = 'invoice_variance'"
    ) == [(Decimal("0.5"), 3)]


def test_a_file_that_is_not_focus_stops_the_build_by_name(workspace: Workspace) -> None:
    (workspace.raw / "focus").mkdir()
    (workspace.raw / "focus" / "usage.csv").write_text("Date,Cost\n2026-10-01,1\n")
    published = workspace.published.read_bytes()
    done = workspace.dbt("build", "--vars", ON)
    assert done.returncode != 0
    assert "usage.csv: is not a file of FOCUS charges: column BilledCost" in done.stdout
    assert workspace.published.read_bytes() == published


def test_earned_invoiced_and_collected_are_three_amounts(with_bills: Workspace) -> None:
    """1,200 invoiced in September, 50 of it taken back in October, 1,000 paid: 150 are still owed."""
    billed = with_bills.query(
        "select customer_id, month_start_date, invoiced_usd, collected_usd, receivable_usd"
        " from margin.rpt_customer_billing_monthly where invoiced_usd <> 0 or collected_usd <> 0 order by 1, 2"
    )
    september, october = date(2026, 9, 1), date(2026, 10, 1)
    assert billed == [
        ("cust_0001", september, 1200, 0, 1200),
        ("cust_0001", october, -50, 1000, 150),
        ("nobody_on_record", october, 0, 5, -5),
    ]
    assert with_bills.query(
        "select record_key, reason from core.rejected_records where source = 'billing' order by 1"
    ) == [
        ("billing/all.csv#3", "document_id_duplicate"),
        ("billing/all.csv#6", "document_type_unknown"),
    ]
    with open_warehouse(with_bills.published) as warehouse:
        pages = {str(path): text for path, text in render(build_pages(warehouse).pages)}
    page = pages["analyses/profitability.md"].decode()
    assert "## Earned, invoiced and collected" in page
    assert "| October 2026 |" in page.split("## Earned, invoiced and collected")[1]
    assert "Rejected lines of the billing of customers: 2" in page


def test_without_billing_nothing_is_said_to_be_invoiced(built: Workspace) -> None:
    assert built.query(
        "select count(*) > 0, count(invoiced_usd), count(collected_usd), count(receivable_usd)"
        " from margin.rpt_customer_billing_monthly"
    ) == [(True, 0, 0, 0)]
    # What is earned in a month is the same in both marts.
    assert built.query(
        "select sum(recognised_usd) = (select sum(revenue_usd) from margin.fct_customer_margins_daily"
        " where usage_date <= (select as_of_date from intermediate.int_as_of_date))"
        " from margin.rpt_customer_billing_monthly"
    ) == [(True,)]


def test_recurring_revenue_moves_without_a_gap(built: Workspace) -> None:
    months = built.query(
        "select opening_mrr_usd + new_mrr_usd + expansion_mrr_usd + contraction_mrr_usd + churned_mrr_usd"
        " + reactivated_mrr_usd = mrr_usd, opening_mrr_usd, mrr_usd from core.rpt_revenue_movements_monthly"
        " order by month_start_date"
    )
    assert months and all(adds_up for adds_up, _, _ in months)
    assert [opening for _, opening, _ in months[1:]] == [closing for _, _, closing in months[:-1]]
