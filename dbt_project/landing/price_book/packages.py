"""Readers of published price lists: the genai-prices package, its JSON, and LiteLLM's price map."""

import importlib.metadata
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, TypeAlias

from dbt_project.landing.errors import UsageError
from dbt_project.landing.price_book.book import (
    BEGINNING,
    PRICE_SCALE,
    Band,
    Key,
    NameRule,
    Offer,
    Release,
    Version,
)
from dbt_project.landing.price_book.hours import hours_of_constraint, litellm_windows
from dbt_project.landing.price_book.meters import genai_meters, litellm_meters

Windows: TypeAlias = dict[datetime, list[tuple[str, Mapping[str, Any]]]]
"""Prices of certain hours (`01:00-04:00`), by the start of the price that holds at all other times."""

GENAI: Final = "genai-prices"
LITELLM: Final = "litellm"
STANDARD: Final = "standard"

_GENAI_CLASSES: Final = (
    ("input_mtok",),
    ("cache_read_mtok",),
    ("cache_write_mtok", "cache_write_5m_mtok"),
    ("output_mtok",),
)
_TIER_CONTEXTS: Final = {
    ("processing", "batch"): "batch",
    ("service_tier", "priority"): "priority",
    ("service_tier", "flex"): "flex",
    ("service_tier", "fast"): "fast",
    ("speed", "fast"): "fast",
}
_LITELLM_CLASSES: Final = (
    "input_cost_per_token",
    "cache_read_input_token_cost",
    "cache_creation_input_token_cost",
    "output_cost_per_token",
)
_LITELLM_TIERS: Final = {STANDARD: "", "batch": "_batches", "priority": "_priority", "flex": "_flex"}
_LITELLM_BAND: Final = re.compile(r"_above_(\d+)k_tokens$")
_NOT_CONTAINING: Final = re.compile(r"^\^\(\?!\.\*(?P<body>.+)\)$")


def installed_release() -> Release:
    """The release of genai-prices that is installed; no network.

    Raises UsageError when the package is not there.
    """
    try:
        from genai_prices.data import providers  # noqa: PLC0415
    except ImportError as error:
        raise UsageError(
            "the package genai-prices is not installed: pip install '.[prices]', or give a file with --from"
        ) from error
    return _genai([_plain(provider) for provider in providers], importlib.metadata.version(GENAI))


def release_of_file(path: Path, release: str) -> Release:
    """The price list in a JSON file: of genai-prices (a list of providers) or LiteLLM (models by name).

    Raises UsageError when the file is neither.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (OSError, ValueError) as error:
        raise UsageError(f"cannot read {path} as JSON: {error}") from error
    try:
        if isinstance(content, list) and content and "models" in content[0]:
            return _genai(content, release)
        if isinstance(content, dict) and any(
            "litellm_provider" in _mapping(entry) for entry in content.values()
        ):
            return _litellm(content, release)
    except (AttributeError, KeyError, TypeError, ValueError, ArithmeticError) as error:
        raise UsageError(
            f"{path}: a price list that cannot be read ({type(error).__name__}: {error})"
        ) from error
    raise UsageError(f"{path}: neither the price list of genai-prices nor LiteLLM's price map")


def _plain(value: Any) -> Any:
    """A provider of the installed package in the shape of the package's JSON."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if not hasattr(value, "__dict__"):
        return value
    fields = {name.rstrip("_"): field for name, field in vars(value).items() if name != "extractors"}
    return {name: _plain(field) for name, field in fields.items() if field is not None}


def _genai(providers: Sequence[Mapping[str, Any]], release: str) -> Release:
    offers: list[Offer] = []
    meters: list[Offer] = []
    names = list(_genai_provider_rules(providers))
    left_out: list[str] = []
    for provider in providers:
        url = (provider.get("pricing_urls") or [""])[0]
        order = 0
        for model in provider["models"]:
            for rule in _genai_rules(model["match"]):
                # The book's own name of a model is always understood.
                if (rule[0], rule[1].lower()) != ("equals", model["id"].lower()):
                    order += 1
                    names.append(NameRule(GENAI, provider["id"], model["id"], order, *rule))
            try:
                timelines, windows = _genai_timelines(model)
            except ValueError as error:
                reason = f"its price depends on the time of day, {error}"
                left_out.append(f"{provider['id']}/{model['id']}: {reason}")
                continue
            for tier, timeline in timelines.items():
                key = Key(GENAI, provider["id"], model["id"], tier)
                if versions := _versions(timeline, windows):
                    offers.append(Offer(key, versions, url))
                meters += [Offer(*offer, url) for offer in genai_meters(key, timeline, windows)]
    return Release(GENAI, release, tuple(offers), tuple(names), tuple(left_out), tuple(meters))


def _genai_timelines(
    model: Mapping[str, Any],
) -> tuple[dict[str, list[tuple[datetime, Mapping[str, Any]]]], Windows]:
    """Prices as stated, ascending by start, by service tier; beside them those of certain hours.

    Prices of hours have no date: they belong to the dated price that is stated before them, and end with it.
    Raises ValueError where the book cannot hold them.
    """
    stated = model["prices"] if isinstance(model["prices"], list) else [{"prices": model["prices"]}]
    variants = [
        (tier, variant) for variant in model.get("price_variants") or [] if (tier := _tier(variant["when"]))
    ]
    windows: Windows = {}
    standard: list[tuple[datetime, Mapping[str, Any]]] = []
    for entry in stated:
        if _is_of_hours(entry):
            start = standard[-1][0] if standard else BEGINNING
            windows.setdefault(start, []).append((hours_of_constraint(entry["constraint"]), entry["prices"]))
        else:
            standard.append((_start(entry), entry["prices"]))
    if variants and (windows or any(_is_of_hours(variant) for _, variant in variants)):
        raise ValueError("beside prices by service tier")
    standard.sort(key=lambda entry: entry[0])
    timelines = {STANDARD: standard}
    for tier in dict.fromkeys(tier for tier, _ in variants):
        own = [(_start(variant), variant["prices"]) for name, variant in variants if name == tier]
        first = min(start for start, _ in own)
        points = sorted({start for start, _ in [*standard, *own] if start >= first} | {first})
        timelines[tier] = [(point, _resolved(standard, own, point)) for point in points]
    return timelines, windows


def _resolved(
    standard: Sequence[tuple[datetime, Mapping[str, Any]]],
    variants: Sequence[tuple[datetime, Mapping[str, Any]]],
    point: datetime,
) -> dict[str, Any]:
    """Prices of a tier: of its own the first stated; what it does not name costs as in the standard tier."""
    prices = dict(next((price for start, price in reversed(standard) if start <= point), standard[0][1]))
    for start, own in reversed(variants):
        if start <= point:
            prices.update({name: price for name, price in own.items() if price is not None})
    return prices


def _versions(
    timeline: Sequence[tuple[datetime, Mapping[str, Any]]], windows: Windows
) -> tuple[Version, ...]:
    versions: list[Version] = []
    for start, prices in timeline:
        bands = _genai_bands(prices)
        for hours, own in windows.get(start, []):
            bands += tuple(replace(band, hours_utc=hours) for band in _genai_bands(own))
        if bands and (not versions or versions[-1].bands != bands):
            versions.append(Version(start, bands))
    return tuple(versions)


def _genai_bands(prices: Mapping[str, Any]) -> tuple[Band, ...]:
    stated = [
        next((prices[name] for name in names if prices.get(name) is not None), None)
        for names in _GENAI_CLASSES
    ]
    if all(price is None for price in stated):
        return ()
    # A tier holds for the whole call once its input exceeds the start.
    tiers = [(tier["start"] + 1) for price in stated if isinstance(price, Mapping) for tier in price["tiers"]]
    return tuple(
        Band(lowest, tuple(_price_in_band(price, lowest) for price in stated))
        for lowest in sorted({0, *tiers})
    )


def _price_in_band(price: Any, lowest: int) -> Decimal | None:
    if not isinstance(price, Mapping):
        return _decimal(price)
    reached = [tier for tier in price["tiers"] if tier["start"] < lowest]
    return _decimal(max(reached, key=lambda tier: int(tier["start"]))["price"] if reached else price["base"])


def _start(entry: Mapping[str, Any]) -> datetime:
    start = (entry.get("constraint") or {}).get("start_date")
    if start is None:
        return BEGINNING
    day = start if isinstance(start, date) else date.fromisoformat(start)
    return datetime(day.year, day.month, day.day)


def _is_of_hours(entry: Mapping[str, Any]) -> bool:
    return "start_time" in (entry.get("constraint") or {})


def _tier(when: Mapping[str, str]) -> str | None:
    return _TIER_CONTEXTS.get(next(iter(when.items()))) if len(when) == 1 else None


def _genai_rules(clause: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """A match clause as rules (kind, pattern, except_regex) of which any may hold.

    A clause that rules cannot say gives none: its names stay unpriced.
    """
    kind, operand = next(iter(clause.items()))
    if kind == "or":
        for part in operand:
            yield from _genai_rules(part)
    elif kind == "and":
        exceptions = [
            match["body"] for part in operand if (match := _NOT_CONTAINING.match(part.get("regex", "")))
        ]
        rest = [part for part in operand if not _NOT_CONTAINING.match(part.get("regex", ""))]
        if len(rest) == 1 and len(exceptions) <= 1:
            for rule in _genai_rules(rest[0]):
                yield (rule[0], rule[1], exceptions[0] if exceptions else "")
    elif kind != "regex" or "(?!" not in operand:
        yield (kind, operand if kind == "regex" else operand.lower(), "")


def _genai_provider_rules(providers: Sequence[Mapping[str, Any]]) -> Iterator[NameRule]:
    """How calls name a provider; after its own models those of the providers that it resells."""
    order = 0
    ids = {provider["id"] for provider in providers}
    for provider in providers:
        clauses = [("equals", provider["id"].lower(), "")]
        if provider.get("provider_match"):
            clauses += list(_genai_rules(provider["provider_match"]))
        resold = [name for name in provider.get("fallback_model_providers") or [] if name in ids]
        for clause in clauses:
            for source in [provider["id"], *resold]:
                order += 1
                yield NameRule(GENAI, source, "", order, *clause)


def _litellm(models: Mapping[str, Mapping[str, Any]], release: str) -> Release:
    offers: list[Offer] = []
    meters: list[Offer] = []
    names: dict[str, list[NameRule]] = {}
    left_out: list[str] = []
    for name, entry in models.items():
        if name == "sample_spec":
            continue
        provider = _litellm_provider(entry.get("litellm_provider", "unknown"))
        key = Key(LITELLM, provider, name, STANDARD)
        metered = [Offer(*offer, entry.get("source", "")) for offer in litellm_meters(key, entry)]
        if not metered and all(_stated(entry, column) is None for column in _LITELLM_CLASSES):
            continue
        meters += metered
        own = names.setdefault(
            provider, [NameRule(LITELLM, provider, "", len(names) + 1, "equals", provider.lower())]
        )
        # Calls often leave out the provider that the map puts before a model's name.
        short = name.removeprefix(f"{provider}/")
        if short not in models:
            own.append(NameRule(LITELLM, provider, name, len(own), "equals", short.lower()))
        for tier, suffix in _LITELLM_TIERS.items():
            bands = _litellm_bands(entry, suffix)
            if bands and not suffix:
                try:
                    bands += tuple(_litellm_off_peak(_mapping(entry.get("off_peak_pricing")), bands[0]))
                except (ValueError, AttributeError, TypeError) as error:
                    left_out.append(f"{provider}/{name}: its prices of other hours cannot be read, {error}")
                    continue
            if bands:
                key = Key(LITELLM, provider, name, tier)
                offers.append(Offer(key, (Version(BEGINNING, bands),), entry.get("source", "")))
    rules = tuple(rule for own in names.values() for rule in own)
    return Release(LITELLM, release, tuple(offers), rules, tuple(left_out), tuple(meters))


def _litellm_provider(name: str) -> str:
    """Spend logs name the provider; the map names the family of models after it."""
    if name.startswith("vertex_ai-"):
        return "vertex_ai"
    return {
        "bedrock_converse": "bedrock",
        "cohere_chat": "cohere",
        "text-completion-openai": "openai",
        "fireworks_ai-embedding-models": "fireworks_ai",
    }.get(name, name)


def _litellm_bands(entry: Mapping[str, Any], suffix: str) -> tuple[Band, ...]:
    """Prices of a tier by size of the input; where a size names no price, that of the smaller one holds."""
    stated = [_per_million(_stated(entry, column + suffix)) for column in _LITELLM_CLASSES]
    if stated[0] is None and stated[3] is None:
        return ()
    bands = [Band(0, tuple(stated))]
    sizes = {
        int(match[1])
        for column in entry
        if not suffix
        and (match := _LITELLM_BAND.search(column))
        and column[: match.start()] in _LITELLM_CLASSES
    }
    for thousands in sorted(sizes):
        own = [
            _per_million(_stated(entry, f"{column}_above_{thousands}k_tokens")) for column in _LITELLM_CLASSES
        ]
        prices = tuple(
            new if new is not None else old for new, old in zip(own, bands[-1].prices, strict=True)
        )
        bands.append(Band(thousands * 1000 + 1, prices))
    return tuple(bands)


def _litellm_off_peak(off_peak: Mapping[str, Any], base: Band) -> Iterator[Band]:
    """Prices of the hours off the peak; what they do not name costs as at other times."""
    own = [_per_million(_stated(off_peak, column)) for column in _LITELLM_CLASSES]
    prices = tuple(new if new is not None else old for new, old in zip(own, base.prices, strict=True))
    for weekdays, hours in litellm_windows(off_peak):
        yield Band(0, prices, weekdays, hours)


def _stated(entry: Mapping[str, Any], column: str) -> Decimal | None:
    value = entry.get(column)
    return Decimal(value) if isinstance(value, Decimal | int) else None


def _per_million(price: Decimal | None) -> Decimal | None:
    return None if price is None else _decimal(price * 1_000_000)


def _decimal(value: Any) -> Decimal | None:
    """A price to a millionth of a dollar per million tokens, the scale of the book."""
    return None if value is None else Decimal(value).quantize(PRICE_SCALE).normalize()


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
