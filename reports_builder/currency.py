"""The currency that amounts are shown in. Whatever is computed, kept or exported stays in USD."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


@dataclass(frozen=True)
class Currency:
    """A currency at one dated rate: ``usd_per_unit`` USD are one unit of it since ``rate_date``."""

    code: str = "USD"
    usd_per_unit: Decimal = Decimal(1)
    rate_date: date | None = None
    missing: str = ""
    """The currency that was asked for, where the warehouse has no rate of it: amounts are in USD."""

    @property
    def sign(self) -> str:
        """What stands before an amount; a code where a sign would be of several currencies."""
        return _SIGNS.get(self.code, f"{self.code}\u00a0")

    @property
    def named(self) -> str:
        """The currency as an axis names it."""
        return "US dollars" if self.code == "USD" else self.code

    def of(self, usd: Decimal) -> Decimal:
        """An amount of USD in this currency, not rounded."""
        return usd if self.code == "USD" else usd / self.usd_per_unit


USD = Currency()
_shown: ContextVar[Currency] = ContextVar("currency", default=USD)


def shown_currency() -> Currency:
    """The currency that amounts are shown in here."""
    return _shown.get()


@contextmanager
def shown_in(currency: Currency) -> Iterator[None]:
    """Show amounts in this currency within."""
    token = _shown.set(currency)
    try:
        yield
    finally:
        _shown.reset(token)


def show_in(currency: Currency) -> None:
    """Show amounts in this currency from here on, for what ends with its thread."""
    _shown.set(currency)
