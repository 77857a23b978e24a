"""Lifetimes of customers: published parameters of a published cohort, recovered by the SQL of the models."""

from __future__ import annotations

import json

import duckdb
import pytest

from tests.planning.rendering import render
from tests.real_files import real_file


def fitted(alive: list[int], discount: float) -> dict[str, float]:
    """The row of rpt_retention_fits for a cohort: how many are there at the start and after each period."""
    with duckdb.connect() as connection:
        connection.execute(
            f"""
            create table int_retention_by_age (subscription_tier varchar, age_month integer, at_risk bigint, departures bigint);
            create table int_customer_margins as select 'all' as subscription_tier, 1::decimal(28, 12) as revenue_usd,
                2::decimal(28, 12) as gross_margin_usd limit 0;
            create table assumptions as select * from (values
                ('lifetime_discount_monthly', {discount}::double), ('churn_small_sample_below', 5::double)
            ) as assumptions (name, value)
            """
        )
        connection.executemany(
            "insert into int_retention_by_age values ('cohort', ?, ?, ?)",
            [(age, alive[age - 1], alive[age - 1] - alive[age]) for age in range(1, len(alive))],
        )
        for model in ("int_retention_fits", "int_retention_survival", "rpt_retention_fits"):
            connection.execute(f"create table {model} as {render(model)}")
        [row] = connection.execute("select * from rpt_retention_fits").fetchall()
        return dict(zip([column[0] for column in connection.description or ()], row, strict=True))


def test_published_parameters_are_recovered_to_three_decimals() -> None:
    [cohort] = json.loads(real_file("planning/clv/sbg_regular.json").read_text())
    found = fitted(cohort["alive_per_1000"][: cohort["fit_years"] + 1], 0.1)
    assert found["alpha"] == pytest.approx(cohort["alpha"], abs=5e-4)
    assert found["beta"] == pytest.approx(cohort["beta"], abs=1e-3)
    assert found["log_likelihood"] == pytest.approx(cohort["log_likelihood"], abs=0.02)
    assert found["first_month_retention_share"] * 100 == pytest.approx(
        cohort["survival_percent"][1], abs=0.02
    )
    assert found["first_year_survival_share"] * 100 == pytest.approx(cohort["survival_percent"][12], abs=0.02)
    assert found["lifetime_months"] == pytest.approx(
        cohort["discounted_expected_lifetime_at_10pct"], abs=2e-3
    )
    assert found["lower_lifetime_months"] < found["lifetime_months"] < found["upper_lifetime_months"]
    # Whoever stayed stays on: one churn rate for all is too short.
    assert found["lifetime_months"] > found["constant_churn_lifetime_months"]


def test_a_cohort_of_which_nobody_left_has_no_fit() -> None:
    with pytest.raises(ValueError, match="not enough values"):
        fitted([5, 5, 5], 0.0)
