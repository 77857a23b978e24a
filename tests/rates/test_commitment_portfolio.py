"""The portfolio is the best of all choices with no more at risk, and at most one step short of the best within the limit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.compiled_models import CompiledModels
from tests.workspace import Workspace

# A unit that is not used in a term of one month: 730 hours at 1 / 730 USD would be no decimal, so the hour costs 0.1.
USD_AT_RISK_PER_UNIT = 73


@dataclass(frozen=True)
class Option:
    """An offer for a group of usage: what it saves, and how many units of it no hour may use."""

    group: int
    saves: int
    units_at_risk: int

    @property
    def at_risk(self) -> int:
        return self.units_at_risk * USD_AT_RISK_PER_UNIT


@pytest.fixture(scope="module")
def models(built: Workspace) -> CompiledModels:
    models = CompiledModels(built)
    models.fill("int_commitments_owned", [])
    no_work = {"effort_days": 0, "effort_days_per_part": 0, "usd_per_effort_day": 0}
    models.fill("savings_actions", [{"action_kind": "commitment", **no_work}])
    return models


@dataclass(frozen=True)
class Portfolio:
    """What the mart chose of the options: sums, and what its first step beyond them would have saved more."""

    saves: int
    at_risk: int
    left_out: int


def chosen(models: CompiledModels, options: Sequence[Option], limit: int) -> Portfolio:
    """The portfolio of these options within ``limit`` USD at risk, by the compiled mart."""
    eligible = 1200  # a year of it is 14600
    models.fill(
        "assumptions",
        [{"name": "commitment_target_coverage", "value": 1}, {"name": "commitment_risk_limit_share", "value": limit / 14600},
         {"name": "action_payback_months_up_to", "value": 24}],
    )  # fmt: skip
    models.fill(
        "int_commitment_outcomes",
        [
            {"series_id": f"s{each.group}", "group_id": f"g{each.group}", "offer_id": f"o{place}", "level_kind": "optimal", "kind_rank": 1,
             "history_id": "AWS", "provider": "AWS", "alternatives": "AWS", "usage_basis": "after_actions", "outcome": "pays", "is_recommended": place == 0,
             "offer_name": "n", "is_illustrative": False, "term_months": 1, "committed_units": 10 + each.units_at_risk, "usd_per_unit_hour": Decimal("0.1"),
             "hourly_commitment_usd": (10 + each.units_at_risk) * Decimal("0.1"), "preference_usd": each.saves, "net_monthly_savings_usd": each.saves,
             "covered_usd": 1, "on_demand_cost_usd": eligible if each.group == options[0].group else 0, "months_per_lookback": 1,
             "lookback_end_date": date(2026, 10, 31), "unit_increment": 1, "minimum_units": 1}
            for place, each in enumerate(options)
        ],
    )  # fmt: skip
    models.fill(
        "int_commitment_quantiles",
        [
            {"series_id": f"s{group}", "usage_basis": "after_actions", "used_units_p05": 10}
            for group in {option.group for option in options}
        ],
    )
    models.make("int_commitments_chosen")
    rows = models.query(
        "select offer_id, is_chosen, step_rank, portfolio_monthly_savings_usd, risk_limit_usd"
        f" from {models.name('int_commitments_chosen')} order by step_rank nulls last"
    )
    assert {row[4] for row in rows} == {Decimal(limit)}
    taken = [options[int(row[0][1:])] for row in rows if row[1]]
    assert len({option.group for option in taken}) == len(taken), (
        "options for the same usage exclude one another"
    )
    saves = sum(option.saves for option in taken)
    last = max((row[2] for row in rows if row[1]), default=0)
    next_sum = [row[3] for row in rows if row[2] == last + 1]
    return Portfolio(
        saves, sum(option.at_risk for option in taken), int(next_sum[0] - saves) if next_sum else 0
    )


def exact(options: Sequence[Option], limit: int) -> int:
    """The most that any choice of at most one option a group saves within ``limit``: every choice is tried."""
    groups = sorted({option.group for option in options})
    choices = [[None, *(option for option in options if option.group == group)] for group in groups]
    return max(
        sum(option.saves for option in choice if option)
        for choice in product(*choices)
        if sum(option.at_risk for option in choice if option) <= limit
    )


some_options = st.lists(
    st.builds(Option, st.integers(0, 3), st.integers(1, 60), st.integers(0, 8)), min_size=1, max_size=9
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(options=some_options, units=st.integers(0, 20))
def test_no_choice_saves_more_at_no_more_risk(
    models: CompiledModels, options: list[Option], units: int
) -> None:
    limit = units * USD_AT_RISK_PER_UNIT
    portfolio = chosen(models, options, limit)
    assert portfolio.at_risk <= limit
    assert portfolio.saves == exact(options, portfolio.at_risk)
    best = exact(options, limit)
    assert portfolio.saves <= best
    assert best == portfolio.saves or best < portfolio.saves + portfolio.left_out
