"""Savings are those of the ledger itself: all counted actions, applied to the calls and to the lines of the bills, leave exactly the cost
that the waterfalls print, and a month that is over cost exactly as much less than list."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.rates.calls_after_actions import Calls, Row, rows
from tests.rates.charges_after_actions import Charges, total
from tests.rates.month_below_list import month_below_list
from tests.warehouse.test_plan_search import invoice, leaves, seed
from tests.workspace import ROOT, Workspace

READ = (
    "fct_calls",
    "fct_charges",
    "fct_customer_margins_daily",
    "rpt_decision_waterfall",
    "rpt_savings_waterfall",
    "rpt_company_result",
    "rpt_savings_realized_monthly",
    "rpt_savings_opportunities",
    "rpt_usage_optimizations",
    "rpt_inefficient_usage",
    "rpt_model_switch_savings",
    "int_open_savings",
    "rpt_commitment_options",
    "rpt_commitment_recommendations",
    "rpt_plan_frontier",
)
CENT = 0.005


def edit(seeds: Path, name: str, change: Callable[[Row], None]) -> None:
    path = seeds / f"{name}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        records: list[Row] = list(csv.DictReader(file))
    for record in records:
        change(record)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(records[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(records)


class Company:
    """The demo's company with AI thirty times as dear, offers that were quoted, prompts that two models do not cache: each kind of action counts."""

    def __init__(self, folder: Path) -> None:
        project = folder / "dbt_project"
        self.workspace = Workspace(folder, folder / "target", str(project))
        shutil.copytree(
            ROOT / "dbt_project", project, ignore=shutil.ignore_patterns("target", "logs", "__pycache__")
        )
        self.seeds = project / "seeds"
        with (self.seeds / "demo_prices.csv").open(newline="") as file:
            prices = list(csv.DictReader(file))
        with (self.seeds / "price_overrides.csv").open("a") as file:
            for price in prices:
                paid = float(price["usd_per_million_tokens"]) * 30
                names = [price[name] for name in ("provider", "model", "service_tier", "token_class")]
                file.write(f"{','.join(names)},{paid},2024-01-01,9999-12-31,quoted,,\n")
        # A switch of a small task is not worth its work, the fix of a single customer is.
        self.set_effort(model_switch="8", batch="0.2", caching="0.2")
        with (self.seeds / "accepted_savings.csv").open("a") as file:
            file.write(
                "extraction,2026-10-01,model_switch,9,,,extraction,openai,gpt-4-turbo,anthropic,claude-sonnet-4\n"
            )
        edit(self.seeds, "commitment_offers", quote)
        edit(self.seeds, "cloud_commitment_offers", quote)
        edit(self.seeds, "instance_prices", lambda row: row.update(is_spot_illustrative=""))
        edit(self.seeds, "assumptions", lambda row: row.update(value="0.01") if row["name"].startswith("caching_m") else None)  # fmt: skip
        self.workspace.generate(20, 45, "--with-cloud")
        self._change_calls()
        self.build(*(f"+{name}" for name in READ))

    def set_effort(self, **days: str) -> None:
        def change(row: Row) -> None:
            row["effort_days_per_part"] = days.get(row["action_kind"], row["effort_days_per_part"])

        edit(self.seeds, "savings_actions", change)

    def _change_calls(self) -> None:
        """Two models read nothing from the cache for a task, one reads a quarter of prompts that may wait; of one task half of the calls have moved."""
        for path in self.workspace.raw.glob("calls/*/*.parquet"):
            has_moved = "task_type = 'extraction' and model = 'gpt-4-turbo' and timestamp >= '2026-10-01' and hash(call_id) % 2 = 0"
            duckdb.execute(f"""
                copy (select * exclude (date) replace (
                    case
                        when task_type = 'chat' and model = 'gpt-4-turbo' or task_type = 'question_answering' and model = 'claude-v2' then 0
                        when task_type = 'summarization' and model = 'claude-v2' then input_tokens // 4 else cached_input_tokens
                    end as cached_input_tokens,
                    case when {has_moved} then 'anthropic' else provider end as provider,
                    case when {has_moved} then 'claude-sonnet-4' else model end as model
                ) from '{path}') to '{path}.new' (format parquet)
            """)
            Path(f"{path}.new").replace(path)

    def build(self, *selected: str) -> None:
        self.workspace.build("--indirect-selection", "cautious", "--select", *selected)

    def read(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A copy of the working file, which a selection does not publish, so that a later build finds it closed."""
        built = self.workspace.warehouse_dir / "build" / "finops.duckdb"
        copy = Path(
            shutil.copy(built, built.with_name(f"read {len(list(built.parent.glob('read*')))}.duckdb"))
        )
        with duckdb.connect() as connection:
            connection.execute(f"attach '{copy}' as finops (read_only)")
            connection.execute("use finops")
            yield connection


def quote(offer: Row) -> None:
    offer["is_illustrative"] = "false"
    if offer.get("commitment_kind") == "capacity":
        offer["usd_per_unit_hour"] = str(Decimal(offer["usd_per_unit_hour"]) * 3)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    return Company(tmp_path_factory.mktemp("company of actions"))


@pytest.fixture(scope="module")
def ledger(company: Company) -> Iterator[duckdb.DuckDBPyConnection]:
    yield from company.read()


@pytest.fixture(scope="module")
def calls(ledger: duckdb.DuckDBPyConnection) -> Calls:
    return applied(ledger)


@pytest.fixture(scope="module")
def charges(ledger: duckdb.DuckDBPyConnection) -> Charges:
    charges = Charges(ledger)
    charges.apply()
    return charges


def applied(ledger: duckdb.DuckDBPyConnection) -> Calls:
    calls = Calls(ledger)
    calls.route()
    calls.batch()
    calls.cache()
    return calls


def waterfall(ledger: duckdb.DuckDBPyConnection) -> dict[tuple[str, str], Row]:
    return {(row["step"], row["scope_id"]): row for row in rows(ledger, "from rates.rpt_decision_waterfall")}


def model_commitments(ledger: duckdb.DuckDBPyConnection) -> list[Row]:
    return rows(
        ledger,
        """
        select options.*, offers.commitment_kind, offers.discount_share, offers.input_tokens_per_minute, offers.output_tokens_per_minute,
            offers.usd_per_unit_hour, options.verdict = 'recommended' as is_signed
        from rates.rpt_commitment_options as options
        inner join seeds.commitment_offers as offers using (offer_id)
        where options.usage_basis = 'after_actions' and options.committed_units > 0 and options.on_demand_cost_usd > 0
        """,
    )


def test_every_kind_of_action_counts_for_this_company(ledger: duckdb.DuckDBPyConnection) -> None:
    kinds = {
        row["action_kind"] for row in rows(ledger, "from rates.rpt_savings_opportunities where is_counted")
    }
    # What is beside the ledger is in no total.
    all_kinds = {
        row["action_kind"] for row in rows(ledger, "from seeds.savings_actions where programme <> 'beside'")
    }
    # A price plan is a step of its own, an abnormal day saves once, no bucket of the demo is empty, no volume of an old type, and to build software anew is dear.
    assert all_kinds - kinds == {"price_plan", "anomaly_fix", "empty_bucket", "arm_type", "volume_type"}


def test_each_action_takes_off_the_calls_what_it_says(calls: Calls) -> None:
    counted = {
        action: usd
        for action, usd in calls.counted.items()
        if action.split(":")[0] in ("model_switch", "inefficient_usage", "batch", "caching")
    }
    assert {action.split(":")[0] for action in counted} == {
        "model_switch",
        "inefficient_usage",
        "batch",
        "caching",
    }
    assert calls.saved.keys() == counted.keys()
    for action, usd in counted.items():
        assert calls.saved[action] == pytest.approx(usd, abs=CENT), action


def test_the_calls_then_cost_what_the_waterfall_says(ledger: duckdb.DuckDBPyConnection, calls: Calls) -> None:
    steps = waterfall(ledger)
    for step in ("today", "routing", "settings"):
        assert calls.cost(step) == pytest.approx(float(steps[step, "company"]["cost_usd"]), abs=CENT), step
    for step in ("today", "routing"):
        for customer, usd in calls.customers[step].items():
            if (step, customer) in steps:
                assert usd == pytest.approx(float(steps[step, customer]["cost_usd"]), abs=1e-6), (
                    step,
                    customer,
                )
    # Of a task and model a customer bears what the batch service and caching save by what its calls there cost.
    told = {
        scope: row
        for (step, scope), row in steps.items()
        if step == "settings" and row["scope_type"] == "customer"
    }
    assert sum(row["cost_usd"] for row in told.values()) == steps["settings", "company"]["cost_usd"]


def test_the_price_plan_and_contracts_leave_what_the_waterfall_says(
    ledger: duckdb.DuckDBPyConnection, calls: Calls
) -> None:
    """Each customer's invoice under the chosen plan, whom it lets expect to leave, and the contracts on what is then served."""
    steps = waterfall(ledger)
    [plan] = rows(ledger, "from pricing.rpt_plan_frontier where is_chosen and not is_current_plan")
    assert plan["usage_unit"] in ("call", "1k_tokens")
    [rule] = [row for row in seed("plan_transitions") if row["transition_id"] == plan["transition_id"]]
    fees = {row["subscription_tier"]: float(row["base_fee_usd"]) for row in seed("pricing_plans") if row["is_current"] == "true"}  # fmt: skip
    terms = {
        "fee": plan["fee_share"], "included": plan["included_share"], "margin": plan["target_margin_share"], "cap": plan["usage_cap_fees"],
    }  # fmt: skip
    customers = rows(
        ledger,
        """
        select customer_id, max(subscription_tier) as tier, count(distinct subscription_tier) as tiers, bool_or(is_negotiated) as is_negotiated,
            count(*) filter (where is_subscribed) as days, sum(equal_day_revenue_usd)::double as now, sum(cost_to_serve_usd)::double as spent,
            coalesce(sum(successful_calls) filter (where is_subscribed), 0)::double as call,
            coalesce(sum(successful_tokens) filter (where is_subscribed), 0)::double / 1000 as "1k_tokens"
        from margin.fct_customer_margins_daily
        inner join intermediate.int_as_of_date on usage_date between window_start_date and as_of_date
        group by all
        """,
    )
    kept = {"unallocated": 1.0}
    for customer in customers:
        assert customer["tiers"] == 1 and not customer["is_negotiated"]
        used = {"tier": customer["tier"], "days": customer["days"], "units": customer[plan["usage_unit"]]}
        asked, served, _ = invoice(used, fees, terms, float(plan["unit_cost_usd"]))
        now = customer["now"]
        if rule["spares_profitable"] == "true" and now >= customer["spent"]:
            asked, served = now, 1.0
        else:
            asked = max(asked, now * float(rule["floor_share"] or 0))
            if rule["rise_cap_share"]:
                asked = min(asked, now * (1 + float(rule["rise_cap_share"])))
        rise = round(asked / now / served - 1, 9) if now else float("inf") if asked else 0.0
        kept[customer["customer_id"]] = (1 - leaves("base", rise)) * served
    left = 0.0
    for (step, scope), row in steps.items():
        if step == "settings" and row["scope_type"] == "customer":
            left += float(row["cost_usd"]) * kept[scope]
            assert float(steps["price", scope]["cost_usd"]) == pytest.approx(
                float(row["cost_usd"]) * kept[scope], abs=CENT
            )
    assert float(steps["price", "company"]["cost_usd"]) == pytest.approx(left, abs=CENT)
    signed = sum(calls.committed(offer) for offer in model_commitments(ledger) if offer["is_signed"])
    assert signed > 0
    contracts = signed * left / calls.cost("settings")
    assert float(steps["commitments", "company"]["cost_usd"]) == pytest.approx(left - contracts, abs=CENT)


def test_commitments_on_models_cover_what_the_actions_leave(
    ledger: duckdb.DuckDBPyConnection, calls: Calls
) -> None:
    offers = model_commitments(ledger)
    assert len({offer["offer_id"] for offer in offers}) >= 5
    for offer in offers:
        assert float(offer["on_demand_cost_usd"]) == pytest.approx(
            calls.left(offer["provider"], offer["model"]), abs=CENT
        ), offer["offer_id"]
        assert float(offer["net_monthly_savings_usd"]) == pytest.approx(calls.committed(offer), abs=CENT), (
            offer["offer_id"]
        )


def test_each_action_takes_off_the_bills_what_it_says(
    ledger: duckdb.DuckDBPyConnection, charges: Charges
) -> None:
    works = {
        row["action_id"]: float(row["net_monthly_savings_usd"])
        for row in rows(
            ledger, "from rates.rpt_savings_opportunities where is_counted and applied_order > 10"
        )
    }
    assert len(works) > 25
    assert charges.saved.keys() == works.keys()
    for work, usd in works.items():
        assert charges.saved[work] == pytest.approx(usd, abs=CENT), work
    left = {
        (row["provider_name"], row["resource_id"]): float(row["usd"])
        for row in rows(
            ledger,
            "select provider_name, resource_id, min(cost_after_usd) as usd from rates.rpt_usage_optimizations group by all",
        )
    }
    for key, usd in left.items():
        assert charges.resources[key].left_usd == pytest.approx(usd, abs=CENT), key


def test_commitments_on_machines_cover_what_the_actions_leave(
    ledger: duckdb.DuckDBPyConnection, charges: Charges
) -> None:
    offers = rows(
        ledger,
        """
        select recommendations.*, outcomes.lookback_start_date, outcomes.lookback_end_date
        from rates.rpt_commitment_recommendations as recommendations
        inner join (select distinct series_id, lookback_start_date, lookback_end_date from intermediate.int_commitment_outcomes) as outcomes
            on recommendations.usage_group = outcomes.series_id
        where recommendations.is_recommended and recommendations.usage_group like 'AWS / EC2 / %'
        """,
    )
    assert len(offers) >= 5
    for offer in offers:
        assert charges.committed(offer) == pytest.approx(float(offer["monthly_savings_usd"]), abs=CENT), (
            offer["usage_group"]
        )


def test_the_way_from_the_spend_to_what_is_left_is_that_of_the_ledger(
    ledger: duckdb.DuckDBPyConnection, calls: Calls, charges: Charges
) -> None:
    """Kind after kind, from the calls and the machines that were looked at; and in the result of the company, from all that was charged for."""
    steps = {
        row["action_kind"] or row["step"]: row
        for row in rows(ledger, "from rates.rpt_savings_waterfall where counting = 'yes' order by step_order")
    }
    spent = calls.cost("today") + sum(
        charges.resources[row["provider_name"], row["resource_id"]].usd
        for row in rows(
            ledger, "select distinct provider_name, resource_id from rates.rpt_usage_optimizations"
        )
    )
    assert float(steps.pop("spend in the period")["amount_usd"]) == pytest.approx(spent, abs=CENT)
    end = steps.pop("what would be left")
    contracts = float(steps.pop("commitment")["amount_usd"])
    saved = dict(charges.steps)
    for action, usd in calls.saved.items():
        kind = action.split(":")[0]
        saved[kind] = saved.get(kind, 0.0) + usd
    assert saved.keys() == steps.keys()
    for kind, row in steps.items():
        assert float(row["amount_usd"]) == pytest.approx(saved[kind], abs=CENT), kind
    assert float(end["amount_usd"]) == pytest.approx(spent - sum(saved.values()) - contracts, abs=CENT)
    result = {
        row["step"]: float(row["all_spend_usd"]) for row in rows(ledger, "from rates.rpt_company_result")
    }
    price = float(waterfall(ledger)["price", "company"]["cost_usd"])
    after_ai = total(ledger) - calls.cost("today") + price
    assert result["today"] == pytest.approx(total(ledger), abs=CENT)
    assert result["ai_and_price"] == pytest.approx(after_ai, abs=CENT)
    assert result["infrastructure"] == pytest.approx(after_ai - sum(charges.steps.values()), abs=CENT)


def test_what_budgets_may_count_on_is_what_the_actions_take_off(
    ledger: duckdb.DuckDBPyConnection, calls: Calls, charges: Charges
) -> None:
    """Of all spend, of AI and the machines and storage, of each provider's bill; and of each team's machines."""
    storage = ("unattached_volume", "stopped_volume", "storage_tier", "empty_bucket", "volume_type")
    saved: dict[tuple[str, str, str], float] = defaultdict(float)
    for action, usd in (calls.saved | charges.saved).items():
        kind, _, place = action.partition(":")
        made_on = "calls" if action in calls.saved else "machines"
        component = "ai" if made_on == "calls" else "storage" if kind in storage else "infrastructure"
        saved["total", "total", made_on] += usd
        saved["component", component, made_on] += usd
        if made_on == "machines":
            provider, _, team = place.rpartition("/")
            saved["provider", provider, made_on] += usd
            saved["team", team, made_on] += usd
    # What a switch takes off the bill of one provider, it may put on that of another; a fix is no switch.
    for part in calls.parts:
        if (part.place.provider, part.place.model) != (
            part.origin.provider,
            part.origin.model,
        ) and not part.is_fixed:
            saved["provider", part.origin.provider, "calls"] += part.share * part.today_usd
            there = part.place.at(part.origin.tier)
            saved["provider", there.provider, "calls"] -= part.share * calls.price(part, there)
    told = {
        (row["scope"], row["scope_id"], row["made_on"]): float(row["usd"])
        for row in rows(
            ledger,
            """
            select scope, scope_id, made_on, sum(open_savings_usd) as usd from intermediate.int_open_savings
            where scope <> 'team' or made_on = 'machines' group by all
            """,
        )
    }
    assert told.keys() == saved.keys()
    for scope, usd in told.items():
        assert saved[scope] == pytest.approx(usd, abs=CENT), scope


def test_a_month_cost_as_much_less_than_list_as_its_calls_and_bills_say(
    ledger: duckdb.DuckDBPyConnection,
) -> None:
    october = rows(ledger, "from rates.rpt_savings_realized_monthly where is_latest order by step_order")
    found = month_below_list(ledger, october[0]["month_start_date"])
    assert {row["kind"] for row in october} == found.saved.keys(), found
    for row in october:
        assert float(row["savings_usd"]) == pytest.approx(found.saved[row["kind"]], abs=CENT), row["kind"]
    # A move that somebody decided, the cache, another tier, a contract and commitments: each took something.
    assert {kind for kind, usd in found.saved.items() if abs(usd) > 10 * CENT} >= {
        "model_switches", "caching", "batch", "negotiated_rates", "commitments", "credits",
    }  # fmt: skip
    last = october[-1]
    assert float(last["list_cost_usd"]) == pytest.approx(found.list_usd, abs=CENT)
    assert float(last["cost_after_usd"]) == pytest.approx(found.effective_usd, abs=CENT)
    assert float(last["unknown_cost_usd"]) == pytest.approx(found.unknown_usd, abs=CENT)
    assert sum(row["savings_usd"] for row in october) == last["list_cost_usd"] - last["effective_cost_usd"]


def test_what_does_not_count_is_left_to_what_comes_after_it(company: Company) -> None:
    """Neither the batch service nor single customers' fixes are worth their work now: caching and commitments have all of those calls."""
    company.set_effort(model_switch="8", batch="400", inefficient_usage="400", caching="0.2")
    company.build(*(f"savings_actions+,+{name}" for name in READ))
    for ledger in company.read():
        calls = applied(ledger)
        kinds = {action.split(":")[0] for action in calls.saved}
        assert kinds == {"model_switch", "caching"}
        for action, usd in calls.saved.items():
            assert calls.counted[action] == pytest.approx(usd, abs=CENT), action
        assert calls.cost("settings") == pytest.approx(
            float(waterfall(ledger)["settings", "company"]["cost_usd"]), abs=CENT
        )
        for offer in model_commitments(ledger):
            assert float(offer["on_demand_cost_usd"]) == pytest.approx(
                calls.left(offer["provider"], offer["model"]), abs=CENT
            ), offer["offer_id"]
