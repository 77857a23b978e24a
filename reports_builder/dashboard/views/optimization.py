"""The right model, service class and contract for each token, and what that saves."""

from reports_builder.chart_kinds import ranked_bars
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.view import View
from reports_builder.domains.optimization import queries as ask
from reports_builder.domains.optimization.charts import covered_hours, waterfall
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Figure, KeyFigure, Section, Table
from reports_builder.savings import ledger

_KINDS = {
    "model_switch": "Model switches, a month",
    "batch": "Batch service, a month",
    "caching": "Prompt caching, a month",
    "commitment": "Commitments, a month",
}


def build(warehouse: NarrowedWarehouse) -> View:
    """Rate optimization."""
    totals = ask.totals(warehouse)
    best = ledger(warehouse)
    offer = ask.recommended_offer(warehouse)
    return View(
        title="Optimization",
        headline=(_what_is_open(totals), *_what_first(best)),
        tiles=(
            KeyFigure("Spend", totals.cell("spend_usd", "usd_table")),
            KeyFigure(
                "Savings open, a month",
                totals.cell("net_usd", "usd_table"),
                status=totals.say("{low_usd:usd} to {high_usd:usd}, after overlap"),
            ),
            *(_kind_tile(label, ask.kind(warehouse, name)) for name, label in _KINDS.items()),
        ),
        sections=(
            _waterfall(warehouse, totals),
            *_actions_chart(best),
            *_commitment(warehouse, offer),
            _actions_table(best),
            _offers_table(warehouse),
            _refused_table(warehouse),
        ),
        period=warehouse.chosen_period,
        own_period=warehouse.period,
        filters=warehouse.filters,
    )


def _kind_tile(label: str, kind: Evidence) -> KeyFigure:
    status = "example offers: in no total" if kind["is_example"] else "{kind_actions:count} actions"
    return KeyFigure(label, kind.cell("kind_net_usd", "usd_table"), status=kind.say(status))


def _what_is_open(totals: Evidence) -> Prose:
    if not totals["open_actions"]:
        return totals.say("The period cost **{spend_usd:usd}**, and no action on file would lower it.")
    return totals.say(
        "The same work that cost **{spend_usd:usd}** could cost **{spend_after_usd:usd}**: "
        "{open_actions:count} actions are worth **{net_usd:usd}** a month together (between {low_usd:usd} "
        "and {high_usd:usd})."
    )


def _what_first(best: Evidence) -> tuple[Prose, ...]:
    if not best.rows:
        return ()
    return (
        best.say(
            "Start with this one: {subject:text}, worth **{net_monthly_savings_usd:usd}** a month. "
            "First step: {first_step:text}."
        ),
    )


def _waterfall(warehouse: NarrowedWarehouse, totals: Evidence) -> Section:
    steps = ask.steps(warehouse)
    title = totals.say("The actions would take monthly spend from {spend_usd:usd} to {spend_after_usd:usd}")
    said = title + note(". One bar for spend, one for what each kind of action takes off, one for the rest.")
    return Section(
        "Spend after the actions",
        figures=(Figure("spend-after-actions", waterfall(steps), title, said, steps, height=300),),
    )


def _actions_chart(best: Evidence) -> tuple[Section, ...]:
    if not best.rows:
        return ()
    title = best.say("{subject:text} is worth most: {net_monthly_savings_usd:usd} a month")
    chart = ranked_bars(
        best,
        label="subject",
        value="net_monthly_savings_usd",
        style="usd",
        axis_title="US dollars a month, after overlap",
        marker="high_monthly_savings_usd",
    )
    figure = Figure(
        "actions",
        chart,
        title,
        title + note(". A bar per action, the most valuable first."),
        best,
        height=60 + 24 * len(best.rows),
        key="Bar: expected value. Upright mark: the high end of its range.",
    )
    return (Section("What each action is worth", figures=(figure,)),)


def _commitment(warehouse: NarrowedWarehouse, offer: Evidence) -> tuple[Section, ...]:
    hours = ask.demand_curve(warehouse, str(offer["offer_id"] or ""))
    if not hours.rows:
        return ()
    title = offer.say(
        "At {hourly_commitment_usd:usd} an hour the commitment covers {coverage_share:percent} of the usage "
        "and is {utilization_share:percent} used"
    )
    figure = Figure(
        "commitment-hours",
        covered_hours(hours),
        title,
        title + note(". Hours of the look-back by falling demand; the dark part is covered."),
        hours,
    )
    return (Section("The hours behind the recommended commitment", figures=(figure,)),)


def _actions_table(best: Evidence) -> Section:
    columns = (
        Column("subject", "Action"),
        Column("owner_role", "Owner"),
        Column("effort", "Effort"),
        Column("net_monthly_savings_usd", "Value a month", "usd_table"),
        Column("low_monthly_savings_usd", "Low", "usd_table"),
        Column("high_monthly_savings_usd", "High", "usd_table"),
        Column("confidence", "Confidence"),
        Column("first_step", "First step"),
    )
    return Section("Actions, the most valuable first", tables=(Table(columns, best, max_rows=25),))


def _offers_table(warehouse: NarrowedWarehouse) -> Section:
    columns = (
        Column("offer_name", "Offer"),
        Column("hourly_commitment_usd", "Per hour", "usd_table"),
        Column("on_demand_cost_usd", "On demand", "usd_table"),
        Column("total_cost_usd", "With commitment", "usd_table"),
        Column("utilization_share", "Utilization", "percent"),
        Column("break_even_utilization_share", "Break-even", "percent"),
        Column("net_monthly_savings_usd", "Saves a month", "usd_table"),
        Column("verdict", "Verdict"),
    )
    return Section(
        "Reserved capacity against usage as it was",
        tables=(Table(columns, ask.offers(warehouse, "as_used")),),
    )


def _refused_table(warehouse: NarrowedWarehouse) -> Section:
    columns = (
        Column("task_type", "Task", "words"),
        Column("from_model", "From"),
        Column("to_model", "To"),
        Column("monthly_savings_usd", "Would save", "usd_table"),
        Column("quality_change", "Quality change", "delta_points"),
        Column("verdict", "Why not"),
    )
    return Section("Switches that were refused", tables=(Table(columns, ask.refused_switches(warehouse)),))
