"""List prices of machines and storage, each valid from a day on."""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ListPrice:
    """Dollars for an hour or a GB-month from a day on."""

    valid_from: date
    usd: Decimal


@cache
def _prices() -> dict[tuple[str, str, str], list[ListPrice]]:
    found: dict[tuple[str, str, str], list[ListPrice]] = {}
    with (Path(__file__).parent / "list_prices.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            price = ListPrice(date.fromisoformat(row["valid_from"]), Decimal(row["usd"]))
            found.setdefault((row["provider"], row["item"], row["region"]), []).append(price)
    return found


def list_price(provider: str, item: str, region: str, day: date) -> Decimal:
    """The price on a day: of those valid by then the newest, before the first of them that."""
    prices = _prices()[provider, item, region]
    return max((price for price in prices if price.valid_from <= day), key=lambda each: each.valid_from).usd
