"""Published prices of what is not plain tokens, by the meters of the call record, in USD per unit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final

from dbt_project.landing.price_book.book import BEGINNING, Band, Key, Version

UNIT_SCALE: Final = Decimal("0.000000000001")
"""Prices of a unit are kept to 12 decimals, the scale of the warehouse's prices."""

# Field of genai-prices: meter, and of how many units the price is. Hours are left out: a second of them would
# not be exact.
_GENAI: Final = {
    "input_audio_mtok": ("input_audio_tokens", 1_000_000),
    "output_audio_mtok": ("output_audio_tokens", 1_000_000),
    "cache_audio_read_mtok": ("cached_input_audio_tokens", 1_000_000),
    "input_image_mtok": ("input_image_tokens", 1_000_000),
    "output_image_mtok": ("output_image_tokens", 1_000_000),
    "output_reasoning_mtok": ("output_reasoning_tokens", 1_000_000),
    "cache_write_1h_mtok": ("cache_write_1h_tokens", 1_000_000),
    "web_searches_kcount": ("searches", 1_000),
    "requests_kcount": ("requests", 1_000),
    "input_mchars": ("characters", 1_000_000),
    "input_document_kpages": ("pages", 1_000),
}
_LITELLM: Final = {
    "input_cost_per_audio_token": "input_audio_tokens",
    "output_cost_per_audio_token": "output_audio_tokens",
    "cache_read_input_audio_token_cost": "cached_input_audio_tokens",
    "output_cost_per_reasoning_token": "output_reasoning_tokens",
    "output_cost_per_image_token": "output_image_tokens",
    "input_cost_per_image_token": "input_image_tokens",
    "cache_creation_input_token_cost_above_1hr": "cache_write_1h_tokens",
    "input_cost_per_query": "rerank_units",
    "input_cost_per_request": "requests",
    "ocr_cost_per_page": "pages",
}
# What the map's fields without a word for the unit mean depends on the kind of model. Of a price for what
# goes in and one for what comes out the higher counts: the map states the one price of a second twice, or
# once beside a 0.
_LITELLM_BY_MODE: Final = {
    "image_generation": ("images", ("output_cost_per_image", "input_cost_per_image")),
    "audio_transcription": ("audio_seconds", ("input_cost_per_second", "output_cost_per_second")),
    "audio_speech": ("characters", ("input_cost_per_character",)),
    "video_generation": ("video_seconds", ("output_cost_per_second", "output_cost_per_video_per_second")),
}


def genai_meters(
    key: Key,
    timeline: Sequence[tuple[datetime, Mapping[str, Any]]],
    windows: Mapping[datetime, Sequence[tuple[str, Mapping[str, Any]]]] = MappingProxyType({}),
) -> Iterator[tuple[Key, tuple[Version, ...]]]:
    """The meters of a model and tier of genai-prices; None where a later version no longer names a price.

    `windows` has prices of certain hours by the start of the version that they belong to.
    """
    for field, (meter, units) in _GENAI.items():
        versions: list[Version] = []
        for start, prices in timeline:
            bands = _bands(prices.get(field), units)
            for hours, own in windows.get(start, []):
                if own.get(field) is not None:
                    bands += tuple(replace(band, hours_utc=hours) for band in _bands(own[field], units))
            if bands != (versions[-1].bands if versions else (Band(0, (None,)),)):
                versions.append(Version(start, bands))
        if versions:
            yield replace(key, meter=meter), tuple(versions)


def litellm_meters(key: Key, entry: Mapping[str, Any]) -> Iterator[tuple[Key, tuple[Version, ...]]]:
    """The meters of a model of LiteLLM's map, which has no dates."""
    found = {meter: _number(entry.get(column)) for column, meter in _LITELLM.items()}
    searches = entry.get("search_context_cost_per_query")
    if isinstance(searches, Mapping) and len(set(searches.values())) == 1:
        # A search whose price depends on its size has none: records do not tell the size.
        found["searches"] = _number(next(iter(searches.values())))
    meter, columns = _LITELLM_BY_MODE.get(str(entry.get("mode")), ("", ()))
    stated = [price for column in columns if (price := _number(entry.get(column))) is not None]
    if stated:
        found[meter] = max(stated)
    for name, price in found.items():
        if price is not None:
            yield replace(key, meter=name), (Version(BEGINNING, (Band(0, (_exact(price),)),)),)


def _bands(price: Any, units: int) -> tuple[Band, ...]:
    if price is None:
        return (Band(0, (None,)),)
    if not isinstance(price, Mapping):
        return (Band(0, (_exact(Decimal(price) / units),)),)
    # A tier holds for the whole call once its input exceeds the start.
    tiers = sorted((int(tier["start"]) + 1, tier["price"]) for tier in price["tiers"])
    return tuple(
        Band(lowest, (_exact(Decimal(stated) / units),)) for lowest, stated in [(0, price["base"]), *tiers]
    )


def _number(value: Any) -> Decimal | None:
    return Decimal(value) if isinstance(value, Decimal | int) and not isinstance(value, bool) else None


def _exact(price: Decimal) -> Decimal:
    return price.quantize(UNIT_SCALE).normalize()
