"""What was entered and withdrawn: JSON lines beside the published warehouse, the last of each counts.

The build merges them with the seeds (``intermediate.int_investments``). A line holds the whole plan, so that
a kill leaves an investment as it was or as it was entered, and nothing between.
"""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

from reports_builder.append_only import append_lines, read_lines
from reports_builder.errors import ReportError

PERIOD_UNITS = ("month", "quarter", "year")
# As many periods as the warehouse spreads a line over.
MOST_PERIODS = 600
_MOST_USD = Decimal("9999999999999999.99")
_LONGEST = 200


@dataclass(frozen=True)
class Investment:
    """What is spent once, on the first day, and what each period after it costs and brings in.

    Rates and growth are per period; the ratios say how far all costs, or the benefit, may turn out otherwise.
    """

    investment_name: str
    owner_role: str
    first_period_date: date
    period_unit: str
    last_period: int
    discount_rate: Decimal
    once_cost_usd: Decimal
    running_cost_usd: Decimal
    benefit_usd: Decimal
    growth_share: Decimal = Decimal(0)
    cost_low_ratio: Decimal = Decimal(1)
    cost_high_ratio: Decimal = Decimal(1)
    benefit_low_ratio: Decimal = Decimal(1)
    benefit_high_ratio: Decimal = Decimal(1)

    @property
    def investment_id(self) -> str:
        """The name in small letters, as ids of the seed are written: who enters it again changes it."""
        return investment_id_of(self.investment_name)


class InvestmentChanges:
    """The changes beside the warehouse at ``warehouse``."""

    def __init__(self, warehouse: Path) -> None:
        self.path = warehouse.absolute().parent / "investments" / "changes.jsonl"

    def enter(self, investment: Investment, actor: str, note: str = "") -> None:
        """Write an investment down, in place of one of the same id."""
        told = {name: str(value) for name, value in vars(investment).items()}
        self._append({"investment_id": investment.investment_id} | told, actor, note)

    def withdraw(self, investment_id: str, actor: str, note: str = "") -> None:
        """Take an investment back, one of a seed, too."""
        self._append({"investment_id": investment_id, "is_withdrawn": "true"}, actor, note)

    def all(self) -> list[dict[str, str]]:
        """Every change in the order written; a line that a kill cut off is passed over."""
        found = []
        for line in read_lines(self.path):
            try:
                told = json.loads(line)
            except ValueError:
                continue
            if isinstance(told, dict) and told.get("investment_id") and told.get("changed_at"):
                found.append(told)
        return found

    def in_force(self) -> dict[str, dict[str, str]]:
        """The last change of each investment, withdrawals among them."""
        return {
            told["investment_id"]: told for told in sorted(self.all(), key=lambda told: told["changed_at"])
        }

    def _append(self, told: Mapping[str, str], actor: str, note: str) -> None:
        for name, text in (("name", actor), ("note", note)):
            _checked_text(name, text, is_needed=name == "name")
        stamped = {
            "change_id": uuid.uuid4().hex,
            "changed_at": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S.%fZ}",
            "actor": actor,
            "note": note,
        }
        append_lines(self.path, [json.dumps(stamped | dict(told)).encode("ascii") + b"\n"])


def investment(told: Mapping[str, str]) -> Investment:
    """An investment as somebody writes it, each value as text; one that is left out or empty has its default.

    Raises ReportError that says what is wrong with which of them.
    """
    texts = {name: text.strip() for name, text in told.items()}
    unit = texts.get("period_unit", "")
    if unit not in PERIOD_UNITS:
        raise ReportError(f"{unit!r} is no period; there is {', '.join(PERIOD_UNITS)}.")
    first = texts.get("first_period_date", "")
    try:
        first_date = date.fromisoformat(first)
    except ValueError:
        raise ReportError(f"{first!r} is no day; write it as 2026-12-01.") from None
    found = Investment(
        investment_name=_checked_text("name of the investment", texts.get("investment_name", "")),
        owner_role=_checked_text("owner", texts.get("owner_role", "")),
        first_period_date=first_date,
        period_unit=unit,
        last_period=int(_number("number of periods", texts, "last_period", "1", MOST_PERIODS, whole=True)),
        discount_rate=_number("discount rate", texts, "discount_rate", "0", 10),
        once_cost_usd=_amount("what is spent once", texts, "once_cost_usd"),
        running_cost_usd=_amount("running cost", texts, "running_cost_usd"),
        benefit_usd=_amount("benefit", texts, "benefit_usd"),
        growth_share=_number("growth", texts, "growth_share", "-0.99", 10, default="0"),
        cost_low_ratio=_number("least of the costs", texts, "cost_low_ratio", "0", 1, default="1"),
        cost_high_ratio=_number("most of the costs", texts, "cost_high_ratio", "1", 100, default="1"),
        benefit_low_ratio=_number("least of the benefit", texts, "benefit_low_ratio", "0", 1, default="1"),
        benefit_high_ratio=_number("most of the benefit", texts, "benefit_high_ratio", "1", 100, default="1"),
    )
    if not found.once_cost_usd and not found.running_cost_usd:
        raise ReportError("an investment costs something: once, or in each period.")
    if not found.investment_id:
        raise ReportError("the name of the investment has no letter or digit.")
    return found


def investment_id_of(name: str) -> str:
    """The id of an investment of this name."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _checked_text(name: str, text: str, *, is_needed: bool = True) -> str:
    if is_needed and not text.strip():
        raise ReportError(f"the {name} is empty.")
    if len(text) > _LONGEST or any(ord(character) < 32 for character in text):
        raise ReportError(f"the {name} is longer than {_LONGEST} characters or holds a control character.")
    return text


def _number(
    name: str,
    texts: Mapping[str, str],
    key: str,
    least: str,
    most: int,
    *,
    default: str = "",
    whole: bool = False,
) -> Decimal:
    text = texts.get(key) or default
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise ReportError(f"{text!r} is no number for the {name}.") from None
    if not found.is_finite() or not Decimal(least) <= found <= most or (whole and found != int(found)):
        raise ReportError(f"the {name} is {'a whole number ' if whole else ''}from {least} to {most}.")
    return found


def _amount(name: str, texts: Mapping[str, str], key: str) -> Decimal:
    text = texts.get(key) or "0"
    try:
        amount = Decimal(text)
    except InvalidOperation:
        raise ReportError(f"{text!r} is no amount in USD for the {name}; write 1500 or 1500.50.") from None
    if not amount.is_finite() or not 0 <= amount <= _MOST_USD:
        raise ReportError(f"{text!r} is no amount that the {name} can have.")
    if amount != amount.quantize(Decimal("0.01")):
        raise ReportError(f"{text!r} has parts of a cent; the {name} has two decimals.")
    return amount.quantize(Decimal("0.01"))
