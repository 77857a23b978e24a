"""The counted actions on models applied to the calls themselves, one kind after the other, without the marts that state what they save.

Read are the calls, the price periods, the seeds, and of each counted action what it does: which task moves to which model, whose feature
changes its model, which task waits for the batch service or is cached, how many units are committed to.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import duckdb

Row = dict[str, Any]
TOKENS = ("input_tokens", "cached_input_tokens", "cache_write_input_tokens", "output_tokens")


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    found = connection.execute(sql)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


@dataclass(frozen=True)
class Model:
    """A model at a service tier."""

    provider: str
    model: str
    tier: str = "standard"

    def at(self, tier: str) -> Model:
        return replace(self, tier=tier)


@dataclass(frozen=True)
class Part:
    """A share of the calls that a customer made of a feature for a task on a model: where it is answered, and what all of them would cost there."""

    customer: str
    feature: tuple[str, str]
    task: str
    origin: Model
    tokens: tuple[float, ...]
    today_usd: float
    share: float
    place: Model
    usd: float
    is_fixed: bool = False

    @property
    def cost(self) -> float:
        return self.share * self.usd

    def is_committable(self, provider: str, model: str) -> bool:
        """Whether a commitment could cover it: what a fix leaves of a call counts with the model before."""
        place = replace(self.origin, tier=self.place.tier) if self.is_fixed else self.place
        return (
            place.tier == "standard" and place.provider == provider and model in ("all models", place.model)
        )


class Calls:
    """The calls of the trailing 30 days in parts, the prices of the last day, and the counted actions."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection
        self.assumed = {
            row["name"]: float(row["value"]) for row in rows(connection, "from seeds.assumptions")
        }
        [dates] = rows(connection, "from intermediate.int_as_of_date")
        self.days = f"usage_date between '{dates['window_start_date']}' and '{dates['as_of_date']}'"
        end = f"'{dates['as_of_date']}'::timestamp + interval 1 day"
        self.prices = {
            Model(row["provider"], row["model"], row["service_tier"]): [
                None if row[f"contracted_usd_per_{kind}_token"] is None else float(row[f"contracted_usd_per_{kind}_token"])
                for kind in ("input", "cached_input", "cache_write", "output")
            ]
            for row in rows(
                connection,
                f"from intermediate.int_price_periods where valid_from < {end} and {end} <= valid_to and min_input_tokens = 0",
            )
        }  # fmt: skip
        self.counted = {
            row["action_id"]: float(row["net_monthly_savings_usd"])
            for row in rows(connection, "from rates.rpt_savings_opportunities where is_counted")
        }
        self.parts = [
            Part(
                row["customer_id"],
                (row["product_id"], row["feature_id"]),
                row["task_type"],
                Model(row["provider"], row["model"], row["service_tier"]),
                tuple(float(row[kind]) for kind in TOKENS),
                float(row["usd"]),
                1.0,
                Model(row["provider"], row["model"], row["service_tier"]),
                float(row["usd"]),
            )
            for row in rows(
                connection,
                f"""
                select customer_id, product_id, feature_id, task_type, provider, model, service_tier, sum(effective_cost_usd) as usd,
                    {", ".join(f"sum(coalesce({kind}, 0)) as {kind}" for kind in TOKENS)}
                from core.fct_calls
                where {self.days} and input_tokens is not null and effective_cost_usd is not null
                group by all
                """,
            )
        ]
        self.saved: dict[str, float] = defaultdict(float)
        self.customers: dict[str, dict[str, float]] = {"today": self._by_customer()}

    def _by_customer(self) -> dict[str, float]:
        cost: dict[str, float] = defaultdict(float)
        for part in self.parts:
            cost[part.customer] += part.cost
        return cost

    def price(self, part: Part, place: Model) -> float:
        """What the tokens of the part cost elsewhere; no tokens cost nothing, whatever their price."""
        fresh, cached, written, answered = part.tokens
        return sum(
            count * (math.nan if usd is None else usd)
            for count, usd in zip((fresh - cached - written, cached, written, answered), self.prices[place], strict=True)
            if count
        )  # fmt: skip

    def apply(self, step: str, change: Any) -> None:
        """Replace each part by those that ``change`` makes of it, and note what each action saved."""
        changed: list[Part] = []
        for part in self.parts:
            for action, after in change(part):
                if action:
                    self.saved[action] += after.share * (part.usd - after.usd)
                changed.append(after)
        self.parts = changed
        self.customers[step] = self._by_customer()

    def route(self) -> None:
        """Model switches for the share of calls that is counted, then the fixes of single customers where the task does not move."""
        kept = self.assumed["model_switch_base_share"]
        moves = {
            (row["task_type"], row["from_provider"], row["from_model"]): Model(
                row["to_provider"], row["to_model"]
            )
            for row in rows(self.connection, "from rates.rpt_model_switch_savings where is_recommended")
            if f"model_switch:{row['task_type']}" in self.counted
        }
        fixes = {
            (row["customer_id"], (row["product_id"], row["feature_id"]), row["task_type"], row["provider"], row["model"]):
            (action, Model(row["suggested_provider"], row["suggested_model"]))
            for row in rows(
                self.connection,
                "from anomalies.rpt_inefficient_usage where suggestion_verdict = 'acceptable' and monthly_savings_usd > 0",
            )
            if (action := f"inefficient_usage:{row['task_type']}:{row['provider']}/{row['model']}") in self.counted
        }  # fmt: skip

        def change(part: Part) -> Iterator[tuple[str | None, Part]]:
            origin = part.origin
            to = moves.get((part.task, origin.provider, origin.model))
            fix = fixes.get((part.customer, part.feature, part.task, origin.provider, origin.model))
            if to:
                there = to.at(origin.tier)
                usd = self.price(part, there)
                yield f"model_switch:{part.task}", replace(part, share=kept, place=there, usd=usd)
                yield None, replace(part, share=1 - kept)
            elif fix:
                there = fix[1].at(origin.tier)
                yield fix[0], replace(part, place=there, usd=self.price(part, there), is_fixed=True)
            else:
                yield None, part

        self.apply("routing", change)

    def batch(self) -> None:
        """Of each counted task the calls that can wait cost what the batch service asks, on whichever model answers them by then."""
        waits = {
            row["task_type"]: float(row["batchable_share"]) * self.assumed["batch_base_share"]
            for row in rows(self.connection, "from seeds.batchable_tasks")
            if f"batch:{row['task_type']}" in self.counted
        }

        def change(part: Part) -> Iterator[tuple[str | None, Part]]:
            share = waits.get(part.task, 0.0) if part.place.tier == "standard" else 0.0
            if share:
                there = part.place.at("batch")
                usd = part.usd - self.price(part, part.place) + self.price(part, there)
                yield f"batch:{part.task}", replace(part, share=part.share * share, place=there, usd=usd)
            yield None, replace(part, share=part.share * (1 - share))

        self.apply("batch", change)

    def _gaps(self) -> dict[tuple[str, str, str], float]:
        """Tokens more that a model would read from the cache if it closed its part of the gap to the best, by place of a call in its run."""
        read: dict[tuple[str, str], list[tuple[str, str, float, float]]] = defaultdict(list)
        for row in rows(
            self.connection,
            f"""
            select task_type, place, provider, model, sum(input_tokens) as tokens, sum(cached_input_tokens) as cached from (
                select *, called_at = min(called_at) over (partition by usage_date, source_name, trace_id, provider, model) as place
                from core.fct_calls where input_tokens > 0 and trace_id is not null
            ) where {self.days} and service_tier = 'standard' group by all
            """,
        ):
            read[row["task_type"], row["place"]].append(
                (row["provider"], row["model"], float(row["tokens"]), float(row["cached"]))
            )
        gaps: dict[tuple[str, str, str], float] = defaultdict(float)
        for (task, _), models in read.items():
            total = sum(tokens for _, _, tokens, _ in models)
            best = max(
                cached / tokens
                for _, _, tokens, cached in models
                if tokens / total >= self.assumed["caching_peer_min_token_share"]
            )
            for provider, model, tokens, cached in models:
                if best - cached / tokens >= self.assumed["caching_min_gap_share"]:
                    gaps[task, provider, model] += (
                        (best - cached / tokens) * tokens * self.assumed["caching_base_share"]
                    )
        return gaps

    def cache(self) -> None:
        """Of each counted task the calls that are still at the standard tier read more of their prompts from the cache."""
        gaps = self._gaps()
        prompts: dict[tuple[str, str, str], float] = defaultdict(float)
        for part in self.parts:
            if part.origin.tier == "standard":
                prompts[part.task, part.origin.provider, part.origin.model] += part.share * part.tokens[0]

        def change(part: Part) -> Iterator[tuple[str | None, Part]]:
            key = (part.task, part.origin.provider, part.origin.model)
            action = f"caching:{part.task}"
            if action in self.counted and part.place.tier == "standard" and gaps.get(key):
                fresh, cached, *_ = self.prices[part.place]
                more = gaps[key] / prompts[key] * part.tokens[0]
                yield action, replace(part, usd=part.usd - more * ((fresh or 0) - (cached or 0)))
            else:
                yield None, part

        self.apply("settings", change)

    def cost(self, step: str) -> float:
        return sum(self.customers[step].values())

    def left(self, provider: str, model: str) -> float:
        """What is paid at the standard tier of a model, or of all of a provider, when all actions are taken."""
        return sum(part.cost for part in self.parts if part.is_committable(provider, model))

    def committed(self, offer: Row) -> float:
        """What a counted commitment saves: each hour of the last 30 days settled by itself, on the usage that the actions leave.

        Of every hour of a model the same shares move and stay, as of its calls of the 30 days.
        """
        flows = self._flows(offer["provider"], offer["model"])
        hours: dict[Any, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        for row in rows(
            self.connection,
            f"""
            select date_trunc('hour', called_at) as hour, provider, model, sum(effective_cost_usd) as usd, sum(input_tokens)::bigint as read,
                sum(output_tokens)::bigint as written
            from core.fct_calls where {self.days} and service_tier = 'standard' group by all
            """,
        ):
            flow = flows.get(Model(row["provider"], row["model"]))
            if flow:
                # Nobody is served a part of a token.
                for place, amount in enumerate(
                    (
                        float(row["usd"]) * flow[0],
                        float(row["read"] * flow[1] // 1),
                        float(row["written"] * flow[2] // 1),
                    )
                ):
                    hours[row["hour"]][place] += amount
        covered = 0.0
        units = float(offer["committed_units"])
        for usd, read, written in hours.values():
            if offer["commitment_kind"] == "spend":
                demanded = usd * (1 - float(offer["discount_share"]))
            else:
                demanded = (
                    max(
                        read / float(offer["input_tokens_per_minute"]),
                        written / float(offer["output_tokens_per_minute"]),
                    )
                    / 60
                )
            covered += usd * min(units / demanded, 1) if demanded else 0
        return covered - units * float(offer["usd_per_unit_hour"]) * 24 * 30

    def _flows(self, provider: str, model: str) -> dict[Model, list[float]]:
        """The shares of cost and tokens of each model in use that end on the models of an offer; of a fixed call as many tokens as of its cost."""
        spent: dict[tuple[str, str, str], float] = defaultdict(float)
        fixed: dict[tuple[str, str, str], float] = defaultdict(float)
        for part in self.parts:
            key = (part.task, part.origin.provider, part.origin.model)
            spent[key] += part.share * part.today_usd
            if part.is_fixed:
                there = replace(part.place, tier=part.origin.tier)
                fixed[key] += part.share * (part.today_usd - self.price(part, there))
        before: dict[Model, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        after: dict[Model, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        for part in self.parts:
            origin = part.origin
            if origin.tier != "standard":
                continue
            for place, amount in enumerate((part.today_usd, part.tokens[0], part.tokens[3])):
                before[origin][place] += part.share * amount
            if part.is_committable(provider, model):
                key = (part.task, origin.provider, origin.model)
                left = part.share * (1 - fixed[key] / spent[key])
                for place, amount in enumerate((part.cost, left * part.tokens[0], left * part.tokens[3])):
                    after[origin][place] += amount
        return {
            origin: [amount / whole for amount, whole in zip(amounts, before[origin], strict=True)]
            for origin, amounts in after.items()
        }
