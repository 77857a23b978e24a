"""The few parts that a key figure is the sum of, shown where the pointer rests on it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from reports_builder.dashboard import queries
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.evidence import Evidence, Prose, join
from reports_builder.marts import CUSTOMER_MARGINS, USAGE
from reports_builder.model import KeyFigure

# A list that is longer is a table; the figure's page has it.
_MOST = 12


@dataclass(frozen=True)
class _Made:
    """Where the parts of figures of a mart are, what is said of each row of them, and once at the head."""

    mart: str
    columns: tuple[str, ...]
    ask: Callable[[NarrowedWarehouse], Evidence]
    of_each: str = "{part:text}: {part_usd:usd_table}"
    at_head: str = ""


_SOURCES = (
    _Made(USAGE, ("spend_usd",), queries.spend_by_provider),
    _Made("allocation.rpt_spend_by_category", ("cost_usd",), queries.all_spend_by_category),
    _Made(
        CUSTOMER_MARGINS,
        ("margin_usd", "margin_share"),
        queries.fees_and_costs,
        of_each="fees earned: {fees_usd:usd_table}\nless cost to serve: {served_usd:usd_table}",
    ),
    _Made("rates.rpt_savings_opportunities", ("total_net_usd",), queries.savings_by_kind),
    _Made(
        "planning.rpt_cost_outlook",
        ("forecast_usd",),
        queries.forecast_by_cause,
        of_each="{part:text}: {part_usd:delta_usd_table}",
        at_head="the last 30 days: {trailing_cost_usd:usd_table}",
    ),
)


def with_parts(warehouse: NarrowedWarehouse, tiles: Iterable[KeyFigure]) -> tuple[KeyFigure, ...]:
    """The key figures, those that are sums of few parts with these."""
    return tuple(_with_parts(warehouse, tile) for tile in tiles)


def _with_parts(warehouse: NarrowedWarehouse, tile: KeyFigure) -> KeyFigure:
    for quote in tile.now.quotes[:1]:
        for made in _SOURCES:
            if made.mart in quote.evidence.marts and quote.column in made.columns:
                return replace(tile, parts=_said(made, made.ask(warehouse)))
    return tile


def _said(made: _Made, found: Evidence) -> Prose | None:
    if not 0 < len(found.rows) <= _MOST:
        return None
    head = [found.say(made.at_head)] if made.at_head else []
    return join([*head, *(part.say(made.of_each) for part in found.each())], "\n")
