"""The insight blocks of the executive summary."""

from dataclasses import dataclass

from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.insight_words import phrase
from reports_builder.model import Column, Insight, Recommendation, Table
from reports_builder.savings import alike, named, slower_after, works
from reports_builder.subjects import capabilities
from reports_builder.subjects.allocation.teams.insights import approver, budget_decision, budget_outcome
from reports_builder.subjects.changes import change_or_new
from reports_builder.subjects.core import queries as ask
from reports_builder.subjects.core.statements import without_a_cost
from reports_builder.subjects.pricing.customers import segments
from reports_builder.subjects.pricing.queries import PLAN_EFFORT
from reports_builder.subjects.rates.queries import kind
from reports_builder.subjects.rates.statements import days_of
from reports_builder.warehouse import Warehouse


@dataclass(frozen=True)
class Domain:
    """A FinOps domain in the specification's wording and in the framework's of 2026."""

    spec: str
    framework: str


USAGE = Domain(
    "Understanding Usage & Cost (allocation)", "Understand Usage & Cost: Allocation; Reporting & Analytics"
)
RATES = Domain(capabilities.RATE_OPTIMIZATION, capabilities.RATES)
PERFORMANCE = Domain(capabilities.PERFORMANCE, f"{capabilities.USAGE}; {capabilities.UNIT_ECONOMICS}")
REAL_TIME = Domain(capabilities.REAL_TIME, capabilities.ANOMALIES)
LESS_USE = Domain(capabilities.RATE_OPTIMIZATION, capabilities.USAGE)
ALIGNMENT = Domain("Organizational Alignment (budgets)", "Quantify Business Value: Budgeting; Forecasting")

_DOMAIN_OF_ACTION = {
    "model_switch": PERFORMANCE,
    "inefficient_usage": REAL_TIME,
    "anomaly_fix": REAL_TIME,
    "idle_machine": LESS_USE,
    "unattached_volume": LESS_USE,
    "stopped_volume": LESS_USE,
    "off_hours": LESS_USE,
    "right_size": LESS_USE,
    "gpu_idle": LESS_USE,
}

_LEDGER_COLUMNS = (
    Column("subject", "Action"),
    Column("gross_monthly_savings_usd", "Before overlap", "usd_table"),
    Column("overlap_usd", "Overlap", "usd_table"),
    Column("net_monthly_savings_usd", "Net a month", "usd_table"),
    Column("low_monthly_savings_usd", "Low", "usd_table"),
    Column("high_monthly_savings_usd", "High", "usd_table"),
    Column("payback_months", "Pays back after", "months"),
    Column("first_year_net_usd", "First year", "usd_table"),
)


def concentrated_cost(
    warehouse: Warehouse, top: Evidence, concentration: Evidence, margins: Evidence
) -> Insight:
    """Who causes the cost, and whether their fees cover it."""
    planned = _planned_for_losing(warehouse)
    return Insight(
        title=concentration.say("{listed_customers:count} customers cause {top_share:percent} of AI cost"),
        problem=say(
            "Of {customers:count} customers, the {listed_customers:count} that cost most cause "
            "**{top_cost_usd:usd}**, {top_share:percent} of all cost. {top_unprofitable:count} of these "
            "{listed_customers:count} cost more than their fees; of all customers, ",
            concentration,
        )
        + margins.say("{losing_customers:count} did."),
        domain_spec=USAGE.spec,
        domain_framework=USAGE.framework,
        ubr_impact=say(
            "**{loss_usd:usd}** lost in 30 days on customers whose fee does not cover their usage, "
            "**{top_loss_usd:usd}** of it on the dearest customers above.",
            concentration,
            margins,
        ),
        recommendation=_cover_the_cost(margins, planned),
        outcome=_cost_covered(margins, planned),
        supporting=Table(
            (
                Column("customer", "Customer"),
                Column("tier", "Tier"),
                Column("cost_usd", "Cost", "usd_table"),
                Column("cost_share", "Share of cost", "percent"),
                Column("revenue_usd", "Fees earned", "usd_table"),
                Column("gross_margin_usd", "Margin", "usd_table"),
            ),
            top,
            note("the ten customers that cost most, in the period."),
        ),
    )


def _planned_for_losing(warehouse: Warehouse) -> Evidence | None:
    """What the recommended plan gains on those who lose money; None where it leaves them as they are."""
    steps = segments(warehouse, "margin_today").each()
    losing = next((step for step in steps if step["segment"] == "loses_money"), None)
    return losing if losing is not None and losing["gain_usd"] and losing["revenue_change_usd"] else None


def _cover_the_cost(margins: Evidence, planned: Evidence | None) -> Recommendation:
    if not margins["losing_customers"]:
        return Recommendation(
            note("Keep the prices: the fees of every customer cover its cost."), "Head of Product", "none"
        )
    return Recommendation(
        note(
            "Move the loss-making customers to a price that follows usage; the pricing "
            "proposal has the plan and the sequence."
            if planned is not None
            else "Look for a price that follows usage for the loss-making customers: no plan on file that "
            "passes the rules changes what they pay."
        ),
        "Head of Product" if planned is None else "Head of Sales",
        "weeks" if planned is None else PLAN_EFFORT,
    )


def _cost_covered(margins: Evidence, planned: Evidence | None) -> Prose:
    if not margins["losing_customers"]:
        return note("No change. Assumption: usage stays as it is.")
    if planned is None:
        return margins.say(
            "Up to **{loss_usd:usd}** of margin recovered in 30 days. Assumption: a customer pays what "
            "it costs, or leaves; less if it keeps part of today's price."
        )
    exceeds_loss = float(planned["gain_usd"] or 0) > float(margins["loss_usd"] or 0)  # type: ignore[arg-type]
    return planned.say(
        "**{gain_usd:usd}** of margin in 30 days ({gain_low_usd:usd} to {gain_high_usd:usd}), as the "
        "pricing proposal counts it for these customers: the loss, and what the plan has them pay beyond "
        "their cost. Assumption: use stays as it is, and as many leave as its churn scenarios say."
        if exceeds_loss
        else "**{gain_usd:usd}** of margin in 30 days ({gain_low_usd:usd} to {gain_high_usd:usd}), as the "
        "pricing proposal counts it for these customers. Assumption: use stays as it is, and as many leave "
        "as its churn scenarios say."
    )


def dear_model(warehouse: Warehouse, models: Evidence) -> Insight:
    """Where the money goes by model, and what the switches away from the first are worth."""
    switches = ask.switches_from(warehouse, f"{models['provider']} {models['model']}")
    return Insight(
        title=models.say(
            "{model:text} takes {cost_share:percent} of spend for {call_share:percent} of calls"
        ),
        problem=say(
            "{provider:text} {model:text} costs **{cost_usd:usd}** in the period. A call to it costs "
            "{usd_per_call:usd_unit}; the average over all models is {average_usd_per_call:usd_unit}.",
            models,
            ask.average_call(warehouse),
        ),
        domain_spec=USAGE.spec,
        domain_framework=USAGE.framework,
        ubr_impact=models.say(
            "**{cost_usd:usd}** of cost to serve in 30 days, {cost_share:percent} of the total, rests on "
            "the price of this one model."
        ),
        recommendation=Recommendation(
            note(
                "Choose the model per task by quality and cost (“Which model for which task” names one for "
                "each)."
            ),
            "Head of Engineering",
            days_of(kind(warehouse, "model_switch")),
            is_in_plan=True,
        ),
        outcome=phrase("core/_worth_of_switches", switches),
        supporting=Table(
            (
                Column("provider", "Provider"),
                Column("model", "Model"),
                Column("calls", "Calls", "count"),
                Column("cost_usd", "Cost", "usd_table"),
                Column("cost_share", "Share of cost", "percent"),
                Column("usd_per_call", "Per call", "usd_unit"),
                Column("cost_change", "Change", "delta_or_new", words=change_or_new),
                *without_a_cost(models),
            ),
            models,
            note("spend by provider and model, in the period."),
        ),
    )


def opportunities(warehouse: Warehouse) -> tuple[Insight, ...]:
    """A block for each of the three kinds that bring most in the first year, however many teams share one."""
    return tuple(_opportunity(warehouse, row) for row in ask.kinds_of_work(warehouse).each()[:3])


def _opportunity(warehouse: Warehouse, row: Evidence) -> Insight:
    action_kind = str(row["action_kind"])
    domain = _DOMAIN_OF_ACTION.get(action_kind, RATES)
    others = alike(row)
    problem, supporting = (
        _switch_in_numbers(warehouse, row)
        if action_kind == "model_switch" and not row["further_works"]
        else _kind_in_numbers(warehouse, row)
    )
    return Insight(
        title=row.say("Opportunity worth {kind_net_usd:usd} a month: ")
        + named(row, begins_sentence=False)
        + others,
        problem=problem,
        domain_spec=domain.spec,
        domain_framework=domain.framework,
        ubr_impact=row.say("**{kind_net_usd:usd}** less to pay a month, net of overlap."),
        recommendation=Recommendation(
            named(row) + others + slower_after(warehouse, row) + row.say(". First step: {first_step:text}."),
            str(row["owner_role"]),
            row.cell("kind_effort_days", "days").plain if row["further_works"] else str(row["effort"]),
            is_in_plan=True,
        ),
        outcome=row.say(
            "**{kind_net_usd:usd}** a month, between {kind_low_usd:usd} and {kind_high_usd:usd}; the work "
            "pays back after {kind_payback_months:months} and leaves {kind_first_year_net_usd:usd} of the "
            "first year. Assumption: {assumption:text}"
        ),
        supporting=supporting,
    )


def _switch_in_numbers(warehouse: Warehouse, row: Evidence) -> tuple[Prose, Table]:
    """What the tasks of a work cost on their models of today and would cost on the recommended one."""
    switches = ask.switches_of_work(warehouse, str(row["work_id"]))
    problem = say(
        "{all_calls:count} calls cost **{all_current_usd:usd}** in 30 days; the same tokens on "
        "{to_model:text} would cost **{all_after_usd:usd}** if every call moved, at a quality within the "
        "limits set for each task.",
        switches,
        ask.calls_of_work(warehouse, str(row["work_id"])),
    )
    columns = (
        Column("task_type", "Task", "words"),
        Column("from_model", "From"),
        Column("calls", "Calls", "count"),
        Column("current_cost_usd", "Cost now", "usd_table"),
        Column("cost_after_usd", "Cost after", "usd_table"),
        Column("monthly_savings_usd", "If every call moves", "usd_table"),
        Column("from_quality_score_avg", "Quality now", "ratio"),
        Column("to_quality_score_avg", "Quality after", "ratio"),
    )
    caption = switches.say("calls that would move to {to_model:text}; quality is a score from 0 to 1.")
    return problem, Table(columns, switches, caption)


def _kind_in_numbers(warehouse: Warehouse, row: Evidence) -> tuple[Prose, Table]:
    """What a kind of work saves before and after overlap, and each piece of it with its team."""
    problem = row.say(
        "Today's way costs **{kind_gross_usd:usd}** a month more than it has to"
        + ("; {kind_overlap_usd:usd} of that is counted in others." if row["kind_overlap_usd"] else ".")
    )
    caption = row.say(
        "actions of this kind ({action_kind:words}); together {kind_net_usd:usd_table} a month."
    )
    return problem, Table(_LEDGER_COLUMNS, works(warehouse, str(row["action_kind"])), caption)


def overrun_budgets(teams: Evidence, ended: Evidence) -> tuple[Insight, ...]:
    """The team furthest over its budget, or nothing when every team keeps its own.

    ``ended`` is how far all teams went over in a month that is over.
    """
    if not teams["is_over"]:
        return ()
    return (
        Insight(
            title=teams.say(
                "{team_name:text} was over budget in {month_start_date:month}"
                if teams["is_ended"]
                else "{team_name:text} is {budget_status:text} in {month_start_date:month}"
            ),
            problem=teams.say(
                "{team_name:text} had a budget of **{budget_usd:usd}** for {month_start_date:month} and "
                "cost **{projected_cost_usd:usd}**."
                if teams["is_ended"]
                else "{team_name:text} has a budget of **{budget_usd:usd}** for {month_start_date:month}; "
                "its cost for the whole month, spent and forecast, comes to **{projected_cost_usd:usd}**."
            ),
            domain_spec=ALIGNMENT.spec,
            domain_framework=ALIGNMENT.framework,
            ubr_impact=_overrun(teams, ended),
            recommendation=Recommendation(
                budget_decision(teams),
                approver(teams),
                "days",
            ),
            outcome=budget_outcome(teams),
            supporting=Table(
                (
                    Column("team_name", "Team"),
                    Column("month_start_date", "Month", "month"),
                    Column("budget_usd", "Budget", "usd_table"),
                    Column("projected_cost_usd", "Spent and forecast", "usd_table"),
                    Column("projected_variance_usd", "Over budget", "delta_usd_table"),
                    Column("budget_status", "Status"),
                ),
                teams,
                note(
                    "budgets of this month and the coming ones: overruns first, of them those of months "
                    "that are not over yet."
                ),
            ),
        ),
    )


def _overrun(teams: Evidence, ended: Evidence) -> Prose:
    """What is still expected to go over, apart from what a finished month went over."""
    past = ended.say("**{ended_overrun_usd:usd}** over budget, all teams over theirs together")
    if teams["is_ended"]:
        return past + note(", in the month that is over.")
    coming = teams.say(
        "**{month_overrun_usd:usd}** expected over budget in {month_start_date:month}, all teams over "
        "theirs together, **{projected_variance_usd:usd}** of it here."
    )
    if ended["ended_overrun_usd"] is None:
        return coming
    return coming + note(" The month that is over: ") + past + note(".")
