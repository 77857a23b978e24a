"""The search of price plans is what trying every plan on every customer by hand finds."""

from __future__ import annotations

import csv
import math
from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

import duckdb
import pytest

from tests.workspace import ROOT, Workspace

SEEDS = ROOT / "dbt_project" / "seeds"
MEAN_MONTH = 30.4375
Row = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """What one plan would make of the customers at one cost: margins by scenario, revenue, whom it hits."""

    margins: dict[str, float]
    revenue_base: float
    steep: int
    lost_high: float
    cheapest_base: float


def seed(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def lever(name: str) -> list[tuple[str, float | None]]:
    values = [row for row in seed("plan_search_values") if row["lever"] == name]
    return [(row["choice"], float(row["value"]) if row["value"] else None) for row in values]


def rows(connection: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    found = connection.execute(sql)
    names = [column[0] for column in found.description]
    return [dict(zip(names, values, strict=True)) for values in found.fetchall()]


def leaves(scenario: str, rise: float) -> float:
    steps = sorted(
        (float(row["rise_from_share"]), float(row["leave_probability"]))
        for row in seed("pricing_churn_scenarios")
        if row["churn_scenario"] == scenario
    )
    reached = bisect_right([start for start, _ in steps], rise)
    return steps[reached - 1][1] if reached else 0.0


def invoice(
    customer: Row, fees: dict[str, float], terms: dict[str, float | None], cost: float
) -> tuple[float, float, float]:
    """The invoice in the cheapest of the customer's tier and the dearer ones, the share that is served, and the invoice in the
    cheapest tier of all that serves the whole use, or in the one that the customer takes."""
    months = customer["days"] / MEAN_MONTH
    offers, others = [], []
    for tier, fee in fees.items():
        base = round(fee * terms["fee"], 2)  # type: ignore[operator]
        included = math.ceil(round(math.floor(fee * terms["fee"] * terms["included"] / cost) * months, 6))  # type: ignore[operator]
        price = round(cost / (1 - terms["margin"]), 6)  # type: ignore[operator]
        cap = math.floor(fee * terms["cap"] / cost) * months if terms["cap"] else math.inf
        asked = round(base * months + price * max(min(customer["units"], cap) - included, 0), 9)
        if fee >= fees[customer["tier"]]:
            offers.append((asked, fee, tier, cap / customer["units"] if customer["units"] > cap else 1.0))
        elif customer["units"] <= cap:
            others.append(asked)
    asked, _, _, served = min(offers)
    return asked, served, min([asked, *others])


def rate(
    customers: list[Row],
    fees: dict[str, float],
    terms: dict[str, float | None],
    rule: dict[str, str],
    cost: float,
    spent_on: str,
) -> Found:
    """Rated at the cost in ``spent_on``; who is spared, and what a unit costs, is today's in both."""
    margins = dict.fromkeys(("none", "low", "base", "high"), 0.0)
    revenue_base, steep, lost_high, cheapest_base = 0.0, 0, 0.0, 0.0
    for customer in customers:
        now, spent = customer["revenue"], customer[spent_on]
        earns = now >= spent
        asked, served, cheapest = invoice(customer, fees, terms, cost)
        if rule["spares_profitable"] == "true" and now >= customer["cost"]:
            asked, served = now, 1.0
        else:
            if rule["floor_share"]:
                asked = max(asked, now * float(rule["floor_share"]))
            if rule["rise_cap_share"]:
                asked = min(asked, now * (1 + float(rule["rise_cap_share"])))
        # Who pays nothing today is beyond every step, and no steep rise.
        rise = round(asked / now / served - 1, 9) if now else math.inf if asked else 0.0
        for scenario in margins:
            gone = 0.0 if scenario == "none" else leaves(scenario, rise)
            margins[scenario] += (asked - spent * served) * (1 - gone)
            revenue_base += asked * (1 - gone) if scenario == "base" else 0
            cheapest_base += (min(asked, cheapest) - spent * served) * (1 - gone) if scenario == "base" else 0
            lost_high += gone if scenario == "high" and earns else 0
        steep += earns and now > 0 and rise > 0.5
    return Found(margins, revenue_base, steep, lost_high, cheapest_base)


@pytest.mark.parametrize("unit", ["call", "1k_tokens"])
def test_each_plan_of_the_grid_is_rated_as_by_hand(built: Workspace, unit: str) -> None:
    """Every combination of the levers for one unit: margins, revenue, steep rises and departures."""
    with duckdb.connect(str(built.published), read_only=True) as connection:
        customers = rows(
            connection,
            f"""
            select customer_id, max(subscription_tier) as tier, count(*) filter (where is_subscribed) as days,
                coalesce(sum({"successful_calls" if unit == "call" else "successful_tokens / 1000.0"}) filter (where is_subscribed), 0)::double as units,
                sum(equal_day_revenue_usd)::double as revenue, sum(cost_to_serve_usd)::double as cost,
                coalesce(any_value(steps.cost_usd), 0)::double as cost_left
            from margin.fct_customer_margins_daily
            cross join (select max(as_of_date) as last from intermediate.int_as_of_date)
            left join rates.rpt_decision_waterfall as steps on customer_id = steps.scope_id and steps.step = 'settings'
            where usage_date between last - 29 and last
            group by customer_id
            having count(distinct subscription_tier) = 1 and not bool_or(is_negotiated)
            """,
        )
        shown = {
            row["candidate_id"]: row
            for row in rows(connection, "select * from pricing.rpt_plan_frontier where not is_listed")
            if row["usage_unit"] == unit
        }
    assert len(customers) == max(row["customers"] for row in shown.values())
    fees = {
        row["subscription_tier"]: float(row["base_fee_usd"])
        for row in seed("pricing_plans")
        if row["is_current"] == "true"
    }
    cost = float(next(iter(shown.values()))["unit_cost_usd"])
    rated = 0
    for fee_name, fee in lever("fee_share"):
        for included_name, included in lever("included_share"):
            for margin_name, margin in lever("target_margin_share"):
                for cap_name, cap in lever("usage_cap_fees"):
                    for rule in seed("plan_transitions"):
                        name = (
                            f"{unit}:{fee_name} fee:{included_name} included:{margin_name} margin:{cap_name} cap"
                            f" / {rule['transition_id']}"
                        )
                        if not fee and included:
                            assert name not in shown
                            continue
                        terms = {"fee": fee, "included": included, "margin": margin, "cap": cap}
                        found, row = rate(customers, fees, terms, rule, cost, "cost"), shown[name]
                        assert float(row["gross_margin_usd"]) == pytest.approx(
                            found.margins["none"], abs=0.01
                        )
                        for scenario in ("low", "base", "high"):
                            told = float(row[f"gross_margin_{scenario}_churn_usd"])
                            assert told == pytest.approx(found.margins[scenario], abs=0.01), name
                        assert float(row["revenue_base_churn_usd"]) == pytest.approx(
                            found.revenue_base, abs=0.01
                        )
                        assert float(row["gross_margin_in_cheapest_tiers_usd"]) == pytest.approx(
                            found.cheapest_base, abs=0.01
                        ), name
                        assert row["profitable_steep_rises"] == found.steep, name
                        assert row["profitable_customers_lost_high"] == pytest.approx(
                            found.lost_high, abs=1e-6
                        )
                        left = rate(customers, fees, terms, rule, cost, "cost_left")
                        assert float(row["gross_margin_base_churn_after_savings_usd"]) == pytest.approx(
                            left.margins["base"], abs=0.01
                        )
                        assert float(row["gross_margin_worst_after_savings_usd"]) == pytest.approx(
                            min(*left.margins.values(), left.cheapest_base), abs=0.02
                        )
                        assert row["profitable_steep_rises_after_savings"] == left.steep, name
                        assert row["profitable_customers_lost_high_after_savings"] == pytest.approx(
                            left.lost_high, abs=1e-6
                        )
                        rated += 1
    assert rated == len(shown) > 300


def test_the_front_and_the_choice_are_those_of_a_search_through_all(built: Workspace) -> None:
    with duckdb.connect(str(built.published), read_only=True) as connection:
        plans = rows(connection, "select * from pricing.rpt_plan_frontier")
        limits = dict(connection.execute("select name, value from seeds.assumptions").fetchall())
    goals = {
        plan["candidate_id"]: (
            round(plan["gross_margin_base_churn_after_savings_usd"], 2),
            plan["gross_margin_worst_after_savings_usd"],
            round(plan["revenue_base_churn_after_savings_usd"], 2),
            -plan["profitable_steep_rises_after_savings"],
        )
        for plan in plans
    }
    best_first = sorted(plans, key=lambda plan: (plan["rules_in_it"], plan["candidate_id"]))
    for plan in plans:
        own = goals[plan["candidate_id"]]
        beaten = any(
            all(theirs >= mine for theirs, mine in zip(goals[other["candidate_id"]], own, strict=True))
            and (goals[other["candidate_id"]] != own or best_first.index(other) < best_first.index(plan))
            for other in plans
            if other is not plan
        )
        assert plan["is_on_front"] is not beaten, plan["candidate_id"]
    current = next(plan for plan in plans if plan["is_current_plan"])
    today, saved = (
        float(current[name]) for name in ("gross_margin_usd", "current_gross_margin_after_savings_usd")
    )
    assert saved >= today
    allowed = [
        plan
        for plan in plans
        if not plan["is_current_plan"]
        and (plan["invoice_shock_share"] or 0) <= limits["steep_rise_customers_up_to_share"]
        and (plan["profitable_departure_share"] or 0) <= limits["profitable_departures_up_to_share"]
        and float(plan["gross_margin_worst_usd"]) >= round(today, 2)
        and float(plan["gain_base_usd"]) >= limits["margin_gain_from_share"] * abs(today)
    ]
    assert {plan["candidate_id"] for plan in allowed} == {
        plan["candidate_id"]
        for plan in plans
        if plan["verdict"] == "eligible" or plan["verdict"].endswith("_after_savings")
    }
    # Once more at the cost that the savings leave: there more customers earn money, and count.
    kept = [
        plan
        for plan in allowed
        if plan["profitable_steep_rises_after_savings"]
        <= plan["profitable_steep_rises_allowed_after_savings"]
        and plan["profitable_customers_lost_high_after_savings"]
        <= plan["profitable_departures_allowed_after_savings"]
        and float(plan["gross_margin_worst_after_savings_usd"]) >= round(saved, 2)
        and float(plan["gain_base_after_savings_usd"]) >= limits["margin_gain_from_share"] * abs(saved)
    ]
    assert {plan["candidate_id"] for plan in kept} == {
        plan["candidate_id"] for plan in plans if plan["verdict"] == "eligible"
    }
    chosen = [plan for plan in plans if plan["is_chosen"]]
    assert len(chosen) == 1
    worst, base = "gross_margin_worst_after_savings_usd", "gross_margin_base_churn_after_savings_usd"
    first = max([*kept, current], key=lambda plan: (plan[worst], plan[base]))
    if chosen[0][worst] != first[worst]:
        # As good as the first, on a list that needs no floor at today's fee; none of these keeps more, and none of the list.
        as_good = [
            plan
            for plan in kept
            if plan["transition_id"] == "none"
            and float(first[worst] - plan[worst]) <= 0.01 * abs(float(first[worst]))
            and float(first[base] - plan[base]) <= 0.01 * abs(float(first[base])) + 0.01
        ]
        assert first["transition_id"] != "none"
        assert chosen[0][worst] == max(plan[worst] for plan in as_good)
        assert all(plan[worst] <= chosen[0][worst] for plan in kept if plan["is_listed"])


def test_the_waterfall_adds_what_the_search_chose_the_plan_for(built: Workspace) -> None:
    with duckdb.connect(str(built.published), read_only=True) as connection:
        [plan] = rows(connection, "select * from pricing.rpt_plan_frontier where is_chosen")
        [step] = rows(
            connection,
            "select * from rates.rpt_decision_waterfall where step = 'price' and scope_type = 'company'",
        )
        prices = rows(connection, "select * from pricing.rpt_plan_prices where is_recommended")
    assert float(step["change_usd"]) == pytest.approx(float(plan["gain_base_after_savings_usd"]), abs=0.01)
    assert float(step["alone_usd"]) == pytest.approx(float(plan["gain_base_usd"]), abs=0.01)
    for price in prices:
        if price["unit_cost_after_savings_usd"] is not None:
            left = 1 - float(price["unit_cost_after_savings_usd"]) / float(price["usd_per_unit"])
            assert price["unit_margin_after_savings_share"] == pytest.approx(left)
            assert float(price["enough_usd_per_unit_after_savings"]) <= float(price["usd_per_unit"])
