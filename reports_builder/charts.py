"""Altair charts as SVG: one theme, readable in greyscale, labelled directly.

A chart's title is its message and its series are named beside the marks, so nothing depends on
colour. Values are handed over inline and rounded, so that the same rows give the same bytes.
"""

import functools
import json
import math
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from html import escape as escape_xml
from typing import Any

import altair as alt
import vl_convert

from reports_builder.currency import USD, Currency, shown_currency
from reports_builder.escaping import clean
from reports_builder.evidence import Evidence
from reports_builder.formatting import Value, day, plain
from reports_builder.model import Figure
from reports_builder.warehouse import Period

WIDTH = 720
INK, MUTED, RULE = "#1f2933", "#616e7c", "#d9dee4"
# The accent is also the darkest mark, so it stands out on a greyscale print.
ACCENT, NEUTRAL = "#8c2d04", "#9fb3c8"
# A change for the better, beside the accent for the worse: told apart by those who see no red, too.
GOOD = "#2f8f83"
# Ordered dark to light: neighbours differ by lightness, not by hue alone.
SERIES = ("#102a43", "#b4531a", "#4c7ea8", "#d9a441", "#9fb3c8", "#d3dce6")
FONT = "sans-serif"

Record = dict[str, str | int | float | bool | None]

_THEME = {
    "background": "white",
    "font": FONT,
    "padding": {"left": 8, "right": 16, "top": 8, "bottom": 8},
    "view": {"stroke": None},
    "title": {
        "anchor": "start",
        "frame": "bounds",
        "font": FONT,
        "fontSize": 16,
        "fontWeight": "bold",
        "color": INK,
        "subtitleFont": FONT,
        "subtitleFontSize": 12,
        "subtitleColor": MUTED,
        "subtitlePadding": 6,
        "offset": 14,
    },
    "axis": {
        "labelFont": FONT,
        "titleFont": FONT,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
        "labelColor": INK,
        "titleColor": MUTED,
        "gridColor": RULE,
        "domainColor": RULE,
        "tickColor": RULE,
        "labelLimit": 260,
    },
    "legend": {"disable": True},
    "text": {"font": FONT, "fontSize": 12, "color": INK},
    "bar": {"color": NEUTRAL},
    "line": {"color": INK, "strokeWidth": 2},
    "range": {"category": list(SERIES)},
}


def chart_value(value: Value) -> str | int | float | bool | None:
    """A value as JSON carries it; text is cleaned, numbers keep nine significant digits."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, Decimal):
        return float(f"{value:.9g}")
    if isinstance(value, float):
        return float(f"{value:.9g}") if math.isfinite(value) else None
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        # Without a time it is midnight UTC to a browser, and the day before to one in America.
        return f"{value.isoformat()}T00:00:00"
    return clean(value) if isinstance(value, str) else value


def records(evidence: Evidence, **labels: tuple[str, str]) -> list[Record]:
    """The rows for a chart; ``label=("spend_usd", "usd")`` adds a formatted text per row."""
    return [
        {name: chart_value(value) for name, value in row.items()}
        | {name: plain(row[column], style) for name, (column, style) in labels.items()}
        for row in evidence.records()
    ]


def data(rows: Sequence[Mapping[str, str | int | float | bool | None]]) -> alt.InlineData:
    """Inline data for ``alt.Chart``."""
    return alt.InlineData(values=[dict(row) for row in rows])


def days_of_period(period: Period) -> str:
    """First to last day: ``2 October to 31 October 2026``."""
    start, end = day(period.start), day(period.as_of)
    same_year = period.start.year == period.as_of.year
    return f"{start.rsplit(' ', 1)[0] if same_year else start} to {end}"


def in_currency(spec: dict[str, Any]) -> dict[str, Any]:
    """The chart with its axes of dollars in the currency that amounts are shown in.

    An axis of dollars says so by its format. What is drawn along it, in any layer, is converted.
    """
    currency = shown_currency()
    if currency.code == "USD":
        return spec
    # Layers may share rows and scales: as text each has its own, and none is converted twice.
    spec = json.loads(json.dumps(spec))
    encodings = list(_encodings(spec))
    of_dollars = {
        channel.removesuffix("2")
        for encoding in encodings
        for channel, drawn in encoding.items()
        if isinstance(drawn, dict) and _format(drawn).startswith("$")
    }
    along = [
        drawn
        for encoding in encodings
        for channel, drawn in encoding.items()
        if isinstance(drawn, dict) and channel.removesuffix("2") in of_dollars
    ]
    fields = {drawn["field"] for drawn in along if "field" in drawn}
    for drawn in along:
        _relabel(drawn, currency)
    for encoding in encodings:
        for said in encoding.get("tooltip") or ():
            if isinstance(said, dict) and isinstance(said.get("title"), str):
                said["title"] = said["title"].replace(USD.named, currency.named)
    for rows in _inline_rows(spec):
        for row in rows:
            for name in fields & row.keys():
                row[name] = _converted(row[name], currency)
    return spec


def _format(drawn: Mapping[str, Any]) -> str:
    guide = drawn.get("axis") or drawn.get("legend") or {}
    return str(guide.get("format", ""))


def _relabel(drawn: dict[str, Any], currency: Currency) -> None:
    """The title, the labels and the ends of one axis, as far as this encoding says them."""
    guide = drawn.get("axis") or drawn.get("legend") or {}
    if isinstance(guide.get("title"), str):
        guide["title"] = guide["title"].replace(USD.named, currency.named)
    if _format(drawn).startswith("$"):
        spelled = json.dumps(guide.pop("format").removeprefix("$"))
        amount = f"{json.dumps(currency.sign, ensure_ascii=False)} + format(abs(datum.value), {spelled})"
        guide["labelExpr"] = f"(datum.value < 0 ? '\u2212' : '') + {amount}"
    domain = (drawn.get("scale") or {}).get("domain")
    if isinstance(domain, list):
        drawn["scale"]["domain"] = [_converted(end, currency) for end in domain]


def _converted(value: Any, currency: Currency) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(f"{currency.of(Decimal(repr(value))):.9g}") if is_number else value


def _encodings(node: Any) -> Iterator[dict[str, Any]]:
    """What each layer draws along which channel."""
    if isinstance(node, dict):
        if isinstance(node.get("encoding"), dict):
            yield node["encoding"]
        for name, inner in node.items():
            if name not in ("data", "datasets", "encoding"):
                yield from _encodings(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _encodings(inner)


def _inline_rows(node: Any) -> Iterator[list[dict[str, Any]]]:
    """The rows of each data set."""
    if isinstance(node, dict):
        if isinstance(node.get("data"), dict) and "values" in node["data"]:
            yield node["data"]["values"]
        for name, inner in node.items():
            if name == "datasets":
                yield from inner.values()
            elif name != "data":
                yield from _inline_rows(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from _inline_rows(inner)


def stands_for(period: Period) -> str:
    """Of which days a chart is, so that it says so taken out of its page, too."""
    return f"{days_of_period(period)}, where it names no other time."


def specification(figure: Figure, period: Period | None = None) -> dict[str, object]:
    """The Vega-Lite specification with the theme, the message as title and the alternative text.

    ``period`` is named below the title, so that a figure taken out of its page says what it stands for.
    """
    spec = in_currency(figure.chart.to_dict(validate=False))
    spec["config"] = _THEME
    spec["title"] = {
        "text": textwrap.wrap(figure.title.plain.rstrip("."), 78),
        "subtitle": [
            *textwrap.wrap(figure.key, 110),
            *([stands_for(period)] if period else []),
        ],
    }
    spec["description"] = figure.alt.plain
    spec["width"], spec["height"] = WIDTH, figure.height
    spec["autosize"] = {"type": "fit", "contains": "padding"}
    return spec


@functools.lru_cache(maxsize=128)
def _drawn(specification_json: str) -> str:
    """The drawing, most of what a page costs; who renders again has what did not change."""
    drawn: str = vl_convert.vegalite_to_svg(specification_json)
    return drawn


def svg(figure: Figure, period: Period | None = None) -> str:
    """The figure as SVG text, with its alternative text for screen readers."""
    drawn = _drawn(json.dumps(specification(figure, period)))
    label = escape_xml(figure.alt.plain, quote=True)
    return drawn.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1) + "\n"
