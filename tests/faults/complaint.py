"""A complaint of users of another tool: records that caused it, and what they come to when read rightly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tests.faults.export_records import Record


@dataclass(frozen=True)
class Attempts:
    """Operations beside calls, the cost of attempts that others took up, and what may have been sent twice."""

    operations: int
    superseded_cost: str = "0"
    resends: int = 0
    resend_cost: str = "0"


@dataclass(frozen=True)
class Complaint:
    """The records of one customer, named `key`, and their totals; the figures are worked out in comments.

    `key` begins with the number in docs/known-complaints.md. `tokens` are those of the input, of these those
    read from a cache and those written to one, and those of the output. Costs in USD; None is unknown. The
    effective cost is the list cost where it is not said. `owner` is the column that holds the key: the logs of
    coding agents name a developer, who is a team, and no customer. `attempts` is what its traces say of them. `not_yet` says why a complaint still holds here.
    """

    key: str
    records: Sequence[Record]
    tokens: tuple[int, int, int, int]
    list_cost: str | None
    effective_cost: str | None = ""
    calls: int = 1
    failed: int = 0
    without_usage: int = 0
    unpriced: int = 0
    uncosted: int = 0
    owner: str = "customer_id"
    attempts: Attempts | None = None
    not_yet: str = ""

    @property
    def totals(self) -> tuple[int | Decimal | None, ...]:
        """What both facts must say, in the order of COLUMNS."""
        effective = self.list_cost if self.effective_cost == "" else self.effective_cost
        counts = (self.calls, self.failed, self.without_usage, self.unpriced, self.uncosted)
        return (*counts, *self.tokens, _money(self.list_cost), _money(effective))


COLUMNS = (
    *("calls", "failed_calls", "calls_without_usage", "unpriced_calls", "uncosted_calls"),
    *("input_tokens", "cached_input_tokens", "cache_write_input_tokens", "output_tokens"),
    *("list_cost_usd", "effective_cost_usd"),
)


def _money(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
