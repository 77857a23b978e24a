"""The charge that a record states: as one amount, or as amounts by kind of token that must sum to it."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from dbt_project.landing.fields.nested import Problems
from dbt_project.landing.fields.values import as_text
from dbt_project.landing.usage.keys import number_of

_TOTALS = ("total", "total_cost", "totalcost", "cost", "total_cost_usd")
_OF_INPUT = ("input", "input_cost", "inputcost", "prompt_cost")
_OF_OUTPUT = ("output", "output_cost", "outputcost", "completion_cost")
# Amounts in a breakdown that are no parts of its total, or that others hold already.
_NO_PARTS = (
    "original_cost",
    "discount_percent",
    "discount_amount",
    "margin_percent",
    "margin_fixed_amount",
    "additional_costs",
)
# Amounts that differ by less are the same, rounded.
_ROUNDING = Decimal("0.000000001")


def stated_charge(name: str, amount: object, breakdown: Mapping[str, Any], problems: Problems) -> object:
    """The amount of the field, unless its breakdown says otherwise; null where neither says anything.

    A breakdown is what a tool computed and an amount what it wrote down, sometimes before the answer was
    complete. So a whole breakdown counts where the two differ, and the difference is a problem of the field.
    Text that is no number is given back, for staging to refuse.
    """
    amounts = {key.lower(): number_of(value) for key, value in breakdown.items()}
    for key, value in breakdown.items():
        if (
            amounts[key.lower()] is None
            and as_text(value) is not None
            and not isinstance(value, Mapping | list)
        ):
            problems.add(f"{name} {key}", "not a number")
    computed = _of_breakdown(
        {key: value for key, value in amounts.items() if value is not None}, name, problems
    )
    stated = number_of(amount)
    if computed is None or (stated is None and as_text(amount) is not None):
        return amount
    if stated is None:
        return computed
    if abs(stated - computed) <= max(_ROUNDING, abs(computed) * _ROUNDING):
        return amount
    problems.add(name, "differs from its breakdown, which counts")
    return computed


def _of_breakdown(amounts: Mapping[str, Decimal], name: str, problems: Problems) -> Decimal | None:
    total = next((amounts[key] for key in _TOTALS if key in amounts), None)
    parts = {key: value for key, value in amounts.items() if key not in (*_TOTALS, *_NO_PARTS)}
    if not parts:
        return total
    whole = sum(parts.values(), Decimal(0))
    of_input, of_output = (
        next((parts[key] for key in keys if key in parts), None) for keys in (_OF_INPUT, _OF_OUTPUT)
    )
    if total is None:
        return whole
    is_whole = of_input is not None and of_output is not None
    # The parts of a direction may stand beside it or within it; only both directions together contradict a
    # total.
    sums = [whole] + ([of_input + of_output] if of_input is not None and of_output is not None else [])
    if any(abs(each - total) <= max(_ROUNDING, abs(total) * _ROUNDING) for each in sums) or (
        whole < total and not is_whole
    ):
        return total
    has_discount = any(
        amounts.get(key)
        for key in ("discount_amount", "margin_fixed_amount", "margin_percent", "discount_percent")
    )
    if has_discount and total:
        return total
    problems.add(f"{name} total", "differs from its parts, which count")
    return whole
