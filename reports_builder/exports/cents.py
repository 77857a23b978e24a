"""Amounts in whole cents, or in another unit, whose sum is the sum of the amounts."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from reports_builder.evidence import Evidence

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


def amounts_in_cents(found: Evidence, but: Collection[str] = ()) -> Evidence:
    """The same rows with every amount (a column that ends in ``_usd``) in cents; each column keeps its sum.

    ``but`` names those of which a cent is too much, as prices by the hour.
    """
    columns = list(zip(*found.rows, strict=True))
    for index, name in enumerate(found.columns):
        if name.endswith("_usd") and name not in but:
            known = [value for value in columns[index] if isinstance(value, Decimal)]
            cents = iter(in_cents(known))
            columns[index] = tuple(
                next(cents) if isinstance(value, Decimal) else value for value in columns[index]
            )
    return replace(found, rows=tuple(zip(*columns, strict=True)))
