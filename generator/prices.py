"""List prices of the warehouse's own price book, as whole nano-dollars per token.

One source of prices: `dbt_project/seeds/model_prices.csv`. A nano-dollar per token is a
thousandth of a dollar per million tokens, so that the cost of a call is an exact integer and fits
the nine decimals of `cost_usd`.
"""

import csv
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.catalogue import MODELS, SERVICE_TIERS
from generator.errors import UsageError

TOKEN_CLASSES: Final = ("input", "cached_input", "output")
NANO_PER_MILLION: Final = 1000


@dataclass(frozen=True, slots=True)
class PriceBook:
    """Prices over time.

    `valid_from` (shape [versions], ascending) opens each version; `nano_usd` has shape
    [versions, service tiers, models, token classes] with -1 where no price is known yet.
    """

    valid_from: tuple[datetime, ...]
    nano_usd: NDArray[np.int64]

    def version_at(self, instant: datetime) -> int:
        """Index of the version valid at `instant`; -1 before the first."""
        return sum(start <= instant for start in self.valid_from) - 1

    def at(self, instant: datetime) -> NDArray[np.int64]:
        """Prices valid at `instant`, shape [service tiers, models, token classes].

        Raises UsageError when a model of the catalogue has no price then.
        """
        version = self.version_at(instant)
        prices = self.nano_usd[version] if version >= 0 else np.full(self.nano_usd.shape[1:], -1)
        missing = np.argwhere(prices < 0)
        if len(missing):
            tier, model, token_class = (int(index) for index in missing[0])
            raise UsageError(
                f"no {SERVICE_TIERS[tier]} {TOKEN_CLASSES[token_class]} price of"
                f" {MODELS[model].model} on {instant:%Y-%m-%d}: choose a later period"
                " or add the price to model_prices.csv"
            )
        return prices

    def changes_between(self, start: datetime, end: datetime) -> tuple[datetime, ...]:
        """Instants strictly inside (start, end) from which other prices are valid."""
        return tuple(instant for instant in self.valid_from if start < instant < end)


def read_price_book(path: Path) -> PriceBook:
    """Read the price seed; rows of models outside the catalogue are left alone.

    Raises UsageError naming the file, and the row where one is at fault.
    """
    positions = {
        (model.provider, model.model, tier, token_class): (
            tier_index,
            model_index,
            class_index,
        )
        for model_index, model in enumerate(MODELS)
        for tier_index, tier in enumerate(SERVICE_TIERS)
        for class_index, token_class in enumerate(TOKEN_CLASSES)
    }
    dated: list[tuple[datetime, tuple[int, int, int], int]] = []
    for line, row in enumerate(_rows(path), start=2):
        try:
            key = (
                row["provider"],
                row["model"],
                row["service_tier"],
                row["token_class"],
            )
            if key not in positions:
                continue
            nano = Decimal(row["usd_per_million_tokens"]) * NANO_PER_MILLION
            valid_from = datetime.fromisoformat(row["valid_from"])
        except (KeyError, ArithmeticError, ValueError, TypeError) as error:
            raise UsageError(f"{path}, line {line}: not a price ({error})") from error
        if nano != int(nano) or nano < 0:
            raise UsageError(f"{path}, line {line}: a price needs at most 3 decimals per million")
        dated.append((valid_from, positions[key], int(nano)))
    starts = sorted({valid_from for valid_from, _, _ in dated})
    prices = np.full((len(starts), len(SERVICE_TIERS), len(MODELS), len(TOKEN_CLASSES)), -1)
    for valid_from, position, nano_usd in sorted(dated):
        prices[(slice(starts.index(valid_from), None), *position)] = nano_usd
    return PriceBook(tuple(starts), prices.astype(np.int64))


def read_monthly_fees(path: Path) -> dict[str, Decimal]:
    """Monthly fee in USD per subscription tier, from the tiers seed; cheapest tier first."""
    fees: dict[str, Decimal] = {}
    for line, row in enumerate(_rows(path), start=2):
        try:
            fees[row["subscription_tier"]] = Decimal(row["monthly_fee_usd"])
        except (KeyError, ArithmeticError, TypeError) as error:
            raise UsageError(f"{path}, line {line}: not a subscription tier ({error})") from error
    return dict(sorted(fees.items(), key=lambda item: item[1]))


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        raise UsageError(
            f"cannot read {path} ({error.strerror}): run from the root of the repository"
        ) from error
