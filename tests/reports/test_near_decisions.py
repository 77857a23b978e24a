"""What is near a limit, or nearly as good, is said for people to decide; what hides behind its parts is said as a whole."""

from __future__ import annotations

from reports_builder.subjects.core.insights import opportunities
from reports_builder.subjects.pricing.frontier import behind_the_choice, chosen_said, front_section
from reports_builder.subjects.rates.decisions import (
    company_result,
    company_said,
    decision_section,
    hosting_said,
)
from tests.reports.empty_marts import empty_marts, warehouse_of, with_rows

FRONTIER = "pricing.rpt_plan_frontier"
ALTERNATIVES = "pricing.rpt_plan_alternatives"
IMPACTS = "pricing.rpt_plan_impacts"
PRICES = "pricing.rpt_plan_prices"
WATERFALL = "rates.rpt_decision_waterfall"
RESULT = "rates.rpt_company_result"
MARGINS = "margin.rpt_customer_margins"
ACTIONS = "rates.rpt_savings_actions"
SWITCHES = "rates.rpt_model_switch_savings"


def test_a_plan_as_good_as_the_recommended_one_is_told_with_what_a_cap_costs() -> None:
    chosen = (
        "'Per call, never below' as offer_name, 'Per call' as plan_name, 'floor' as transition_id, "
        "'never below' as transition_name, true as is_chosen, "
    )
    with empty_marts(FRONTIER, ALTERNATIVES, IMPACTS, PRICES) as opened:
        with_rows(
            opened,
            FRONTIER,
            chosen + "false as is_current_plan, 900 as gain_base_usd, 700 as gain_worst_usd, "
            "11 as profitable_steep_rises, 16 as profitable_steep_rises_allowed, "
            "4.05 as profitable_customers_lost_high, 4.15 as profitable_departures_allowed, 6.45 as largest_rise_share",
        )
        assert (
            not front_section(warehouse_of(opened))[0].tables[0].caption.plain.startswith("Nearly the same")
        )  # type: ignore[union-attr]
        limits = (
            "11 as profitable_steep_rises_after_savings, 16 as profitable_steep_rises_allowed_after_savings, 4.05 as "
            "profitable_customers_lost_high_after_savings, 4.15 as profitable_departures_allowed_after_savings, "
        )
        with_rows(
            opened,
            ALTERNATIVES,
            chosen
            + limits
            + "1000 as gross_margin_worst_after_savings_usd, 0 as more_than_chosen_worst_usd, "
            "false as is_alternative, false as is_best_rise_capped, false as is_best_sparing, 'eligible' as verdict",
            limits
            + "'Fee, at once' as offer_name, 'none' as transition_id, 999.56 as gross_margin_worst_after_savings_usd, "
            "-0.44 as more_than_chosen_worst_usd, false as is_chosen, true as is_alternative, "
            "false as is_best_rise_capped, false as is_best_sparing, 'eligible' as verdict",
            limits
            + "'Steep, at once' as offer_name, 'none' as transition_id, 1009 as gross_margin_worst_after_savings_usd, "
            "9 as more_than_chosen_worst_usd, false as is_chosen, true as is_alternative, "
            "false as is_best_rise_capped, false as is_best_sparing, 'too_many_steep_rises' as verdict",
            limits
            + "'Capped' as offer_name, 'double' as transition_id, 729 as gross_margin_worst_after_savings_usd, "
            "-271 as more_than_chosen_worst_usd, false as is_chosen, false as is_alternative, "
            "true as is_best_rise_capped, false as is_best_sparing, 'eligible' as verdict",
            limits
            + "'Per call, only losses' as offer_name, 'Per call' as plan_name, 'spare' as transition_id, "
            "600 as gross_margin_worst_after_savings_usd, -300 as more_than_chosen_base_usd, -400 as more_than_chosen_worst_usd, "
            "false as is_chosen, false as is_alternative, false as is_best_rise_capped, "
            "true as is_best_sparing, 'eligible' as verdict",
        )
        warehouse = warehouse_of(opened)
        decide = chosen_said(warehouse)[-1].plain
        assert "about 4 departures of profitable customers of the 4 that it allows" in decide
        assert "The steepest rise is 645 %." in decide
        said = behind_the_choice(warehouse)[-1].plain
        assert (
            "“Fee, at once”, against the proposal -$0.44 in the worst scenario, without a transition." in said
        )
        assert "“Capped”: against the proposal -$271.00 in the worst scenario." in said
        assert (
            "at a loss alone, to “Per call”: against the proposal -$300.00 expected, and -$400.00 in the worst scenario."
            in said
        )
        table = front_section(warehouse)[0].tables[0]
        assert len(table.cells) == 5
        assert "11 of 16" in table.cells[0]
        assert "4.05 of 4.15" in table.cells[0]


def test_a_plan_says_first_what_it_is_worth_if_the_savings_before_it_are_made_and_if_not() -> None:
    plan = (
        "'Per call' as offer_name, true as is_chosen, false as is_current_plan, true as is_no_worse_than_listed, "
        "2346 as gain_base_usd, 1897 as gain_worst_usd, 'departures alone' as worst_scenario, 2866 as current_gross_margin_usd, 5212 as gross_margin_base_churn_usd, "
    )
    saved = (
        "950 as current_gross_margin_saved_usd, 703 as gross_margin_base_churn_saved_usd, 2099 as gain_base_after_savings_usd, 1519 as gain_worst_after_savings_usd, 'each customer takes the cheapest tier' as worst_scenario_after_savings, 3816 as current_gross_margin_after_savings_usd, "
        "5915 as gross_margin_base_churn_after_savings_usd"
    )
    unsaved = "2346 as gain_base_after_savings_usd, 2866 as current_gross_margin_after_savings_usd"
    price = (
        "'starter' as subscription_tier, true as is_recommended, 'call' as usage_unit, 0.0451 as usd_per_unit, "
        "0.0248 as unit_cost_basis_usd, 0.45 as target_margin_share, "
    )
    with empty_marts(FRONTIER, ALTERNATIVES, IMPACTS, PRICES) as opened:
        with_rows(opened, FRONTIER, plan + saved)
        with_rows(
            opened,
            PRICES,
            price + "0.018 as unit_cost_after_savings_usd, 0.0328 as enough_usd_per_unit_after_savings, "
            "0.6 as unit_margin_after_savings_share",
        )
        first, decide = (said.plain for said in chosen_said(warehouse_of(opened)))
        assert (
            "lift the margin by $2.1K a month once the savings that come before it are made, $1.5K in the worst scenario "
            "(each customer takes the cheapest tier). About"
        ) in first
        assert "with a steep rise left" not in decide
        with_rows(
            opened,
            IMPACTS,
            "true as is_recommended, 22 as steep_customers, 422 as margin_change_without_steep_usd, "
            "-206 as margin_change_without_steep_after_savings_usd",
        )
        assert chosen_said(warehouse_of(opened))[1].plain.endswith(
            "If all 22 customers with a steep rise left, the margin would be $422 more than today, and once the savings are made $206 less "
            "than without the plan."
        )
        behind = behind_the_choice(warehouse_of(opened))[0].plain
        assert behind.startswith(
            "If the savings before it are never made, the plan lifts the margin by $2.3K, $1.9K in the worst scenario (departures alone); "
            "the margin is then $703 a month lower than with them. Your rules allow the plan either way."
        )
        assert (
            "A call costs $0.0248 today, AI alone, and $0.0180 then; sold for $0.0451 it leaves 45 % today and 60 % then, "
            "when $0.0328 would be enough for 45 %."
        ) in behind
    with empty_marts(FRONTIER, ALTERNATIVES, IMPACTS, PRICES) as opened:
        with_rows(opened, FRONTIER, plan + unsaved)
        first = chosen_said(warehouse_of(opened))[0].plain
        assert "lift the margin by $2.3K a month, $1.9K in the worst scenario (departures alone)." in first
        assert "savings" not in first
    with empty_marts(FRONTIER, ALTERNATIVES, IMPACTS, PRICES) as opened:
        with_rows(
            opened,
            FRONTIER,
            "true as is_chosen, true as is_current_plan, 0 as gain_base_usd",
            "false as is_chosen, false as is_current_plan, 'gains_too_little_after_savings' as verdict",
        )
        assert "1 that would be allowed at today's cost lose their reason once the savings" in (
            chosen_said(warehouse_of(opened))[0].plain
        )


def test_margins_that_leave_hosting_out_say_so_beside_the_line_of_the_company() -> None:
    def steps(more: str) -> tuple[str, str]:
        return (
            "1 as step_order, 'today' as step, 14847 as beside_ai_usd, true as is_shown, -12008 as result_usd, "
            "0.19 as beside_ai_borne_share",
            "2 as step_order, 'ai_and_price' as step, 14847 as beside_ai_usd, true as is_shown, 0.42 as beside_ai_borne_share, "
            + more,
        )

    with empty_marts(RESULT, MARGINS) as opened:
        assert hosting_said(warehouse_of(opened)) == ()
        (said,) = hosting_said(with_rows(opened, RESULT, *steps("-8560 as result_usd")))
        assert said.plain == (
            "All margins of this page are before hosting: no rule says which of the $14.8K spent beside AI serves customers. The whole "
            "company, fees less all spend: -$12.0K a month today, -$8.6K after the AI and price programmes. What fees leave after AI pays "
            "for 19 % of that spend today, for 42 % then."
        )
        assert hosting_said(with_rows(opened, MARGINS, "'c' as customer_id, 5 as hosting_cost_usd")) == ()
    with empty_marts(RESULT, MARGINS) as opened:
        (said,) = hosting_said(with_rows(opened, RESULT, *steps("null as result_usd")))
        assert said.plain.endswith("fees less all spend: -$12.0K a month today.")


def test_a_step_of_commitments_stands_only_where_one_counts() -> None:
    step = "'company' as scope_type, 10 as gross_margin_usd, 10 as gross_margin_low_usd, 10 as gross_margin_high_usd, "
    for saved in (0, 5):
        with empty_marts(WATERFALL, RESULT, MARGINS, ACTIONS) as opened:
            with_rows(
                opened,
                WATERFALL,
                step
                + "1 as step_order, 'today' as step, 'Today' as step_name, 0 as alone_usd, 0 as change_usd",
                step + "5 as step_order, 'commitments' as step, 'After commitments' as step_name, "
                f"{saved} as alone_usd, {saved} as change_usd",
            )
            [section] = decision_section(warehouse_of(opened))
            assert len(section.tables[0].cells) == (2 if saved else 1)
            assert ("No commitment is counted" in section.text[0].plain) == (not saved)


def test_each_programme_says_what_it_adds_itself_and_from_which_year_it_pays() -> None:
    step = "'company' as scope_type, 10 as gross_margin_usd, 10 as gross_margin_low_usd, 10 as gross_margin_high_usd, 1 as alone_usd, "
    with empty_marts(WATERFALL, RESULT, MARGINS, ACTIONS) as opened:
        with_rows(
            opened,
            WATERFALL,
            step
            + "1 as step_order, 'today' as step, 0 as change_usd, 0 as effort_usd, 0 as own_first_year_usd",
            step
            + "2 as step_order, 'routing' as step, 9 as change_usd, 60 as effort_usd, 39 as own_first_year_usd, "
            "39 as first_year_usd, 1 as pays_from_year",
            step
            + "3 as step_order, 'settings' as step, 0 as change_usd, 0 as effort_usd, 0 as own_first_year_usd, 39 as first_year_usd",
            step
            + "4 as step_order, 'price' as step, -1 as change_usd, 5 as effort_usd, -11 as own_first_year_usd, "
            "28 as first_year_usd",
        )
        [section] = decision_section(warehouse_of(opened))
        assert [row[-2:] for row in section.tables[1].cells] == [
            ("$39.00", "1"),
            ("$0.00", "no work"),
            ("-$11.00", "never"),
        ]


def test_an_opportunity_is_a_kind_of_work_with_all_teams_that_share_it() -> None:
    work = "true as is_counted, 'a' as assumption, 'Team lead' as owner_role, 'f' as first_step, '1 day' as effort, "
    with empty_marts(ACTIONS, SWITCHES) as opened:
        with_rows(
            opened,
            ACTIONS,
            *(
                work + f"'{work_id}' as work_id, '{kind}' as action_kind, '{work_id} machines' as subject, "
                f"{rank} as action_rank, {rank} as first_year_rank, {first} as is_first_of_its_kind, "
                f"{works_of_kind} as kind_works, {works_of_kind - 1} as kind_further_works, "
                f"{100 * works_of_kind / saved} as kind_payback_with_start_months, {saved} as kind_net_usd, {saved} as kind_gross_usd, "
                f"{saved} as kind_low_usd, {saved} as kind_high_usd, {works_of_kind} as kind_effort_days, "
                f"100 * {works_of_kind} as kind_effort_usd, 12 * {saved} - 200 as kind_first_year_net_usd"
                for rank, (work_id, kind, works_of_kind, saved, first) in enumerate(
                    [
                        ("quick", "idle_machine", 1, 137, True),
                        ("x", "gpu_idle", 2, 190, True),
                        ("y", "gpu_idle", 2, 190, False),
                    ],
                    1,
                )
            ),
        )
        first, second = opportunities(warehouse_of(opened))
        assert first.title.plain == (
            "Opportunity worth $190 a month: end or share x machines, and 1 more of this kind"
        )
        assert first.recommendation.effort == "2 days"
        assert (
            "all of the work has paid back after 1.1 months from today and leaves $2.1K"
            in first.outcome.plain
        )
        assert len(first.supporting.cells) == 2
        assert second.title.plain == "Opportunity worth $137 a month: end quick machines"


def test_the_whole_company_is_said_step_by_step_and_what_is_unknown_stays_so() -> None:
    def step(order: int, name: str, result: str, *, shown: bool = True, beside: int = 900) -> str:
        return (
            f"{order} as step_order, '{name}' as step, {result} as result_usd, {shown} as is_shown, {beside} as beside_ai_usd, "
            "2000 as effort_so_far_usd, 3000 as first_year_usd, 1000 as first_year_low_usd, 4000 as first_year_high_usd"
        )

    def said(*rows: str) -> str:
        with empty_marts(RESULT) as opened:
            return " ".join(
                each.plain for each in company_said(company_result(with_rows(opened, RESULT, *rows)))
            )

    today = step(1, "today", "-120")
    assert said(
        today,
        step(2, "ai_and_price", "-86"),
        step(3, "infrastructure", "-47"),
        step(4, "commitments", "-47", shown=False),
    ) == (
        "The whole company, fees less all spend: -$120 a month today, -$86 after the AI and price programmes, -$47 after "
        "the actions on machines and storage too. All of it takes $2.0K once; with that paid, the twelve months from today leave $3.0K ($1.0K to $4.0K)."
    )
    assert said(today, step(2, "ai_and_price", "null")).endswith(
        "what the programmes leave is unknown, because the cost of the calls is."
    )
    # Where AI is all spend, the margin has said it.
    assert said(step(1, "today", "9", beside=0), step(2, "ai_and_price", "10", beside=0)) == ""
    assert said() == ""
