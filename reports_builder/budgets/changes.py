"""What was set and withdrawn: JSON lines beside the published warehouse, the last of a budget counts.

The build merges them with the seeds (``intermediate.int_budgets``). They lie beside the warehouse and not in
it: a publication replaces nothing of them, and a kill cuts off at most the line that was being written.
"""

import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from reports_builder.append_only import WRITTEN_AT, append_in_order, read_lines
from reports_builder.errors import ReportError

SCOPES = (
    "total",
    "component",
    "business_unit",
    "team",
    "project",
    "user",
    "cost_centre",
    "organization",
    "customer",
    "product",
    "feature",
    "provider",
    "service",
    "region",
)
GATES = ("warning", "approval required", "hard stop")
DEFAULT_GATE = "approval required"
DEFAULT_APPROVER = "Head of Finance"
_MOST_USD = Decimal("9999999999999999.99")
_LONGEST = 200


@dataclass(frozen=True)
class BudgetChange:
    """A budget of a scope and period; ``budget_usd`` is None where it is withdrawn."""

    scope: str
    scope_id: str
    period: str
    period_start_date: date
    budget_usd: Decimal | None
    gate: str = DEFAULT_GATE
    approver_role: str = DEFAULT_APPROVER
    actor: str = ""
    note: str = ""
    changed_at: datetime | None = None

    @property
    def key(self) -> tuple[str, str, str, date]:
        """What makes it the same budget as another."""
        return self.scope, self.scope_id, self.period, self.period_start_date

    @property
    def name(self) -> str:
        """The budget in words."""
        of = "all spend" if self.scope == "total" else f"{self.scope.replace('_', ' ')} {self.scope_id}"
        return f"{of}, {spelled_period(self.period, self.period_start_date)}"

    def line(self) -> bytes:
        """The change as one line; ASCII, so that no character of a name can end it."""
        at = self.changed_at or datetime.now(UTC)
        told = {
            "change_id": uuid.uuid4().hex,
            "changed_at": at.astimezone(UTC).strftime(WRITTEN_AT),
            "actor": self.actor,
            "scope": self.scope,
            "scope_id": self.scope_id,
            "period": self.period,
            "period_start_date": self.period_start_date.isoformat(),
            "budget_usd": None if self.budget_usd is None else str(self.budget_usd),
            "gate": self.gate,
            "approver_role": self.approver_role,
            "note": self.note,
        }
        return json.dumps(told).encode("ascii") + b"\n"


class BudgetChanges:
    """The changes beside the warehouse at ``warehouse``."""

    def __init__(self, warehouse: Path) -> None:
        self.path = warehouse.absolute().parent / "budgets" / "changes.jsonl"

    def all(self) -> list[BudgetChange]:
        """Every change in the order written; a line that a kill cut off is passed over."""
        return [change for change in map(_parsed, read_lines(self.path)) if change is not None]

    def in_force(self) -> dict[tuple[str, str, str, date], BudgetChange]:
        """The last change of each budget, withdrawals among them."""
        ordered = sorted(self.all(), key=lambda change: change.changed_at or datetime.min.replace(tzinfo=UTC))
        return {change.key: change for change in ordered}

    def append(self, changes: Sequence[BudgetChange]) -> None:
        """Write the changes in one piece; all of them or none count."""
        append_in_order(self.path, "changed_at", [change.line() for change in changes])


def budget_change(
    scope: str,
    scope_id: str,
    period: str,
    amount: str | None,
    *,
    gate: str = DEFAULT_GATE,
    approver_role: str = DEFAULT_APPROVER,
    actor: str = "",
    note: str = "",
) -> BudgetChange:
    """A change as somebody writes it: ``period`` as 2026-11, 2026-Q4 or 2026; without amount a withdrawal.

    Raises ReportError that says what is wrong with which of them.
    """
    if scope not in SCOPES:
        raise ReportError(f"{scope!r} is no scope of a budget; there is {', '.join(SCOPES)}.")
    if scope == "total" and scope_id != "total":
        raise ReportError("the scope total has one id, which is total.")
    if gate not in GATES:
        raise ReportError(f"{gate!r} is no gate; there is {', '.join(GATES)}.")
    texts = {"id": scope_id, "approver": approver_role, "actor": actor, "note": note}
    for name, text in texts.items():
        if len(text) > _LONGEST or any(ord(character) < 32 for character in text):
            raise ReportError(
                f"the {name} is longer than {_LONGEST} characters or holds a control character."
            )
    if not scope_id.strip():
        raise ReportError("the id of the scope is empty.")
    kind, start = parse_period(period)
    return BudgetChange(
        scope, scope_id, kind, start, _amount(amount), gate, approver_role.strip(), actor, note
    )


def _amount(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ReportError(f"{text!r} is no amount in USD; write 1500 or 1500.50.") from None
    if not amount.is_finite() or not 0 <= amount <= _MOST_USD:
        raise ReportError(f"{text!r} is no amount that a budget can have.")
    if amount != amount.quantize(Decimal("0.01")):
        raise ReportError(f"{text!r} has parts of a cent; a budget has two decimals.")
    return amount.quantize(Decimal("0.01"))


def parse_period(text: str) -> tuple[str, date]:
    """Its kind (month, quarter, year) and first day, of 2026-11, 2026-Q4 or 2026; ReportError else."""
    if found := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text):
        return "month", date(int(found[1]), int(found[2]), 1)
    if found := re.fullmatch(r"(\d{4})-Q([1-4])", text):
        return "quarter", date(int(found[1]), int(found[2]) * 3 - 2, 1)
    if re.fullmatch(r"[12]\d{3}", text):
        return "year", date(int(text), 1, 1)
    raise ReportError(
        f"{text!r} is no period; write a month as 2026-11, a quarter as 2026-Q4, a year as 2026."
    )


def spelled_period(period: str, start: date) -> str:
    """The same the other way round."""
    if period == "year":
        return f"{start:%Y}"
    return f"{start:%Y}-Q{(start.month + 2) // 3}" if period == "quarter" else f"{start:%Y-%m}"


def _parsed(line: bytes) -> BudgetChange | None:
    try:
        told: dict[str, Any] = json.loads(line)
        amount = told["budget_usd"]
        found = budget_change(
            told["scope"],
            told["scope_id"],
            spelled_period(told["period"], date.fromisoformat(told["period_start_date"])),
            amount if amount is None else str(amount),
            gate=told.get("gate") or "approval required",
            approver_role=told.get("approver_role") or "Head of Finance",
            actor=told.get("actor") or "",
            note=told.get("note") or "",
        )
        return replace(found, changed_at=datetime.fromisoformat(told["changed_at"]))
    except (ValueError, TypeError, KeyError, ReportError):
        return None
