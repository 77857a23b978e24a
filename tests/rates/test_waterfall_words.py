"""Words on totals of savings: which calls they hold, and what a price plan leaves of them."""

from __future__ import annotations

import pytest

from reports_builder.savings import action_plan
from reports_builder.subjects.rates.decisions import calls_without_customer_said
from reports_builder.subjects.rates.statements import owners_section
from tests.reports.empty_marts import empty_marts, warehouse_of, with_rows

ACTIONS = "rates.rpt_savings_actions"
WATERFALL = "rates.rpt_decision_waterfall"


def work(name: str, net: int, after: int) -> str:
    return (
        f"'{name}' as work_id, 'batch' as action_kind, '{name}' as subject, true as is_counted, {net} as net_monthly_savings_usd, "
        f"{net} as low_monthly_savings_usd, {net} as high_monthly_savings_usd, {after} as net_after_price_usd, 1 as action_rank, "
        "1 as first_year_rank, true as is_recommended_first, 'Head of Engineering' as owner_role, '1 day' as effort, 'high' as confidence, "
        "false as is_first_of_its_kind"
    )


@pytest.mark.parametrize(("after", "is_said"), [(70, True), (90, False)])
def test_what_a_price_plan_leaves_is_said_of_the_total_and_of_no_action(after: int, is_said: bool) -> None:
    marts = (
        ACTIONS,
        "rates.rpt_savings_opportunities",
        "rates.rpt_commitment_options",
        "rates.rpt_model_switch_savings",
        "rates.rpt_usage_optimizations",
    )
    with empty_marts(*marts) as connection:
        connection.execute("create schema seeds")
        connection.execute("create table seeds.assumptions (name varchar, value double, meaning varchar)")
        connection.execute(
            "insert into seeds.assumptions values ('action_first_within_months', 12, ''), ('action_payback_months_up_to', 24, '')"
        )
        plan = action_plan(with_rows(connection, ACTIONS, work("one", 60, 40), work("two", 30, after - 40)))
    assert ("Once the price plan is in force $70.00 a month of it is left" in plan.total.plain) is is_said
    assert not any("price plan" in action.action.plain for action in plan.actions)


@pytest.mark.parametrize(("cost_usd", "words"), [(27, ", calls without a customer included"), (0, "")])
def test_a_total_says_that_it_holds_calls_without_a_customer(cost_usd: int, words: str) -> None:
    with empty_marts(WATERFALL) as connection:
        row = f"'customer' as scope_type, 'unallocated' as scope_id, 'today' as step, {cost_usd} as cost_usd"
        with_rows(connection, WATERFALL, row)
        assert calls_without_customer_said(warehouse_of(connection)) == words


def test_the_work_of_each_owner_is_added_up_where_its_savings_are() -> None:
    with empty_marts(ACTIONS, WATERFALL) as opened:
        owned = "true as is_counted, 'x' as owner_role, 19 as owner_works, 30.6 as owner_effort_days, 18360 as owner_effort_usd, 2.4 as owner_last_start_months, "
        with_rows(
            opened, ACTIONS, owned + "true as is_first_of_its_owner", owned + "false as is_first_of_its_owner"
        )
        opened.execute("create schema seeds")
        opened.execute("create table seeds.assumptions as select 'owner_days_a_month' as name, 21 as value")
        [section] = owners_section(warehouse_of(opened))
    assert section.text[0].plain.startswith(
        "Most is asked of x: 31 days in 19 of the works that count. One after the other, what saves most for its effort first and "
        "21 days a month, the last of them begins to save after 2.4 months"
    )
    assert len(section.tables[0].cells) == 1
