"""Any answer of the semantic layer as bars, lines, a treemap or a heat map."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import altair as alt

from reports_builder import formatting
from reports_builder.charts import INK, NEUTRAL, Record, chart_value, data
from reports_builder.formatting import Value
from reports_builder.treemap import Part, treemap

MOST_BARS, MOST_SERIES, MOST_CELLS = 30, 12, 40
_STYLES = {
    "usd": "usd",
    "usd_per_unit": "usd_unit",
    "count": "count_short",
    "share": "percent",
    "ms": "milliseconds",
    "score": "ratio",
}
_AXES = {
    "usd": "$,.4~g",
    "usd_per_unit": "$,.4~g",
    "count": "~s",
    "share": ".2~%",
    "ms": ",.0f",
    "score": ".2f",
}
# A share or a price of parts does not add up to that of the whole.
_ADDS_UP = frozenset({"usd", "count"})


@dataclass(frozen=True)
class Field:
    """A column of the answer with its name for readers; ``unit`` is empty for a dimension."""

    name: str
    label: str
    unit: str = ""
    is_time: bool = False


@dataclass(frozen=True)
class Drawing:
    """A chart, its height, and what it leaves out."""

    title: str
    chart: alt.TopLevelMixin
    height: int
    left_out: str = ""


@dataclass(frozen=True)
class Answer:
    """Rows by column name, the dimensions and the metrics that were asked for."""

    rows: tuple[dict[str, Value], ...]
    dimensions: tuple[Field, ...]
    metrics: tuple[Field, ...]


def style_of(field: Field) -> str:
    """How a value of this column reads in a table."""
    if not field.unit:
        return "day_short" if field.is_time else "text"
    return "usd_table" if field.unit == "usd" else "count" if field.unit == "count" else _STYLES[field.unit]


def draw(kind: str, answer: Answer) -> tuple[Drawing, ...] | str:
    """The drawings of an answer; a sentence where it cannot be drawn so."""
    if not answer.rows:
        return "Nothing passes the filters: choose other values."
    if not answer.dimensions:
        return "Choose a dimension to take the figure apart by; the table shows the figure itself."
    return _KINDS[kind](answer)


def _said(value: Value, field: Field) -> str:
    return formatting.plain(value, _STYLES[field.unit])


def _name(row: dict[str, Value], dimensions: Sequence[Field]) -> str:
    return " / ".join(formatting.plain(row[field.name], style_of(field)) for field in dimensions)


def _float(value: Value) -> float:
    return float(value or 0)  # type: ignore[arg-type]


def _time(dimensions: Sequence[Field]) -> Field | None:
    return next((field for field in dimensions if field.is_time), None)


def _bars(answer: Answer) -> tuple[Drawing, ...]:
    if _time(answer.dimensions):
        return tuple(_over_time(answer, metric, bars=metric.unit in _ADDS_UP) for metric in answer.metrics)
    return tuple(_ranked(answer, metric) for metric in answer.metrics)


def _ranked(answer: Answer, metric: Field) -> Drawing:
    ordered = sorted(answer.rows, key=lambda row: (-_float(row[metric.name]), _name(row, answer.dimensions)))
    rows: list[Record] = [
        {
            "name": _name(row, answer.dimensions),
            "value": chart_value(row[metric.name]),
            "said": _said(row[metric.name], metric),
        }
        for row in ordered[:MOST_BARS]
    ]
    axis = alt.Axis(title=metric.label, format=_AXES[metric.unit], tickCount=5)
    base = alt.Chart(data(rows)).encode(
        y=alt.Y("name:N", sort=None, axis=alt.Axis(title=None, ticks=False, domain=False)),
        tooltip=[alt.Tooltip("name:N", title="of"), alt.Tooltip("said:N", title=metric.label)],
    )
    x = alt.X("value:Q", axis=axis, scale=alt.Scale(zero=True))
    chart: alt.TopLevelMixin = alt.layer(
        base.mark_bar(color=NEUTRAL).encode(x=x),
        base.mark_text(align="left", dx=5, color=INK).encode(x=x, text="said:N"),
    )
    return Drawing(metric.label, chart, 60 + 26 * len(rows), _left_out(len(ordered) - len(rows), "rows"))


def _lines(answer: Answer) -> tuple[Drawing, ...] | str:
    if _time(answer.dimensions) is None:
        return "Lines run over time: add day, week or month to the dimensions."
    return tuple(_over_time(answer, metric, bars=False) for metric in answer.metrics)


def _over_time(answer: Answer, metric: Field, *, bars: bool) -> Drawing:
    time = next(field for field in answer.dimensions if field.is_time)
    others = [field for field in answer.dimensions if field is not time]
    sums: dict[str, float] = {}
    for row in answer.rows:
        series = _name(row, others) or metric.label
        sums[series] = sums.get(series, 0.0) + abs(_float(row[metric.name]))
    shown = sorted(sums, key=lambda series: (-sums[series], series))[:MOST_SERIES]
    rows: list[Record] = [
        {
            "time": chart_value(row[time.name]),
            "series": _name(row, others) or metric.label,
            "value": chart_value(row[metric.name]),
            "said": _said(row[metric.name], metric),
        }
        for row in answer.rows
        if (_name(row, others) or metric.label) in shown
    ]
    axis = alt.Axis(title=metric.label, format=_AXES[metric.unit], tickCount=5)
    colour = alt.Color("series:N", sort=shown, legend=alt.Legend(title=None) if others else None)
    base = alt.Chart(data(rows)).encode(
        y=alt.Y("value:Q", axis=axis),
        color=colour,
        tooltip=[
            alt.Tooltip("time:T", title=time.label, format="%Y-%m-%d"),
            alt.Tooltip("series:N", title="of"),
            alt.Tooltip("said:N", title=metric.label),
        ],
    )
    day = alt.Axis(
        title=None, format="%-d %b %Y" if time.label == "Month" else "%-d %b", grid=False, tickCount=6
    )
    if bars:
        # One slot per period, in order: bars on a continuous scale of time would be hairlines.
        slot = alt.X(
            "yearmonthdate(time):O", axis=alt.Axis(title=None, format="%-d %b %y", labelOverlap=True)
        )
        chart: alt.TopLevelMixin = base.mark_bar().encode(x=slot)
    else:
        chart = base.mark_line(point=True).encode(x=alt.X("time:T", axis=day))
    return Drawing(metric.label, chart, 320, _left_out(len(sums) - len(shown), "series"))


def _treemap(answer: Answer) -> tuple[Drawing, ...] | str:
    metric = answer.metrics[0]
    if metric.unit not in _ADDS_UP:
        return f"{metric.label} of parts does not add up, so areas would mislead: choose bars, or a cost."
    positive = [row for row in answer.rows if _float(row[metric.name]) > 0]
    if not positive:
        return "No part is above zero, so there is no area to draw."
    parts = [
        Part(
            _name(row, answer.dimensions[:1]),
            name := _name(row, answer.dimensions),
            name.split(" / ")[-1],
            _float(row[metric.name]),
            _said(row[metric.name], metric),
        )
        for row in positive
    ]
    chart = treemap(parts, metric.label)
    negative = len(answer.rows) - len(positive)
    said = f"{negative} parts without an amount above zero have no area." if negative else ""
    return (Drawing(metric.label, chart, 420, said),)


def _heatmap(answer: Answer) -> tuple[Drawing, ...] | str:
    if len(answer.dimensions) < 2:
        return "A heat map crosses two dimensions: add another one."
    metric = answer.metrics[0]
    across, down = answer.dimensions[0], answer.dimensions[1]
    if len(answer.dimensions) > 2:
        return "A heat map crosses two dimensions: take one away, or choose the table."
    columns = sorted({_name(row, [across]) for row in answer.rows})
    lines: dict[str, float] = {}
    for row in answer.rows:
        line = _name(row, [down])
        lines[line] = lines.get(line, 0.0) + abs(_float(row[metric.name]))
    shown = sorted(lines, key=lambda line: (-lines[line], line))[:MOST_CELLS]
    rows: list[Record] = [
        {
            "across": _name(row, [across]),
            "down": _name(row, [down]),
            "value": chart_value(row[metric.name]),
            "said": _said(row[metric.name], metric),
        }
        for row in answer.rows
        if _name(row, [down]) in shown
    ]
    legend = alt.Legend(title=metric.label, format=_AXES[metric.unit], orient="bottom")
    chart: alt.TopLevelMixin = (
        alt.Chart(data(rows))
        .mark_rect()
        .encode(
            x=alt.X(
                "across:N", sort=columns, axis=alt.Axis(title=across.label, labelOverlap=True, labelAngle=-40)
            ),
            y=alt.Y("down:N", sort=shown, axis=alt.Axis(title=None)),
            color=alt.Color("value:Q", legend=legend, scale=alt.Scale(scheme="oranges")),
            tooltip=[
                alt.Tooltip("across:N", title=across.label),
                alt.Tooltip("down:N", title=down.label),
                alt.Tooltip("said:N", title=metric.label),
            ],
        )
    )
    return (Drawing(metric.label, chart, 140 + 24 * len(shown), _left_out(len(lines) - len(shown), "rows")),)


def _left_out(number: int, what: str) -> str:
    return f"{number:,} more {what} are in the CSV." if number > 0 else ""


_KINDS: dict[str, Callable[[Answer], tuple[Drawing, ...] | str]] = {
    "bars": _bars,
    "lines": _lines,
    "treemap": _treemap,
    "heatmap": _heatmap,
    "table": lambda _: (),
}
