"""What is said of savings that stand on one another, of those that were decided, and of customers on a free plan."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from reports_builder.subjects.planning.funnel.statements import funnel_section
from reports_builder.subjects.planning.stacking.statements import stacking_section
from reports_builder.subjects.planning.year.statements import year_section
from tests.reports.empty_marts import empty_marts, warehouse_of, with_rows

TABLES = (
    "planning.rpt_stacked_savings",
    "planning.rpt_conversion_funnel",
    "planning.fct_cost_forecasts_monthly",
    "planning.rpt_forecast_scenarios",
)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_marts(*TABLES) as opened:
        yield opened


def test_steps_stand_side_by_side_and_an_unknown_one_is_no_zero(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    warehouse = with_rows(
        connection,
        "planning.rpt_stacked_savings",
        """'task' as subject_kind, 'chat' as subject, 125 as cost_usd, 25 as model_savings_usd, 10 as prompt_savings_usd,
        45 as batch_savings_usd, 45 as cost_after_usd, 0.64 as savings_share, 0.68 as added_up_share""",
    )
    (section,) = stacking_section(warehouse)
    ((_, _, cost, model, prompt, cache, batch, left, saved, added_up),) = section.tables[0].cells
    assert (cost, model, prompt, batch, left) == ("$125.00", "$25.00", "$10.00", "$45.00", "$45.00")
    assert cache not in ("$0.00", "0")
    assert (saved, added_up) == ("64 %", "68 %")


def test_without_calls_or_content_nothing_is_said(connection: duckdb.DuckDBPyConnection) -> None:
    warehouse = warehouse_of(connection)
    assert stacking_section(warehouse) == ()
    assert funnel_section(warehouse) == ()


@pytest.mark.parametrize(
    ("decided", "said"), [(40, "take $40 off these months, $30 of it off AI"), (0, "No decided saving")]
)
def test_decided_savings_are_never_taken_off_silently(
    decided: int, said: str, connection: duckdb.DuckDBPyConnection
) -> None:
    warehouse = with_rows(
        connection,
        "planning.fct_cost_forecasts_monthly",
        f"""date '2026-11-01' as month_start_date, 'component' as scope, 'ai' as scope_id, 0 as actual_usd,
        1700 as forecast_usd, 0 as event_usd, {decided * 3 // 4} as decided_savings_usd
        union all
        select date '2026-11-01', 'total', 'total', 0, 9000, 0, {decided}""",
    )
    (section,) = year_section(warehouse)
    assert said in str(section.text[1])
    _, all_spend, ai = section.tables
    assert (all_spend.cells[0][2], ai.cells[0][2]) == ("$9,000.00", "$1,700.00")


def test_who_signed_up_before_the_data_begins_is_said_to_be_unknown(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    warehouse = with_rows(
        connection,
        "planning.rpt_conversion_funnel",
        """'all' as segment, 'all' as cohort, 50 as signed_up, 7 as unobserved_customers, 40 as active,
        12 as reached_allowance, 4 as converted, 0.08 as converted_share, 0.032 as lower_converted_share,
        0.188 as upper_converted_share, 500000 as allowance_tokens""",
    )
    (section,) = funnel_section(warehouse)
    said = " ".join(map(str, section.text))
    assert "50 customers began without a fee: 40 made a call, 12 reached the allowance of 500,000" in said
    assert "8.0 % of those who signed up, between 3.2 % and 19 %" in said
    assert "7 more signed up before the data begins" in said
