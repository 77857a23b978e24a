"""Rectangles whose areas are values: the squarified treemap, laid out in the unit square."""

from collections.abc import Sequence
from dataclasses import dataclass


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
