"""The insight block on a budget that is heading over."""

from reports_builder.evidence import Evidence, Prose, literal, note
from reports_builder.model import Column, Insight, Recommendation, Table
from reports_builder.subjects.planning.budgets.statements import BUDGET_COLUMNS, budget_of, chance_in_words


def _range(budget: Evidence) -> str:
    """The range of what it comes to, and how often such ranges held."""
    if budget["lower_usd"] is None:
        return "."
    if budget["sums_within_range_share"] is None:
        return " ({lower_usd:usd} to {upper_usd:usd})."
    return (
        " ({lower_usd:usd} to {upper_usd:usd}; such ranges held {sums_within_range_share:percent} of past "
        "sums of 30 days)."
    )


def furthest_ahead(ahead: Evidence) -> Evidence | None:
    """The budget to come that is heading furthest over; teams have an insight of their own."""
    return next((row for row in ahead.each() if row["is_forecast_over"] and row["scope"] != "team"), None)


def heading_over(ahead: Evidence) -> tuple[Insight, ...]:
    """That a budget to come is heading over; nothing where none is."""
    budget = furthest_ahead(ahead)
    if budget is None:
        return ()
    name = literal(budget_of({column: budget[column] for column in ("scope", "scope_name")}))
    return (
        Insight(
            title=note("The budget of ") + name + budget.say(" is heading {overrun_usd:usd} over"),
            problem=note("For ")
            + name
            + budget.say(
                " **{budget_usd:usd}** is planned in the {period:text} from {period_start_date:day}; it "
                "comes to **{forecast_usd:usd}**" + _range(budget)
            ),
            domain_spec="Organizational Alignment (budget against forecast)",
            domain_framework="Quantify Business Value: Budgeting",
            ubr_impact=budget.say("**{overrun_usd:usd}** more than is planned."),
            recommendation=Recommendation(_decision(budget), str(budget["approver_role"]), "days"),
            outcome=_outcome(budget),
            supporting=Table(
                BUDGET_COLUMNS, ahead, note("budgets to come, the furthest over first."), max_rows=5
            ),
        ),
    )


_STOPS = (
    Column("scope", "Hard stop of", words=budget_of),
    Column("period_start_date", "From"),
    Column("budget_usd", "Stops at", "usd_table"),
    Column("actual_usd", "Spent", "usd_table"),
    Column("forecast_usd", "Heading for", "usd_table"),
    Column("upper_usd", "High", "usd_table"),
    Column("stop_chance_share", "Chance", words=lambda record: chance_in_words(record["stop_chance_share"])),
    Column("decide_by_date", "Decide by"),
)


def may_stop(budget: Evidence) -> tuple[Insight, ...]:
    """That the likeliest hard stop may refuse calls, though it is not expected to; nothing where none may."""
    if not budget.rows:
        return ()
    return (_may_stop(budget),)


def _may_stop(budget: Evidence) -> Insight:
    name = literal(budget_of({column: budget[column] for column in ("scope", "scope_name")}))
    return Insight(
        title=note("Calls of ")
        + name
        + budget.say(" may be refused in the {period:text} from {period_start_date:day}"),
        problem=budget.say(
            "**{budget_usd:usd_table}** is a hard stop, **{forecast_usd:usd_table}** are expected, and "
            "{upper_usd:usd_table} at the high end: "
        )
        + note(
            f"{chance_in_words(budget['stop_chance_share'])} the stop is reached, and calls are refused from "
            "then on."
        ),
        domain_spec="Organizational Alignment (budget against forecast)",
        domain_framework="Quantify Business Value: Budgeting",
        ubr_impact=note("Who pays for these calls goes without answers until the period ends."),
        recommendation=Recommendation(
            budget.say(
                "Decide by {decide_by_date:day}: raise the stop above {upper_usd:usd_table}, have it ask for "
                "approval, or say now whose calls are refused first."
            ),
            str(budget["approver_role"]),
            "hours",
        ),
        outcome=note(
            "No call is refused unasked. Assumption: the range of the forecast holds, four cases in five."
        ),
        supporting=Table(
            _STOPS, budget, note("hard stops that may be reached, the likeliest first."), max_rows=5
        ),
    )


def _decision(budget: Evidence) -> Prose:
    """What is decided by when: savings that keep the budget come before a cut, and before more of it."""
    if budget["savings_verdict"] == "they keep it":
        return budget.say(
            "Make the open savings on this scope: {period_savings_usd:usd_table} of them fall in the "
            "{period:text} if the work begins now, and keep it at {forecast_after_savings_usd:usd_table}. "
            "Leave the budget as it is; have it said by {decide_by_date:day} which are made."
        )
    if budget["savings_verdict"] == "they keep later ones":
        return budget.say(
            "Leave the budget as it is, and make the open savings on this scope: once all are made, from "
            "{all_saved_from_date:month} on, they take {open_savings_usd:usd_table} off a month, and such a "
            "month comes to {month_once_saved_usd:usd_table}. "
            + (
                "Of this one they take {period_savings_usd:usd_table}"
                if budget["period_savings_usd"]
                else "For this one they begin too late"
            )
            + ": decide by {decide_by_date:day} what else is cut in it, or accept that it is over once."
        ) + _elsewhere(budget)
    if budget["savings_verdict"] == "they take part of it":
        return budget.say(
            "Make the open savings on this scope first: {period_savings_usd:usd_table} of them fall in the "
            "{period:text}, which then comes to {forecast_after_savings_usd:usd_table}. Decide by "
            "{decide_by_date:day} what is cut of the rest, or set the budget to that."
        ) + _elsewhere(budget)
    return budget.say(
        "Decide by {decide_by_date:day} what is cut, or set the budget to what it comes to; "
        + (
            "no saving on this scope is open."
            if budget["savings_verdict"] == "none is open"
            else "which savings fall on this scope is not known."
        )
    )


def _elsewhere(budget: Evidence) -> Prose:
    """What leaves one provider partly comes to another."""
    if budget["scope"] != "provider":
        return note("")
    return note(
        " A part of it comes back on the bills of the providers that the calls move to (“Budgets proposed "
        "for the next quarter”)."
    )


def _outcome(budget: Evidence) -> Prose:
    if budget["savings_verdict"] in ("they keep it", "they keep later ones"):
        return budget.say(
            "**{open_savings_usd:usd}** a month once all savings are made, "
            + ("{period_savings_usd:usd}" if budget["period_savings_usd"] else "none")
            + " of it in this {period:text}. Assumption: the work begins now, and the forecast holds."
        )
    return budget.say(
        "Between nothing, if the budget is raised, and **{overrun_usd:usd}**, if use is cut to it. "
        "Assumption: the forecast holds."
    )
