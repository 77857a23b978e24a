"""The charts of the reports for a page: as wide as the reader's screen, in the reader's colours."""

import copy
import json
import re
import textwrap
from collections.abc import Iterator
from typing import Any

import altair as alt

from reports_builder.charts import ACCENT, GOOD, INK, MUTED, NEUTRAL, RULE, in_currency
from reports_builder.model import Figure, page_of_row

# Light marks on a dark page keep the order of lightness turned round, so that the accent stands out.
_DARK = {
    INK: "#e6ebf0",
    MUTED: "#a5b1bd",
    RULE: "#3a444e",
    ACCENT: "#ff9a62",
    GOOD: "#6cc5b8",
    NEUTRAL: "#58728c",
    "white": "#0f151b",
}
_MOST_PADDING = 34
_ON_A_PHONE = "containerSize()[0] < 380"
_NAMES_WIDE = f"{_ON_A_PHONE} ? 112 : containerSize()[0] < 640 ? 150 : 240"
# Letters of a line of that width, and lines that a bar is high.
_LETTERS, _LINES = 18, 2
# What two lines of a name are high, with the room between them and the next.
_TWO_LINES = 34
_NAMES = re.compile(r"\((\{.*\})\)\[datum\.value\]", re.DOTALL)


def specification(chart: alt.TopLevelMixin, description: str, height: int, *, dark: bool) -> dict[str, Any]:
    """The Vega-Lite specification, without a title: the page writes it as a heading."""
    spec: dict[str, Any] = in_currency(copy.deepcopy(chart.to_dict(validate=False)))
    spec.pop("config", None)
    heights = list(_fitted(spec))
    ink, muted, rule = (_DARK[colour] if dark else colour for colour in (INK, MUTED, RULE))
    if dark:
        spec = _recoloured(spec)
    spec["config"] = {
        "view": {"stroke": None},
        "legend": {
            "labelColor": ink,
            "titleColor": muted,
            "orient": "bottom",
            "columns": 2,
            "labelLimit": 140,
        },
        "axis": {
            "labelColor": ink,
            "titleColor": muted,
            "gridColor": rule,
            "domainColor": rule,
            "tickColor": rule,
            "titleFontWeight": "normal",
            "labelFontSize": 12,
            "titleFontSize": 12,
            # What has no room in two lines on a phone is whole in the table.
            "labelLimit": {"expr": _NAMES_WIDE},
        },
        "text": {"color": ink, "fontSize": 12},
        "bar": {"color": _DARK[NEUTRAL] if dark else NEUTRAL},
        "line": {"color": ink, "strokeWidth": 2},
    }
    spec["background"] = "transparent"
    # Figures are written at the ends of the marks, also of the longest.
    spec["padding"] = {"left": 0, "top": 4, "right": 44, "bottom": 4}
    spec["description"] = description
    spec["width"], spec["height"] = "container", max([height, *heights])
    spec["autosize"] = {"type": "fit-x", "contains": "padding", "resize": True}
    return spec


def key_said(key: str, *, dark: bool) -> str:
    """The words on the marks: what is dark on a light page is bright on a dark one."""
    return (
        re.sub(r"\b([Dd])ark\b", lambda found: "Bright" if found[1] == "D" else "bright", key)
        if dark
        else key
    )


def of_figure(figure: Figure, *, dark: bool) -> dict[str, Any]:
    """The specification of a report's figure; a click on a bar leads to the page on it."""
    spec = specification(figure.chart, figure.alt.plain, figure.height, dark=dark)
    if figure.page:
        _link(spec, [page_of_row(figure.page, record) for record in figure.evidence.records()])
    return spec


def _link(spec: dict[str, Any], addresses: list[str | None]) -> None:
    """Let each bar lead to the address of its row, in the same tab, as the names in a table do."""
    for rows in spec["datasets"].values():
        for row in rows:
            row["address"] = addresses[row["position"]]
    for layer in spec["layer"]:
        if layer["mark"]["type"] == "bar":
            layer["mark"]["cursor"] = "pointer"
            field = {"test": "datum.address", "field": "address", "type": "nominal"}
            layer["encoding"]["href"] = {"condition": field}
    spec["usermeta"] = {"embedOptions": {"loader": {"target": "_self"}}}


def _fitted(node: Any) -> Iterator[int]:
    """Fit a chart made for paper to a narrow page, and yield the height that its names need there.

    Room for names in pixels was measured on paper; on a narrow page it would move the zero inwards.
    """
    if isinstance(node, dict):
        scale = node.get("scale")
        if isinstance(scale, dict) and scale.get("padding", 0) > _MOST_PADDING:
            scale |= {"padding": _MOST_PADDING, "nice": False}
        if named := _NAMES.fullmatch(str(node.get("labelExpr"))):
            lines = {row: _lines(name) for row, name in json.loads(named[1]).items()}
            node["labelExpr"] = f"{_ON_A_PHONE} ? ({json.dumps(lines)})[datum.value] : {named[0]}"
            # Names that have no room between their neighbours are left out by the chart.
            yield _TWO_LINES * len(lines) if any(len(of_row) > 1 for of_row in lines.values()) else 0
        for key, value in node.items():
            if key not in ("data", "datasets"):
                yield from _fitted(value)
    if isinstance(node, list):
        for item in node:
            yield from _fitted(item)


def _lines(name: str) -> list[str]:
    """A name in lines that a phone has room for."""
    return textwrap.wrap(name, _LETTERS, max_lines=_LINES, placeholder="…") or [name]


def _recoloured(node: Any) -> Any:
    """The same with each colour of the printed charts replaced by its counterpart; data is left alone."""
    if isinstance(node, dict):
        return {
            key: value if key in ("data", "datasets") else _recoloured(value) for key, value in node.items()
        }
    if isinstance(node, list):
        return [_recoloured(item) for item in node]
    return _DARK.get(node, node) if isinstance(node, str) else node
