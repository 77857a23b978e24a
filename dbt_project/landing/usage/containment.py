"""Which tokens of a record hold which: the one place that knows, with the totals to check it by.

A record states tokens of a direction (`input`) and parts (cached, audio, reasoning ...). Whether a part is
inside the direction's count or beside it differs by provider and tool, and where a record states a total, the
total decides.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from dbt_project.landing.fields.nested import Problems
from dbt_project.landing.usage.keys import Stated


class Containment(NamedTuple):
    """Whether each part is inside the count of its direction, where no total tells."""

    is_cache_inside: bool
    is_reasoning_inside: bool
    is_media_inside: bool
    # Whether a total of input and output alone shows that the cache is inside. Not where a tool adds the
    # total itself.
    is_total_of_all: bool = True


CONTAINMENT = {
    # OpenAI, Chat Completions: prompt_tokens hold cached and audio tokens, completion_tokens reasoning and
    # audio.
    "openai_chat": Containment(True, True, True),
    # OpenAI, Responses: the same with other names (input_tokens_details).
    "openai_responses": Containment(True, True, True),
    # xAI: as OpenAI's, but completion_tokens leave the reasoning out; total_tokens hold it.
    "xai": Containment(True, False, True),
    # Anthropic: input_tokens are only what was neither read from nor written to the cache. It states no
    # total, so one that stands beside them was added up by a tool that may not know.
    "anthropic": Containment(False, True, True, is_total_of_all=False),
    # Gemini: promptTokenCount holds the cache, candidatesTokenCount leaves the thoughts out;
    # totalTokenCount has all.
    "gemini": Containment(True, False, True),
    # Bedrock Converse: inputTokens leave the cache out; totalTokens hold all.
    "bedrock_converse": Containment(False, True, True),
    # LiteLLM brings every provider's counts into OpenAI's form: the prompt holds the cache.
    "litellm": Containment(True, True, True),
    # Langfuse: the kinds of usage_details exclude each other, and their total is their sum.
    "langfuse": Containment(False, False, False),
    # Helicone: its counts exclude each other, and its total adds up the prompt and the completion alone.
    "helicone": Containment(False, False, False, is_total_of_all=False),
    # OpenTelemetry's conventions: input holds the cache, output the reasoning.
    "otel": Containment(True, True, True),
    # The AI SDK passes Anthropic's own count on, up to version 5; version 6 states what was not cached,
    # which decides.
    "ai_sdk_anthropic": Containment(False, True, True, is_total_of_all=False),
    # Codex's log: OpenAI's counts.
    "codex": Containment(True, True, True),
    # ccusage: the four classes exclude each other.
    "ccusage": Containment(False, True, True),
}


# Classes without which the tokens of a direction are not known.
_OF_INPUT = frozenset(
    {
        "input",
        "plain_input",
        "cached",
        "written",
        "written_5m",
        "written_1h",
        "input_audio",
        "input_image",
        "cached_audio",
    }
)
_OF_OUTPUT = frozenset({"output", "output_audio", "output_image"})
# Makers whose thinking tools leave out of the output, though it is in the total.
_HIDES_THINKING = ("gemini", "google", "vertex", "gcp")
_METERS = {
    "input_audio": "input_audio_tokens",
    "input_image": "input_image_tokens",
    "cached_audio": "cached_input_audio_tokens",
    "written_1h": "cache_write_1h_tokens",
    "output_audio": "output_audio_tokens",
    "output_image": "output_image_tokens",
    "reasoning": "output_reasoning_tokens",
}


@dataclass(frozen=True)
class Settled:
    """Tokens of a call: input and output are whole, the others are parts of them. Null is not known."""

    input_tokens: int | None
    cached_input_tokens: int | None
    cache_write_input_tokens: int | None
    output_tokens: int | None
    metered_units: str | None


def shape_of(stated: Stated, provider: object, otherwise: str) -> str:
    """The row of the table for usage in a provider's own words; for any other that of the tool."""
    names, maker = stated.names, str(provider or "").lower()
    if any("okenCount" in name for name in names):
        return "gemini"
    if "inputTokens" in names and any(name.startswith("cache") for name in names):
        return "bedrock_converse"
    if maker in ("xai", "x_ai", "x-ai"):
        return "xai"
    if "input_tokens" in names and names & {"cache_read_input_tokens", "cache_creation_input_tokens"}:
        return "openai_chat" if "prompt_tokens" in names else "anthropic"
    if any(name.startswith("input_tokens_details") for name in names):
        return "openai_responses"
    return otherwise


def settled(
    stated: Stated, shape: str, problems: Problems, *, maker: str = "", has_no_output: bool = False
) -> Settled:
    """The tokens of a call by class; what contradicts its total, or cannot be read, is among the problems.

    maker: provider and model, which tell whether thinking may be missing from the output.
    has_no_output: an embedding states its input alone.
    """
    for name in stated.unreadable:
        problems.add(name, "not a whole number of tokens")
    unreadable = set(stated.unreadable.values())
    tokens = stated.tokens
    written = max(stated.known("written"), stated.known("written_5m") + stated.known("written_1h"))
    total = tokens.get("total") or None
    fits = _fits(stated, CONTAINMENT[shape], written)
    of_input, of_output = fits[0]
    if of_input is not None and of_output is not None and total:
        of_input, of_output = _by_total(fits, total, stated, maker, problems)
    elif of_input is not None and of_output is None and total and total >= of_input:
        of_output = total - of_input
    elif (
        of_input is None
        and of_output is not None
        and total
        and total >= of_output + stated.known("cached") + written
    ):
        of_input = total - of_output
    if of_output is None and of_input is not None and has_no_output:
        of_output = 0
    return Settled(
        None if unreadable & _OF_INPUT else of_input,
        tokens.get("cached"),
        written if {"written", "written_5m", "written_1h"} & tokens.keys() else None,
        None if unreadable & _OF_OUTPUT else of_output,
        metered(stated),
    )


def metered(stated: Stated) -> str | None:
    """What is not plain tokens, as JSON {meter: quantity as text}; null where there is none."""
    found = {
        _METERS[name]: str(count) for name, count in stated.tokens.items() if name in _METERS and count > 0
    }
    found |= {meter: format(quantity, "f") for meter, quantity in stated.units.items() if quantity > 0}
    return json.dumps(found, sort_keys=True) if found else None


def _fits(stated: Stated, rule: Containment, written: int) -> list[tuple[int | None, int | None]]:
    """Whole input and output for each way in which the parts may stand, the likeliest first."""
    tokens = stated.tokens
    cache = stated.known("cached") + written
    media_in = stated.known("input_audio") + stated.known("input_image") + stated.known("input_other")
    media_out = stated.known("output_audio") + stated.known("output_image") + stated.known("output_other")
    reasoning, tool_input = stated.known("reasoning"), stated.known("tool_input")
    head_in, head_out, plain = tokens.get("input"), tokens.get("output"), tokens.get("plain_input")
    if plain is not None and head_in in (None, plain):
        head_in, rule = plain, rule._replace(is_cache_inside=False)
    if head_in is None and {"input_text", "input_audio", "input_image"} & tokens.keys():
        head_in, media_in = stated.known("input_text") + media_in, 0
    if head_in is None and not rule.is_cache_inside and _has_cache_alone(stated):
        head_in = 0
    if head_out is None and {"output_text", "output_audio", "output_image"} & tokens.keys():
        head_out, media_out = stated.known("output_text") + media_out, 0
    found: list[tuple[int | None, int | None]] = []
    ways = product(
        _ways(rule.is_cache_inside, cache, head_in, is_sure=not rule.is_total_of_all),
        _ways(rule.is_media_inside, max(media_in, media_out), None),
        _ways(rule.is_reasoning_inside, reasoning, head_out),
        _ways(False, tool_input, head_in),
    )
    # The fewest departures from what is usual come first.
    usual = (rule.is_cache_inside, rule.is_media_inside, rule.is_reasoning_inside, False)
    for is_cache_in, is_media_in, is_reasoning_in, is_tool_in in sorted(
        ways, key=lambda way: sum(inside is not likely for inside, likely in zip(way, usual, strict=True))
    ):
        whole_in = whole_out = None
        if head_in is not None:
            whole_in = head_in + (0 if is_cache_in else cache) + (0 if is_tool_in else tool_input)
            whole_in += 0 if is_media_in and media_in <= head_in else media_in
        if head_out is not None:
            whole_out = head_out + (0 if is_reasoning_in else reasoning)
            whole_out += 0 if is_media_in and media_out <= head_out else media_out
        found.append((whole_in, whole_out))
    return found


def _has_cache_alone(stated: Stated) -> bool:
    """Whether all of the prompt came from the cache: an input that is there without a value is unknown."""
    return bool({"cached", "written"} & stated.tokens.keys()) and "input" not in stated.blank


def _ways(is_inside: bool, part: int, whole: int | None, *, is_sure: bool = False) -> tuple[bool, ...]:
    """Inside or beside, the likelier first. A part that is larger than the whole is beside it."""
    if part <= 0:
        return (is_inside,)
    if whole is not None and part > whole:
        return (False,)
    return (is_inside,) if is_sure else (is_inside, not is_inside)


def _by_total(
    fits: list[tuple[int | None, int | None]], total: int, stated: Stated, maker: str, problems: Problems
) -> tuple[int, int]:
    """The way whose sum is the total. What the total has more is thinking that the output leaves out."""
    known = [
        (of_input, of_output)
        for of_input, of_output in fits
        if of_input is not None and of_output is not None
    ]
    exact = next((fit for fit in known if sum(fit) == total), None)
    if exact:
        return exact
    below = [fit for fit in known if sum(fit) < total]
    if not below:
        # A total of the headlines alone says nothing where the tool added it up itself.
        if total != stated.known("input") + stated.known("output"):
            problems.add("total_tokens", "less than input and output")
        return known[0]
    of_input, of_output = known[0] if known[0] in below else max(below, key=sum)
    if not any(word in maker for word in _HIDES_THINKING):
        problems.add("total_tokens", "more than input and output, so the rest counts as output")
    return of_input, of_output + total - of_input - of_output
