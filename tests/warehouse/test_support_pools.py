"""Support departments: by the step-down as in textbooks, reciprocally as a solver of equations says, and nothing lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.compiled_models import CompiledModels
from tests.real_files import real_file
from tests.warehouse.test_ledger import Company
from tests.workspace import Workspace

# What a department does for whom: units by name of department or owner.
Services = Mapping[str, Mapping[str, float]]
METHODS = ("direct", "step_down", "reciprocal")
MODELS = ("int_support_costs_passed", "int_pool_target_units", "rpt_support_costs_monthly")


@pytest.fixture(scope="module")
def models(built: Workspace) -> CompiledModels:
    made = CompiledModels(built)
    made.fill("int_as_of_date", [{"first_usage_date": date(2026, 10, 1), "as_of_date": date(2026, 10, 31)}])
    return made


def allocate(
    models: CompiledModels, costs: Mapping[str, float], services: Services
) -> dict[str, dict[str, Decimal]]:
    """What each owner gets of all pools by each method; the order of the departments is that of `costs`."""
    models.fill(
        "support_pools", [{"step_order": order, "cost_pool": pool} for order, pool in enumerate(costs)]
    )
    models.fill(
        "pool_targets",
        [
            {
                "cost_pool": pool,
                "target_column": "cost_pool" if to in costs else "team_id",
                "target_value": to,
                "weight": units,
            }
            for pool, targets in services.items()
            for to, units in targets.items()
        ],
    )
    models.fill(
        "fct_allocated_costs_daily",
        [
            {
                "usage_date": date(2026, 10, 5),
                "cost_pool": pool,
                "driver": "step_down",
                "is_direct": False,
                "allocated_cost_usd": cost,
            }
            for pool, cost in costs.items()
        ],
    )
    models.make(*MODELS)
    rows = models.query(
        f"select target_value, {', '.join(f'coalesce({method}_cost_usd, 0)' for method in METHODS)}"
        " from finops.allocation.rpt_support_costs_monthly where cost_pool = 'all'"
    )
    return {method: {row[0]: row[place] for row in rows} for place, method in enumerate(METHODS, 1)}


def gross(models: CompiledModels, method: str) -> dict[str, float]:
    rows = models.query(
        f"select distinct cost_pool, {method}_gross_cost_usd from finops.allocation.rpt_support_costs_monthly"
        " where cost_pool <> 'all'"
    )
    return {pool: float(cost) for pool, cost in rows}


def conserved(models: CompiledModels) -> list[tuple[Any, ...]]:
    """Pools of which the owners bear more or less than the cost, by a method that reaches any."""
    differ = " or ".join(f"sum({method}_cost_usd) <> max(pool_cost_usd)" for method in METHODS)
    return models.query(
        "select cost_pool, max(pool_cost_usd), sum(direct_cost_usd), sum(step_down_cost_usd), sum(reciprocal_cost_usd)"
        f" from finops.allocation.rpt_support_costs_monthly group by cost_pool having {differ}"
    )


def solved(costs: Mapping[str, float], services: Services) -> tuple[dict[str, float], dict[str, float]]:
    """Gross cost of each department and what each owner gets, by the equations."""
    owners = sorted({to for targets in services.values() for to in targets} - set(costs))
    shares = {
        pool: {to: units for to, units in services[pool].items() if to != pool and units > 0}
        for pool in costs
    }
    among = np.array(
        [[shares[pool].get(to, 0) / sum(shares[pool].values()) for to in costs] for pool in costs]
    )
    onto = np.array(
        [[shares[pool].get(to, 0) / sum(shares[pool].values()) for to in owners] for pool in costs]
    )
    full = np.linalg.solve(np.eye(len(costs)) - among.T, np.array(list(costs.values())))
    return dict(zip(costs, full, strict=True)), dict(zip(owners, onto.T @ full, strict=True))


def stepped(costs: Mapping[str, float], services: Services) -> dict[str, float]:
    """What each owner gets when departments close one after the other."""
    held = dict.fromkeys({to for targets in services.values() for to in targets}, 0.0) | dict(costs)
    waiting = list(costs)
    while waiting:
        pool = waiting.pop(0)
        takers = {
            to: units for to, units in services[pool].items() if to in waiting or to not in costs if units > 0
        }
        for to, units in takers.items():
            held[to] += held[pool] * units / sum(takers.values())
        held[pool] = 0.0
    return {name: cost for name, cost in held.items() if name not in costs}


@pytest.fixture(scope="module")
def examples() -> dict[str, dict[str, Any]]:
    cases = json.loads((real_file("allocation") / "worked_examples.json").read_text())
    return {case["id"]: case for case in cases}


def test_three_departments_end_where_the_textbook_ends(
    models: CompiledModels, examples: dict[str, dict[str, Any]]
) -> None:
    case = examples["regina-3dept"]
    costs = {pool: case["costs"][pool] for pool in case["step_down"]["order"]}
    found = allocate(models, costs, case["shares"])
    for owner in case["targets"]:
        assert abs(float(found["step_down"][owner]) - case["step_down"]["expected"][owner]) < 0.00001
        assert abs(float(found["reciprocal"][owner]) - case["reciprocal"]["expected"][owner]) < 0.00001
    for pool, cost in gross(models, "reciprocal").items():
        assert abs(cost - case["reciprocal"]["gross"][pool]) < 0.00001
    assert conserved(models) == []
    # The order is what the business wrote down, and moves thousands.
    other = allocate(models, dict(reversed(costs.items())), case["shares"])
    assert abs(other["step_down"]["Machining"] - found["step_down"]["Machining"]) > 1000
    assert other["reciprocal"] == pytest.approx(found["reciprocal"])


def test_what_a_department_does_for_itself_is_left_out(
    models: CompiledModels, examples: dict[str, dict[str, Any]]
) -> None:
    case = examples["lumen-2dept"]
    services = {
        pool: {
            pool if to == "self" else to: units for to, units in drivers.items() if not isinstance(units, str)
        }
        for pool, drivers in case["drivers"].items()
    }
    found = allocate(models, {pool: case["costs"][pool] for pool in case["step_down"]["order"]}, services)
    for owner, total in case["step_down"]["expected"].items():
        assert abs(float(found["step_down"][owner]) + case["own_cost"][owner] - total) < 0.00001
    assert gross(models, "step_down") == pytest.approx({"Maintenance": 8000, "Administration": 20000 / 3})


@st.composite
def departments(draw: st.DrawFn) -> tuple[dict[str, float], dict[str, dict[str, int]]]:
    """Up to six departments that serve each other, with an owner for each who bears a third or more of its services."""
    pools = [f"pool {number}" for number in range(draw(st.integers(1, 6)))]
    costs = {pool: float(draw(st.integers(-10_000, 1_000_000))) for pool in pools}
    services = {}
    for pool in pools:
        among = {to: draw(st.integers(0, 20)) for to in pools}
        onto = {owner: draw(st.integers(0, 50)) for owner in ("p", "q")}
        services[pool] = among | onto | {"o": 1 + sum(among.values()) // 2}
    return costs, services


@given(departments())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_departments_that_serve_each_other_bear_what_a_solver_says(
    models: CompiledModels, company: tuple[dict[str, float], dict[str, dict[str, int]]]
) -> None:
    costs, services = company
    found = allocate(models, costs, services)
    full, owed = solved(costs, services)
    near = 1e-6
    for pool, cost in gross(models, "reciprocal").items():
        assert abs(cost - full[pool]) < near
    for owner, cost in stepped(costs, services).items():
        assert abs(float(found["reciprocal"].get(owner, 0)) - owed[owner]) < near
        assert abs(float(found["step_down"].get(owner, 0)) - cost) < near
    assert conserved(models) == []


def test_departments_without_an_end_stop_the_build_by_their_names(tmp_path: Path) -> None:
    made = Company(tmp_path)
    made.seed("support_pools", "step_order,cost_pool\n1,hall\n2,desk\n3,late\n4,well\n")
    made.seed(
        "pool_targets",
        "cost_pool,target_column,target_value,weight\n"
        # Two serve each other alone; one only who comes before it; one somebody unknown.
        "hall,cost_pool,desk,1\ndesk,cost_pool,hall,1\n"
        "late,cost_pool,well,1\nwell,cost_pool,late,1\nwell,cost_pool,cellar,1\nlate,team_id,a-team,0\n",
    )
    done = made.workspace.dbt("build", "--select", "+int_pool_target_units")
    assert done.returncode != 0
    for problem in (
        "desk passes its cost on only to departments that pass it back",
        "hall passes its cost on only to departments that pass it back",
        "well serves cellar, and one of the two is no row of support_pools",
    ):
        assert problem in done.stdout
    made.seed(
        "pool_targets",
        "cost_pool,target_column,target_value,weight\nhall,team_id,a-team,1\ndesk,cost_pool,hall,1\n"
        "late,team_id,a-team,1\nwell,team_id,a-team,1\n",
    )
    done = made.workspace.dbt("build", "--select", "+int_pool_target_units")
    assert "desk serves only departments that come before it" in done.stdout
