"""What somebody has to decide first: the works that save most for their effort, and the price plan."""

from reports_builder.evidence import Evidence, Prose
from reports_builder.savings import named, works
from reports_builder.subjects.pricing.frontier import chosen
from reports_builder.warehouse import Warehouse

_MOST = 3


def to_decide(warehouse: Warehouse) -> tuple[tuple[Prose, str], ...]:
    """At most three decisions of different kinds, the first to take first, each with its view."""
    plan = [(_plan_said(row), "pricing") for row in chosen(warehouse).each() if _is_a_gain(row)]
    kinds = [row for row in works(warehouse).each() if row["is_first_of_its_kind"]]
    return (*((_work_said(row), "optimization") for row in kinds[: _MOST - len(plan)]), *plan)


def _is_a_gain(plan: Evidence) -> bool:
    return not plan["is_current_plan"] and plan["gain_base_usd"] is not None


def _work_said(work: Evidence) -> Prose:
    return named(work) + work.say(
        ": **{net_monthly_savings_usd:usd}** a month ({low_monthly_savings_usd:usd} to "
        "{high_monthly_savings_usd:usd}) for {effort:text} of work. Owner: {owner_role:text}."
    )


def _plan_said(plan: Evidence) -> Prose:
    return plan.say(
        "Introduce the price plan “{chosen_name:text}”: **{gain_base_usd:usd}** more margin a month, "
        "{gain_worst_usd:usd} in its worst case. Owner: Head of Product."
    )
