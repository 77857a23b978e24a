"""The kinds of chart that several pages draw; a page may compose its own from ``charts.data``."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal, TypedDict

import altair as alt

from reports_builder.charts import ACCENT, INK, MUTED, NEUTRAL, RULE, Record, data, records
from reports_builder.evidence import Evidence
from reports_builder.formatting import plain
from reports_builder.treemap import Part, treemap


def _names_axis(names: dict[int, str]) -> alt.Axis:
    """Row names beside the rows; they may repeat, so the scale counts rows, not names."""
    return alt.Axis(title=None, labelExpr=f"({json.dumps(names)})[datum.value]", ticks=False, domain=False)


def ranked_bars(
    evidence: Evidence,
    *,
    label: str,
    value: str,
    style: str,
    axis_title: str,
    axis_format: str = "$,.0f",
    highlight: str | None = None,
    end_label: tuple[str, str] | None = None,
    marker: str | None = None,
) -> alt.TopLevelMixin:
    """Horizontal bars in the order of the rows, each with its value written at its end.

    ``label`` and ``value`` are columns, ``style`` one of ``formatting.STYLES``. ``highlight``
    names a boolean column whose bars are dark. ``end_label`` (template words, column, in that
    order) is not needed for the plain value. ``marker`` is a column drawn as a tick across the bar
    (a target, a revenue); name it in the axis title.
    """
    rows = records(evidence, shown=(value, style))
    for position, row in enumerate(rows):
        row["position"] = position
        row["end"] = max(float(row[value] or 0), float(row[marker] or 0) if marker else 0.0)
        if end_label:
            words, column = end_label
            shown = plain(evidence.at(position)[column], style)
            row["shown"] = f"{row['shown']} {words} {shown}"
    names = {position: plain(record[label], "text") for position, record in enumerate(evidence.records())}
    largest = max((float(row["end"] or 0) for row in rows), default=0.0)
    room = 1.35 if end_label else 1.15
    scale = alt.Scale(domain=[0, largest * room or 1], nice=False)
    axis = alt.Axis(title=axis_title, grid=True, tickCount=5, format=axis_format)
    base = alt.Chart(data(rows)).encode(y=alt.Y("position:O", axis=_names_axis(names)))
    colour = (
        alt.condition(f"datum.{highlight}", alt.value(ACCENT), alt.value(NEUTRAL))
        if highlight
        else alt.value(NEUTRAL)
    )
    layers = [
        base.mark_bar().encode(x=alt.X(f"{value}:Q", axis=axis, scale=scale), color=colour),
        base.mark_text(align="left", dx=6).encode(x=alt.X("end:Q", scale=scale), text=alt.Text("shown:N")),
    ]
    if marker:
        # A white edge keeps the mark visible on a dark bar.
        for thickness, ink in ((7, "white"), (3, INK)):
            tick = base.mark_tick(thickness=thickness, color=ink)
            layers.append(tick.encode(x=alt.X(f"{marker}:Q", scale=scale)))
    chart: alt.TopLevelMixin = alt.layer(*layers)
    return chart


def daily_trend(
    history: Evidence,
    forecast: Evidence | None,
    *,
    day: str,
    value: str,
    axis_title: str,
    lower: str = "lower_usd",
    upper: str = "upper_usd",
    forecast_value: str = "forecast_usd",
    axis_format: str = "$,.0f",
    is_by_week: bool = False,
) -> alt.TopLevelMixin:
    """A line per day and, after it, a dashed forecast inside its interval, labelled directly.

    ``is_by_week`` draws the line through the mean of the seven days up to each, and the days as faint dots:
    what weekends do to a day is no change.
    """
    x_axis = alt.Axis(title=None, format="%-d %b", grid=False, tickCount=8, labelFlush=False)
    y_axis = alt.Axis(title=axis_title, format=axis_format, tickCount=5)
    past = alt.Chart(data(records(_every_day(history, day)))).encode(
        x=alt.X(f"{day}:T", axis=x_axis),
        y=alt.Y(f"{value}:Q", axis=y_axis, scale=alt.Scale(zero=True)),
    )
    layers: list[alt.Chart] = [past.mark_line(color=INK, point=alt.OverlayMarkDef(color=INK, size=14))]
    if is_by_week:
        layers = [past.mark_circle(color=NEUTRAL, size=22, opacity=1), _weekly_mean(past, value)]
    if forecast is not None and forecast.rows:
        rows = records(forecast)
        ahead = alt.Chart(data(rows)).encode(x=alt.X(f"{day}:T", axis=x_axis))
        middle = dict(rows[len(rows) // 2])
        middle["said"] = "forecast and its interval"
        middle["top"] = max(float(row[upper] or 0) for row in rows)
        layers = [
            ahead.mark_area(color=NEUTRAL, opacity=0.45).encode(
                y=alt.Y(f"{lower}:Q", axis=y_axis), y2=alt.Y2(f"{upper}:Q")
            ),
            *layers,
            ahead.mark_line(color=ACCENT, strokeDash=[5, 4]).encode(y=f"{forecast_value}:Q"),
            alt.Chart(data([middle]))
            .mark_text(dy=-4, baseline="bottom", color=MUTED)
            .encode(x=f"{day}:T", y="top:Q", text="said:N"),
        ]
    chart: alt.TopLevelMixin = alt.layer(*layers)
    return chart


def _weekly_mean(days: alt.Chart, value: str) -> alt.Chart:
    """A line through the mean of seven days; none where one of the seven is missing."""
    line: alt.Chart = (
        days.transform_window(
            mean_of_week=f"mean({value})", days_of_week=f"valid({value})", frame=[-6, 0], sort=[]
        )
        .transform_calculate(mean_of_week="datum.days_of_week === 7 ? datum.mean_of_week : null")
        .mark_line(color=INK)
        .encode(y="mean_of_week:Q")
    )
    return line


def _every_day(history: Evidence, day: str) -> Evidence:
    """A row for each day from the first to the last: a day without one is a gap in the line."""
    place = history.columns.index(day)
    known = {found: row for row in history.rows if isinstance(found := row[place], date)}
    if not known:
        return history
    first, last = min(known), max(known)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    empty = (None,) * len(history.columns)
    rows = tuple(known.get(found, (*empty[:place], found, *empty[place + 1 :])) for found in days)
    return replace(history, rows=rows)


def labelled_points(
    evidence: Evidence,
    *,
    x: str,
    y: str,
    label: str,
    x_title: str,
    y_title: str,
    x_format: str = "$,.4~f",
    y_format: str = "",
    highlight: str | None = None,
) -> alt.TopLevelMixin:
    """A dot per row with its name beside it; dark dots where the column ``highlight`` is true."""
    rows = records(evidence, shown=(label, "text"))
    colour = (
        alt.condition(f"datum.{highlight}", alt.value(ACCENT), alt.value(NEUTRAL))
        if highlight
        else alt.value(INK)
    )
    x_axis = alt.Axis(title=x_title, format=x_format, tickCount=6)
    y_axis = alt.Axis(title=y_title, format=y_format, tickCount=5)
    across = alt.X(f"{x}:Q", axis=x_axis, scale=alt.Scale(zero=True, padding=30))
    up = alt.Y(f"{y}:Q", axis=y_axis, scale=alt.Scale(zero=False, padding=20))
    dots = alt.Chart(data(rows)).mark_circle(size=110, opacity=1).encode(x=across, y=up, color=colour)
    names = [
        alt.Chart(data(group)).mark_text(**place).encode(x=across, y=up, text=alt.Text("shown:N"))
        for place, group in _name_places(rows, x, y)
    ]
    chart: alt.TopLevelMixin = alt.layer(dots, *names)
    return chart


class _Place(TypedDict):
    """Where a name stands relative to its dot."""

    align: Literal["left", "right"]
    dx: int
    dy: int


def _name_places(rows: list[Record], x: str, y: str) -> list[tuple[_Place, list[Record]]]:
    """Names right of their dots, left of those near the right edge, apart where dots are close."""
    points = [(float(row[x] or 0), float(row[y] or 0)) for row in rows]
    wide = max((point[0] for point in points), default=0.0) or 1.0
    heights = [point[1] for point in points]
    high = (max(heights, default=0.0) - min(heights, default=0.0)) or 1.0
    groups: dict[tuple[bool, int], list[Record]] = {}
    for row, point in zip(rows, points, strict=True):
        near = [
            other
            for other in points
            if other != point
            and abs(other[0] - point[0]) < 0.35 * wide
            and abs(other[1] - point[1]) < 0.07 * high
        ]
        lower = sum(other[1] >= point[1] for other in near)
        dy = 0 if not near else (11 if lower > len(near) / 2 else -9)
        groups.setdefault((point[0] > 0.7 * wide, dy), []).append(row)
    return [
        ({"align": "right" if left else "left", "dx": -9 if left else 9, "dy": dy}, group)
        for (left, dy), group in sorted(groups.items(), key=lambda item: item[0])
    ]


def signed_bars(
    evidence: Evidence, *, label: str, value: str, style: str, axis_title: str, axis_format: str = "$,.0f"
) -> alt.TopLevelMixin:
    """Horizontal bars from zero to either side in the order of the rows, each with its value to the right.

    What is above zero is dark: the eye looks for what adds. A value to the left of its bar would lie upon
    the names where the chart is narrow, so that of a bar below zero begins at zero.
    """
    rows = records(evidence, shown=(value, style))
    for position, row in enumerate(rows):
        row["position"] = position
        row["end"] = max(0.0, float(row[value] or 0))
    names = {position: plain(record[label], "text") for position, record in enumerate(evidence.records())}
    sizes = [float(row[value] or 0) for row in rows]
    room = 0.25 * (max([0.0, *sizes]) - min([0.0, *sizes]) or 1.0)
    scale = alt.Scale(domain=[min([0.0, *sizes]) * 1.05, max([0.0, *sizes]) + room], nice=False)
    axis = alt.Axis(title=axis_title, grid=True, tickCount=5, format=axis_format)
    base = alt.Chart(data(rows)).encode(y=alt.Y("position:O", axis=_names_axis(names)))
    across = alt.X(f"{value}:Q", axis=axis, scale=scale)
    colour = alt.condition(f"datum.{value} > 0", alt.value(ACCENT), alt.value(NEUTRAL))
    end = alt.X("end:Q", scale=scale)
    chart: alt.TopLevelMixin = alt.layer(
        base.mark_bar().encode(x=across, color=colour),
        base.mark_text(align="left", dx=6).encode(x=end, text=alt.Text("shown:N")),
    )
    return chart


def hours_of_week(
    evidence: Evidence, *, value: str, style: str, legend_title: str, legend_format: str = "$,.2~f"
) -> alt.TopLevelMixin:
    """A cell per weekday and hour, the darker the more; an hour without a row has no cell.

    Columns ``iso_weekday``, ``weekday_name``, ``hour_of_day`` and ``time_zone`` say which. One ramp from
    light to dark reads the same in greyscale and to eyes that see few colours.
    """
    rows = records(evidence, shown=(value, style))
    weekdays = {int(row["iso_weekday"] or 0): str(row["weekday_name"]) for row in rows}
    hour = f"Hour of the day, {rows[0]['time_zone']}"
    hours = alt.Axis(title=hour, values=list(range(0, 24, 3)), labelAngle=0, ticks=False)
    chart: alt.TopLevelMixin = (
        alt.Chart(data(rows))
        .mark_rect(stroke="white", strokeWidth=1)
        .encode(
            x=alt.X("hour_of_day:O", axis=hours, scale=alt.Scale(domain=list(range(24)))),
            y=alt.Y(
                "weekday_name:N",
                sort=[weekdays[day] for day in sorted(weekdays)],
                axis=alt.Axis(title=None, ticks=False, domain=False),
            ),
            color=alt.Color(
                f"{value}:Q",
                scale=alt.Scale(range=[RULE, ACCENT], interpolate="rgb", zero=True),
                legend=alt.Legend(title=legend_title, format=legend_format, orient="bottom", tickCount=3),
            ),
            tooltip=[
                alt.Tooltip("weekday_name:N", title="Weekday"),
                alt.Tooltip("hour_of_day:O", title=hour),
                alt.Tooltip("shown:N", title=legend_title),
            ],
        )
    )
    return chart


def shares_as_areas(
    evidence: Evidence, *, group: str, label: str, value: str, style: str, group_style: str = "text"
) -> alt.TopLevelMixin:
    """A rectangle per row whose ``value`` is above zero, as large as that, those of a ``group`` together."""
    parts = []
    named: set[str] = set()
    for row in evidence.each():
        if row[value] is None or float(str(row[value])) <= 0:
            continue
        of, name = plain(row[group], group_style), plain(row[label], "text")
        # What colour is whose is written on the first of each.
        written = name if of in named else f"{of}: {name}"
        named.add(of)
        parts.append(Part(of, f"{of} / {name}", written, float(str(row[value])), plain(row[value], style)))
    return treemap(parts, "US dollars")


def ranges(
    evidence: Evidence,
    *,
    label: str,
    low: str,
    high: str,
    middle: str,
    axis_title: str,
    axis_format: str = "$,.0f",
) -> alt.TopLevelMixin:
    """A horizontal bar per row from ``low`` to ``high``, rows in their order, with a tick at ``middle``."""
    rows = records(evidence)
    for position, row in enumerate(rows):
        row["position"] = position
    names = {position: plain(record[label], "text") for position, record in enumerate(evidence.records())}
    axis = alt.Axis(title=axis_title, grid=True, tickCount=5, format=axis_format)
    base = alt.Chart(data(rows)).encode(y=alt.Y("position:O", axis=_names_axis(names)))
    across = alt.X(f"{low}:Q", axis=axis, scale=alt.Scale(zero=False, padding=20))
    chart: alt.TopLevelMixin = alt.layer(
        base.mark_bar(color=NEUTRAL).encode(x=across, x2=alt.X2(f"{high}:Q")),
        base.mark_tick(thickness=3, color=INK).encode(x=alt.X(f"{middle}:Q")),
    )
    return chart
