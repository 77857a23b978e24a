"""How numbers read."""

import math
from datetime import date
from decimal import Decimal

import pytest

from reports_builder import formatting
from reports_builder.formatting import Value


@pytest.mark.parametrize(
    ("style", "value", "shown"),
    [
        ("usd", Decimal("4812.37"), "$4.8K"),
        ("usd", Decimal("812.49"), "$812"),
        ("usd", Decimal("12.345"), "$12.35"),
        ("usd", Decimal("99.994"), "$99.99"),
        ("usd", Decimal("99.995"), "$100"),
        ("usd", Decimal("999.4"), "$999"),
        ("usd", Decimal("999.5"), "$1.0K"),
        ("usd", Decimal(99949), "$99.9K"),
        ("usd", Decimal(99950), "$100K"),
        ("usd", Decimal(999499), "$999K"),
        ("usd", Decimal(999500), "$1.0M"),
        ("usd", Decimal("-4812.37"), "-$4.8K"),
        ("usd", Decimal(0), "$0"),
        ("usd", Decimal(99), "$99"),
        ("usd", Decimal("0.004"), "less than $0.01"),
        ("usd", Decimal("-0.004"), "a loss of less than $0.01"),
        ("usd_table", Decimal("4812.365"), "$4,812.37"),
        ("usd_table", Decimal("-0.004"), "$0.00"),
        ("usd_table", Decimal("-12.5"), "-$12.50"),
        ("days", Decimal("0.5"), "0.5 days"),
        ("days", Decimal("1.00"), "1 day"),
        ("days", Decimal("12.25"), "12 days"),
        ("usd_unit", Decimal("0.000345678"), "$0.000346"),
        ("usd_unit", Decimal("0.0125"), "$0.0125"),
        ("usd_unit", Decimal("1.2345"), "$1.23"),
        ("usd_price", Decimal("0.061940000000"), "$0.06194"),
        ("usd_price", Decimal("12"), "$12.00"),
        ("percent", 0.64, "64 %"),
        ("percent", 0.0912, "9.1 %"),
        ("percent", 0.0004, "less than 0.1 %"),
        ("percent", 0.9999, "over 99.9 %"),
        ("percent", 0.9964, "99.6 %"),
        ("percent", 1.0, "100 %"),
        ("percent", 0, "0 %"),
        ("percent", -0.25, "-25 %"),
        ("delta", 0.09, "up 9.0 %"),
        ("delta", -0.123, "down 12 %"),
        ("delta", 0, "unchanged"),
        ("delta", None, "change unknown"),
        ("delta_usd", Decimal("-312.2"), "down $312"),
        ("more_or_less_usd", Decimal(-312), "$312 less"),
        ("more_or_less_usd", Decimal(0), "as much as before"),
        ("delta_usd_table", Decimal(312), "+$312.00"),
        ("delta_points", 0.012, "up 1.2 points"),
        ("count", 771204, "771,204"),
        ("count_short", 771204, "771K"),
        ("count_short", 42, "42"),
        ("milliseconds", 839.6, "840 ms"),
        ("milliseconds", 2431, "2.4 s"),
        ("day", date(2026, 10, 2), "2 October 2026"),
        ("yes_no", False, "no"),
        ("words", "model_switch", "model switch"),
    ],
)
def test_value_reads(style: str, value: Value, shown: str) -> None:
    assert formatting.plain(value, style) == shown


def test_a_change_from_nothing_is_new_where_the_period_before_is_known() -> None:
    assert formatting.delta_or_new(math.inf) == "new this period"
    assert formatting.delta_or_new(None) == "change unknown"
    assert formatting.delta_or_new(0.091) == "up 9.1 %"


@pytest.mark.parametrize("style", sorted(set(formatting.STYLES) - {"delta_or_new"}))
def test_a_missing_value_is_unknown_and_never_zero(style: str) -> None:
    shown = formatting.plain(None, style)
    assert "unknown" in shown
    assert "0" not in shown


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_unknown(value: float) -> None:
    assert formatting.usd(value) == "unknown"


def test_text_where_a_number_is_wanted_is_refused() -> None:
    with pytest.raises(TypeError, match="a number is wanted"):
        formatting.usd("12")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1375.000000000000"), "1375"),
        (Decimal(100), "100"),
        (Decimal("0.100"), "0.1"),
        (0.1 + 0.2, "0.3"),
        (1e-9, "0.000000001"),
        (12, "12"),
        (None, "null"),
    ],
)
def test_exact_value_is_unrounded_money_and_stable_floats(value: Value, shown: str) -> None:
    assert formatting.exact(value) == shown
