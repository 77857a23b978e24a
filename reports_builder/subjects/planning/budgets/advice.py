"""Which is to change of a budget and the use under it, in the words of every page."""

from collections.abc import Mapping

from reports_builder.formatting import Value

USE = "change the use, not the budget"
USE_FIRST = "change the use, then the budget"
BUDGET = "change the budget, not the use"
UNDECIDED = "decide on a cut or on another budget"

_OF_TEAMS = {"both are": USE_FIRST, "the budget is wrong": BUDGET}
_OF_SAVINGS = {"they keep it": USE, "they keep later ones": USE, "they take part of it": USE_FIRST}


def of_team(record: Mapping[str, Value]) -> str:
    """The advice on a team that is over its budget, by a row of the marts' advice on budgets."""
    if record["is_covered_by_savings"]:
        return USE
    return _OF_TEAMS.get(str(record["overrun_verdict"]), UNDECIDED)


def of_scope(record: Mapping[str, Value]) -> str:
    """The advice on another budget that is heading over, by what open savings do about it."""
    return _OF_SAVINGS.get(str(record["savings_verdict"]), UNDECIDED)
