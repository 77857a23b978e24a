"""Capacity that is paid by the hour: a charge for each day, borne by who used it, idle where nobody did."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import duckdb
import jinja2
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.warehouse.test_ledger import MARTS, Company
from tests.workspace import ROOT

# Served by capacity on the 5th: 100 tokens of chat, 200 of search; on the 20th none.
SERVED = [("chat", 100), ("search", 200)]
# East: 3 USD an hour, on the 4th from 22:30, on the 6th until noon. West: 1 USD an hour, from 10:20 on the 5th 2 USD, without end.
SEED = """\
capacity_id,provider,model,service_tier,units,usd_per_unit_hour,valid_from,valid_to
east,azure,gpt-4o,provisioned,2,1.5,2026-10-04 22:30:00,2026-10-06 12:00:00
west,Azure,gpt-4o,provisioned,1,1,2026-10-05,2026-10-05 10:20:00
west,Azure,gpt-4o,provisioned,1,2,2026-10-05 10:20:00,
"""
BY_DAY = (
    "select day(usage_date), cost_pool, feature_id, allocated_cost_usd from allocation.fct_allocated_costs_daily"
    " where cost_pool like 'provisioned %' and usage_date <= date '2026-10-06' order by all"
)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    made = Company(tmp_path_factory.mktemp("capacity"))
    pq.write_table(
        pa.table(
            {
                "call_id": [f"served-{feature}" for feature, _ in SERVED],
                "timestamp": pa.array([datetime(2026, 10, 5, 9)] * len(SERVED), pa.timestamp("us")),
                "provider": ["azure"] * len(SERVED),
                "model": ["gpt-4o"] * len(SERVED),
                "service_tier": ["provisioned"] * len(SERVED),
                "product_id": ["p"] * len(SERVED),
                "feature_id": [feature for feature, _ in SERVED],
                "task_type": ["chat"] * len(SERVED),
                "customer_id": ["c1"] * len(SERVED),
                "input_tokens": [tokens for _, tokens in SERVED],
                "output_tokens": [0] * len(SERVED),
                # A gateway states for one what it would have cost by token.
                "cost_usd": pa.array(["0.5", None], pa.string()),
            }
        ),
        made.workspace.raw / "calls" / "date=2026-10-05" / "served.parquet",
    )
    made.seed("provisioned_throughput", SEED)
    made.build(*MARTS, "+fct_customer_margins_daily", "+rpt_data_quality", "+fct_calls")
    return made


def test_each_day_is_shared_by_tokens_and_an_idle_day_is_seen(company: Company) -> None:
    assert company.query(BY_DAY) == [
        (4, "provisioned east", "unallocated", Decimal("4.5")),
        (5, "provisioned east", "chat", Decimal(24)),
        (5, "provisioned east", "search", Decimal(48)),
        # 10 hours and 20 minutes of 1 USD, the rest of the day of 2 USD: 37.666666666666 in all.
        (5, "provisioned west", "chat", Decimal("12.555555555555")),
        (5, "provisioned west", "search", Decimal("25.111111111111")),
        (6, "provisioned east", "unallocated", Decimal(36)),
        (6, "provisioned west", "unallocated", Decimal(48)),
    ]


def test_a_capacity_without_end_is_paid_up_to_the_as_of_day_and_counts_as_spend(company: Company) -> None:
    assert company.query(
        "select sum(effective_cost_usd), max(charge_date) from core.fct_charges"
        " where source = 'provisioned_throughput' and is_counted"
    ) == [(Decimal("112.5") + Decimal("37.666666666666") + 48 * 15, datetime(2026, 10, 20).date())]


def test_calls_that_a_capacity_served_cost_nothing_beside_it_and_leave_no_margin_unknown(
    company: Company,
) -> None:
    assert company.query(
        "select count(*), count(list_cost_usd), count(effective_cost_usd) from core.fct_calls where service_tier = 'provisioned'"
    ) == [(2, 0, 1)]
    assert company.query(
        "select is_counted, sum(effective_cost_usd) from core.fct_charges"
        " where source = 'calls' and charge_date = date '2026-10-05' group by all order by all"
    ) == [(False, Decimal("0.5")), (True, Decimal(6))]
    # 6 USD of the calls of that day beside 72 and 37.666666666666 of the two capacities.
    assert company.query(
        "select calls, uncosted_calls, direct_cost_usd, shared_cost_usd, gross_margin_usd < 0"
        " from margin.fct_customer_margins_daily where usage_date = date '2026-10-05'"
    ) == [(5, 0, 6, Decimal("109.666666666666"), True)]
    # Unpriced is the model of another provider that no price list knows.
    assert company.query(
        "select check_name, affected_calls from core.rpt_data_quality where check_name in ('cost_unknown', 'unpriced') order by 1"
    ) == [("cost_unknown", 0), ("unpriced", 1)]


def test_two_prices_at_a_time_are_refused(company: Company) -> None:
    company.seed(
        "provisioned_throughput", SEED.replace("2026-10-05 10:20:00\nwest", "2026-10-05 10:21:00\nwest")
    )
    with pytest.raises(AssertionError, match="assert_capacity_is_paid_once"):
        company.build("provisioned_throughput")


@pytest.mark.parametrize(
    "stated", ["PROVISIONED_THROUGHPUT", "GlobalProvisionedManaged", "scale", "reserved", "provisioned"]
)
def test_the_tier_of_capacity_has_one_name_whatever_the_export_calls_it(stated: str) -> None:
    macros = jinja2.Template((ROOT / "dbt_project" / "macros" / "call_record_values.sql").read_text()).module
    assert duckdb.execute(f"select {macros.service_tier_name('$1')}", [stated]).fetchone() == ("provisioned",)
