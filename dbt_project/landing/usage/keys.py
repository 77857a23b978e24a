"""What the keys of a usage object count, whatever tool or provider named them.

`prompt_tokens_details.cached_tokens`, `cachedContentTokenCount`, `input_cache_read` and
`cacheReadInputTokens` are one class. Keys are told by their words, so that a new spelling of a known thing is
still read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from dbt_project.landing.fields.values import MOST_DIGITS, as_text, canonical_number

_HEADLINES = {
    "input": ("input", "inputs", "input_tokens", "input_token_count", "prompt", "prompt_tokens", "tokens",
              "prompt_token_count", "total_input_tokens", "billed_units_input_tokens"),
    "output": ("output", "outputs", "output_tokens", "output_token_count", "completion", "completion_tokens",
               "candidates_token_count", "response_token_count", "total_output_tokens",
               "billed_units_output_tokens"),
    "total": ("total", "total_tokens", "total_token_count", "total_usage"),
}  # fmt: skip
# Units beside tokens, by the end of their names.
_UNITS = {
    "searches": ("web_search_requests", "num_search_queries", "web_search_calls", "google_search_queries"),
    "rerank_units": ("search_units",),
    "pages": ("pages_processed",),
    "characters": ("characters", "character_count", "input_characters", "character_units"),
    "audio_seconds": (
        "audio_seconds",
        "audio_duration_seconds",
        "input_audio_seconds",
        "output_audio_seconds",
    ),
    "video_seconds": ("video_seconds", "video_duration_seconds"),
    "images": ("image_count", "images", "num_images", "generated_images", "output_images"),
}
_EXACT = {name: of for of, names in (_HEADLINES | _UNITS).items() for name in names}
# Of a transcription, as OpenAI states it; other names that end so are no amounts of audio.
_EXACT["seconds"] = "audio_seconds"
UNITS = frozenset(_UNITS)
_OUTPUT_WORDS = frozenset({"output", "completion", "candidates", "response", "generated"})
_REASONING_WORDS = frozenset({"reasoning", "thoughts", "thought", "thinking"})
_WRITE_WORDS = frozenset({"creation", "create", "created", "write", "writes", "written", "ephemeral"})
_CACHE_WORDS = frozenset({"cache", "cached", "caching", "ephemeral"})
# No counts of tokens: prices, shares, limits, settings.
_OTHER_WORDS = frozenset(
    {"cost", "costs", "price", "usd", "rate", "ratio", "percentage", "limit", "window", "savings", "storage"}
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass
class Stated:
    """Tokens by class and units by meter as a record states them, and keys whose values are no numbers."""

    tokens: dict[str, int] = field(default_factory=dict)
    units: dict[str, Decimal] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    # Classes that have a key without a value: the record says that it does not know them.
    blank: set[str] = field(default_factory=set)

    def known(self, name: str) -> int:
        """The tokens of a class, 0 where the record does not tell them."""
        return self.tokens.get(name, 0)


def stated_usage(usage: Mapping[str, Any]) -> Stated:
    """What a usage object states. A class that has several names in it counts once, by the largest."""
    stated = Stated()
    for name, value in _leaves(usage, ""):
        of = class_of(name)
        if of is None:
            continue
        number = number_of(value)
        if number is None:
            if as_text(value) is None:
                stated.blank.add(of)
            elif not of.endswith("_other"):
                stated.unreadable[name] = of
            continue
        stated.names.add(name)
        if of in UNITS:
            stated.units[of] = max(number, stated.units.get(of, number))
        elif number == number.to_integral_value():
            stated.tokens[of] = max(int(number), stated.tokens.get(of, int(number)))
        else:
            stated.unreadable[name] = of
    return stated


def number_of(value: object) -> Decimal | None:
    """A number in any notation (13, `13.0`, `1.3E1`, `1,300`); null for what is none."""
    if isinstance(value, bool) or value is None:
        return None
    try:
        number = Decimal(value if isinstance(value, int) else canonical_number(as_text(value)) or "")
    except InvalidOperation:
        return None
    # Arithmetic on 1e99999999 fails.
    return number if number.is_finite() and abs(number.adjusted()) <= MOST_DIGITS else None


@lru_cache(maxsize=10_000)
def class_of(name: str) -> str | None:  # noqa: PLR0911
    """The class of tokens or the meter that a key counts; null for a key that counts neither."""
    plain = _CAMEL.sub("_", name).lower().replace(".", "_").replace("-", "_")
    words = frozenset(plain.split("_"))
    if plain in _EXACT:
        return _EXACT[plain]
    unit = next((of for of, ends in _UNITS.items() for end in ends if plain.endswith(f"_{end}")), None)
    if unit:
        return unit
    if words & _OTHER_WORDS:
        return None
    side = "output" if words & (_OUTPUT_WORDS | _REASONING_WORDS) else "input"
    media = next((kind for kind in ("audio", "image", "text") if words & {kind, f"{kind}s"}), None)
    if words & _CACHE_WORDS or "uncached" in words:
        return _cache_class(words, media)
    if words & _REASONING_WORDS:
        return "reasoning"
    if {"tool", "use", "prompt"} <= words:
        return "tool_input"
    if media and (words & _OUTPUT_WORDS or words & {"input", "prompt"}):
        return f"{side}_{media}"
    if words & _OUTPUT_WORDS or words & {"input", "prompt"}:
        return f"{side}_other"
    return None


def _cache_class(words: frozenset[str], media: str | None) -> str | None:
    if words & {"no", "non", "miss", "uncached"}:
        return "plain_input"
    if words & _WRITE_WORDS:
        if words & {"1h", "1hour", "60m", "3600s"} or {"1", "hour"} <= words:
            return "written_1h"
        return "written_5m" if words & {"5m", "5min", "300s"} else "written"
    if media == "audio":
        return "cached_audio"
    # The other media of the cache are parts of what is stated as cached.
    return None if media else "cached"


def _leaves(usage: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """The values with their whole names; a list of Gemini's modalities has the modality in the name."""
    for key, value in usage.items():
        name = f"{prefix}{key}"
        # A map column of Parquet arrives as a list of pairs.
        if isinstance(value, list) and value and all(isinstance(item, tuple) for item in value):
            yield from _leaves(dict(value), f"{name}.")
        elif isinstance(value, Mapping):
            if name.count(".") < 5:
                yield from _leaves(value, f"{name}.")
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, Mapping) and "modality" in item:
                    count = item.get("tokenCount", item.get("token_count"))
                    yield f"{name}.{str(item['modality']).lower()}", count
        else:
            yield name, value
