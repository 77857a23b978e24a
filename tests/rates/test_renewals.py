"""What is owned is signed again up to the level that the closed form says, on the hours of the bill that it covers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.compiled_models import CompiledModels
from tests.workspace import Workspace

LAST = date(2026, 10, 31)
EMPTY = (
    "fct_commitment_hours",
    "int_usage_optimized",
    "commitment_offers",
    "int_cloud_offer_rates",
    "int_as_of_date",
    "int_machine_types",
)
ENGINE = (
    "int_commitment_lines", "int_commitment_lines_by_hour", "int_cloud_commitment_hours", "int_commitment_offers", "int_commitment_curves", "int_commitment_levels",
    "int_commitment_outcomes",
)  # fmt: skip


@pytest.fixture(scope="module")
def models(built: Workspace) -> CompiledModels:
    models = CompiledModels(built)
    for name in (*EMPTY, "commitment_services", "instance_sizes", "fixed_size_families"):
        models.fill(name, [])
    models.fill(
        "assumptions",
        [
            {"name": f"commitment_{name}", "value": value}
            for name, value in {
                "min_savings_usd": 0, "min_savings_share": 0, "measured_share_from": 0.8, "one_year_weight": 1.1,
                "long_term_weight": 0.9, "no_upfront_weight": 1.05, "all_upfront_weight": 0.95,
            }.items()
        ],
    )  # fmt: skip
    return models


def renewed(models: CompiledModels, used: Sequence[int], paid_share: Decimal) -> Decimal:
    """What the engine would sign again, in USD an hour, of a commitment that cost ``used`` dollars in each hour."""
    start = datetime(LAST.year, LAST.month, LAST.day) + timedelta(days=1) - timedelta(hours=len(used))
    models.fill(
        "int_commitment_cases",
        [
            {"history_id": "AWS", "usage_case": case, "usage_factor": 1, "hours": len(used), "months": 1, "first_date": start.date(), "last_date": LAST}
            for case in ("as_judged", "less_usage", "last_3")
        ],
    )  # fmt: skip
    models.fill(
        "fct_charges",
        [
            {"charge_id": str(hour), "provider_name": "AWS", "service_name": "AmazonEC2", "charge_category": "Usage", "pricing_category": "Committed",
             "is_counted": True, "commitment_discount_id": "plan", "commitment_discount_status": "Used", "effective_cost_usd": dollars,
             "list_cost_usd": round(dollars / paid_share, 2), "charge_period_start_at": start + timedelta(hours=hour),
             "charge_period_end_at": start + timedelta(hours=hour + 1)}
            for hour, dollars in enumerate(used)
            if dollars
        ],
    )  # fmt: skip
    models.make(*ENGINE)
    rows = models.query(
        f"select hourly_commitment_usd from {models.name('int_commitment_outcomes')}"
        " where usage_basis = 'owned' and outcome = 'pays' and kind_rank = 1 and series_id = 'AWS / owned / plan'"
    )
    return rows[0][0] if rows else Decimal(0)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    used=st.lists(st.integers(0, 9), min_size=1, max_size=30),
    paid_share=st.sampled_from([Decimal("0.5"), Decimal("0.8")]),
)
def test_a_dollar_is_signed_again_while_enough_hours_use_it(
    models: CompiledModels, used: list[int], paid_share: Decimal
) -> None:
    level = 0
    while sum(hour > level for hour in used) > paid_share * len(used):
        level += 1
    assert renewed(models, used, paid_share) == level


def test_a_commitment_without_list_prices_is_not_judged(models: CompiledModels) -> None:
    renewed(models, [1], Decimal(1))
    models.connection.execute(f"update {models.name('fct_charges')} set list_cost_usd = null")
    models.make(*ENGINE)
    assert (
        models.query(f"select * from {models.name('int_commitment_outcomes')} where usage_basis = 'owned'")
        == []
    )
