"""Budgets that are set by a command or on a page, and requests that are checked against them.

``check_request`` answers a request to spend; ``BudgetChanges`` keeps what was set.
"""

from reports_builder.budgets.changes import BudgetChange, BudgetChanges
from reports_builder.budgets.policy import Decision, check_request

__all__ = ["BudgetChange", "BudgetChanges", "Decision", "check_request"]
