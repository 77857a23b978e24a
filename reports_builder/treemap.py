"""Rectangles whose areas are values: the squarified treemap, laid out in the unit square, and as a chart."""

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt

from reports_builder.charts import WIDTH, Record, data

# Light enough for black letters on each of them, on a light and on a dark page.
_TINTS = ["#a0b4c9", "#e8b48f", "#b7d3b0", "#e3cd86", "#c9b6d6", "#d3dce6", "#9ecfcf", "#d8a7a7"]
_MOST_AMOUNTS = 60
# Parts of the height that a name, and a name above an amount, need.
_ONE_LINE, _TWO_LINES = 0.06, 0.12
# How many letters the width of a box has room for, where it is drawn.
_LETTERS = f"floor((datum.right - datum.left) * (containerSize()[0] > 0 ? containerSize()[0] : {WIDTH}) / 8)"


@dataclass(frozen=True)
class Box:
    """A rectangle; all four from 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float


def layout(areas: Sequence[float], within: Box = Box(0, 0, 1, 1)) -> list[Box]:
    """A box per area, in order; ``areas`` are positive and fall from first to last.

    Rows of boxes are laid along the shorter side as long as that brings them nearer to squares
    (Bruls, Huizing, van Wijk, 2000).
    """
    total = sum(areas)
    if total <= 0:
        return []
    space = (within.right - within.left) * (within.bottom - within.top)
    rest = [area / total * space for area in areas]
    boxes: list[Box] = []
    while rest:
        side = min(within.right - within.left, within.bottom - within.top)
        taken = 1
        while taken < len(rest) and _worst(rest[: taken + 1], side) <= _worst(rest[:taken], side):
            taken += 1
        row, rest = rest[:taken], rest[taken:]
        placed, within = _row(row, within)
        boxes += placed
    return boxes


def _worst(row: Sequence[float], side: float) -> float:
    """How far the least square box of a row is from a square; 1 is a square."""
    depth = sum(row) / side
    return max(max(depth / (area / depth), (area / depth) / depth) for area in row)


def _row(row: Sequence[float], within: Box) -> tuple[list[Box], Box]:
    wide = within.right - within.left >= within.bottom - within.top
    side = within.bottom - within.top if wide else within.right - within.left
    depth = sum(row) / side
    place = within.top if wide else within.left
    boxes = []
    for area in row:
        length = area / depth
        if wide:
            boxes.append(Box(within.left, place, within.left + depth, place + length))
        else:
            boxes.append(Box(place, within.top, place + length, within.top + depth))
        place += length
    if wide:
        return boxes, Box(within.left + depth, within.top, within.right, within.bottom)
    return boxes, Box(within.left, within.top + depth, within.right, within.bottom)


@dataclass(frozen=True)
class Part:
    """A rectangle: its group, its whole name, what is written on it, its value and that in words."""

    group: str
    name: str
    label: str
    value: float
    said: str


def treemap(parts: Sequence[Part], measure: str) -> alt.TopLevelMixin:
    """Groups as rectangles that hold their parts, the largest first; all values lie above zero.

    A name that has no room on its rectangle is shown where the pointer rests on it.
    """
    ordered = sorted(parts, key=lambda part: (-part.value, part.name))
    members: dict[str, list[Part]] = {}
    for part in ordered:
        members.setdefault(part.group, []).append(part)
    sums = {group: sum(part.value for part in inside) for group, inside in members.items()}
    groups = sorted(sums, key=lambda group: (-sums[group], group))
    with_amount = set(map(id, ordered[:_MOST_AMOUNTS]))
    rows = [
        _row_of(part, box, has_amount=id(part) in with_amount)
        for group, outer in zip(groups, layout([sums[group] for group in groups]), strict=True)
        for part, box in zip(
            members[group], layout([part.value for part in members[group]], outer), strict=True
        )
    ]
    base = (
        alt.Chart(data(rows))
        .transform_calculate(letters=_LETTERS)
        .transform_calculate(
            name_fit="datum.letters < 5 ? '' : length(datum.label) <= datum.letters ? datum.label "
            ": slice(datum.label, 0, datum.letters - 1) + '…'",
            amount_fit="datum.has_amount && length(datum.said) <= datum.letters ? datum.said : ''",
        )
        .transform_calculate(
            first="datum.amount_fit ? datum.name_fit : ''",
            only="datum.amount_fit || !datum.has_name ? '' : datum.name_fit",
        )
        .encode(tooltip=[alt.Tooltip("name:N", title="of"), alt.Tooltip("said:N", title=measure)])
    )
    across, down = alt.Scale(domain=[0, 1], nice=False), alt.Scale(domain=[1, 0], nice=False)
    boxes = base.mark_rect(stroke="white", strokeWidth=2).encode(
        x=alt.X("left:Q", scale=across, axis=None),
        x2="right:Q",
        y=alt.Y("top:Q", scale=down, axis=None),
        y2="bottom:Q",
        color=alt.Color("group:N", sort=groups, legend=None, scale=alt.Scale(range=_TINTS)),
    )
    texts = [
        base.mark_text(dy=shift, color="black").encode(
            text=f"{text}:N", x=alt.X("across:Q", scale=across), y=alt.Y("down:Q", scale=down)
        )
        for text, shift in (("only", 0), ("first", -8), ("amount_fit", 8))
    ]
    chart: alt.TopLevelMixin = alt.layer(boxes, *texts)
    return chart


def _row_of(part: Part, box: Box, *, has_amount: bool) -> Record:
    high = box.bottom - box.top
    return {
        "group": part.group,
        "name": part.name,
        "said": part.said,
        "left": box.left,
        "right": box.right,
        "top": box.top,
        "bottom": box.bottom,
        "across": (box.left + box.right) / 2,
        "down": (box.top + box.bottom) / 2,
        "label": part.label,
        "has_name": high > _ONE_LINE,
        "has_amount": has_amount and high > _TWO_LINES,
    }
