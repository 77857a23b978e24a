"""Whether a request to spend is allowed, needs an approval, or is refused.

Every budget that the request touches is judged and named, with its numbers and its rule. It decides and
never switches anything off.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from reports_builder.budgets.changes import SCOPES, BudgetChange, BudgetChanges
from reports_builder.budgets.estimate import estimate_in
from reports_builder.errors import ReportError
from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse, open_warehouse

ALLOWED, APPROVAL, REFUSED = "allowed", "approval required", "refused"
EXIT_CODES = {ALLOWED: 0, APPROVAL: 10, REFUSED: 20}
"""What the command ends with, for a pipeline; 2 is a request that cannot be read."""

_GRAVITY = (ALLOWED, APPROVAL, REFUSED)
_OWN = (
    "amount_usd",
    "amount_low_usd",
    "amount_high_usd",
    "estimate",
    "recurrence",
    "start_date",
    "description",
)
_THRESHOLDS = (Decimal("0.5"), Decimal("0.8"), Decimal("0.95"), Decimal(1))


@dataclass(frozen=True)
class Judged:
    """One rule or budget that applies: its decision, why, who may approve, and the numbers behind it."""

    rule: str
    decision: str
    reason: str
    approver_role: str = ""
    numbers: Mapping[str, str | None] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For a program."""
        return {
            "rule": self.rule,
            "decision": self.decision,
            "reason": self.reason,
            "approver_role": self.approver_role or None,
            **self.numbers,
        }


@dataclass(frozen=True)
class Decision:
    """The answer: the gravest of what every rule and budget says, and the cost of a period with its range."""

    decision: str
    approvers: tuple[str, ...]
    amount_usd: Decimal
    low_usd: Decimal
    high_usd: Decimal
    basis: str
    judged: tuple[Judged, ...]
    not_judged: tuple[str, ...]

    @property
    def exit_code(self) -> int:
        """0 allowed, 10 approval required, 20 refused."""
        return EXIT_CODES[self.decision]

    def as_json(self) -> dict[str, Any]:
        """For a program."""
        return {
            "decision": self.decision,
            "approvers": list(self.approvers),
            "amount_usd": str(self.amount_usd),
            "amount_low_usd": str(self.low_usd),
            "amount_high_usd": str(self.high_usd),
            "basis": self.basis,
            "judged": [each.as_json() for each in self.judged],
            "not_judged": list(self.not_judged),
        }


@dataclass(frozen=True)
class _Request:
    scopes: Mapping[str, str]
    amount: Decimal
    low: Decimal
    high: Decimal
    basis: str
    is_monthly: bool
    start: date

    def times(self, first: date, last: date) -> int:
        """How often it is paid between two days: once, or on the same day of each month from the start on."""
        if not self.is_monthly:
            return int(first <= self.start <= last)
        begun = max(first, self.start)
        return max(0, (last.year - begun.year) * 12 + last.month - begun.month + 1) if begun <= last else 0


def check_request(request: Mapping[str, Any], warehouse: Path) -> Decision:
    """Judge a request by every budget and rule that applies to it.

    ``request`` names who spends (``team``, ``customer``, ``provider`` and so on, see SCOPES) and how much:
    ``amount_usd`` with or without ``amount_low_usd`` and ``amount_high_usd``, or ``estimate`` with provider,
    model, calls, and the tokens of a call or a task type; ``recurrence`` (once or monthly) and ``start_date``
    (else the day after the as-of date). Raises ReportError for a request that cannot be read.
    """
    with open_warehouse(warehouse) as opened:
        asked = _read(request, opened)
        rules = _rules(asked, opened)
        budgets, not_judged = _budgets(asked, opened, BudgetChanges(warehouse).in_force())
    judged = (*rules, *budgets)
    if not budgets:
        reason = "No budget covers this: nobody has planned to spend it."
        judged = (*judged, Judged("no budget", APPROVAL, reason, "Head of Finance"))
    decision = max((each.decision for each in judged), key=_GRAVITY.index)
    approvers = tuple(
        dict.fromkeys(
            each.approver_role for each in judged if each.decision == decision and each.approver_role
        )
    )
    return Decision(
        decision,
        () if decision == ALLOWED else approvers,
        asked.amount,
        asked.low,
        asked.high,
        asked.basis,
        judged,
        not_judged,
    )


def _read(request: Mapping[str, Any], warehouse: Warehouse) -> _Request:
    if not isinstance(request, Mapping):
        raise ReportError(
            'a request is an object of JSON, such as {"team": "agents-team", "amount_usd": 120}.'
        )
    unknown = sorted(set(request) - {*SCOPES, *_OWN} | ({"total"} & set(request)))
    if unknown:
        raise ReportError(
            f"the request has {', '.join(map(repr, unknown))}, which nothing reads; "
            f"it may have {', '.join((*SCOPES[1:], *_OWN))}."
        )
    scopes = {name: request[name] for name in SCOPES if name in request}
    for name, value in scopes.items():
        if not isinstance(value, str) or not value:
            raise ReportError(f"{name} is {value!r}; write its id as a text.")
    recurrence = request.get("recurrence", "once")
    if recurrence not in ("once", "monthly"):
        raise ReportError(f"recurrence is {recurrence!r}; write once or monthly.")
    low, amount, high, basis = _cost(request, scopes, warehouse)
    return _Request(
        {**scopes, "total": "total"},
        amount,
        low,
        high,
        basis,
        recurrence == "monthly",
        _start(request, warehouse),
    )


def _start(request: Mapping[str, Any], warehouse: Warehouse) -> date:
    told = request.get("start_date")
    if told is None:
        return warehouse.period.as_of + timedelta(days=1)
    try:
        return date.fromisoformat(told)
    except (ValueError, TypeError):
        raise ReportError(f"start_date is {told!r}; write a day as YYYY-MM-DD.") from None


def _cost(
    request: Mapping[str, Any], scopes: Mapping[str, str], warehouse: Warehouse
) -> tuple[Decimal, Decimal, Decimal, str]:
    if ("amount_usd" in request) == ("estimate" in request):
        raise ReportError("the request needs amount_usd or estimate, and not both.")
    if "estimate" in request:
        told = request["estimate"]
        known = (
            "provider",
            "model",
            "calls",
            "input_tokens",
            "output_tokens",
            "cached_input_tokens",
            "task_type",
        )
        if not isinstance(told, Mapping) or set(told) - set(known) or not {"model", "calls"} <= set(told):
            raise ReportError(f"estimate is an object with model, calls and some of {', '.join(known)}.")
        provider = told.get("provider", scopes.get("provider"))
        if not provider:
            raise ReportError("estimate needs the provider of the model.")
        found = estimate_in(warehouse, **{**told, "provider": provider})
        return found.low_usd, found.cost_usd, found.high_usd, found.basis
    amount = _usd(request, "amount_usd")
    low = _usd(request, "amount_low_usd") if "amount_low_usd" in request else amount
    high = _usd(request, "amount_high_usd") if "amount_high_usd" in request else amount
    if not low <= amount <= high:
        raise ReportError("amount_low_usd, amount_usd and amount_high_usd have to rise in this order.")
    return low, amount, high, "as stated"


def _usd(request: Mapping[str, Any], name: str) -> Decimal:
    told = request[name]
    try:
        amount = Decimal(str(told)) if not isinstance(told, bool) else Decimal("nan")
    except InvalidOperation:
        amount = Decimal("nan")
    if not amount.is_finite() or amount < 0:
        raise ReportError(f"{name} is {told!r}; write an amount in USD from zero on.")
    return amount


def _rules(asked: _Request, warehouse: Warehouse) -> tuple[Judged, ...]:
    """The rules on single requests that it meets; of one scope the one of the largest amount."""
    found = warehouse.evidence(
        """
        select policy_id, scope, scope_id, amount_from_usd, decision, approver_role, reason
        from seeds.spending_policies
        order by scope, scope_id, amount_from_usd desc, policy_id
        """
    )
    met: dict[tuple[str, str], Evidence] = {}
    for rule in found.each():
        key = (str(rule["scope"]), str(rule["scope_id"]))
        if asked.scopes.get(key[0]) == key[1] and asked.amount >= Decimal(str(rule["amount_from_usd"])):
            met.setdefault(key, rule)
    return tuple(
        Judged(
            f"policy {rule['policy_id']}",
            str(rule["decision"]),
            f"{rule['reason']}.",
            str(rule["approver_role"] or ""),
            {"amount_usd": str(asked.amount), "amount_from_usd": str(rule["amount_from_usd"])},
        )
        for rule in met.values()
    )


def _budgets(
    asked: _Request, warehouse: Warehouse, changes: Mapping[tuple[str, str, str, date], BudgetChange]
) -> tuple[tuple[Judged, ...], tuple[str, ...]]:
    """Every budget that it touches, judged; and those of which the request does not say whether it does."""
    found = warehouse.evidence(
        """
        select
            scope, scope_id, period, period_start_date, period_end_date, budget_usd, gate, approver_role,
            actual_usd, forecast_usd, event_usd, lower_usd, upper_usd
        from planning.rpt_budgets
        order by scope, scope_id, period, period_start_date
        """
    )
    built = {_stated(row).key: row for row in found.each()}
    judged, not_judged = [], []
    for key, row in built.items():
        change = changes.get(key)
        if change is not None and change.budget_usd is None:
            continue
        times = asked.times(row["period_start_date"], row["period_end_date"])  # type: ignore[arg-type]
        stated = change or _stated(row)
        if times and asked.scopes.get(stated.scope) == stated.scope_id:
            judged.append(_judge(asked, times, stated, row))
        elif times and stated.scope not in asked.scopes:
            not_judged.append(f"{stated.name}: the request names no {stated.scope.replace('_', ' ')}.")
    for key, change in changes.items():
        applies = asked.scopes.get(change.scope) == change.scope_id and change.budget_usd is not None
        if key not in built and applies and asked.times(change.period_start_date, _last_day(change)):
            reason = (
                "It was set after the last build: what is spent of it is not known yet. Build, and ask again."
            )
            judged.append(Judged(f"budget of {change.name}", APPROVAL, reason, change.approver_role))
    return tuple(judged), tuple(not_judged)


def _stated(row: Evidence) -> BudgetChange:
    return BudgetChange(
        str(row["scope"]),
        str(row["scope_id"]),
        str(row["period"]),
        row["period_start_date"],  # type: ignore[arg-type]
        Decimal(str(row["budget_usd"])),
        str(row["gate"]),
        str(row["approver_role"]),
    )


def _last_day(change: BudgetChange) -> date:
    months = {"month": 1, "quarter": 3}.get(change.period, 12)
    year, month = divmod(change.period_start_date.year * 12 + change.period_start_date.month - 1 + months, 12)
    return date(year, month + 1, 1) - timedelta(days=1)


def _judge(asked: _Request, times: int, stated: BudgetChange, row: Evidence) -> Judged:
    budget = stated.budget_usd or Decimal(0)
    spent = Decimal(str(row["actual_usd"]))
    known = row["forecast_usd"] is not None
    before = Decimal(str(row["forecast_usd"])) if known else spent
    worst_before = Decimal(str(row["upper_usd"])) if row["upper_usd"] is not None else before
    after = before + times * asked.amount
    worst = worst_before + times * asked.high
    numbers = {
        "budget_usd": str(stated.budget_usd),
        "spent_usd": str(spent),
        "forecast_before_usd": str(before) if known else None,
        "known_events_usd": None if row["event_usd"] is None else str(row["event_usd"]),
        "forecast_after_usd": str(after),
        "upper_after_usd": str(worst),
        "gate": stated.gate,
        "thresholds_crossed": ", ".join(
            f"{share:.0%}" for share in _THRESHOLDS if spent < share * budget <= spent + times * asked.amount
        )
        or None,
    }
    name = f"budget of {stated.name}"
    if after <= budget:
        could = " At the upper end of the forecast it would break it." if worst > budget else ""
        return Judged(name, ALLOWED, f"It stays within the budget.{could}", stated.approver_role, numbers)
    already = (
        "The budget is heading over already" if before > budget else "With it the budget would be broken"
    )
    reason = f"{already}, and its gate is: {stated.gate}."
    decision = {"warning": ALLOWED, "hard stop": REFUSED}.get(stated.gate, APPROVAL)
    return Judged(name, decision, reason, stated.approver_role, numbers)
