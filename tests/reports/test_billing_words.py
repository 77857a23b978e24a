"""What is said of fees that were invoiced: what of them is not earned, and how old what is owed is."""

from __future__ import annotations

from datetime import date

from reports_builder.subjects.margin.revenue import queries as ask
from reports_builder.subjects.margin.revenue.insights import low_retention
from reports_builder.subjects.margin.revenue.statements import revenue_sections
from tests.reports.empty_marts import empty_marts, warehouse_of, with_rows

TABLES = (
    "core.rpt_revenue_movements_monthly",
    "margin.rpt_billing_monthly",
    "margin.rpt_customer_billing_monthly",
)
MONTH = (
    "date '2026-10-01' as month_start_date, 6462 as recognised_usd, 6797 as invoiced_usd, 6647 as collected_usd, "
    "211 as receivable_usd, true as has_billing"
)


def of_customer(
    name: str, earned: float, invoiced: float, collected: float, owed: float, *, left: bool = True
) -> str:
    return (
        f"date '2026-10-01' as month_start_date, '{name}' as customer_id, '{name}' as customer_name, {earned} as recognised_usd, "
        f"{invoiced} as invoiced_usd, {collected} as collected_usd, {invoiced - earned} as invoiced_less_recognised_usd, "
        f"{owed} as receivable_usd, {left} as has_left"
    )


def test_what_is_invoiced_and_not_earned_is_named_and_the_age_of_debts_is_unknown() -> None:
    with empty_marts(*TABLES) as connection:
        with_rows(connection, TABLES[1], MONTH)
        warehouse = with_rows(
            connection,
            TABLES[2],
            of_customer("gone", 68, 299, 299, 0),
            of_customer("left", 3, 99, 99, 0),
            of_customer("rounded", 44.7, 44.71, 0, 44.71),
        )
        (section,) = revenue_sections(warehouse, ask.movements(warehouse))
        assert [text.plain for text in section.text[1:]] == [
            "2 customers were invoiced more in the newest month than they earned us, $327 together, gone most. All of them have left, so "
            "it is never earned: refund the $327.00, or keep it as agreed. Neither is booked here.",
            "How old a receivable is, and whether it is overdue, is unknown: the documents state no due date.",
        ]
        assert [table.cells[0][0] for table in section.tables[1:]] == ["gone", "rounded"]


def test_what_is_earned_later_is_deferred_and_what_never_is_goes_back() -> None:
    with empty_marts(*TABLES) as connection:
        with_rows(connection, TABLES[1], MONTH)
        warehouse = with_rows(connection, TABLES[2], of_customer("year", 100, 1200, 0, 0, left=False))
        (section,) = revenue_sections(warehouse, ask.movements(warehouse))
        assert section.text[1].plain.endswith(
            "year most. They stay, so it is earned later: defer it. Neither is booked here."
        )
        warehouse = with_rows(connection, TABLES[2], of_customer("gone", 68, 299, 299, 0))
        (section,) = revenue_sections(warehouse, ask.movements(warehouse))
        assert (
            "Of 1 that have left it is never earned: refund the $231.00, or keep it as agreed. The others stay and earn it later: "
            "defer $1,100.00." in section.text[1].plain
        )


def test_a_month_that_kept_too_little_of_its_fees_asks_why() -> None:
    month = (
        "date '2026-10-01' as month_start_date, 6607 as opening_mrr_usd, 6578 as mrr_usd, -427 as churned_mrr_usd, 0 as contraction_mrr_usd, "
        "0 as expansion_mrr_usd, 398 as new_mrr_usd, 3 as churned_customers, 0.935 as nrr_share, 0.98 as nrr_target_share, "
    )
    with empty_marts(TABLES[0], "core.dim_customers") as connection:
        kept = ask.movements(with_rows(connection, TABLES[0], month + "false as is_retention_low"))
        left = ask.left_in_month(warehouse_of(connection), date(2026, 10, 1))
        assert low_retention(kept, left) == ()
        connection.execute(f"update {TABLES[0]} set is_retention_low = true")
        with_rows(
            connection,
            "core.dim_customers",
            "'s' as customer_id, 'Small' as customer_name, true as is_known, 'starter' as subscription_tier, 29 as monthly_fee_usd, "
            "date '2026-10-14' as churned_date",
            "'b' as customer_id, 'Big' as customer_name, true as is_known, 'enterprise' as subscription_tier, 299 as monthly_fee_usd, "
            "date '2026-10-08' as churned_date",
            "'e' as customer_id, 'Earlier' as customer_name, true as is_known, 'enterprise' as subscription_tier, 999 as monthly_fee_usd, "
            "date '2026-09-30' as churned_date",
        )
        warehouse = warehouse_of(connection)
        (insight,) = low_retention(ask.movements(warehouse), ask.left_in_month(warehouse, date(2026, 10, 1)))
    assert insight.title.plain == (
        "Of the fees that October 2026 began with 93.5 % stayed, less than the 98 % of a month without questions"
    )
    assert insight.problem.plain == (
        "Departures took $427 a month away (customers: 3). New customers, with $398, hide it. The largest was Big (enterprise, $299 a "
        "month), on 8 October 2026."
    )
    assert insight.recommendation.owner_role == "Head of Customer Success"
    assert [row[0] for row in insight.supporting.cells] == ["Big", "Small"]


def test_nothing_is_said_where_all_is_earned_and_paid() -> None:
    with empty_marts(*TABLES) as connection:
        with_rows(connection, TABLES[1], MONTH)
        (section,) = revenue_sections(warehouse_of(connection), ask.movements(warehouse_of(connection)))
        assert len(section.text) == 1 and len(section.tables) == 1
