"""A closed month, recomputed with pandas from the ledger, the seeds and the forecasts as they stood on its eve."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import duckdb
import pandas as pd
import pytest

from tests.workspace import ROOT, Workspace

SEEDS = ROOT / "dbt_project" / "seeds"
PARTS = [
    "days_usd",
    "price_usd",
    "volume_usd",
    "mix_usd",
    "efficiency_usd",
    "new_usd",
    "lost_usd",
    "other_costs_usd",
]
GRADES = {
    "minor": (0, 0.05),
    "moderate": (0.05, 0.15),
    "major": (0.15, 0.25),
    "critical": (0.25, float("inf")),
}
# A few dollars are minor whatever their share (assumption variance_moderate_from_usd).
MODERATE_FROM_USD = 50


@pytest.fixture(scope="module")
def read(built: Workspace) -> Any:
    """A query of the shared warehouse as a frame; money stays decimal."""
    with duckdb.connect(str(built.published), read_only=True) as connection:

        def frame(sql: str) -> pd.DataFrame:
            cursor = connection.execute(sql)
            rows = cursor.fetchall()
            return pd.DataFrame(rows, columns=[column[0] for column in cursor.description or ()])

        yield frame


@pytest.fixture(scope="module")
def closed(read: Any) -> pd.DataFrame:
    """The last month that is over, by scope."""
    rows = read("select * from planning.rpt_month_close where is_latest and period = 'month'")
    assert len(rows) > 5
    return rows.set_index(["scope", "scope_id"])


@pytest.fixture(scope="module")
def month(closed: pd.DataFrame) -> pd.Period:
    [first] = closed["month_start_date"].unique()
    return pd.Period(first, "M")


def of_month(days: pd.Series, month: pd.Period) -> pd.Series:
    return pd.to_datetime(days).dt.to_period("M") == month


def test_cost_is_that_of_the_ledger_and_scopes_sum_to_it(
    read: Any, closed: pd.DataFrame, month: pd.Period
) -> None:
    ledger = read("select charge_date, effective_cost_usd, is_counted from core.fct_charges")
    counted = ledger[ledger["is_counted"] & of_month(ledger["charge_date"], month)]["effective_cost_usd"]
    assert closed.loc[("total", "total"), "actual_usd"] == sum(counted.dropna(), Decimal(0)) > 0
    allocated = read(
        "select usage_date, team_id, cost_component, allocated_cost_usd from allocation.fct_allocated_costs_daily"
    )
    allocated = allocated[of_month(allocated["usage_date"], month)].dropna(subset=["allocated_cost_usd"])
    for scope, column in (("team", "team_id"), ("component", "cost_component")):
        expected = allocated.groupby(column)["allocated_cost_usd"].agg(lambda costs: sum(costs, Decimal(0)))
        found = closed.loc[scope]["actual_usd"]
        assert found[found != 0].to_dict() == expected[expected != 0].to_dict()
        assert sum(found, Decimal(0)) == closed.loc[("total", "total"), "actual_usd"]


def test_a_provider_with_a_budget_costs_what_its_charges_say(
    read: Any, closed: pd.DataFrame, month: pd.Period
) -> None:
    charges = read("select charge_date, provider, effective_cost_usd from core.fct_charges where is_counted")
    for provider, found in closed.loc["provider"]["actual_usd"].items():
        of_provider = charges[(charges["provider"] == provider) & of_month(charges["charge_date"], month)]
        assert found == sum(of_provider["effective_cost_usd"].dropna(), Decimal(0)) > 0


def test_budgets_are_those_of_the_seeds_with_their_grade(closed: pd.DataFrame, month: pd.Period) -> None:
    teams = pd.read_csv(SEEDS / "budgets.csv", dtype=str)
    teams = teams.assign(scope="team", scope_id=teams["team_id"], first=teams["month_start_date"])
    scopes = pd.read_csv(SEEDS / "scope_budgets.csv", dtype=str).query("period == 'month'")
    scopes = scopes.assign(first=scopes["period_start_date"])
    stated = pd.concat([frame[["scope", "scope_id", "first", "budget_usd"]] for frame in (teams, scopes)])
    stated = stated[of_month(stated["first"], month)]
    budgets = {(row.scope, row.scope_id): Decimal(row.budget_usd) for row in stated.itertuples()}
    assert len(budgets) > 5
    assert {scope for scope, _ in budgets} >= {"total", "component", "team", "provider"}
    assert set(budgets) <= set(closed.index)
    for scope, row in closed.iterrows():
        if scope not in budgets:
            assert pd.isna(row["budget_usd"])
            assert row["budget_severity"] == "no basis"
            continue
        assert row["budget_usd"] == budgets[scope]
        assert row["budget_variance_usd"] == row["actual_usd"] - budgets[scope]
        share = float(row["actual_usd"] / budgets[scope]) - 1
        assert row["budget_variance_share"] == pytest.approx(share)
        if abs(row["budget_variance_usd"]) < MODERATE_FROM_USD:
            assert row["budget_severity"] == "minor"
            continue
        low, high = GRADES[row["budget_severity"]]
        assert low <= abs(share) < high


def test_the_forecast_is_a_backtest_from_the_eve_and_says_so(
    read: Any, closed: pd.DataFrame, month: pd.Period
) -> None:
    said = read(
        """
        select scope, scope_id, origin_date, forecast_date, forecast_usd
        from intermediate.int_forecasts_by_origin
        inner join intermediate.int_forecast_methods using (scope, scope_id, forecast_method) where is_used
        """
    )
    eve = (month - 1).end_time.normalize()
    said = said[(pd.to_datetime(said["origin_date"]) == eve) & of_month(said["forecast_date"], month)]
    means = said.groupby(["scope", "scope_id"])["forecast_usd"].mean()
    assert ("total", "total") in means.index
    for scope, row in closed.iterrows():
        assert pd.isna(row["forecast_recorded_at"])
        if scope in means.index and pd.notna(row["forecast_usd"]):
            assert row["forecast_basis"] == "backtest"
            assert float(row["forecast_usd"]) == pytest.approx(means[scope] * month.days_in_month, abs=1e-6)
            assert row["forecast_variance_usd"] == row["actual_usd"] - row["forecast_usd"]
        else:
            assert row["forecast_basis"] == "none"


def test_without_a_whole_month_before_it_no_parts_are_made_up(read: Any) -> None:
    months = read("select * from planning.rpt_month_close where scope = 'total'")
    assert len(months) > 1
    assert months[[*PARTS, "largest_part"]].isna().all().all()
    first = months.sort_values("month_start_date").iloc[0]
    assert first["covered_days"] < first["days_in_month"]
    assert first["forecast_basis"] == "none"
