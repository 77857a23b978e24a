"""Amounts in whole cents, or in another unit, whose sum is the sum of the amounts."""

from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def in_cents(amounts: Sequence[Decimal], unit: Decimal = CENT) -> tuple[Decimal, ...]:
    """The amounts in cents by largest remainder: together they are their rounded sum.

    Each is cut down to a whole cent, and the cents that then lack go to the largest rests; of equal rests
    the earlier amount comes first. None is off by a cent or more. ``unit`` may be smaller than a cent.
    """
    down = [amount.quantize(unit, ROUND_FLOOR) for amount in amounts]
    total = sum(amounts, Decimal(0)).quantize(unit, ROUND_HALF_UP)
    lacking = int((total - sum(down, Decimal(0))) / unit)
    by_rest = sorted(range(len(down)), key=lambda index: down[index] - amounts[index])
    for index in by_rest[:lacking]:
        down[index] += unit
    return tuple(down)
