"""Shared pools end where the textbooks end, and lose nothing: by weights, evenly, by several drivers, from bills."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.real_files import real_file
from tests.warehouse.test_ledger import Company


@pytest.fixture(scope="module")
def examples() -> dict[str, dict[str, Any]]:
    cases = json.loads((real_file("allocation") / "worked_examples.json").read_text())
    return {case["id"]: case for case in cases}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, examples: dict[str, dict[str, Any]]) -> Company:
    made = Company(tmp_path_factory.mktemp("pools"))
    pools = ["month_start_date,cost_pool,driver,pool_cost_usd"]
    targets = ["cost_pool,target_column,target_value,weight"]
    for pool in examples["acklin-abc"]["pools"]:
        pools.append(f"2026-10-01,{pool['pool']},weights,{pool['cost']}")
        targets += [f"{pool['pool']},product_id,{product},{pool[product]}" for product in "AB"]
    departments = examples["regina-3dept"]
    order = ["step_order,cost_pool"]
    for number, (pool, cost) in enumerate(departments["costs"].items()):
        order.append(f"{number},{pool}")
        pools.append(f"2026-10-01,{pool},step_down,{cost}")
        targets += [
            f"{pool},{'cost_pool' if to in departments['costs'] else 'project_id'},{to},{share}"
            for to, share in departments["shares"][pool].items()
        ]
    made.seed("support_pools", "\n".join(order) + "\n")
    pools += ["2026-10-01,office,even,100", "2026-10-01,helpdesk,calls,310"]
    targets += [f"office,team_id,{team}," for team in ("a-team", "b-team", "c-team")]
    split = examples["focus-split"]
    targets += [
        f"platform,project_id,{consumer['AllocatedResourceId']},{consumer['vcpu_hours']}"
        for consumer in split["consumers"]
    ]
    made.seed("shared_cost_pools", "\n".join(pools) + "\n")
    made.seed("pool_targets", "\n".join(targets) + "\n")
    made.seed("bill_pools", "cost_pool,driver\nplatform,weights\n")
    # Half a day's 10 USD goes to calls, of which four could be served.
    made.seed(
        "pool_activities",
        "cost_pool,driver,cost_weight,capacity_units_per_day\nhelpdesk,calls,1,4\nhelpdesk,tokens,1,\n",
    )
    made.seed(
        "owner_assignments",
        "owner_rule,match_key,match_value,owner_id,cost_centre,valid_from_date,valid_to_date\n"
        f"resource,,{split['origin']['ResourceId']},platform,,,\n",
    )
    (made.workspace.raw / "focus" / "shared.csv").write_text(
        "BilledCost,EffectiveCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,BillingPeriodStart,"
        "ProviderName,ServiceName,ServiceCategory,ResourceId\n"
        f"100,{split['origin']['EffectiveCost']},USD,Usage,2026-10-05,2026-10-06,2026-10-01,Acme,"
        f"{split['origin']['ServiceName']},Compute,{split['origin']['ResourceId']}\n"
    )
    made.build(
        "+fct_allocated_costs_daily",
        "+rpt_activity_costs",
        "assert_allocated_equals_the_ledger",
        "assert_cost_shares_sum_to_one",
    )
    return made


def by(company: Company, owner: str, pools: str) -> dict[str, Decimal]:
    return dict(
        company.query(
            f"select {owner}, sum(allocated_cost_usd) from allocation.fct_allocated_costs_daily"
            f" where cost_pool in ({pools}) group by 1"
        )
    )


def test_activities_give_products_what_the_textbook_says(
    company: Company, examples: dict[str, dict[str, Any]]
) -> None:
    case = examples["acklin-abc"]
    found = by(company, "product_id", ", ".join(f"'{pool['pool']}'" for pool in case["pools"]))
    for product in "AB":
        assert abs(float(found[product]) - case["expected"][f"{product}_total"]) < 0.000001
    assert sum(found.values()) == sum(pool["cost"] for pool in case["pools"])
    assert round(float(found["A"]) / case["units"]["A"], 2) == case["expected"]["A_per_unit"]


def test_support_departments_pass_their_cost_on_step_by_step(
    company: Company, examples: dict[str, dict[str, Any]]
) -> None:
    case = examples["regina-3dept"]
    found = by(company, "project_id", ", ".join(f"'{pool}'" for pool in case["costs"]))
    assert sum(found.values()) == sum(case["costs"].values())
    for owner, cost in case["step_down"]["expected"].items():
        assert abs(float(found[owner]) - cost) < 0.00001


def test_a_line_of_a_bill_is_split_as_focus_splits_it(
    company: Company, examples: dict[str, dict[str, Any]]
) -> None:
    found = by(company, "project_id", "'platform'")
    assert found == {
        consumer["AllocatedResourceId"]: Decimal(str(amount))
        for consumer, amount in zip(
            examples["focus-split"]["consumers"],
            examples["focus-split"]["expected"]["allocated"],
            strict=True,
        )
    }
    ledger = "select is_direct, allocation_driver, team_id, owner_rule from core.fct_charges where cost_pool = 'platform'"
    assert company.query(ledger) == [(False, "weights", None, "resource")]


def test_even_parts_sum_to_the_pool_and_teams_stand_where_they_stood(company: Company) -> None:
    found = by(company, "team_id", "'office'")
    assert set(found) == {"a-team", "b-team", "c-team"}
    assert sum(found.values()) == 100
    assert max(found.values()) - min(found.values()) < Decimal("0.0000001")
    # b moves to the other unit in mid-October.
    units = "select distinct business_unit_id from allocation.fct_allocated_costs_daily where cost_pool = 'office' and team_id = 'b-team'"
    assert sorted(company.query(units)) == [("x",), ("y",)]


def test_capacity_that_nobody_used_is_a_line_of_its_own(company: Company) -> None:
    # On the 5th three calls of four, on the 20th one: (3 + 1) / 4 of 5 USD are used, (1 + 3) / 4 are not.
    days = "usage_date in ('2026-10-05', '2026-10-20')"
    rows = company.query(
        "select driver, sum(allocated_cost_usd) from allocation.fct_allocated_costs_daily"
        f" where cost_pool = 'helpdesk' and {days} group by 1 order by 1"
    )
    assert rows == [("calls", 5), ("tokens", 10), ("unused capacity: calls", 5)]
    total = "select sum(allocated_cost_usd) from allocation.fct_allocated_costs_daily where cost_pool = 'helpdesk'"
    assert company.query(total) == [(310,)]
    unit = "select usd_per_driver_unit from allocation.rpt_activity_costs where cost_pool = 'helpdesk' and driver = 'calls'"
    assert company.query(unit) == [(Decimal("1.25"),)]
