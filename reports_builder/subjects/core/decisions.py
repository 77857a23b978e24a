"""What somebody has to decide first: the kinds of work that bring most in a year, and the price plan."""

from reports_builder.evidence import Evidence, Prose
from reports_builder.savings import alike, named
from reports_builder.subjects.core.queries import kinds_of_work
from reports_builder.subjects.pricing.frontier import chosen
from reports_builder.warehouse import Warehouse

_MOST = 3


def to_decide(warehouse: Warehouse) -> tuple[tuple[Prose, str], ...]:
    """At most three decisions of different kinds, the first to take first, each with its view."""
    plan = [(_plan_said(row), "pricing") for row in chosen(warehouse).each() if _is_a_gain(row)]
    kinds = kinds_of_work(warehouse).each()[: _MOST - len(plan)]
    return (*((_kind_said(row), "usage_optimization") for row in kinds), *plan)


def _is_a_gain(plan: Evidence) -> bool:
    return not plan["is_current_plan"] and plan["gain_base_usd"] is not None


def _kind_said(kind: Evidence) -> Prose:
    return (
        named(kind)
        + alike(kind)
        + kind.say(
            ": **{kind_net_usd:usd}** a month ({kind_low_usd:usd} to {kind_high_usd:usd}) for "
            "{kind_effort_days:days} of work, {kind_first_year_net_usd:usd} in the first year. Owner: "
            "{owner_role:text}."
        )
    )


def _plan_said(plan: Evidence) -> Prose:
    return plan.say(
        "Introduce the price plan “{chosen_name:text}”: **{gain_base_after_savings_usd:usd}** more margin a "
        "month after the savings, {gain_worst_after_savings_usd:usd} in the worst scenario; "
        "{gain_base_usd:usd} without them. Owner: Head of Product."
    )
