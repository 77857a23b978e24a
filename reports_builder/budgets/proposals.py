"""Budgets that follow from the forecast, as rows of the seed scope_budgets; such rows made into budgets."""

import csv
import io
from datetime import date
from decimal import Decimal
from pathlib import Path

from reports_builder.budgets.changes import (
    DEFAULT_APPROVER,
    DEFAULT_GATE,
    BudgetChange,
    budget_change,
    spelled_period,
)
from reports_builder.errors import ReportError
from reports_builder.formatting import Value
from reports_builder.warehouse import open_warehouse

COLUMNS = ("scope", "scope_id", "period", "period_start_date", "budget_usd", "gate", "approver_role")
"""The columns of the seed, in its order."""

_MONTHS_OF_TEMPLATE = 3


def proposed_rows(warehouse: Path) -> list[tuple[str, ...]]:
    """The header and a row per scope and month of the next quarter, in USD and cents.

    A scope that has had a budget of a quarter or a year has one of the next, too. A scope keeps the gate and
    the approver of its last budget. One of which nothing is forecast has no row: a budget of zero is a
    decision. Raises ReportError where nothing is proposed.
    """
    with open_warehouse(warehouse) as opened:
        found = opened.evidence(
            """
            select
                scope,
                scope_id,
                period,
                period_start_date,
                proposed_usd,
                gate,
                approver_role
            from planning.rpt_budget_proposals
            where proposed_usd > 0
            order by period, period_start_date, scope = 'total' desc, scope, scope_id
            """
        )
    if not found.rows:
        raise ReportError(
            "nothing is proposed: the data is too short for a forecast. "
            "With --template the rows are written for you to fill in."
        )
    return [
        COLUMNS,
        *(
            tuple(str(_cents(value) if isinstance(value, Decimal) else value) for value in row)
            for row in found.rows
        ),
    ]


def template_rows(warehouse: Path) -> list[tuple[str, ...]]:
    """The header and a row without an amount per scope and month, from the month of the next day on.

    Raises ReportError where nothing has cost anything yet.
    """
    with open_warehouse(warehouse) as opened:
        found = opened.evidence(
            """
            select scope, scope_id, first_forecast_date
            from planning.rpt_cost_outlook
            where
                scope in ('total', 'component', 'provider', 'team', 'business_unit', 'service')
                and not is_rest and scope_id not in ('unallocated', '(all others)')
            order by scope = 'total' desc, scope, scope_id
            """
        )
    if not found.rows:
        raise ReportError("there is no cost yet, so no scope to set a budget for.")
    return [
        COLUMNS,
        *(
            (str(scope), str(scope_id), "month", str(month), "", DEFAULT_GATE, DEFAULT_APPROVER)
            for month in _months_from(found.rows[0][2], _MONTHS_OF_TEMPLATE)
            for scope, scope_id, _ in found.rows
        ),
    ]


def _months_from(day: Value, months: int) -> list[date]:
    first = date.fromisoformat(str(day))
    numbers = (first.year * 12 + first.month - 1 + ahead for ahead in range(months))
    return [date(number // 12, number % 12 + 1, 1) for number in numbers]


def accepted_changes(text: str, *, actor: str, note: str = "") -> list[BudgetChange]:
    """The budgets that rows of the seed's columns set; a row without an amount, as of a template, sets none.

    ReportError says which row cannot be read, and why.
    """
    rows = csv.DictReader(io.StringIO(text))
    try:
        if rows.fieldnames is None or set(rows.fieldnames) != set(COLUMNS):
            raise ReportError(f"the file needs the columns {', '.join(COLUMNS)}, and no others.")
        changes = [_accepted(rows.line_num, row, actor, note) for row in rows if row["budget_usd"] != ""]
    except csv.Error as error:
        raise ReportError(f"the file is no CSV ({error}).") from error
    if not changes:
        raise ReportError("the file holds no budget.")
    seen = set()
    for change in changes:
        if change.key in seen:
            raise ReportError(f"the budget of {change.name} is in the file twice.")
        seen.add(change.key)
    return changes


def _accepted(line: int, row: dict[str, str | None], actor: str, note: str) -> BudgetChange:
    told = {name: row[name] or "" for name in COLUMNS}
    try:
        start = date.fromisoformat(told["period_start_date"])
        change = budget_change(
            told["scope"],
            told["scope_id"],
            spelled_period(told["period"], start),
            told["budget_usd"],
            gate=told["gate"],
            approver_role=told["approver_role"],
            actor=actor,
            note=note,
        )
    except ValueError as error:
        raise ReportError(f"line {line}: {error}.") from error
    except ReportError as error:
        raise ReportError(f"line {line}: {error}") from error
    if (change.period, change.period_start_date) != (told["period"], start):
        raise ReportError(f"line {line}: no {told['period']!r} begins on {start}.")
    return change


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"))
