"""What a month cost less than list, by way, from the calls and the lines of the bills alone: each step priced anew, with pandas."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb
import pandas as pd

PRICES = ("input", "cached_input", "cache_write", "output")


@dataclass(frozen=True)
class Month:
    """USD that each way took off, what everything would have cost, what was paid of that, and what nobody can compare."""

    saved: dict[str, float]
    list_usd: float
    effective_usd: float
    unknown_usd: float


def numbers(connection: duckdb.DuckDBPyConnection, sql: str) -> pd.DataFrame:
    """A table whose decimals are floats."""
    frame = connection.execute(sql).df()
    return frame.assign(
        **{name: frame[name].astype(float) for name in frame if name.endswith(("_usd", "_tokens", "_token"))}
    )


def month_below_list(connection: duckdb.DuckDBPyConnection, month: date) -> Month:
    calls = _priced(
        connection,
        f"""
        select *, provider as list_provider, model as list_model, 'standard' as list_tier from core.fct_calls
        where date_trunc('month', usage_date) = '{month}'
        """,
    )
    listed = calls["list_cost_usd"].notna()
    known = calls[listed]
    contracted = known["contracted_cost_usd"].fillna(known["list_cost_usd"])
    standard = known["list_cost_usd"].where(
        known["service_tier"] == "standard", known["cached_usd"].fillna(known["list_cost_usd"])
    )
    saved = {
        "model_switches": _moved(connection, month),
        # The same tokens, none of them from the cache.
        "caching": float((known["uncached_usd"] - known["cached_usd"]).fillna(0).sum()),
        "batch": float((standard - known["list_cost_usd"]).sum()),
        "negotiated_rates": float((known["list_cost_usd"] - contracted).sum()),
        "spare_capacity": 0.0,
        "commitments": 0.0,
        "unused_commitments": 0.0,
        "credits": 0.0,
        "charged_otherwise": float((contracted - known["effective_cost_usd"].fillna(0)).sum()),
    }
    effective = float(known["effective_cost_usd"].sum())
    unknown = float(calls.loc[~listed, "effective_cost_usd"].sum())
    lines = numbers(
        connection,
        f"""
        select provider_name, resource_id, charge_category, pricing_category, commitment_discount_id, commitment_discount_status, list_cost_usd, contracted_cost_usd, effective_cost_usd from core.fct_charges
        where is_counted and source <> 'calls' and effective_cost_usd is not null and date_trunc('month', charge_date) = '{month}'
        """,
    )
    used = lines[lines["charge_category"] == "Usage"].groupby(["provider_name", "resource_id"])
    without_list = {names for names, prices in used["list_cost_usd"] if prices.isna().all()}
    for line in lines.itertuples():
        unused = pd.notna(line.commitment_discount_id) and (
            line.charge_category in ("Purchase", "Adjustment") or line.commitment_discount_status == "Unused"
        )
        committed, spare = pd.notna(line.commitment_discount_id), line.pricing_category == "Dynamic"
        if line.charge_category == "Usage" and pd.notna(line.list_cost_usd):
            paid = line.contracted_cost_usd
            if pd.isna(paid):
                paid = line.list_cost_usd if committed or spare else line.effective_cost_usd
            saved["negotiated_rates"] += line.list_cost_usd - paid
            way = "commitments" if committed else "spare_capacity" if spare else "charged_otherwise"
            way = "unused_commitments" if unused else way
            saved[way] += paid - line.effective_cost_usd
            effective += line.effective_cost_usd
        elif unused or (
            line.charge_category == "Credit" and (line.provider_name, line.resource_id) not in without_list
        ):
            saved["unused_commitments" if unused else "credits"] -= line.effective_cost_usd
            effective += line.effective_cost_usd
        else:
            unknown += line.effective_cost_usd
    return Month(saved, effective + sum(saved.values()), effective, unknown)


def _priced(connection: duckdb.DuckDBPyConnection, calls_sql: str) -> pd.DataFrame:
    """Calls with what they would cost at the list price of the day on list_provider, list_model and list_tier, with the cache and without it."""
    calls = numbers(
        connection,
        f"""
        select calls.*, {", ".join(f"list_usd_per_{kind}_token" for kind in PRICES)}
        from ({calls_sql}) as calls
        left join intermediate.int_price_periods as prices
            on list_provider = prices.provider and list_model = prices.model and list_tier = prices.service_tier
            and prices.valid_from < usage_date + 1 and usage_date + 1 <= prices.valid_to and prices.min_input_tokens = 0
        """,
    )
    read, written = calls["cached_input_tokens"].fillna(0), calls["cache_write_input_tokens"].fillna(0)
    fresh = calls["input_tokens"] - read - written

    def cost(tokens: Any, kind: str) -> Any:
        return (tokens * calls[f"list_usd_per_{kind}_token"]).where(tokens != 0, 0.0)

    answered = cost(calls["output_tokens"], "output")
    return calls.assign(
        cached_usd=cost(fresh, "input")
        + cost(read, "cached_input")
        + cost(written, "cache_write")
        + answered,
        uncached_usd=cost(calls["input_tokens"], "input") + answered,
    )


def _moved(connection: duckdb.DuckDBPyConnection, month: date) -> float:
    """What the calls would have cost on the model before that have moved to another because somebody decided it.

    They are those that one model lost and the other won, against each customer's shares of the 30 days before, where both are more than twice
    the standard deviation of two samples. Who had no calls then has moved none.
    """
    saved = 0.0
    for decision in (
        connection.execute("from seeds.accepted_savings where task_type is not null").df().itertuples()
    ):
        day = decision.accepted_date.date()
        calls = _priced(
            connection,
            f"""
            select *, '{decision.from_provider}' as list_provider, '{decision.from_model}' as list_model, service_tier as list_tier from core.fct_calls
            where task_type = '{decision.task_type}' and usage_date >= date '{day}' - 30
            """,
        )
        calls["on_old"] = (calls["provider"] == decision.from_provider) & (
            calls["model"] == decision.from_model
        )
        calls["on_new"] = (calls["provider"] == decision.to_provider) & (calls["model"] == decision.to_model)
        is_before = calls["usage_date"] < pd.Timestamp(day)
        before = calls[is_before]
        now = calls[~is_before & (calls["usage_date"].dt.to_period("M") == pd.Period(month, "M"))]
        if before.empty or now.empty:
            continue
        now = now[now["customer_id"].isin(before["customer_id"])]
        moved = []
        for name in ("on_old", "on_new"):
            known = before.groupby("customer_id")[name].agg(share="mean", known="size")
            found = now.groupby("customer_id")[name].agg(there="sum", calls="size").join(known)
            expected, more = found["share"] * found["calls"], found["calls"] / found["known"]
            chance = (expected * (1 - found["share"]) * (1 + more)).sum() ** 0.5
            difference = (expected - found["there"]).sum() * (1 if name == "on_old" else -1)
            moved.append(difference if difference > 2 * chance else 0.0)
        arrived = now[now["on_new"]]
        share = min(moved) / len(arrived) if len(arrived) else 0
        saved += share * float((arrived["cached_usd"] - arrived["list_cost_usd"]).sum())
    return saved
