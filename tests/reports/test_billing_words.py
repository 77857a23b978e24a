"""What is said of fees that were invoiced: what of them is not earned, and how old what is owed is."""

from __future__ import annotations

from reports_builder.subjects.margin.revenue import queries as ask
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


def of_customer(name: str, earned: float, invoiced: float, collected: float, owed: float) -> str:
    return (
        f"date '2026-10-01' as month_start_date, '{name}' as customer_id, '{name}' as customer_name, {earned} as recognised_usd, "
        f"{invoiced} as invoiced_usd, {collected} as collected_usd, {invoiced - earned} as invoiced_less_recognised_usd, "
        f"{owed} as receivable_usd"
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
            "2 customers were invoiced more in the newest month than they earned us, $327 together, gone most. Where they stay, it "
            "is earned later: defer it. Where they have left, refund it or keep it as agreed; neither is booked here.",
            "How old a receivable is, and whether it is overdue, is unknown: the documents state no due date.",
        ]
        assert [table.cells[0][0] for table in section.tables[1:]] == ["gone", "rounded"]


def test_nothing_is_said_where_all_is_earned_and_paid() -> None:
    with empty_marts(*TABLES) as connection:
        with_rows(connection, TABLES[1], MONTH)
        (section,) = revenue_sections(warehouse_of(connection), ask.movements(warehouse_of(connection)))
        assert len(section.text) == 1 and len(section.tables) == 1
