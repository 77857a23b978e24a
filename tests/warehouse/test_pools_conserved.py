"""Whatever pools, drivers, activities, targets and credits there are: nothing is lost, and parts are exactly the whole."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.compiled_models import CompiledModels
from tests.workspace import Workspace

DAYS = (date(2026, 10, 1), date(2026, 10, 2))
POOLS = ("gateway", "helpdesk", "idle")
DRIVERS = ("calls", "tokens", "tickets", "even", "weights", "step_down", "reciprocal", "nobody's")
OWNERS = ("a", "b", "c", "unallocated")
MODELS = (
    "int_support_costs_passed",
    "int_pool_target_units",
    "int_pool_parts_daily",
    "int_shared_costs_allocated",
)
NAMED = ("even", "weights", "step_down", "reciprocal")

costs = st.decimals("-1000000", "1000000", places=12) | st.sampled_from([0, 1, -1, "0.000000000001", 10**12])
weights = st.decimals("0", "1000", places=6) | st.sampled_from([0, 1])


@st.composite
def ledgers(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Rows of every table that shared costs are made of."""
    one_of = st.sampled_from
    charges = draw(
        st.lists(
            st.fixed_dictionaries(
                {
                    "charge_date": one_of(DAYS),
                    "cost_pool": one_of(POOLS),
                    "allocation_driver": one_of(DRIVERS),
                    "effective_cost_usd": costs,
                }
            ),
            min_size=1,
            max_size=6,
        )
    )
    units = draw(
        st.dictionaries(
            st.tuples(one_of(DAYS), one_of(DRIVERS), one_of((None, *POOLS)), one_of(OWNERS)),
            st.decimals("0.000000000001", "1000000", places=12) | st.sampled_from([1, 3, 7]),
            max_size=14,
        )
    )
    targets = draw(st.dictionaries(st.tuples(one_of(POOLS), one_of(OWNERS[:3])), weights, max_size=4))
    activities = draw(st.dictionaries(st.tuples(one_of(POOLS), one_of(DRIVERS)), weights, max_size=4))
    capacity = draw(st.lists(st.none() | weights, min_size=4, max_size=4))
    return {
        "int_charges__focus": [{"is_counted": True, "is_direct": False} | charge for charge in charges],
        "int_charges__pools": [],
        "int_charges__provisioned": [],
        "cost_components": [],
        "support_pools": [{"step_order": 1, "cost_pool": "helpdesk"}],
        # Units of drivers that name their bearers are a pool's own, all others everybody's.
        "int_driver_units_daily": [
            {
                "usage_date": day,
                "driver": driver,
                "cost_pool": pool,
                "customer_id": owner,
                "team_id": "t",
                "is_allocated": owner != "unallocated",
                "driver_units": amount,
            }
            for (day, driver, pool, owner), amount in units.items()
            if (driver in NAMED) == (pool is not None)
        ],
        "pool_targets": [
            {"cost_pool": pool, "target_column": "customer_id", "target_value": owner, "weight": weight}
            for (pool, owner), weight in targets.items()
        ],
        "pool_activities": [
            {"cost_pool": pool, "driver": driver, "cost_weight": weight, "capacity_units_per_day": able}
            for ((pool, driver), weight), able in zip(activities.items(), capacity, strict=False)
        ],
        "driver_fallbacks": draw(st.sampled_from([[], [{"driver": "tickets", "fallback_driver": "calls"}]])),
    }


@pytest.fixture(scope="module")
def models(built: Workspace) -> CompiledModels:
    return CompiledModels(built)


@given(ledgers())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_parts_of_shared_costs_are_the_whole_to_the_last_decimal(
    models: CompiledModels, ledger: Mapping[str, list[dict[str, Any]]]
) -> None:
    for table, rows in ledger.items():
        models.fill(table, rows)
    models.make(*MODELS)
    differing = models.query(
        "select usage_date, cost_pool, sum(usd) from ("
        " select usage_date, cost_pool, allocated_cost_usd as usd from finops.intermediate.int_shared_costs_allocated"
        " union all select charge_date, cost_pool, -effective_cost_usd from finops.intermediate.int_charges__focus)"
        " group by all having sum(usd) <> 0"
    )
    assert differing == []
    # Each share is the double nearest to a decimal of 12 digits; those decimals sum to one. A pool whose charges cancel out has none.
    whole = "sum(cast(cost_share as decimal(28, 12)))"
    not_whole = models.query(
        f"select usage_date, cost_pool, {whole} from finops.intermediate.int_shared_costs_allocated"
        f" group by all having {whole} <> 1 or count(*) <> count(cost_share) and sum(allocated_cost_usd) <> 0"
    )
    assert not_whole == []
    repeated = models.query(
        "select usage_date, cost_pool, driver, customer_id, count(*) from finops.intermediate.int_shared_costs_allocated"
        " group by all having count(*) > 1 and customer_id <> 'unallocated'"
    )
    assert repeated == []
