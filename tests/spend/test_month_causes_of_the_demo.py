"""Why October of the demo's company cost what it did beside September, answered by another query of the ledger than the marts'."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import duckdb
import pytest

from tests.workspace import Workspace

# Calls: customers of a feature who began and left, and what those who stayed cost on each weekday, as often as October has it.
CALLS = """
    with calls as (
        select month(usage_date) as month, isodow(usage_date) as weekday, customer_id, product_id, feature_id,
            sum(effective_cost_usd) as usd, sum(calls - uncosted_calls) as calls
        from core.fct_usage_daily where usage_date between '2026-09-01' and '2026-10-31' group by all
    ),
    uses as (
        select customer_id, product_id, feature_id, coalesce(sum(calls) filter (month = 9), 0) > 0 as was, coalesce(sum(calls) filter (month = 10), 0) > 0 as is_there,
            coalesce(sum(usd) filter (month = 9), 0) as before_usd, coalesce(sum(usd) filter (month = 10), 0) as usd
        from calls group by all
    ),
    weekdays as (
        select isodow(day) as weekday, count(*) filter (month(day) = 10) / count(*) filter (month(day) = 9) as often
        from generate_series(date '2026-09-01', date '2026-10-31', interval 1 day) as days (day) group by all
    )
    select
        (select sum(usd) from uses where not was),
        (select -sum(before_usd) from uses where not is_there),
        (select sum(calls.usd * (often - 1)) from calls join weekdays using (weekday) join uses using (customer_id, product_id, feature_id)
            where month = 9 and was and is_there)
"""
# Bills: what began, what ended, and what ran on every such weekday of both months and is no amount of the month.
BILLS = """
    with lines as (
        select provider_name || service_name || coalesce(resource_id, sku_meter, sku_id, service_name) as line, charge_category = 'Usage' as is_usage,
            month(charge_date) as month, isodow(charge_date) as weekday, count(distinct charge_date) as charged_days, sum(effective_cost_usd) as usd
        from core.fct_charges
        where is_counted and source <> 'calls' and model is null and charge_date between '2026-09-01' and '2026-10-31' group by all
    ),
    sums as (
        select line, is_usage, sum(usd) filter (month = 9) as before_usd, sum(usd) filter (month = 10) as usd from lines group by all
    ),
    weekdays as (
        select isodow(day) as weekday, count(*) filter (month(day) = 9) as before, count(*) filter (month(day) = 10) as now
        from generate_series(date '2026-09-01', date '2026-10-31', interval 1 day) as days (day) group by all
    )
    select
        (select sum(usd) from sums where before_usd is null and is_usage),
        (select -sum(before_usd) from sums where usd is null and is_usage),
        (select sum(past.usd * (now / before - 1))
            from lines as past join weekdays using (weekday) join sums using (line, is_usage)
            join lines as present on present.month = 10 and (present.line, present.is_usage, present.weekday) = (past.line, past.is_usage, past.weekday)
            where past.month = 9 and past.charged_days >= before and present.charged_days >= now
                and abs(sums.usd - sums.before_usd) > 0.001 * abs(sums.before_usd))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("october")
    workspace = Workspace(folder, folder / "target")
    workspace.generate(12, 61, "--with-cloud")
    workspace.build("--indirect-selection", "cautious", "--select", "+rpt_cost_variances")
    with duckdb.connect(
        str(workspace.warehouse_dir / "build" / "finops.duckdb"), read_only=True
    ) as connection:
        yield connection


def test_what_began_ended_and_the_days_of_the_month_are_those_of_the_ledger(
    built: duckdb.DuckDBPyConnection,
) -> None:
    parts = dict(
        built.execute(
            """
            select part, variance_usd from planning.rpt_cost_variances
            where scope = 'total' and basis = 'prior period' and month_start_date = '2026-10-01'
            """
        ).fetchall()
    )
    of_calls, of_bills = built.execute(CALLS).fetchone(), built.execute(BILLS).fetchone()
    assert of_calls and of_bills
    began, ended, days = (
        sum(Decimal(str(amount or 0)) for amount in pair) for pair in zip(of_calls, of_bills, strict=True)
    )
    assert parts["new"] == pytest.approx(began, abs=Decimal("0.01"))
    assert parts["lost"] == pytest.approx(ended, abs=Decimal("0.01"))
    assert parts["days"] == pytest.approx(days, abs=Decimal("0.01"))
    assert parts["lost"] < 0 < parts["days"]
    [(change,)] = built.execute(
        """
        select sum(case when charge_date >= '2026-10-01' then effective_cost_usd else -effective_cost_usd end)
        from core.fct_charges where is_counted and charge_date between '2026-09-01' and '2026-10-31'
        """
    ).fetchall()
    assert sum(parts.values()) == change
