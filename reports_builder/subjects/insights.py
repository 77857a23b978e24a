"""The insight blocks of each report, put together once: the dashboard's page on the subject shows the same.

What a function asks, its report has mostly asked already: a warehouse answers the same question once.
"""

from datetime import date

from reports_builder.model import Insight
from reports_builder.savings import beyond_end_said, ledger
from reports_builder.subjects.allocation.breakdown import insights as breakdown
from reports_builder.subjects.allocation.breakdown.queries import coverage
from reports_builder.subjects.allocation.gpus import queries as ask_gpus
from reports_builder.subjects.allocation.gpus.insights import unused
from reports_builder.subjects.allocation.spend import queries as ask_spend
from reports_builder.subjects.allocation.spend.insights import unowned
from reports_builder.subjects.allocation.tags import queries as ask_tags
from reports_builder.subjects.allocation.tags.insights import untagged
from reports_builder.subjects.allocation.teams import insights as teams
from reports_builder.subjects.allocation.teams import queries as ask_teams
from reports_builder.subjects.anomalies import insights as anomalies
from reports_builder.subjects.anomalies.queries import episodes
from reports_builder.subjects.core import insights as core
from reports_builder.subjects.core import queries as ask_core
from reports_builder.subjects.efficiency import insights as efficiency
from reports_builder.subjects.efficiency import queries as ask_efficiency
from reports_builder.subjects.margin import insights as margin
from reports_builder.subjects.margin import queries as ask_margin
from reports_builder.subjects.margin.features import insights as margin_features
from reports_builder.subjects.margin.features import queries as ask_features
from reports_builder.subjects.margin.revenue import queries as ask_revenue
from reports_builder.subjects.margin.revenue.insights import low_retention
from reports_builder.subjects.planning import queries as ask_planning
from reports_builder.subjects.planning.budgets import queries as ask_budgets
from reports_builder.subjects.planning.budgets.insights import furthest_ahead, heading_over, may_stop
from reports_builder.subjects.planning.insights import planning as forecast
from reports_builder.subjects.planning.returns import queries as ask_returns
from reports_builder.subjects.planning.returns.insights import likely_loss
from reports_builder.subjects.planning.returns.statements import unmeasured_plans
from reports_builder.subjects.planning.variance import queries as ask_variance
from reports_builder.subjects.planning.variance.insights import over_budget, worst
from reports_builder.subjects.pricing import customers as ask_customers
from reports_builder.subjects.pricing import insights as proposals
from reports_builder.subjects.pricing import queries as ask_pricing
from reports_builder.subjects.pricing import simulation
from reports_builder.subjects.pricing.frontier import chosen
from reports_builder.subjects.pricing.pilot import sequence_said
from reports_builder.subjects.rates import insights as rates
from reports_builder.subjects.rates import queries as ask_rates
from reports_builder.subjects.rates.cloud_commitments import cloud_commitment_insight
from reports_builder.subjects.rates.decided import missed_insight, moves_came
from reports_builder.subjects.rates.expiries import due_insight
from reports_builder.subjects.rates.usage import unknown_insight, usage_insight
from reports_builder.warehouse import Warehouse

Insights = tuple[Insight, ...]

_SWITCHES = 3


def summary(warehouse: Warehouse) -> Insights:
    """Of the executive summary."""
    top, margins = ask_core.top_customers(warehouse), ask_margin.totals(warehouse)
    concentration = ask_core.concentration(warehouse)
    return (
        *([core.concentrated_cost(warehouse, top, concentration, margins)] if top.rows else []),
        *efficiency.ended_models(ask_efficiency.ended_models(warehouse)),
        core.dear_model(warehouse, ask_core.models(warehouse)),
        *core.opportunities(warehouse),
        *core.overrun_budgets(
            ask_teams.budgets_ahead(warehouse),
            ask_teams.decided(warehouse),
            ask_teams.ended_overrun(warehouse),
        ),
    )


def understanding(warehouse: Warehouse) -> Insights:
    """Of owners of the cost, the price of a token, and the forecast."""
    return (
        *breakdown.ownership(warehouse, coverage(warehouse)),
        breakdown.dear_tokens(warehouse),
        *forecast(warehouse, ask_planning.outlook(warehouse), ask_planning.accuracy(warehouse)),
    )


def allocation(warehouse: Warehouse) -> Insights:
    """Of all spend and its owners."""
    gpus, month = ask_gpus.gpus(warehouse), ask_spend.month(warehouse)
    return (
        *unused(gpus, ask_gpus.unused_by_machine(warehouse)),
        *untagged(ask_tags.tagged(warehouse), ask_tags.tagged_by_team(warehouse)),
        *unowned(month, ask_spend.unowned_steps(warehouse)),
    )


def alignment(warehouse: Warehouse) -> Insights:
    """Of teams and their budgets."""
    return (
        *teams.overrun(ask_teams.team_budgets(warehouse), ask_teams.decided(warehouse)),
        *teams.too_large(ask_teams.too_large(warehouse)),
        *teams.dear_team(ask_teams.teams(warehouse)),
        *teams.shown_only(ask_teams.shown_only(warehouse), ask_teams.shown_in_all(warehouse)),
    )


def planning(warehouse: Warehouse) -> Insights:
    """Of months against their plan, and of investments."""
    return (*budgets(warehouse), *investments(warehouse))


def budgets(warehouse: Warehouse) -> Insights:
    """Of months against their plan."""
    ahead = ask_budgets.ahead(warehouse)
    over = worst(ask_variance.budgets(warehouse), furthest_ahead(ahead))
    return (
        *(
            ()
            if over is None
            else over_budget(
                over,
                ask_variance.causes(warehouse, over["scope"], over["scope_id"]),
                ask_teams.decided(warehouse),
            )
        ),
        *heading_over(ahead),
        *may_stop(ask_budgets.may_stop(warehouse)),
        *teams.too_large(ask_teams.too_large(warehouse)),
    )


def investments(warehouse: Warehouse) -> Insights:
    """Of investments that are likely to lose money."""
    plans = ask_returns.investments(warehouse)
    return likely_loss(ask_returns.doubtful(warehouse), plans, unmeasured_plans(warehouse, plans))


def realtime(warehouse: Warehouse) -> Insights:
    """Of abnormal days and limits."""
    plan = ask_core.price_plan(warehouse)
    return (
        *anomalies.abnormal_days(episodes(warehouse)),
        *anomalies.over_limit(warehouse, plan),
        *anomalies.outgrown(warehouse, plan),
        *efficiency.premium_on_trivial(warehouse),
    )


def performance(warehouse: Warehouse) -> Insights:
    """Of the speed and the failures of models."""
    failing = ask_efficiency.failures_by_model(warehouse)
    return (
        *_switches(warehouse)[:1],
        *efficiency.slow_answers(ask_efficiency.slowest(warehouse)),
        *efficiency.failures(failing, ask_efficiency.failures_in_all(warehouse)),
    )


def models(warehouse: Warehouse) -> Insights:
    """Of the right model for each task."""
    refused = ask_efficiency.refused(warehouse)
    return (
        *efficiency.ended_models(ask_efficiency.ended_models(warehouse)),
        *_switches(warehouse),
        *efficiency.premium_on_trivial(warehouse),
        *efficiency.refusals(refused, ask_efficiency.refused_in_all(warehouse)),
        *efficiency.shortfalls(warehouse),
    )


def _switches(warehouse: Warehouse) -> Insights:
    tasks = {task["task_type"]: task for task in ask_efficiency.recommendations(warehouse).each()}
    return tuple(
        efficiency.switch(warehouse, action, tasks[action["task_type"]])
        for action in ledger(warehouse, "model_switch").each()[:_SWITCHES]
    )


def optimization(warehouse: Warehouse) -> Insights:
    """Of what the same work could cost."""
    return (
        *due_insight(warehouse),
        *missed_insight(warehouse),
        *efficiency.ended_models(ask_efficiency.ended_models(warehouse)),
        *_models_moved(warehouse),
        *_on_models(warehouse),
        *_batch(warehouse),
        *usage_insight(warehouse),
        *unknown_insight(warehouse),
        *cloud_commitment_insight(warehouse),
    )


def usage_optimization(warehouse: Warehouse) -> Insights:
    """Of the same work with other models, in batches, and on fewer machines."""
    return (
        *missed_insight(warehouse),
        *_models_moved(warehouse),
        *_batch(warehouse),
        *usage_insight(warehouse),
        *unknown_insight(warehouse),
    )


def commitments(warehouse: Warehouse) -> Insights:
    """Of what to sign, and what to renew."""
    return (*due_insight(warehouse), *cloud_commitment_insight(warehouse), *_on_models(warehouse))


def _models_moved(warehouse: Warehouse) -> Insights:
    return rates.model_switches(
        ask_rates.kind(warehouse, "model_switch"),
        ask_rates.switches(warehouse),
        moves_came(warehouse),
        beyond_end_said(warehouse, "model_switch"),
    )


def _on_models(warehouse: Warehouse) -> Insights:
    counts = ask_rates.offer_counts(warehouse)
    return rates.commitments(
        ask_rates.recommended_offer(warehouse),
        ask_rates.offer_beyond_limits(warehouse),
        counts,
        ask_rates.owned_terms(warehouse),
        ask_rates.offers(warehouse, "after_actions", paying=bool(counts["offers_paying"])),
        look_backs=ask_rates.look_backs(warehouse),
    )


def _batch(warehouse: Warehouse) -> Insights:
    return rates.batch(ask_rates.kind(warehouse, "batch"), ask_rates.batch(warehouse))


def profitability(warehouse: Warehouse) -> Insights:
    """Of margins by customer and by group, and of fees that went."""
    return (*_where_margin_goes(warehouse), *_retention(warehouse), *_lifetime(warehouse))


def _retention(warehouse: Warehouse) -> Insights:
    movements = ask_revenue.movements(warehouse)
    month = movements["month_start_date"]
    if not isinstance(month, date):
        return ()
    return low_retention(movements, ask_revenue.left_in_month(warehouse, month))


def customers(warehouse: Warehouse) -> Insights:
    """Of who loses money, and the prices that would change it."""
    plan = ask_pricing.recommended(warehouse)
    return (
        *_where_margin_goes(warehouse),
        *(
            (proposals.pricing(plan, ask_pricing.plans(warehouse), sequence_said(warehouse)),)
            if plan.rows
            else ()
        ),
        *_lifetime(warehouse),
    )


def _where_margin_goes(warehouse: Warehouse) -> Insights:
    return margin.where_margin_goes(
        warehouse,
        ask_margin.totals(warehouse),
        ask_margin.losing_customers(warehouse),
        ask_margin.segments(warehouse),
    )


def _lifetime(warehouse: Warehouse) -> Insights:
    return margin.lifetime(ask_margin.lifetime_by_tier(warehouse), ask_margin.lifetime_total(warehouse))


def pricing(warehouse: Warehouse) -> Insights:
    """Of every plan on the use of the period; nothing without a plan."""
    plan = ask_pricing.recommended(warehouse)
    if not plan.rows:
        return ()
    plans = ask_pricing.plans(warehouse)
    return (
        simulation.structure(plan, plans, sequence_said(warehouse)),
        *simulation.who_pays(warehouse, plan, ask_pricing.rules(warehouse)),
        *simulation.departures(warehouse, plan, plans),
        *simulation.segments(warehouse, plan),
    )


def proposal(warehouse: Warehouse) -> Insights:
    """Of the plan that is proposed; nothing without a plan."""
    plan = ask_pricing.recommended(warehouse)
    if not plan.rows:
        return ()
    plans = ask_pricing.plans(warehouse)
    losses, archetypes = (
        ask_margin.totals(warehouse),
        ask_customers.segments(warehouse, "usage_archetype"),
    )
    gains = ask_customers.gains(warehouse, "usage_archetype")
    flat = proposals.flat_fee(
        ask_pricing.today(warehouse), losses, archetypes, gains, is_proposed=not plan["is_current_plan"]
    )
    if plan["is_current_plan"]:
        return (
            flat,
            proposals.pricing(plan, plans, sequence_said(warehouse)),
            *proposals.hosting_to_assign(warehouse),
        )
    prices, room = ask_pricing.prices(warehouse), ask_pricing.room(warehouse)
    return (
        flat,
        proposals.structure(plan, prices, room, chosen(warehouse)),
        proposals.projection(plan, plans, ask_customers.impacts(warehouse), sequence_said(warehouse)),
        proposals.spared(ask_customers.segments(warehouse, "subscription_tier")),
        *proposals.hardest_hit(ask_customers.largest_rises(warehouse), ask_customers.impacts(warehouse)),
        *proposals.hosting_to_assign(warehouse),
    )


def features(warehouse: Warehouse) -> Insights:
    """Of features: which lose money, which to close, which to invest in."""
    totals = ask_features.totals(warehouse)
    return (
        *margin_features.losses(warehouse, totals),
        *margin_features.closures(warehouse, totals),
        *margin_features.uneven_use(warehouse),
    )


def together(*blocks: Insights) -> Insights:
    """Those of several reports, each once: reports on neighbouring subjects share some."""
    return tuple({insight.title.plain: insight for block in blocks for insight in block}.values())
