"""Sums of amounts of one line, exact, as text; what is no number is left for staging to refuse."""

from __future__ import annotations

from decimal import Context, Decimal, InvalidOperation

from dbt_project.landing.fields.text import NeedsConventionError
from dbt_project.landing.fields.values import MOST_DIGITS, amount_of, as_text, certain_number

EXACT = Context(prec=100)


def decimal_of(value: object) -> Decimal | None:
    """The number in a field; null where there is none, or where it can be read in more than one way."""
    try:
        number = Decimal(certain_number(as_text(value)) or "")
    except (InvalidOperation, NeedsConventionError):
        return None
    # Nothing can be added to NaN or Infinity, which some tools write.
    return number if number.is_finite() and abs(number.adjusted()) <= MOST_DIGITS else None


def total(*values: object, less: object = None) -> object:
    """The sum of the amounts that are there, minus `less`; null without any.

    One that is no number is returned as it is: the line is then rejected with it.
    """
    stated = [value for value in values if as_text(value) is not None]
    numbers = [decimal_of(value) for value in stated]
    for value, number in zip(stated, numbers, strict=True):
        if number is None:
            return value
    if not numbers:
        return None
    taken = decimal_of(less)
    if taken is None and as_text(less) is not None:
        return less
    found = Decimal(0)
    for number in numbers:
        found = EXACT.add(found, number or Decimal(0))
    return EXACT.subtract(found, taken or Decimal(0))


def product_of(quantity: object, price: object) -> object:
    """What a quantity costs at a price; null where either is no number."""
    units, each = decimal_of(quantity), decimal_of(price)
    return None if units is None or each is None else EXACT.multiply(units, each)


def amount_or_unknown(value: object) -> object:
    """An amount that a line can be without, as it is; null where it is no number at all."""
    return value if amount_of(as_text(value) or "") else None
