"""How a price plan is introduced: when each wave begins, what stops the second, and whether its tiers hold."""

from __future__ import annotations

import pytest

from reports_builder.subjects.pricing import queries as ask
from reports_builder.subjects.pricing.customers import impacts
from reports_builder.subjects.pricing.frontier import beyond_scenarios_said, chosen, why_said
from reports_builder.subjects.pricing.introducing import (
    gain_lost_said,
    new_customers_section,
    tiers_said,
    waves_said,
)
from reports_builder.subjects.pricing.simulation import departures
from tests.reports.empty_marts import empty_marts, warehouse_of, with_rows

ASSUMPTIONS = "seeds.assumptions"
CHEAPEST = "pricing.rpt_plan_cheapest_tiers"
COMPARISON = "pricing.rpt_plan_comparison"
FRONTIER = "pricing.rpt_plan_frontier"
IMPACTS = "pricing.rpt_plan_impacts"
MOVES = "pricing.rpt_plan_moves"
NEW = "pricing.rpt_plan_new_customers"


def test_the_second_wave_waits_until_the_departures_of_the_first_are_seen() -> None:
    first = "1 as wave, date '2026-12-30' as wave_from_date, 0.6 as leave_probability_base, 0.82 as leave_probability_high"
    with empty_marts(MOVES, ASSUMPTIONS) as opened:
        with_rows(
            opened,
            ASSUMPTIONS,
            "'price_wave_gap_days' as name, 150 as value",
            "'price_notice_days' as name, 60 as value",
        )
        with_rows(opened, MOVES, *[first] * 10, "2 as wave, date '2027-03-30' as wave_from_date")
        assert waves_said(warehouse_of(opened)).plain == (
            "Wave 1, the 10 customers that cost more than they pay, is asked for the new price from 30 December 2026 on; "
            "wave 2, the 1 others, from 30 March 2027 on. Of the 150 days between them (assumption price_wave_gap_days) the "
            "last 60 are the notice of wave 2, and those before show who of wave 1 left: about 6 are expected, and if more than 8 have left (high churn), stop and judge the plan again."
        )


@pytest.mark.parametrize("is_lost", [True, False])
def test_what_the_cheapest_tier_costs_is_said_and_first_if_it_takes_the_gain(is_lost: bool) -> None:
    lost = (
        "92 as customers, 0 as customers_gaining_in_own_tier, 0 as lost_in_own_tier_usd, 14 as customers_gaining, 'Acme to starter' as gaining_customers, "
        f"1170 as lost_usd, 3693 as lost_today_usd, 2834 as gain_base_usd, 0.41 as lost_share_of_gain, {is_lost} as is_gain_lost"
    )
    sold = "'starter' as subscription_tier, 1 as use_order, 'call' as usage_unit, 468 as included_units, 0.06194 as usd_per_unit"
    with empty_marts(CHEAPEST, NEW) as opened:
        with_rows(opened, CHEAPEST, f"'all' as subscription_tier, {lost}")
        with_rows(
            opened,
            NEW,
            sold
            + ", 1447 as units, 29 as base_fee_usd, 29 as minimum_usd, 89.64 as revenue_usd, 58 as gross_margin_usd",
        )
        warehouse = warehouse_of(opened)
        first = [each.plain for each in gain_lost_said(warehouse)]
        later = [each.plain for each in tiers_said(warehouse)]
        section = new_customers_section(warehouse)[0]
    assert [each.startswith("The tiers do not hold") for each in first] == [True] * is_lost
    assert ["$1.2K of the gain would be lost (41 %)" in each for each in later] == [True] * (not is_lost)
    said = [each.plain for each in section.text]
    assert said[1] == (
        "An invoice: a starter customer that uses 1,447 calls in a month pays $89.64, which is the fee of $29.00 with 468 calls "
        "in it, and $0.06194 for each further one."
    )
    assert "Acme to starter" in section.tables[1].cells[0], "names of many customers are no sentence"
    assert said[2].startswith(
        "Nobody would pay less by leaving and signing up again in the same tier. 14 would"
    )
    assert (
        "$1,170.00 a month, 41 % of what the plan is expected to gain. At today's fees the same step would cost $3,693.00"
        in said[2]
    )


def test_a_plan_chosen_for_its_list_does_not_claim_to_earn_most() -> None:
    row = "true as is_chosen, true as is_no_worse_than_listed, "
    with empty_marts(FRONTIER) as opened:
        with_rows(opened, FRONTIER, row + "false as is_most_in_worst")
        assert "a new customer does not have" in why_said(chosen(warehouse_of(opened))).plain
    with empty_marts(FRONTIER) as opened:
        with_rows(opened, FRONTIER, row + "true as is_most_in_worst")
        assert "earns most in the worst scenario" in why_said(chosen(warehouse_of(opened))).plain


def test_departures_of_all_steep_risers_are_told_on_both_costs_and_where_the_scenarios_end() -> None:
    with empty_marts(IMPACTS, COMPARISON) as opened:
        with_rows(opened, COMPARISON, "true as is_recommended, false as is_current_plan")
        with_rows(
            opened,
            IMPACTS,
            "true as is_recommended, 27 as rising_customers, 22 as steep_customers, 422 as margin_change_without_steep_usd, "
            "-213 as margin_change_without_steep_after_savings_usd, 2 as last_scenario_rise_share, 10 as rises_beyond_scenarios",
        )
        warehouse = warehouse_of(opened)
        [insight] = departures(warehouse, ask.recommended(warehouse), ask.plans(warehouse))
        assert (
            "$422 more than today, and once the savings are made $213 less than without the plan"
            in insight.title.plain
        )
        [beyond] = beyond_scenarios_said(impacts(warehouse))
    assert beyond.plain.startswith("The churn scenarios end at a rise of 200 %: the 10 customers beyond it")
