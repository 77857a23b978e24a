"""What came of a price plan that was accepted is said on the page of prices."""

from __future__ import annotations

from reports_builder.subjects.pricing.tracked import accepted_section
from tests.reports.empty_marts import empty_marts, warehouse_of, with_rows

PLANS = "pricing.rpt_plans_tracked"
DECIDED = (
    "'price_plan:a' as tracking_id, date '2026-10-03' as accepted_date, 150 as predicted_monthly_gain_usd, "
)


def test_nothing_is_said_without_an_accepted_plan() -> None:
    with empty_marts(PLANS) as connection:
        assert accepted_section(warehouse_of(connection)) == ()


def test_a_plan_that_holds_is_held_against_what_was_expected() -> None:
    came = (
        "date '2026-10-01' as month_start_date, 2 as measured_days, 2 as customers, 1 as customers_left, 12 as fees_change_usd, "
        "9 as cost_left_usd, 10 as predicted_gain_usd, 21 as realized_gain_usd, 2.1 as realized_share, 10 as plan_predicted_usd, "
        "21 as plan_realized_usd"
    )
    with empty_marts(PLANS) as connection:
        [section] = accepted_section(with_rows(connection, PLANS, DECIDED + came))
    assert section.text[0].plain.startswith(
        "Accepted from 3 October 2026 on, for $150.00 of margin a month: until now $10.00 were expected, and $21.00 came; "
        "1 of 2 customers of before have left."
    )
    assert [str(cell) for cell in section.tables[0].cells[0]][5:9] == ["+$12.00", "$9.00", "$10.00", "$21.00"]


def test_of_a_plan_that_holds_later_nothing_is_known() -> None:
    with empty_marts(PLANS) as connection:
        [section] = accepted_section(with_rows(connection, PLANS, DECIDED + "0 as measured_days"))
    assert section.text[0].plain.endswith("$150.00 of margin a month; nothing is known of it yet.")
