"""List prices of the warehouse's own seeds, as whole nano-dollars per token.

One source of prices: `dbt_project/seeds/demo_prices.csv`, and for models that it does not name the dated
price book beside it. The warehouse reads the demo company's list only beside calls of the generator, so
that it may stay where a company has prices of its own. A nano-dollar per token is a thousandth of a dollar
per million tokens, so that the cost of a call is an exact integer and fits the nine decimals of `cost_usd`.
"""

import csv
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generator.company.catalogue import MODELS, SERVICE_TIERS, SPECIFIED_MODELS, Model
from generator.errors import UsageError

TOKEN_CLASSES: Final = ("input", "cached_input", "output")
NANO_PER_MILLION: Final = 1000

_Dated = tuple[datetime, tuple[int, int, int], int]
"""Since when a price holds, its position (service tier, model, token class), nano-dollars."""
_Version = tuple[datetime, datetime, tuple[int, ...]]
"""Since when prices hold, when they were recorded, nano-dollars per token class."""


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

        Raises UsageError when a model has no standard price then; a service tier without price (-1) is
        not on offer.
        """
        version = self.version_at(instant)
        prices = self.nano_usd[version] if version >= 0 else np.full(self.nano_usd.shape[1:], -1)
        missing = np.argwhere(prices[0] < 0)
        if len(missing):
            model, token_class = (int(index) for index in missing[0])
            raise UsageError(
                f"no {SERVICE_TIERS[0]} {TOKEN_CLASSES[token_class]} price of"
                f" {MODELS[model].model} on {instant:%Y-%m-%d}: choose a later period"
                " or add the price to demo_prices.csv"
            )
        return prices

    def changes_between(self, start: datetime, end: datetime) -> tuple[datetime, ...]:
        """Instants strictly inside (start, end) from which other prices are valid."""
        return tuple(instant for instant in self.valid_from if start < instant < end)


def read_price_book(path: Path, models: tuple[Model, ...] = SPECIFIED_MODELS) -> PriceBook:
    """Prices of `models` from the price seed, or from the published price book beside it.

    As in the warehouse, a model that the seed names is charged by it alone. Rows of other models are
    left alone. Raises UsageError naming the file, and the row where one is at fault.
    """
    positions = {
        (model.provider, model.model, tier, token_class): (tier_index, model_index, class_index)
        for model_index, model in enumerate(models)
        for tier_index, tier in enumerate(SERVICE_TIERS)
        for class_index, token_class in enumerate(TOKEN_CLASSES)
    }
    dated: list[_Dated] = []
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
        dated.append((valid_from, positions[key], _whole(nano, path, line)))
    listed = {model_index for _, (_, model_index, _), _ in dated}
    published = {
        model.price_key: index
        for index, model in enumerate(models)
        if model.price_key and index not in listed
    }
    if published:
        dated += _published(path.with_name("price_book.csv"), published)
    starts = sorted({valid_from for valid_from, _, _ in dated})
    prices = np.full((len(starts), len(SERVICE_TIERS), len(models), len(TOKEN_CLASSES)), -1)
    for valid_from, position, nano_usd in sorted(dated):
        prices[(slice(starts.index(valid_from), None), *position)] = nano_usd
    return PriceBook(tuple(starts), prices.astype(np.int64))


def _whole(nano: Decimal, path: Path, line: int) -> int:
    if nano != int(nano) or nano < 0:
        raise UsageError(f"{path}, line {line}: a price needs at most 3 decimals per million")
    return int(nano)


def _published(path: Path, wanted: dict[tuple[str, str], int]) -> list[_Dated]:
    """The prices of the `wanted` models (positions by provider and model of the book), as charged."""
    versions: dict[tuple[int, int], list[_Version]] = {}
    # What is finer than a nano-dollar per token cannot be charged exactly, and is not on offer.
    too_fine: set[tuple[int, int]] = set()
    for line, row in enumerate(_rows(path), start=2):
        model = wanted.get((row.get("provider", ""), row.get("model", "")))
        if model is None or row["service_tier"] not in SERVICE_TIERS or int(row["min_input_tokens"]) > 0:
            continue
        if row["weekdays"] or row["hours_utc"]:
            raise UsageError(f"{path}, line {line}: the company charges by no price that depends on the hour")
        asked = row["usd_per_million_input_tokens"]
        # Where a publisher names no price for the cache, what is read from it is charged as input.
        texts = (
            asked,
            row["usd_per_million_cached_input_tokens"] or asked,
            row["usd_per_million_output_tokens"],
        )
        try:
            exact = [Decimal(text) * NANO_PER_MILLION for text in texts]
            dates = datetime.fromisoformat(row["valid_from"]), datetime.fromisoformat(row["recorded_on"])
        except (ArithmeticError, ValueError) as error:
            raise UsageError(f"{path}, line {line}: not a price ({error})") from error
        key = SERVICE_TIERS.index(row["service_tier"]), model
        versions.setdefault(key, []).append((*dates, tuple(int(price) for price in exact)))
        if any(price != int(price) for price in exact):
            too_fine.add(key)
    return [
        (instant, (tier, model, token_class), nano)
        for (tier, model), known in versions.items()
        if (tier, model) not in too_fine
        for instant in sorted({moment for version in known for moment in (version[0], max(version[:2]))})
        for token_class, nano in enumerate(_charged(known, instant))
    ]


def _charged(versions: list[_Version], instant: datetime) -> tuple[int, ...]:
    """What was known at `instant`, or, where nothing was, what was recorded first."""
    begun = [version for version in versions if version[0] <= instant]
    known = [version for version in begun if version[1] <= instant]
    if known:
        return max(known)[2]
    return min(begun, key=lambda version: (version[1], -version[0].timestamp()))[2]


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
