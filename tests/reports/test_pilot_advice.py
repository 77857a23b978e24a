"""What a pilot can measure decides with whom a change of prices begins, in the same way wherever it is said."""

from __future__ import annotations

import pytest

from reports_builder.subjects.pricing import queries as ask
from reports_builder.subjects.pricing.actions import introduction, plan_actions
from reports_builder.subjects.pricing.pilot import sequence_said
from tests.reports.empty_marts import empty_marts, warehouse_of, with_rows

PLAN = "pricing.rpt_plan_comparison"
SEGMENTS = "pricing.rpt_segment_impacts"
IMPACTS = "pricing.rpt_plan_impacts"
PILOT = "pricing.rpt_pilot_design"
WATERFALL = "rates.rpt_decision_waterfall"


@pytest.mark.parametrize("measurable", [True, False])
def test_customers_are_drawn_by_lot_only_where_a_pilot_can_measure_them(measurable: bool) -> None:
    with empty_marts(PLAN, SEGMENTS, IMPACTS, PILOT, WATERFALL) as opened:
        with_rows(
            opened,
            PLAN,
            "'P' as plan_label, true as is_recommended, false as is_current_plan, 9 as customers",
        )
        with_rows(opened, IMPACTS, "true as is_recommended, 2 as steep_customers")
        with_rows(
            opened,
            SEGMENTS,
            "'P' as plan_label, true as is_recommended, 'margin_today' as segment_kind, "
            "'loses_money' as segment, 3 as customers, 2 as active_customers, 20 as gain_usd",
            "'P' as plan_label, true as is_recommended, 'margin_today' as segment_kind, "
            "'earns_money' as segment, 7 as customers, 6 as active_customers, 10 as gain_usd",
        )
        with_rows(
            opened,
            PILOT,
            f"'all' as customer_group, 'base' as churn_scenario, {measurable} as can_be_measured",
        )
        with_rows(
            opened,
            WATERFALL,
            "'company' as scope_type, 'price' as step, 100 as effort_usd, 25 as change_usd, 6 as months_to_start, "
            "10 as payback_with_start_months, 50 as own_first_year_usd, 1 as pays_from_year",
            "'customer' as scope_type, 'a' as scope_id, 'price' as step, true as is_losing_today, 16 as change_usd",
            "'customer' as scope_type, 'b' as scope_id, 'price' as step, false as is_losing_today, 9 as change_usd",
        )
        warehouse = warehouse_of(opened)
        steps = plan_actions(warehouse, ask.recommended(warehouse))
        whole = introduction(warehouse)
        advice = [
            sequence_said(warehouse),
            whole.total,
            whole.actions[0].first_step,
            steps.total,
            steps.actions[1].first_step,
        ]
        assert ["drawn by lot" in each.plain for each in advice] == [measurable] * len(advice)
        assert ["lose money" in each.plain for each in (advice[0], *advice[2:])] == [
            True,
            not measurable,
            True,
            not measurable,
        ]
        # Who has left is rated, and moved nowhere.
        assert steps.actions[0].action.plain.startswith("Speak with the 2 customers that lose money")
        assert steps.actions[1].action.plain.startswith("Move the 6 others")
        # On one base: what the savings leave, as the pay-back is.
        assert [action.value.plain for action in (*steps.actions, *whole.actions)] == [
            "$16.00",
            "$9.00",
            "$25.00",
        ]
        # One effort of 100 that 25 a month pay back from month 6 on.
        assert {action.payback.plain for action in (*steps.actions, *whole.actions)} == {"10 months"}
        # What they bring in the first year, 25 x 6 - 100, is said once.
        assert [action.first_year.plain for action in (*steps.actions, *whole.actions)] == [
            "$50.00, all steps together",
            "in that of 1",
            "$50.00",
        ]
        assert {action.pays_from_year.plain for action in (*steps.actions, *whole.actions)} == {"1"}
        assert "the twelve months from today bring $50.00" in steps.total.plain
