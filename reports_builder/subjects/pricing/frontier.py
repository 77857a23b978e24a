"""The plan that the search finds: the front, the choice and why, and what each rule costs."""

from collections.abc import Callable, Mapping

from reports_builder.evidence import Evidence, Prose, join, note
from reports_builder.formatting import Value, count, ratio
from reports_builder.insight_words import phrase
from reports_builder.model import Column, Figure, Section, Table
from reports_builder.subjects.pricing import customers as ask_customers
from reports_builder.subjects.pricing.charts import plan_front
from reports_builder.warehouse import Warehouse


def _used(column: str, allowed: str, style: Callable[[Value], str]) -> Callable[[Mapping[str, Value]], str]:
    """A figure beside the limit that the rules set it."""
    return lambda plan: f"{style(plan[column])} of {style(plan[allowed])}"


_KEPT = Column(
    "gross_margin_base_churn_after_savings_usd", "Margin after the savings, base churn", "usd_table"
)
_FRONT = (
    Column("plan_name", "Plan"),
    Column("transition_name", "Comes"),
    _KEPT,
    Column("gross_margin_worst_after_savings_usd", "In the worst scenario", "usd_table"),
    Column("gross_margin_base_churn_usd", "Margin at today's cost, base churn", "usd_table"),
    Column("gross_margin_worst_usd", "In the worst scenario", "usd_table"),
    Column("revenue_base_churn_after_savings_usd", "Revenue, base churn", "usd_table"),
    Column("profitable_steep_rises_after_savings", "Steep rises of profitable customers", "count"),
    Column("profitable_customers_lost_high_after_savings", "Profitable customers lost, high churn", "ratio"),
    Column(
        "gross_margin_in_cheapest_tiers_after_savings_usd",
        "Margin if all take the cheapest tier",
        "usd_table",
    ),
    Column("unprofitable_customers", "Still at a loss today", "count"),
    Column("verdict_words", "Verdict"),
)
_SCENARIOS = (
    Column("plan_name", "Plan"),
    Column("gross_margin_usd", "Nobody leaves", "usd_table"),
    Column("gross_margin_low_churn_usd", "Low churn", "usd_table"),
    Column("gross_margin_base_churn_usd", "Base churn", "usd_table"),
    Column("gross_margin_high_churn_usd", "High churn", "usd_table"),
    Column("gross_margin_in_cheapest_tiers_usd", "Base churn, all take the cheapest tier", "usd_table"),
    Column("gain_worst_usd", "Worst scenario against today", "delta_usd_table"),
    Column("customers_with_a_cheaper_tier", "Have a cheaper tier", "count"),
    Column("customers_taking_a_dearer_tier", "Take a dearer tier", "count"),
    Column("given_away_usd", "Pay less, together", "usd_table"),
    Column("verdict_words", "Verdict"),
)
_ALTERNATIVES = (
    Column("plan_name", "Plan"),
    Column("transition_name", "Comes"),
    _KEPT,
    Column("base_difference_usd", "Against the chosen", "delta_usd_table"),
    Column("gross_margin_worst_after_savings_usd", "In the worst scenario", "usd_table"),
    Column("worst_difference_usd", "Against the chosen", "delta_usd_table"),
    Column(
        "profitable_steep_rises_after_savings",
        "Steep rises of profitable customers",
        words=_used("profitable_steep_rises_after_savings", "steep_rises_allowed", count),
    ),
    Column(
        "profitable_customers_lost_high_after_savings",
        "Profitable customers lost, high churn",
        words=_used("profitable_customers_lost_high_after_savings", "departures_allowed", ratio),
    ),
    Column("largest_rise_share", "Steepest rise", "percent"),
    Column("least_unit_margin_share", "Least margin of a unit", "percent"),
    Column("unprofitable_customers", "Still at a loss today", "count"),
    Column("verdict_words", "Verdict"),
)
_RULES = (
    Column("verdict_words", "Rule"),
    Column("plan_name", "Best plan that it rejects"),
    Column("transition_name", "Comes"),
    Column("more_than_chosen_base_usd", "More than the chosen, base churn", "delta_usd_table"),
    Column("more_than_chosen_worst_usd", "In the worst scenario", "delta_usd_table"),
    Column("profitable_steep_rises_after_savings", "Steep rises of profitable customers", "count"),
    Column("profitable_customers_lost_high_after_savings", "Profitable customers lost, high churn", "ratio"),
)


def chosen(warehouse: Warehouse) -> Evidence:
    """The plan that the search chooses; no row without customers."""
    return warehouse.evidence(
        """
        select
            offer_name as chosen_name, transition_name as chosen_transition, is_current_plan, is_listed,
            transition_id as chosen_transition_id, gain_base_usd, gain_worst_usd,
            is_no_worse_than_listed, is_most_in_worst,
            customers_lost_base as chosen_lost, profitable_customers_lost_base as chosen_profitable_lost,
            profitable_steep_rises as chosen_steep_rises, profitable_steep_rises_allowed,
            profitable_customers_lost_high as chosen_lost_high, profitable_departures_allowed,
            largest_rise_share as chosen_largest_rise_share,
            gain_base_after_savings_usd, gain_worst_after_savings_usd, worst_scenario,
            worst_scenario_after_savings,
            gross_margin_base_churn_after_savings_usd as chosen_base_after_savings_usd,
            gross_margin_worst_after_savings_usd as chosen_worst_after_savings_usd,
            current_gross_margin_saved_usd as saved_before_usd,
            gross_margin_base_churn_saved_usd as missing_usd
        from pricing.rpt_plan_frontier
        where is_chosen
        """
    )


def tried(warehouse: Warehouse) -> Evidence:
    """How many plans were rated, and how many lie on the front: one row."""
    return warehouse.evidence(
        """
        select
            count(*) as plans_tried,
            count(*) filter (where is_on_front) as plans_on_front,
            count(*) filter (where verdict = 'eligible') as plans_eligible,
            count(*) filter (where verdict like '%_after_savings') as plans_until_savings
        from pricing.rpt_plan_frontier
        """
    )


def front(warehouse: Warehouse) -> Evidence:
    """The plans that no other beats at once in margin, revenue and invoice shock, and today's."""
    return warehouse.evidence(
        """
        select
            plan_name, transition_name,
            gross_margin_base_churn_after_savings_usd, gross_margin_worst_after_savings_usd,
            gross_margin_base_churn_usd, gross_margin_worst_usd,
            revenue_base_churn_after_savings_usd, profitable_steep_rises_after_savings,
            profitable_customers_lost_high_after_savings, gross_margin_in_cheapest_tiers_after_savings_usd,
            unprofitable_customers, verdict_words, is_chosen, is_current_plan, verdict
        from pricing.rpt_plan_frontier
        where is_on_front or is_chosen or is_current_plan
        order by gross_margin_worst_after_savings_usd desc nulls last, candidate_id
        """
    )


def compared(warehouse: Warehouse) -> Evidence:
    """The chosen plan and those of the list as they stand there, in every scenario."""
    return warehouse.evidence(
        """
        select
            plan_name, gross_margin_usd, gross_margin_low_churn_usd, gross_margin_base_churn_usd,
            gross_margin_high_churn_usd, gross_margin_in_cheapest_tiers_usd, gain_worst_usd,
            customers_with_a_cheaper_tier,
            customers_taking_a_dearer_tier, given_away_usd, verdict_words
        from pricing.rpt_plan_frontier
        where is_chosen or (is_listed and transition_id = 'none')
        order by is_chosen desc, gross_margin_worst_usd desc nulls last, candidate_id
        """
    )


def cost_of_rules(warehouse: Warehouse) -> Evidence:
    """Per rule the best plan that it rejects, where that would earn more than the chosen one."""
    return warehouse.evidence(
        """
        select
            verdict_words, plan_name, transition_name, more_than_chosen_base_usd, more_than_chosen_worst_usd,
            profitable_steep_rises_after_savings, profitable_customers_lost_high_after_savings
        from pricing.rpt_plan_frontier
        where is_dearest_rejected and more_than_chosen_base_usd > 0
        order by more_than_chosen_base_usd desc, candidate_id
        """
    )


def chosen_said(warehouse: Warehouse) -> tuple[Prose, ...]:
    """What the search proposes, what it is worth at least, and how near it is to its limits."""
    plan = chosen(warehouse)
    if not plan.rows or plan["gain_base_usd"] is None:
        return ()
    searched = tried(warehouse)
    if plan["is_current_plan"]:
        return (
            searched.say(
                "A search over {plans_tried:count} plans finds none that your rules allow and that earns more"
                + (
                    ": {plans_until_savings:count} that would be allowed at today's cost lose their reason "
                    "once the savings that come before a price are made."
                    if searched["plans_until_savings"]
                    else "."
                )
            ),
        )
    return (
        _origin(plan, searched)
        + plan.say("“{chosen_name:text}”. It is expected to lift the margin by ")
        + _gain_said(plan)
        + plan.say(
            " About {chosen_lost:count} customers are expected to leave, about "
            "{chosen_profitable_lost:count} of them customers that earn money today."
        ),
        _knife_edge(plan) + all_steep_leave_said(ask_customers.impacts(warehouse)),
    )


def behind_the_choice(warehouse: Warehouse) -> tuple[Prose, ...]:
    """What the choice rests on: the cost after the savings, why this plan, and what people may prefer."""
    plan = chosen(warehouse)
    unsaved = _unsaved_said(plan, unit_price(warehouse))
    others = _alternatives_said(plan, alternatives(warehouse))
    return (
        *unsaved,
        join([why_said(plan), *beyond_scenarios_said(ask_customers.impacts(warehouse))]),
        *((join(others),) if others else ()),
    )


def _worst(plan: Evidence, after: str = "") -> str:
    """What a plan is worth in the worst scenario, and which one that is, as part of a sentence."""
    gain, scenario = f"gain_worst{after}_usd", f"{{worst_scenario{after}:text}}"
    if float(plan[gain] or 0) >= 0:  # type: ignore[arg-type]
        return f"{{{gain}:usd}} in the worst scenario ({scenario})"
    return f"**less than today in the worst scenario ({scenario}), by {{{gain}:usd}}**"


def _gain_said(plan: Evidence) -> Prose:
    """What the plan is worth, once the savings before it are made where there are any."""
    if not plan["saved_before_usd"]:
        return plan.say(f"**{{gain_base_usd:usd}}** a month, {_worst(plan)}.")
    return plan.say(
        "**{gain_base_after_savings_usd:usd}** a month once the savings that come before it are made, "
        f"{_worst(plan, '_after_savings')}."
    )


def unit_price(warehouse: Warehouse) -> Evidence:
    """What a unit costs before and after the savings, and what its price leaves; no row if unknown."""
    return warehouse.evidence(
        """
        select
            usage_unit, usd_per_unit as sold_at_usd, unit_cost_basis_usd as unit_cost_usd,
            unit_cost_after_savings_usd, target_margin_share, unit_margin_after_savings_share,
            enough_usd_per_unit_after_savings as enough_usd
        from pricing.rpt_plan_prices
        where is_recommended and enough_usd_per_unit_after_savings < usd_per_unit
        order by today_fee_usd nulls last, base_fee_usd, subscription_tier
        limit 1
        """
    )


def _unsaved_said(plan: Evidence, price: Evidence) -> tuple[Prose, ...]:
    """What the plan is worth if those savings are never made, and what a unit costs before and after."""
    if not plan["saved_before_usd"]:
        return ()
    said = plan.say(
        "If the savings before it are never made, the plan lifts the margin by "
        f"{{gain_base_usd:usd}}, {_worst(plan)}; the margin is then {{missing_usd:usd}} a month lower than "
        "with them. Your rules allow the plan either way."
    )
    if not price.rows:
        return (said,)
    unit = {"call": "A call", "1k_tokens": "A thousand tokens"}.get(str(price["usage_unit"]), "A credit")
    return (
        said
        + price.say(
            f" {unit} costs {{unit_cost_usd:usd_unit}} today, AI alone, and "
            "{unit_cost_after_savings_usd:usd_unit} then; "
            "sold for {sold_at_usd:usd_price} it leaves {target_margin_share:percent} today and "
            "{unit_margin_after_savings_share:percent} then, when {enough_usd:usd_unit} would be enough for "
            "{target_margin_share:percent}."
        ),
    )


def _origin(plan: Evidence, searched: Evidence) -> Prose:
    """Where the recommended plan comes from."""
    if plan["is_listed"]:
        return searched.say(
            "We propose prices of your list, in the way that a search over {plans_tried:count} plans finds "
            "best: "
        )
    return searched.say("We propose what a search over {plans_tried:count} plans finds: ")


def why_said(plan: Evidence) -> Prose:
    """Why the search chose this plan."""
    return phrase("pricing/_why", plan)


def _knife_edge(plan: Evidence) -> Prose:
    """How near the limits are: near ones are decisions of people, not results."""
    return plan.say(
        "To decide by people, because it is near: {chosen_steep_rises:count} steep rises of profitable "
        "customers of the "
        "{profitable_steep_rises_allowed:count} that your limit allows, and under high churn "
        "about {chosen_lost_high:count} departures of profitable customers of the "
        "{profitable_departures_allowed:count} that it allows. The steepest rise is "
        "{chosen_largest_rise_share:percent}."
    )


def all_steep_leave_said(hit: Evidence) -> Prose:
    """The worst case that is computed: every customer with a steep rise leaves, whatever a scenario says."""
    if not hit.rows or not hit["steep_customers"]:
        return note("")
    return hit.say(
        " If all {steep_customers:count} customers with a steep rise left, the "
        "margin would be **{margin_change_without_steep_usd:more_or_less_usd}** than today, and once the "
        "savings are made **{margin_change_without_steep_after_savings_usd:more_or_less_usd}** than "
        "without the plan."
    )


def beyond_scenarios_said(hit: Evidence) -> tuple[Prose, ...]:
    """That the churn scenarios end before the steepest rises; nothing where no rise is beyond their end."""
    if not hit.rows or not hit["rises_beyond_scenarios"]:
        return ()
    return (
        hit.say(
            "The churn scenarios end at a rise of {last_scenario_rise_share:percent}: the "
            "{rises_beyond_scenarios:count} customers beyond it are assumed to leave as those at it do, and "
            "in truth more may."
        ),
    )


def _alternatives_said(plan: Evidence, others: Evidence) -> tuple[Prose, ...]:
    """The nearest plans that are allowed, and what it costs to cap rises, or to spare who earns money."""
    allowed = [row for row in others.each() if row["is_alternative"] and row["verdict"] == "eligible"]
    capped = [row for row in others.each() if row["is_best_rise_capped"]]
    sparing = [row for row in others.each() if row["is_best_sparing"]]
    return (
        *(
            row.say("As good for practical purposes: “{other_name:text}”, against the proposal ")
            + row.say("{worst_difference_usd:delta_usd_table} in the worst scenario")
            + note(
                ", without a transition."
                if row["transition_id"] == "none" != plan["chosen_transition_id"]
                else "."
            )
            for row in allowed[:1]
        ),
        *(
            row.say(
                "The best that caps each rise, “{other_name:text}”: against the proposal "
                "{worst_difference_usd:delta_usd_table} in the worst scenario."
            )
            for row in capped
        ),
        *(
            row.say(
                "The most careful way moves the customers at a loss alone, to “{plan_name:text}”: against "
                "the proposal {base_difference_usd:delta_usd_table} expected, and "
                "{worst_difference_usd:delta_usd_table} in the worst scenario."
            )
            for row in sparing
        ),
    )


def alternatives(warehouse: Warehouse) -> Evidence:
    """The chosen plan, those nearly as good, and the best that caps each rise: what people may prefer."""
    return warehouse.evidence(
        """
        select
            offer_name as other_name, plan_name, transition_id, transition_name,
            gross_margin_base_churn_after_savings_usd, gross_margin_worst_after_savings_usd,
            more_than_chosen_base_usd as base_difference_usd,
            more_than_chosen_worst_usd as worst_difference_usd, profitable_steep_rises_after_savings,
            profitable_steep_rises_allowed_after_savings as steep_rises_allowed,
            profitable_customers_lost_high_after_savings,
            profitable_departures_allowed_after_savings as departures_allowed,
            largest_rise_share, least_unit_margin_share, unprofitable_customers, verdict, verdict_words,
            is_chosen, is_alternative, is_best_rise_capped, is_best_sparing
        from pricing.rpt_plan_alternatives
        order by is_chosen desc, gross_margin_worst_after_savings_usd desc, candidate_id
        """
    )


def front_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """The front as a figure and tables; nothing where no plan can be compared."""
    plan = chosen(warehouse)
    if not plan.rows or plan["gain_base_usd"] is None:
        return ()
    rules = cost_of_rules(warehouse)
    return (
        Section(
            "The front of the plans: margin expected against margin in the worst scenario",
            text=(
                note(
                    "Plans are compared at the cost that the savings before them leave: who leaves takes "
                    "savings along, so each gains least there. Each point is a plan that no other beats at "
                    "once in margin, worst scenario, revenue and invoice shock; today's and the one chosen "
                    "stand beside them, by the rules below. A customer takes the "
                    "cheapest of "
                    "its tier and the dearer ones, under the plans of your list as well: in the tables that "
                    "leave each customer in its tier these earn more. Who leaves follows the rise of what it "
                    "pays for what is served. In the worst scenario the least is left: few or many leave, or "
                    "each customer signs up again in the cheapest tier that serves its use. Failed calls are "
                    "billed by no plan."
                ),
            ),
            figures=(front_figure(warehouse, plan),),
            tables=(
                *_alternatives_table(alternatives(warehouse)),
                Table(_FRONT, front(warehouse), note("The front"), max_rows=25),
                Table(
                    _SCENARIOS,
                    compared(warehouse),
                    note("The chosen plan beside those of the list, in every scenario, at today's cost"),
                    name="The chosen plan beside those of the list, in every scenario",
                ),
                *((Table(_RULES, rules, note("What each rule costs")),) if rules.rows else ()),
            ),
        ),
    )


def _alternatives_table(others: Evidence) -> tuple[Table, ...]:
    """The chosen plan beside what people may prefer; nothing where there is nothing beside it."""
    if len(others.rows) < 2:
        return ()
    caption = (
        "Nearly the same in the worst scenario, allowed by your rules or not, the best that "
        "caps each rise, and "
        "the best that leaves alone who earns money: for people to decide"
    )
    return (Table(_ALTERNATIVES, others, note(caption), max_rows=15, name="Plans that people may prefer"),)


def front_figure(warehouse: Warehouse, plan: Evidence) -> Figure:
    """Each plan of the front by its expected margin and that of the worst scenario."""
    shown = front(warehouse)
    title = plan.say(
        "The chosen plan keeps {chosen_worst_after_savings_usd:usd} in the worst scenario and "
        "{chosen_base_after_savings_usd:usd} at base churn, once the savings are made"
    )
    return Figure(
        "plan-front",
        plan_front(shown),
        title,
        title
        + note(
            ". A dot per plan of the front: expected margin across, margin in the worst scenario upwards."
        ),
        shown,
        height=340,
        key="Dark: the chosen plan. Open: rejected by a rule. Cross: today.",
    )
