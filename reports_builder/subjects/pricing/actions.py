"""What to do about prices: the recommended plan as steps, or as the one step that it is."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.formatting import plain
from reports_builder.missing import NO_PLAN
from reports_builder.model import NO_FIGURE, Action, ActionPlan
from reports_builder.subjects.pricing import customers as ask_customers
from reports_builder.subjects.pricing import queries as ask
from reports_builder.subjects.pricing.pilot import can_measure, first_step_said, sequence_said
from reports_builder.warehouse import Warehouse

_DEPARTURES_ASSUMED = "medium: use is measured, departures are assumed"


def plan_actions(warehouse: Warehouse, plan: Evidence) -> ActionPlan:
    """The change of prices: those who cost more than their fees, then all others."""
    if not plan.rows:
        return ActionPlan((), note(NO_PLAN))
    if plan["is_current_plan"]:
        if not plan["comparable_plans"]:
            return ActionPlan((), note("No plan on the list names the tiers of your customers."))
        return ActionPlan((), note("No plan, searched for or on your list, beats today's prices."))
    steps = ask_customers.segments(warehouse, "margin_today")
    # In the order of doing: those at a loss come first, whatever the others are worth.
    worth = sorted(
        (row for row in steps.each() if row["gain_usd"]), key=lambda row: row["segment"] != "loses_money"
    )
    impacts = ask_customers.impacts(warehouse)
    programme = ask.programme(warehouse)
    # On what the savings leave, as the pay-back and the first year are.
    gains = {losing: ask.programme_gain(warehouse, losing=losing) for losing in (True, False)}
    measurable = can_measure(warehouse)
    return ActionPlan(
        tuple(
            _step(
                row,
                gain if (gain := gains[row["segment"] == "loses_money"]).rows else row,
                impacts,
                programme,
                measurable=measurable,
                shares=len(worth) > 1,
                place=place,
            )
            for place, row in enumerate(worth, 1)
        ),
        (programme if programme.rows else ask_customers.gains(warehouse, "margin_today")).say(
            "Together they are worth **{gain_total_usd:usd_table}** of margin a month "
            "({gain_total_low_usd:usd_table} to {gain_total_high_usd:usd_table}) after expected "
            "departures, net of overlap: every customer is in one of them only. "
        )
        + _programme_said(programme)
        + sequence_said(warehouse)
        + note(
            " All of that is on what the savings on models and settings leave; the insights and tables use "
            "today's cost of a call."
        ),
        is_ranked=False,
    )


def _step(
    row: Evidence,
    gain: Evidence,
    falls: Evidence,
    programme: Evidence,
    *,
    measurable: bool,
    shares: bool,
    place: int,
) -> Action:
    losing = row["segment"] == "loses_money"
    words = (
        "Speak with the {active_customers:count} customers that lose money, one by one, and move them to "
        "“{plan_name:text}”"
        if losing
        else "Move the {active_customers:count} others to “{plan_name:text}”, of whom "
        "{customers_paying_more:count} pay more"
    )
    given = (
        falls.say(
            " and {profitable_falling_customers:count} together {profitable_falls_usd:usd_table} less in "
            "30 days"
        )
        if falls["profitable_falling_customers"] and not losing
        else note("")
    )
    announced = (
        "After a pilot with customers drawn by lot: announce it with notice"
        if measurable
        else "After the customers that lose money: announce it with notice"
    )
    return Action(
        action=row.say(words) + given,
        owner_role="Head of Sales" if losing else "Head of Product",
        effort=_effort(programme, shares=shares, place=place),
        value=gain.cell("gain_usd", "usd_table"),
        value_range=gain.say("{gain_low_usd:usd_table} to {gain_high_usd:usd_table}"),
        confidence=_DEPARTURES_ASSUMED if losing else "low: departures are assumed",
        first_step=note("Show each its use and what it costs" if losing else announced),
        payback=_payback(programme),
        first_year=_first_year(programme, shares=shares, place=place),
        pays_from_year=_pays_from(programme),
    )


def _effort(programme: Evidence, *, shares: bool = False, place: int = 1) -> str:
    """What the change takes: the steps have one effort, so it is said once."""
    if not programme.rows:
        return "weeks"
    if place > 1:
        return "in that of 1"
    return f"{plain(programme['effort_usd'], 'usd')} of work" + (", all steps together" if shares else "")


def _payback(programme: Evidence) -> Prose:
    """When the one effort of the change has come back: the steps share it."""
    return programme.cell("payback_with_start_months", "months") if programme.rows else NO_FIGURE


def _first_year(programme: Evidence, *, shares: bool = False, place: int = 1) -> Prose:
    """What the change brings in the first year: the steps have one effort, so it is said once."""
    if not programme.rows:
        return NO_FIGURE
    if place > 1:
        return note("in that of 1")
    return programme.say("{own_first_year_usd:usd_table}" + (", all steps together" if shares else ""))


def _pays_from(programme: Evidence) -> Prose:
    return programme.cell("pays_from_year", "count") if programme.rows else NO_FIGURE


def _programme_said(programme: Evidence) -> Prose:
    """What the change takes once, and when it pays, from the decision waterfall."""
    if not programme.rows:
        return note("")
    return programme.say(
        "The change, all steps of it together, takes {effort_usd:usd_table} once. Its first wave begins "
        "after {months_to_start:months}, the preparation and the notice, and the last after "
        "{last_start_months:months}, with the days that show who of the first left (assumptions "
        "price_preparation_days, price_notice_days and price_wave_gap_days). Each "
        "wave brings its part from its own start on: the effort has come back "
        "{payback_with_start_months:months} from today, when models and settings are cheaper by then and "
        "customers leave as they do now beside. It pays from year {pays_from_year:count}, and the twelve "
        "months from today bring **{own_first_year_usd:usd_table}** on what the savings leave, the effort "
        "taken off once. "
    )


def introduction(warehouse: Warehouse) -> ActionPlan:
    """The whole change of prices as one action."""
    gain = ask.gain(warehouse)
    programme = ask.programme(warehouse)
    impacts = ask_customers.impacts(warehouse)
    worth = programme if programme.rows else ask_customers.gains(warehouse, "margin_today")
    if not gain.rows:
        return ActionPlan(
            (), note("No other plan, searched for or on your list, passes the rules and earns more.")
        )
    return ActionPlan(
        (
            Action(
                action=gain.say("Introduce “{plan_name:text}”"),
                owner_role="Head of Product",
                effort=_effort(programme),
                value=worth.cell("gain_total_usd", "usd_table"),
                value_range=worth.say("{gain_total_low_usd:usd_table} to {gain_total_high_usd:usd_table}"),
                confidence=_DEPARTURES_ASSUMED,
                first_step=first_step_said(warehouse)
                + (
                    impacts.say(
                        "; speak with the {steep_customers:count} with a steep rise before it reaches them"
                    )
                    if impacts["steep_customers"]
                    else note("")
                ),
                payback=_payback(programme),
                first_year=_first_year(programme),
                pays_from_year=_pays_from(programme),
            ),
        ),
        worth.say(
            "Worth **{gain_total_usd:usd_table}** of margin in 30 days after expected departures"
            + (", on what the savings leave" if programme.rows else "")
            + ". Plans exclude one another, so nothing is added to it. "
        )
        + _programme_said(programme)
        + sequence_said(warehouse),
    )
