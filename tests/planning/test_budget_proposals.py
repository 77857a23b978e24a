"""Proposed budgets, recomputed in whole cents: parts sum to the company's, and no part is a cent off its share."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import floor

import duckdb

from tests.workspace import Workspace


def largest_remainders(whole: int, weights: dict[str, Fraction]) -> dict[str, int]:
    """Whole cents by weight; cents that rounding down leaves go to the largest remainders."""
    exact = {name: whole * weight / sum(weights.values()) for name, weight in weights.items()}
    cents = {name: floor(share) for name, share in exact.items()}
    by_remainder = sorted(exact, key=lambda name: (cents[name] - exact[name], name))
    for name in by_remainder[: whole - sum(cents.values())]:
        cents[name] += 1
    return cents


def test_proposals_follow_from_the_forecast_to_the_cent(built: Workspace) -> None:
    with duckdb.connect(str(built.published), read_only=True) as connection:
        rows = connection.execute(
            """
            select proposals.scope, proposals.scope_id, proposals.month_start_date, proposals.proposed_usd,
                proposals.expected_usd, forecasts.forecast_usd, closed.shared_usd, closed.covered_days,
                day(last_day(proposals.month_start_date))
            from planning.rpt_budget_proposals as proposals
            left join planning.fct_cost_forecasts_monthly as forecasts using (scope, scope_id, month_start_date)
            left join planning.rpt_month_close as closed
                on proposals.scope = closed.scope and proposals.scope_id = closed.scope_id and closed.is_latest and closed.period = 'month'
            where proposals.basis = 'forecast' and proposals.period = 'month'
            """
        ).fetchall()
    months: dict[date, dict[str, dict[str, tuple[Fraction, Decimal]]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for scope, scope_id, month, proposed, expected, forecast, shared, covered, days in rows:
        by_hand = float(forecast) + float(shared or 0) / (covered or 1) * days
        assert abs(float(expected) - by_hand) < 1e-6
        months[month][scope][scope_id] = (Fraction(expected), proposed)
    assert [month.month for month in sorted(months)] == [1, 2, 3]
    for kinds in months.values():
        expected, company = kinds.pop("total")["total"]
        assert company == (Decimal(float(expected) * 1.15)).quantize(Decimal("0.01"), ROUND_HALF_UP) > 0
        # A product with a budget has a proposal of its own, and is no part of the sums.
        kinds.pop("product", None)
        assert set(kinds) == {"team", "component", "provider"}
        for parts in kinds.values():
            shares = largest_remainders(int(company * 100), {name: part[0] for name, part in parts.items()})
            assert {name: int(part[1] * 100) for name, part in parts.items()} == shares
            assert sum(part[1] for part in parts.values()) == company
