"""What was accepted and given up: JSON lines beside the published warehouse, the last of an id counts.

The build merges them with the seed ``accepted_savings`` (``intermediate.int_savings_accepted``). As with
budgets, a publication replaces nothing of them, and a kill cuts off at most the line being written.
"""

import json
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from reports_builder.append_only import WRITTEN_AT, append_in_order, read_lines
from reports_builder.errors import ReportError
from reports_builder.warehouse import Warehouse, open_warehouse

_LONGEST = 200
LONGEST_AGO, LONGEST_AHEAD = timedelta(days=366), timedelta(days=732)
"""How far from the day of the figures a saving may begin."""

# What can be measured afterwards: resources by their bills, moved calls by their models or the batch service,
# commitments to clouds by what the provider bills for them.
_PARTS = """
    select
        action_kind, provider_name, resource_id,
        monthly_savings_usd as predicted_monthly_savings_usd
    from rates.rpt_usage_optimizations
    where work_id = :work_id
    order by provider_name, resource_id
"""
_MOVES = """
    select
        task_type, from_provider, from_model, to_provider, to_model,
        kept_savings_base_usd as predicted_monthly_savings_usd
    from rates.rpt_model_switch_savings
    where work_id = :work_id and is_recommended
    order by task_type, from_provider, from_model
"""
_WAITING = """
    select task_type, net_monthly_savings_usd as predicted_monthly_savings_usd
    from rates.rpt_savings_opportunities
    where work_id = :work_id and action_kind = 'batch'
    order by task_type
"""
_CONTRACTS = """
    select provider as provider_name, net_monthly_savings_usd as predicted_monthly_savings_usd
    from rates.rpt_savings_actions
    where work_id = :work_id and action_kind = 'commitment'
"""
_PLAN = """
    select
        'price_plan' as work_id, 'price_plan' as action_kind, offer_name as subject, 1 as parts,
        gain_base_usd as net_monthly_savings_usd, gain_low_usd as low_monthly_savings_usd,
        gain_high_usd as high_monthly_savings_usd, cast(null as double) as payback_with_start_months,
        true as is_counted, false as is_illustrative, 'Head of Product' as owner_role, candidate_id
    from pricing.rpt_plan_frontier
    where is_chosen and not is_current_plan and gain_base_usd is not null
"""
_MEASURED = (
    "select work_id from rates.rpt_usage_optimizations where work_id is not null",
    "select work_id from rates.rpt_model_switch_savings where is_recommended",
    "select work_id from rates.rpt_savings_opportunities where action_kind = 'batch'",
    "select work_id from rates.rpt_savings_opportunities "
    "where source_mart = 'rates.rpt_commitment_recommendations' and not is_illustrative",
)
_WORKS = """
    select
        work_id, action_kind, subject, parts, net_monthly_savings_usd, low_monthly_savings_usd,
        high_monthly_savings_usd, payback_with_start_months, is_counted, is_illustrative, owner_role
    from rates.rpt_savings_actions
    order by action_rank nulls last, work_id
"""


@dataclass(frozen=True)
class Decision:
    """A part of a work that is done from a day on; without that day it was given up."""

    tracking_id: str
    accepted_date: date | None
    actor: str
    note: str = ""
    action_kind: str | None = None
    predicted_monthly_savings_usd: Decimal | None = None
    provider_name: str | None = None
    resource_id: str | None = None
    task_type: str | None = None
    from_provider: str | None = None
    from_model: str | None = None
    to_provider: str | None = None
    to_model: str | None = None

    def line(self) -> bytes:
        """The decision as one line; ASCII, so that no character of a name can end it."""
        told = {name: None if value is None else str(value) for name, value in vars(self).items()}
        stamped = {
            "decision_id": uuid.uuid4().hex,
            "decided_at": datetime.now(UTC).strftime(WRITTEN_AT),
        }
        return json.dumps(stamped | told).encode("ascii") + b"\n"


class Decisions:
    """The decisions beside the warehouse at ``warehouse``."""

    def __init__(self, warehouse: Path) -> None:
        self.path = warehouse.absolute().parent / "savings" / "decisions.jsonl"

    def append(self, decisions: Sequence[Decision]) -> None:
        """Write the decisions in one piece; all of them or none count."""
        append_in_order(self.path, "decided_at", [decision.line() for decision in decisions])

    def all(self) -> list[dict[str, str | None]]:
        """Every decision in the order written; a line that a kill cut off is passed over."""
        found = []
        for line in read_lines(self.path):
            try:
                told = json.loads(line)
            except ValueError:
                continue
            if isinstance(told, dict) and told.get("tracking_id") and told.get("decided_at"):
                found.append(told)
        return found

    def in_force(self) -> dict[str, dict[str, str | None]]:
        """The last decision on each tracking id, those given up among them."""
        return {
            str(told["tracking_id"]): told
            for told in sorted(self.all(), key=lambda told: str(told["decided_at"]))
        }


def accept(warehouse: Path, work_id: str, accepted_date: date, actor: str, note: str = "") -> list[Decision]:
    """Accept a work of ``rates.rpt_savings_actions``, or one part of it: a decision for each part.

    What it is expected to bring is what the warehouse says today. Raises ReportError where there is no such
    work, or where nothing of it can be measured afterwards.
    """
    _check(actor, note)
    with open_warehouse(warehouse) as opened:
        as_of = opened.period.as_of
        if not as_of - LONGEST_AGO <= accepted_date <= as_of + LONGEST_AHEAD:
            raise ReportError(f"{accepted_date} is not near the {as_of} of the figures: is the year right?")
        kinds = {str(work["work_id"]): str(work["action_kind"]) for work in _listed(opened)}
        asked, work_id = work_id, _work_of(work_id, kinds)
        decisions = [
            Decision(
                tracking_id=f"{work_id}:{_part_name(part)}",
                accepted_date=accepted_date,
                actor=actor,
                note=note,
                **({"action_kind": kinds[work_id]} | {k: v for k, v in part.items() if k != "candidate_id"}),
            )
            for part in _parts(opened, work_id)
            if asked in (work_id, f"{work_id}:{_part_name(part)}")
        ]
    if not decisions:
        raise ReportError(
            f"{asked!r} cannot be tracked: what a machine, volume or bucket costs is measured by its bill, "
            "calls that move by their models or the batch service, quoted commitments to a cloud by its "
            "bill, and a price plan by the fees of its customers; of other works nothing tells what they "
            "saved."
        )
    Decisions(warehouse).append(decisions)
    return decisions


def give_up(warehouse: Path, work_id: str, actor: str, note: str = "") -> int:
    """Track a work, or one part of it, no more; how many parts it had.

    Raises ReportError where it was not accepted.
    """
    _check(actor, note)
    decisions = Decisions(warehouse)
    held = [
        tracking_id
        for tracking_id, told in decisions.in_force().items()
        if told.get("accepted_date") and (tracking_id == work_id or tracking_id.startswith(f"{work_id}:"))
    ]
    if not held:
        raise ReportError(
            f"{work_id!r} is not among what was accepted here; rows of the seed accepted_savings are taken "
            "out there."
        )
    decisions.append([Decision(tracking_id, None, actor, note) for tracking_id in held])
    return len(held)


def works(warehouse: Path) -> list[dict[str, Any]]:
    """The works with what they save, in the order of their rank, and since when each is accepted.

    ``is_tracked`` says whether it can be measured what a work saved.
    """
    with open_warehouse(warehouse) as opened:
        found = works_of(opened)
    accepted = accepted_dates(warehouse)
    return [work | {"accepted_date": accepted_since(str(work["work_id"]), accepted)} for work in found]


def works_of(opened: Warehouse) -> list[dict[str, Any]]:
    """The works with what they save, in the order of their rank, and whether each can be measured."""
    measured = _measured(opened)
    return [
        {name: value for name, value in work.items() if name != "candidate_id"}
        | {"is_tracked": work["work_id"] in measured}
        for work in _listed(opened)
    ]


def _listed(opened: Warehouse) -> tuple[Mapping[str, Any], ...]:
    """The works of savings, and the change to the price plan that is recommended where it is not in force."""
    return (*opened.evidence(_WORKS).records(), *opened.evidence(_PLAN).records())


def _measured(opened: Warehouse) -> set[Any]:
    """The works of which something can be measured afterwards."""
    return {row["work_id"] for sql in (*_MEASURED, _PLAN) for row in opened.evidence(sql).records()}


def accepted_dates(warehouse: Path) -> dict[str, str]:
    """Since when each part of a work is accepted by a decision beside the warehouse, by its tracking id."""
    return {
        tracking_id: str(told["accepted_date"])
        for tracking_id, told in Decisions(warehouse).in_force().items()
        if told.get("accepted_date")
    }


def _work_of(asked: str, works: Collection[str]) -> str:
    """The work of that id, or that the part of that id belongs to."""
    found = max((work for work in works if f"{asked}:".startswith(f"{work}:")), key=len, default=None)
    if found is None:
        raise ReportError(
            f"there is no work {asked!r} among the savings; `savings list` shows those that there are."
        )
    return found


def accepted_since(work_id: str, accepted: Mapping[str, str]) -> str | None:
    """The first day on which a part of the work is accepted; None where none is."""
    dates = [day for tracking_id, day in accepted.items() if tracking_id.startswith(f"{work_id}:")]
    return min(dates, default=None)


def _parts(opened: Warehouse, work_id: str) -> list[dict[str, Any]]:
    if work_id not in _measured(opened):
        return []
    if work_id == "price_plan":
        return [
            {
                "candidate_id": plan["candidate_id"],
                "predicted_monthly_savings_usd": plan["net_monthly_savings_usd"],
            }
            for plan in opened.evidence(_PLAN).records()
        ]
    found = [
        part
        for sql in (_PARTS, _MOVES, _WAITING, _CONTRACTS)
        for part in opened.evidence(sql, work_id=work_id).records()
    ]
    return [{name: value for name, value in part.items() if value is not None} for part in found]


def _part_name(part: Mapping[str, Any]) -> str:
    names = ("provider_name", "resource_id", "task_type", "from_provider", "from_model", "candidate_id")
    return "/".join(str(part[name]) for name in names if name in part)


def _check(actor: str, note: str) -> None:
    if not actor.strip():
        raise ReportError("say who decides: the name stays on record.")
    for name, text in {"name": actor, "note": note}.items():
        if len(text) > _LONGEST or not text.isprintable():
            raise ReportError(
                f"the {name} is longer than {_LONGEST} characters or holds a control character."
            )
