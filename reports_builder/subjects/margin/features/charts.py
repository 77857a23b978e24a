"""The two charts that only the analysis of features draws."""

import json
from typing import Literal, TypedDict

import altair as alt

from reports_builder.charts import ACCENT, INK, MUTED, NEUTRAL, data, records
from reports_builder.evidence import Evidence


class _Place(TypedDict):
    """Where a name stands relative to its dot, in pixels."""

    align: Literal["left", "right", "center"]
    dx: int
    dy: int


_PLACES: tuple[_Place, ...] = (
    {"align": "left", "dx": 9, "dy": 0},
    {"align": "right", "dx": -9, "dy": 0},
    {"align": "center", "dx": 0, "dy": -14},
    {"align": "center", "dx": 0, "dy": 15},
)
_Box = tuple[float, float, float, float]
# About the size of the plot and of its letters; only the choice of the places depends on it.
_PLOT_WIDTH, _PLOT_HEIGHT, _LETTER_WIDTH, _LINE_HEIGHT = 640.0, 240.0, 6.2, 13.0


def _box(x: float, y: float, name: str, place: _Place) -> _Box:
    width = len(name) * _LETTER_WIDTH
    left = x + place["dx"] - {"left": 0.0, "right": width, "center": width / 2}[place["align"]]
    top = y + place["dy"] - _LINE_HEIGHT / 2
    return left, top, left + width, top + _LINE_HEIGHT


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _chosen_places(points: list[tuple[float, float]], names: list[str]) -> list[_Place]:
    """Per point the first place where its name covers no dot and no earlier name."""
    taken = [(x - 6, y - 6, x + 6, y + 6) for x, y in points]
    chosen = []
    for (x, y), name in zip(points, names, strict=True):
        free = [
            place
            for place in _PLACES
            if not any(_overlap(_box(x, y, name, place), other) for other in taken)
            and _box(x, y, name, place)[2] <= _PLOT_WIDTH
        ]
        place = free[0] if free else _PLACES[0]
        taken.append(_box(x, y, name, place))
        chosen.append(place)
    return chosen


def decision_map(features: Evidence, thresholds: Evidence) -> alt.TopLevelMixin:
    """Adoption across, margin up, the two lines from which a feature deserves investment."""
    rows = [row for row in records(features) if row["gross_margin_share"] is not None]
    lines = records(thresholds)
    wide = [float(row["adoption_share"] or 0) for row in rows]
    high = [float(row["gross_margin_share"] or 0) for row in rows]
    right = 1.15 * max([*wide, *(float(line["invest_adoption_share"] or 0) for line in lines)], default=1.0)
    top = max([*high, *(float(line["invest_margin_share"] or 0) for line in lines)], default=1.0)
    low = min([*high, 0.0])
    bottom, top = low - 0.1 * (top - low), top + 0.1 * (top - low)
    across = alt.X(
        "adoption_share:Q",
        axis=alt.Axis(title="Share of active customers that use the feature", format=".0%", tickCount=6),
        scale=alt.Scale(domain=[0, right], nice=False),
    )
    up = alt.Y(
        "gross_margin_share:Q",
        axis=alt.Axis(title="Margin, share of allocated fees", format=".0%", tickCount=5),
        scale=alt.Scale(domain=[bottom, top], nice=False),
    )
    pixels = [
        (x / right * _PLOT_WIDTH, (top - y) / (top - bottom) * _PLOT_HEIGHT)
        for x, y in zip(wide, high, strict=True)
    ]
    places = _chosen_places(pixels, [str(row["short_name"]) for row in rows])
    colour = alt.condition("datum.is_invested", alt.value(ACCENT), alt.value(NEUTRAL))
    level = alt.Chart(data(lines))
    chart: alt.TopLevelMixin = alt.layer(
        level.mark_rule(color=MUTED, strokeDash=[5, 4]).encode(x="invest_adoption_share:Q"),
        level.mark_rule(color=MUTED, strokeDash=[5, 4]).encode(y="invest_margin_share:Q"),
        alt.Chart(data(rows)).mark_circle(size=110, opacity=1).encode(x=across, y=up, color=colour),
        *(
            alt.Chart(data([row])).mark_text(**place).encode(x=across, y=up, text="short_name:N")
            for row, place in zip(rows, places, strict=True)
        ),
    )
    return chart


def usage_ranges(features: Evidence) -> alt.TopLevelMixin:
    """Per feature a line from the median customer's calls to those of the customer at nine tenths."""
    rows = records(
        features,
        median=("calls_per_customer_p50", "count"),
        ninth=("calls_per_customer_p90", "count"),
    )
    names = {position: str(row["feature_name"]) for position, row in enumerate(rows)}
    for position, row in enumerate(rows):
        row["position"] = position
    axis = alt.Axis(title=None, labelExpr=f"({json.dumps(names)})[datum.value]", ticks=False, domain=False)
    largest = max((float(row["calls_per_customer_p90"] or 0) for row in rows), default=0.0)
    across = alt.Axis(title="Successful calls per customer in 30 days", tickCount=6, format=",.0f")
    scale = alt.Scale(domain=[-0.08 * largest, largest * 1.12 or 1], nice=False)
    base = alt.Chart(data(rows)).encode(y=alt.Y("position:O", axis=axis))
    low = alt.X("calls_per_customer_p50:Q", axis=across, scale=scale)
    high = alt.X("calls_per_customer_p90:Q", axis=across, scale=scale)
    chart: alt.TopLevelMixin = alt.layer(
        base.mark_rule(color=NEUTRAL, strokeWidth=4).encode(x=low, x2="calls_per_customer_p90:Q"),
        base.mark_circle(size=90, opacity=1, color=INK).encode(x=low),
        base.mark_circle(size=90, opacity=1, color=ACCENT).encode(x=high),
        base.mark_text(align="right", dx=-9).encode(x=low, text="median:N"),
        base.mark_text(align="left", dx=9).encode(x=high, text="ninth:N"),
    )
    return chart
