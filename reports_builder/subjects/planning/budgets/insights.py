"""The insight block on a budget that is heading over."""

from reports_builder.evidence import Evidence, Prose, literal, note
from reports_builder.insight_words import insight, phrase
from reports_builder.model import Column, Insight, Table
from reports_builder.subjects.planning.budgets.statements import BUDGET_COLUMNS, chance_in_words
from reports_builder.subjects.planning.scopes import scope_in_words


def furthest_ahead(ahead: Evidence) -> Evidence | None:
    """The budget to come that is heading furthest over; teams have an insight of their own."""
    return next((row for row in ahead.each() if row["is_forecast_over"] and row["scope"] != "team"), None)


def heading_over(ahead: Evidence) -> tuple[Insight, ...]:
    """That a budget to come is heading over; nothing where none is."""
    budget = furthest_ahead(ahead)
    if budget is None:
        return ()
    name = literal(scope_in_words({column: budget[column] for column in ("scope", "scope_name")}))
    return (
        insight(
            "planning/budgets/heading_over",
            budget,
            name=name,
            decision=_decision(budget),
            supporting=Table(BUDGET_COLUMNS, ahead, max_rows=5),
        ),
    )


_DECISIONS = {
    "they keep it": "planning/budgets/_savings_keep_it",
    "they keep later ones": "planning/budgets/_savings_keep_later_ones",
    "they take part of it": "planning/budgets/_savings_take_part",
}


def _decision(budget: Evidence) -> Prose:
    """What is decided by when: savings that keep the budget come before a cut, and before more of it."""
    return phrase(_DECISIONS.get(str(budget["savings_verdict"]), "planning/budgets/_no_savings"), budget)


_STOPS = (
    Column("scope", "Hard stop of", words=scope_in_words),
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
    name = literal(scope_in_words({column: budget[column] for column in ("scope", "scope_name")}))
    return insight(
        "planning/budgets/may_stop",
        budget,
        name=name,
        chance=note(chance_in_words(budget["stop_chance_share"])),
        supporting=Table(_STOPS, budget, max_rows=5),
    )
