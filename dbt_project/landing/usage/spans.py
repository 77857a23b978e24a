"""What a span says of usage and cost, settled: its attributes in the columns of the seed attribute_mappings.

Most spans state input and output alone; they are left as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from dbt_project.landing.fields.nested import Problems, UnreadableFieldError, map_of, parsed
from dbt_project.landing.usage.containment import settled
from dbt_project.landing.usage.keys import Stated, number_of, stated_usage
from dbt_project.landing.usage.stated_charges import stated_charge

# Columns that the seed may fill, which are read here and not landed: what they hold goes into the landed
# ones.
HELPERS = (
    "agent_model",
    "ai_sdk_cached_tokens",
    "cache_write_1h_tokens",
    "cache_write_5m_tokens",
    "cached_audio_tokens",
    "cost_details",
    "input_audio_tokens",
    "input_cost_usd",
    "input_image_tokens",
    "output_audio_tokens",
    "output_cost_usd",
    "output_image_tokens",
    "plain_input_tokens",
    "provider_metadata",
    "reasoning_tokens",
    "rerank_units",
    "searches",
    "thinking_tokens",
    "total_tokens",
    "usage_details",
)
# The classes of usage_keys that columns hold.
_TOKENS = {
    "input_tokens": "input",
    "output_tokens": "output",
    "cached_input_tokens": "cached",
    "ai_sdk_cached_tokens": "cached",
    "cache_write_input_tokens": "written",
    "cache_write_5m_tokens": "written_5m",
    "cache_write_1h_tokens": "written_1h",
    "cached_audio_tokens": "cached_audio",
    "input_audio_tokens": "input_audio",
    "input_image_tokens": "input_image",
    "output_audio_tokens": "output_audio",
    "output_image_tokens": "output_image",
    "plain_input_tokens": "plain_input",
    "reasoning_tokens": "reasoning",
    "thinking_tokens": "reasoning",
    "total_tokens": "total",
}
_UNITS = ("searches", "rerank_units")
_EMBEDDINGS = ("embedding", "embeddings", "ai.embed.doembed", "ai.embedmany.doembed")


class SpanUsage:
    """Settles the values of a span in place. `columns` are the names of the values, landed ones first."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._at = {name: number for number, name in enumerate(columns)}
        # Where one of these is filled, the span says more than the counts of the convention and one charge.
        self._more = itemgetter(*(number for name, number in self._at.items() if name in HELPERS))
        self._counts = itemgetter(
            *(
                self._at[name]
                for name in (
                    "input_tokens",
                    "cached_input_tokens",
                    "cache_write_input_tokens",
                    "output_tokens",
                )
            )
        )

    def settle(self, values: list[str | None], problems: Problems) -> str | None:
        """Bring tokens and charge of a span into the landed columns; returns its metered units."""
        if not any(self._more(values)) and self._is_usual(values):
            return None
        of = self._reader(values)
        if of("agent_model") and not of("request_model") and (of("input_tokens") or of("cost_usd")):
            values[self._at["request_model"]] = of("agent_model")
        self._charge(values, problems)
        return self._tokens(values, problems)

    def _is_usual(self, values: list[str | None]) -> bool:
        """Whether a span has nothing to settle: it has an output, and its cache fits into the input."""
        of_input, cached, written, of_output = self._counts(values)
        if of_output is None and of_input is not None:
            return False
        if cached is None and written is None:
            return True
        of_input, cached, written = of_input or "0", cached or "0", written or "0"
        if not (of_input.isdecimal() and cached.isdecimal() and written.isdecimal()):
            return False
        return int(cached) + int(written) <= int(of_input)

    def _reader(self, values: list[str | None]) -> Any:
        return lambda name: values[self._at[name]]

    def _is_embedding(self, values: list[str | None]) -> bool:
        return (values[self._at["operation_name"]] or "").lower() in _EMBEDDINGS

    def _tokens(self, values: list[str | None], problems: Problems) -> str | None:
        of = self._reader(values)
        details = map_of(of("usage_details"), "usage_details", problems)
        stated = stated_usage(details)
        sdk = stated_usage(_metadata(of("provider_metadata")))
        for name in ("cached", "written", "written_5m", "written_1h", "reasoning"):
            if name in sdk.tokens:
                stated.tokens.setdefault(name, sdk.tokens[name])
        stated.units |= sdk.units
        heads_unreadable = False
        for column, name in _TOKENS.items():
            text = of(column)
            if text is None:
                continue
            number = number_of(text)
            if number is not None and number == number.to_integral_value():
                stated.tokens[name] = int(number)
            elif column in ("input_tokens", "output_tokens"):
                heads_unreadable = True
            else:
                stated.unreadable[column] = name
        for meter in _UNITS:
            if (quantity := number_of(of(meter))) is not None:
                stated.units[meter] = quantity
        maker = f"{of('provider') or ''} {of('response_model') or of('request_model') or ''}".lower()
        if heads_unreadable:
            # Left as it is, for staging to refuse.
            return None
        tokens = settled(
            stated,
            self._shape(of, bool(details), sdk, maker),
            problems,
            maker=maker,
            has_no_output=self._is_embedding(values),
        )
        for column, count in (
            ("input_tokens", tokens.input_tokens),
            ("output_tokens", tokens.output_tokens),
            ("cached_input_tokens", tokens.cached_input_tokens),
            ("cache_write_input_tokens", tokens.cache_write_input_tokens),
        ):
            # A count that stays is left in its notation.
            if count is None or number_of(of(column)) != count:
                values[self._at[column]] = None if count is None else str(count)
        return tokens.metered_units

    def _shape(self, of: Any, has_details: bool, sdk: Stated, maker: str) -> str:
        """The row of the table of containment."""
        is_sdk_alone = of("cached_input_tokens") is None and (of("ai_sdk_cached_tokens") or sdk.tokens)
        if of("thinking_tokens"):
            return "gemini"
        if maker.startswith(("xai", "x_ai", "x-ai")):
            return "xai"
        if is_sdk_alone and "anthropic" in maker:
            return "ai_sdk_anthropic"
        return "langfuse" if has_details and of("input_tokens") is None else "otel"

    def _charge(self, values: list[str | None], problems: Problems) -> None:
        of = self._reader(values)
        breakdown = map_of(of("cost_details"), "cost_details", problems)
        if not breakdown:
            parts = {"input": of("input_cost_usd"), "output": of("output_cost_usd")}
            breakdown = {name: value for name, value in parts.items() if value is not None}
        amount = of("cost_usd")
        if not breakdown and (amount is None or number_of(amount) == 0):
            amount = _gateway_cost(_metadata(of("provider_metadata"))) or amount
        charge = stated_charge("cost", amount, breakdown, problems)
        values[self._at["cost_usd"]] = (
            None if charge is None else format(charge, "f") if not isinstance(charge, str) else charge
        )


def _metadata(value: str | None) -> dict[str, Any]:
    """What the AI SDK keeps of a provider's answer, a level down: `{"anthropic": {"usage": {...}}}`."""
    try:
        found = parsed(value)
    except UnreadableFieldError:
        return {}
    return found if isinstance(found, dict) else {}


def _gateway_cost(metadata: dict[str, Any]) -> str | None:
    for name, key in (("gateway", "cost"), ("openrouter", "cost")):
        part = metadata.get(name)
        for holder in (part, part.get("usage")) if isinstance(part, dict) else ():
            if isinstance(holder, dict) and number_of(holder.get(key)) is not None:
                return str(holder[key])
    return None
