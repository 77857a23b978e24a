"""What calls will cost, before they are made."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from reports_builder.errors import ReportError
from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse, open_warehouse


@dataclass(frozen=True)
class Estimate:
    """Cost in USD of ``calls`` calls with a range, and what it was computed from."""

    provider: str
    model: str
    calls: int
    cost_usd: Decimal
    low_usd: Decimal
    high_usd: Decimal
    basis: str

    def as_json(self) -> dict[str, Any]:
        """For a program; amounts as text, so that no digit is lost."""
        return {
            name: str(value) if isinstance(value, Decimal) else value for name, value in asdict(self).items()
        }


def estimate(
    warehouse: Path,
    provider: str,
    model: str,
    calls: int,
    *,
    input_tokens: int | None = None,
    output_tokens: int | None = None,
    cached_input_tokens: int = 0,
    task_type: str | None = None,
) -> Estimate:
    """What calls of a model cost: by its list price where tokens are given, else by its record.

    Tokens are those of one call, the cached ones a part of the input. Without tokens the mean cost of the
    model's calls on the task is taken. A model that no call has used yet is priced by the published list, at
    its dearest hour. The range is that of the tokens, which vary (assumption model_switch_token_variation).
    ReportError for a model without a price or record.
    """
    with open_warehouse(warehouse) as opened:
        return estimate_in(
            opened,
            provider,
            model,
            calls,
            input_tokens=input_tokens,
            output_tokens=output_tokens,
            cached_input_tokens=cached_input_tokens,
            task_type=task_type,
        )


def estimate_in(
    warehouse: Warehouse,
    provider: str,
    model: str,
    calls: int,
    *,
    input_tokens: int | None = None,
    output_tokens: int | None = None,
    cached_input_tokens: int = 0,
    task_type: str | None = None,
) -> Estimate:
    """The same in a warehouse that is open."""
    counts = (calls, input_tokens or 0, output_tokens or 0, cached_input_tokens)
    if any(isinstance(count, bool) or not isinstance(count, int) or count < 0 for count in counts):
        raise ReportError("calls and tokens are whole numbers from zero on.")
    if (input_tokens is None) != (output_tokens is None):
        raise ReportError("give the tokens in and out of a call, or neither.")
    if input_tokens is not None and cached_input_tokens > input_tokens:
        raise ReportError("cached tokens are a part of the input: there cannot be more of them.")
    if input_tokens is None or output_tokens is None:
        per_call, basis = _recorded(warehouse, provider, model, task_type)
    else:
        per_call, basis = _priced(
            warehouse, (provider, model), input_tokens, output_tokens, cached_input_tokens
        )
    spread = _variation(warehouse)
    cost = per_call * calls
    return Estimate(provider, model, calls, cost, cost * (1 - spread), cost * (1 + spread), basis)


def _priced(
    warehouse: Warehouse, of: tuple[str, str], tokens_in: int, tokens_out: int, cached: int
) -> tuple[Decimal, str]:
    provider, model = of
    source = "list price"
    price = warehouse.evidence(
        """
        select
            usd_per_million_input_tokens as input_usd,
            coalesce(usd_per_million_cached_input_tokens, usd_per_million_input_tokens) as cached_usd,
            usd_per_million_output_tokens as output_usd
        from core.dim_models
        where provider = :provider and model = :model and is_priced
        """,
        provider=provider,
        model=model,
    )
    if not price.rows:
        price = _published(warehouse, provider, model, tokens_in)
        source = "published list price ({package}, recorded {recorded_on})"
    if not price.rows or price["input_usd"] is None or price["output_usd"] is None:
        raise ReportError(
            f"no list price is known for {provider}/{model}; see core.dim_models for models in use and "
            "seeds.price_book for those that are published."
        )
    cost = (
        Decimal(str(price["input_usd"])) * (tokens_in - cached)
        + Decimal(str(price["cached_usd"])) * cached
        + Decimal(str(price["output_usd"])) * tokens_out
    ) / 1_000_000
    told = source.format(**price.records()[0])
    return cost, f"{told} x {tokens_in} tokens in ({cached} cached) and {tokens_out} out"


def _published(warehouse: Warehouse, provider: str, model: str, tokens_in: int) -> Evidence:
    """What a published list asks today for a prompt of this size, at the dearest hour; no row if unlisted."""
    return warehouse.evidence(
        """
        select
            usd_per_million_input_tokens as input_usd,
            coalesce(usd_per_million_cached_input_tokens, usd_per_million_input_tokens) as cached_usd,
            usd_per_million_output_tokens as output_usd,
            package, recorded_on
        from seeds.price_book
        where
            provider = :provider and model = :model and service_tier = 'standard'
            and min_input_tokens <= :tokens_in and valid_from <= current_date
        order by package, valid_from desc, min_input_tokens desc, output_usd desc nulls last
        limit 1
        """,
        provider=provider,
        model=model,
        tokens_in=tokens_in,
    )


def _recorded(warehouse: Warehouse, provider: str, model: str, task_type: str | None) -> tuple[Decimal, str]:
    record = warehouse.evidence(
        """
        select
            sum(effective_cost_usd) / nullif(sum(calls - uncosted_calls), 0) as per_call_usd,
            sum(calls) as calls
        from efficiency.rpt_model_efficiency
        where provider = :provider and model = :model and (:task_type = '' or task_type = :task_type)
        """,
        provider=provider,
        model=model,
        task_type=task_type or "",
    )
    if record["per_call_usd"] is None:
        told = f" on {task_type}" if task_type else ""
        raise ReportError(
            f"{provider}/{model} has no calls on record{told} to go by; give the tokens of a call instead."
        )
    return Decimal(str(record["per_call_usd"])), f"mean of {record['calls']} calls of the last 30 days"


def _variation(warehouse: Warehouse) -> Decimal:
    found = warehouse.evidence(
        "select value from seeds.assumptions where name = 'model_switch_token_variation'"
    )
    return Decimal(str(found["value"])) if found.rows else Decimal(0)
