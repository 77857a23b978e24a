"""The twelve weeks of a key figure, as a small line below it."""

import base64
from collections.abc import Callable, Iterable
from dataclasses import replace

from reports_builder.charts import ACCENT
from reports_builder.dashboard import queries
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.evidence import Evidence
from reports_builder.marts import CUSTOMER_MARGINS, USAGE
from reports_builder.model import KeyFigure, Weeks

_Columns = dict[str, tuple[str, str]]

# By the column that a figure shows: the one that adds up to it by day, and the one that it is a rate of.
OF_USAGE: _Columns = {
    "spend_usd": ("cost_usd", ""),
    "usd_per_thousand_calls": ("cost_usd", "costed_calls"),
    "finished_usd": ("cost_usd", "finished_calls"),
    "quality": ("quality_score_sum", "quality_scored_calls"),
    "failure_share": ("failed_calls", "calls"),
}
OF_MARGINS: _Columns = {
    "revenue_usd": ("revenue_usd", ""),
    "cost_usd": ("cost_usd", ""),
    "margin_usd": ("margin_usd", ""),
    "margin_share": ("margin_usd", "revenue_usd"),
}
OF_ALL_SPEND: _Columns = {"cost_usd": ("all_spend_usd", "")}
_SOURCES: tuple[tuple[str, _Columns, Callable[[NarrowedWarehouse], Evidence]], ...] = (
    (USAGE, OF_USAGE, queries.usage_by_day),
    (CUSTOMER_MARGINS, OF_MARGINS, queries.margins_by_day),
    ("allocation.rpt_spend_by_category", OF_ALL_SPEND, queries.all_spend_by_day),
)
_WIDTH, _HEIGHT, _EDGE = 120, 24, 3


def with_weeks(warehouse: NarrowedWarehouse, tiles: Iterable[KeyFigure]) -> tuple[KeyFigure, ...]:
    """The key figures, those that are kept by day with their weeks up to the last day of the page."""
    return tuple(_with_weeks(warehouse, tile) for tile in tiles)


def _with_weeks(warehouse: NarrowedWarehouse, tile: KeyFigure) -> KeyFigure:
    for quote in tile.now.quotes[:1]:
        for mart, columns, ask in _SOURCES:
            if mart in quote.evidence.marts and quote.column in columns:
                value, per = columns[quote.column]
                return replace(tile, weeks=Weeks(ask(warehouse), warehouse.chosen_period.as_of, value, per))
    return tile


def line_html(weeks: Weeks) -> str:
    """A line of the weeks, the last one marked; nothing where fewer than three of them are known."""
    values = weeks.values
    if len(values) < 3:
        return ""
    low, high = min(values), max(values)
    step = (_WIDTH - 2 * _EDGE) / (len(values) - 1)
    tall = _HEIGHT - 2 * _EDGE
    points = [
        (
            _EDGE + step * place,
            _HEIGHT - _EDGE - (tall * (value - low) / (high - low) if high > low else tall / 2),
        )
        for place, value in enumerate(values)
    ]
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">'
        f'<polyline points="{drawn}" fill="none" stroke="#7b8894" stroke-width="1.6"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" fill="{ACCENT}"/></svg>'
    )
    coded = base64.b64encode(svg.encode()).decode()
    return f'<img class="weeks" alt="The last {len(values)} weeks" src="data:image/svg+xml;base64,{coded}">'
