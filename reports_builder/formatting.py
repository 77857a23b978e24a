"""How a value reads: one rule per kind of number, the same on every page.

A missing value reads ``unknown``; it is never shown as zero. Shares come in as 0 to 1 and
leave as per cent. Amounts come in as USD and leave in the currency that is shown. Rounding is half
away from zero and happens nowhere else.
"""

import math
from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from reports_builder.currency import Currency, shown_currency
from reports_builder.escaping import Markdown, clean, escape

Value = str | int | float | Decimal | date | bool | None
UNKNOWN = "unknown"


def _decimal(value: Value) -> Decimal | None:
    if value is None or isinstance(value, str | date):
        if isinstance(value, str):
            raise TypeError(f"a number is wanted here, not the text {value!r}")
        if isinstance(value, date):
            raise TypeError(f"a number is wanted here, not the date {value}")
        return None
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else None
    return Decimal(value)


def _rounded(value: Decimal, places: int) -> str:
    amount = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{abs(amount):,.{places}f}"


def _signed(value: Decimal, text: str) -> str:
    return f"-{text}" if value < 0 else text


_SCALES = ((Decimal(10**9), "B"), (Decimal(10**6), "M"), (Decimal(10**3), "K"))


def _scaled(value: Decimal) -> str | None:
    """Three digits and a letter from one thousand on, else None."""
    size = abs(value)
    for unit, letter in _SCALES:
        # 999,950 reads 1.0M, not 1000.0K: the next unit begins where rounding reaches it.
        if size >= unit * Decimal("0.9995"):
            places = 1 if size / unit < Decimal("99.95") else 0
            return f"{_rounded(size / unit, places)}{letter}"
    return None


def _amount(value: Value) -> Decimal | None:
    """USD as an amount of the currency that is shown."""
    amount = _decimal(value)
    return None if amount is None else shown_currency().of(amount)


def _money(amount: Decimal, text: str) -> str:
    return _signed(amount, f"{shown_currency().sign}{text}")


def usd(value: Value) -> str:
    """An amount in a sentence: ``$4.8K``, ``$812``, ``$12.34``."""
    amount = _amount(value)
    if amount is None:
        return UNKNOWN
    size = abs(amount)
    scaled = _scaled(amount)
    if scaled:
        return _money(amount, scaled)
    if 0 < size < Decimal("0.005"):
        least = f"less than {shown_currency().sign}0.01"
        return least if amount > 0 else f"a loss of {least}"
    places = 0 if size >= Decimal("99.995") or size == int(size) else 2
    return _money(amount, _rounded(amount, places))


def usd_table(value: Value) -> str:
    """An amount in a table, to the cent: ``$4,812.37``."""
    amount = _amount(value)
    return UNKNOWN if amount is None else _to_the_cent(amount)


def _to_the_cent(amount: Decimal) -> str:
    text = _rounded(amount, 2)
    return _money(abs(amount) if text == "0.00" else amount, text)


def usd_unit(value: Value) -> str:
    """A small price, to three significant digits: ``$0.000345`` per call."""
    amount = _amount(value)
    if amount is None:
        return UNKNOWN
    if amount == 0 or abs(amount) >= 1:
        return _to_the_cent(amount)
    return _money(amount, _rounded(amount, 2 - amount.adjusted()))


def usd_price(value: Value) -> str:
    """A price as it is sold, with all of its decimals, so that it gives the invoice: ``$0.06194``."""
    amount = _amount(value)
    if amount is None:
        return UNKNOWN
    decimals = -int(amount.quantize(Decimal("0.000001")).normalize().as_tuple().exponent)
    return _money(amount, _rounded(amount, max(decimals, 2)))


def percent(value: Value) -> str:
    """A share as per cent: ``64 %``, ``9.1 %``; never 0 or 100 unless it is exactly that."""
    share = _decimal(value)
    if share is None:
        return UNKNOWN
    points = share * 100
    size = abs(points)
    if 0 < size < Decimal("0.05"):
        return "less than 0.1 %" if points > 0 else "between -0.1 and 0 %"
    if Decimal("99.95") <= size < 100:
        return _signed(points, "over 99.9 %") if points > 0 else "-99.9 %"
    fine = size < Decimal("9.95") or Decimal("99.5") <= size < 100
    return _signed(points, f"{_rounded(points, 1 if fine and size else 0)} %")


def percent_fine(value: Value) -> str:
    """A share to the tenth of a per cent, where it is held against a limit: ``83.2 %``."""
    share = _decimal(value)
    if share is None:
        return UNKNOWN
    points = _rounded(share * 100, 1)
    # What rounding would call nothing or the whole is neither.
    is_exact = share == 0 or share.copy_abs() == 1 or points not in ("0.0", "100.0") or abs(share) > 1
    return _signed(share, f"{points} %") if is_exact else percent(share)


def count(value: Value) -> str:
    """A whole number with separators: ``771,204``."""
    number = _decimal(value)
    return UNKNOWN if number is None else _signed(number, _rounded(number, 0))


def count_short(value: Value) -> str:
    """A count in a sentence: ``771K``."""
    number = _decimal(value)
    return UNKNOWN if number is None else _signed(number, _scaled(number) or _rounded(number, 0))


def ratio(value: Value) -> str:
    """A plain number with two decimals: a score, a multiple."""
    number = _decimal(value)
    return UNKNOWN if number is None else _signed(number, _rounded(number, 2))


def months(value: Value) -> str:
    """A time until something has come back: ``7 months``, ``0.4 months``."""
    number = _decimal(value)
    if number is None:
        return UNKNOWN
    shown = _rounded(number, 1 if abs(number) < Decimal("9.95") else 0)
    return f"{shown} month" if shown == "1.0" else f"{shown} months"


def days(value: Value) -> str:
    """Days of work: ``0.5 days``, ``1 day``, ``12 days``."""
    number = _decimal(value)
    if number is None:
        return UNKNOWN
    shown = _rounded(number, 1 if abs(number) < Decimal("9.95") else 0).removesuffix(".0")
    return f"{shown} day" if shown == "1" else f"{shown} days"


def milliseconds(value: Value) -> str:
    """A latency: ``840 ms``, ``2.4 s``."""
    number = _decimal(value)
    if number is None:
        return UNKNOWN
    if abs(number) >= 1000:
        return _signed(number, f"{_rounded(number / 1000, 1)} s")
    return _signed(number, f"{_rounded(number, 0)} ms")


def _in_words(amount: Decimal | None, text: Callable[[Value], str]) -> str:
    if amount is None:
        return "change unknown"
    if amount == 0:
        return "unchanged"
    return f"{'up' if amount > 0 else 'down'} {text(abs(amount))}"


def delta(value: Value) -> str:
    """A relative change in words: ``up 9.1 %``, ``down 12 %``, ``unchanged``."""
    return _in_words(_decimal(value), percent)


def delta_or_new(value: Value) -> str:
    """A relative change; one from nothing at all is infinite: ``new this period``."""
    return "new this period" if value == math.inf else delta(value)


def delta_usd(value: Value) -> str:
    """A change of an amount in words: ``up $312``."""
    return _in_words(_decimal(value), usd)


def more_or_less_usd(value: Value) -> str:
    """A change of an amount: ``$312 more``, ``$312 less``."""
    amount = _decimal(value)
    if amount is None:
        return "an unknown change"
    if amount == 0:
        return "as much as before"
    return f"{usd(abs(amount))} {'more' if amount > 0 else 'less'}"


def delta_usd_table(value: Value) -> str:
    """A change of an amount to the cent with its sign: ``+$312.00``."""
    amount = _decimal(value)
    text = usd_table(value)
    return f"+{text}" if amount is not None and amount > 0 and text != usd_table(0) else text


def delta_points(value: Value) -> str:
    """The difference of two shares: ``up 1.2 points``."""
    share = _decimal(value)
    return _in_words(share, lambda points: _points(abs(Decimal(str(points))) * 100))


def _points(points: Decimal) -> str:
    return "less than 0.1 points" if points < Decimal("0.05") else f"{_rounded(points, 1)} points"


def day(value: Value) -> str:
    """A date: ``31 October 2026``."""
    if value is None:
        return UNKNOWN
    if not isinstance(value, date):
        raise TypeError(f"a date is wanted here, not {value!r}")
    return f"{value.day} {value:%B} {value.year}"


def day_short(value: Value) -> str:
    """A date in a table: ``2026-10-31``."""
    if value is None:
        return UNKNOWN
    if not isinstance(value, date):
        raise TypeError(f"a date is wanted here, not {value!r}")
    return (value.date() if isinstance(value, datetime) else value).isoformat()


def month(value: Value) -> str:
    """A month: ``October 2026``."""
    if value is None:
        return UNKNOWN
    if not isinstance(value, date):
        raise TypeError(f"a date is wanted here, not {value!r}")
    return f"{value:%B} {value.year}"


def yes_no(value: Value) -> str:
    """A flag in words."""
    return UNKNOWN if value is None else ("yes" if value else "no")


def text(value: Value) -> str:
    """A name or id, cleaned of control characters."""
    if value is None:
        return UNKNOWN
    return clean(str(value)) or UNKNOWN


def words(value: Value) -> str:
    """An identifier read as words: ``cost_per_task`` becomes ``cost per task``."""
    return text(value).replace("_", " ")


def currency_said(currency: Currency) -> str:
    """What a reader has to know of amounts that are not just USD; empty for those."""
    if currency.missing:
        return (
            f"Amounts are in USD: the seed currency_rates has no rate of {currency.missing} that holds on "
            "the as-of date."
        )
    if currency.code == "USD":
        return ""
    return (
        f"Amounts are shown in {currency.code}, all at the rate of {day(currency.rate_date)}, "
        f"{exact(currency.usd_per_unit)} USD for 1 {currency.code}. Queries and what they return are in USD."
    )


# The style names that a page writes after the colon: ``{spend_usd:usd}``.
STYLES: dict[str, Callable[[Value], str]] = {
    "usd": usd,
    "usd_table": usd_table,
    "usd_unit": usd_unit,
    "usd_price": usd_price,
    "percent": percent,
    "percent_fine": percent_fine,
    "count": count,
    "count_short": count_short,
    "ratio": ratio,
    "months": months,
    "days": days,
    "milliseconds": milliseconds,
    "delta": delta,
    "delta_or_new": delta_or_new,
    "delta_usd": delta_usd,
    "more_or_less_usd": more_or_less_usd,
    "delta_usd_table": delta_usd_table,
    "delta_points": delta_points,
    "day": day,
    "day_short": day_short,
    "month": month,
    "yes_no": yes_no,
    "text": text,
    "words": words,
}
TEXT_STYLES = frozenset({"text", "words", "yes_no", "day", "day_short", "month"})


def plain(value: Value, style: str) -> str:
    """``value`` in the named style, for SVG and the terminal."""
    if style not in STYLES:
        raise KeyError(f"no style {style!r}; choose one of {', '.join(sorted(STYLES))}")
    return STYLES[style](value)


def markdown(value: Value, style: str) -> Markdown:
    """``value`` in the named style, safe inside Markdown."""
    shown = plain(value, style)
    return escape(shown) if style in ("text", "words") else Markdown(shown)


def exact(value: Value) -> str:
    """The value itself, unrounded, as a reader sees it in the DuckDB shell.

    Floating-point sums may differ in their last digits between runs of a parallel query, so
    they show nine significant digits.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        shown = format(value, "f")
        return shown.rstrip("0").rstrip(".") if "." in shown else shown
    if isinstance(value, float):
        return exact(Decimal(f"{value:.9g}")) if math.isfinite(value) else str(value)
    return clean(str(value))
