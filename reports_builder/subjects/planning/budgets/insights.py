"""The insight block on a budget that is heading over."""

from reports_builder.evidence import Evidence, literal, note
from reports_builder.model import Insight, Recommendation, Table
from reports_builder.subjects.planning.budgets.statements import BUDGET_COLUMNS, budget_of


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
            recommendation=Recommendation(
                budget.say(
                    "Decide by {decide_by_date:day} what is cut, or set the budget to what it comes to; of "
                    "the savings, those on this scope come first."
                ),
                str(budget["approver_role"]),
                "days",
            ),
            outcome=budget.say(
                "Between nothing, if the budget is raised, and **{overrun_usd:usd}**, if use is cut to it. "
                "Assumption: the forecast holds."
            ),
            supporting=Table(
                BUDGET_COLUMNS, ahead, note("budgets to come, the furthest over first."), max_rows=5
            ),
        ),
    )
