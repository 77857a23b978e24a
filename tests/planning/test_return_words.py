"""What is said of an investment that is likely to lose money: when to sign it, where to begin, and that an example is one."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from reports_builder.subjects.planning.returns import queries as ask
from reports_builder.subjects.planning.returns.insights import likely_loss
from reports_builder.subjects.planning.returns.statements import (
    doubt,
    improvements_table,
    measured_beside,
    return_tables,
    returns_said,
    scenarios_table,
    unmeasured_plans,
    value_figures,
    what_returns,
)
from reports_builder.warehouse import Warehouse
from tests.reports.empty_marts import empty_marts, warehouse_of

RISKS = "-156000 as p10_usd, -7700 as p90_usd, -90000 as p10_after_steps_usd, 60000 as p90_after_steps_usd, 6000 as steps_usd"
DRIVER = (
    "'Hours in use' as driver_name, -189000 as driver_low_usd, 0.99 as needed_share, 0.83 as needed_share_after_steps, "
    "'at least' as bound, 'Hours in use: Queue batch work.' as first_step"
)
STEPS = (
    "'quick_win' as method, 'hours' as item, 19000 as value, 5000 as compared_value, "
    "'too little: the plan may still lose' as status, 'Hours in use: Queue batch work.' as note, 2 as rank_number",
    "'initiative' as method, 'price' as item, 10 as value, 4000 as compared_value, "
    "'costs more than it brings' as status, 'Price: Ask.' as note, 3 as rank_number",
)
TABLES = ("planning.rpt_investments", "planning.rpt_investment_scenarios", "planning.rpt_investment_returns")


def verdict(status: str, loss: float, after: float) -> str:
    return f"{loss} as loss_share, {after} as loss_share_after_steps, '{status}' as verdict"


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_marts(*TABLES) as opened:
        yield opened


def planned(connection: duckdb.DuckDBPyConnection, *columns: str) -> Warehouse:
    connection.execute(
        "insert into planning.rpt_investments by name select 'gpus' as investment_id, "
        "'Own GPUs (example)' as investment_label, 'Head of Infrastructure' as owner_role, 'year' as period_unit, "
        f"2100 as npv_usd, {', '.join(columns)}"
    )
    return warehouse_of(connection)


def test_a_plan_that_its_steps_do_not_save_is_not_to_be_signed(connection: duckdb.DuckDBPyConnection) -> None:
    warehouse = planned(connection, RISKS, DRIVER, verdict("do not sign", 0.93, 0.52))
    doubtful, investments = ask.doubtful(warehouse), ask.investments(warehouse)
    assert doubt(doubtful).plain == (
        "Own GPUs (example) loses money in 93 % of the draws; after every step that pays in 52 %. "
        "Do not sign it unless this is certain: Hours in use at least 99 % of the plan, 83 % after the steps, "
        "all else as planned."
    )
    (insight,) = likely_loss(doubtful, investments)
    action = insight.recommendation.action.plain
    assert action.startswith("Do not sign it unless this is certain: Hours in use")
    assert "First step on Hours in use: Queue batch work." in action
    assert action.endswith("Stop if that fails: the other steps do not make up for it.")
    assert insight.outcome.plain.startswith(
        "Not signed, nothing is lost. Signed after all steps that pay, $6.0K of them, it comes to -$90.0K to $60.0K"
    )
    for step in STEPS:
        connection.execute(
            f"insert into planning.rpt_investment_returns by name select 'driver' as kind, 'base' as scenario, {step}"
        )
    assert {row[-1] for row in improvements_table(warehouse).cells} == {
        "too little: the plan may still lose",
        "costs more than it brings",
    }


def test_a_plan_that_its_steps_save_is_signed_after_them(connection: duckdb.DuckDBPyConnection) -> None:
    warehouse = planned(connection, RISKS, DRIVER, verdict("sign after the steps", 0.4, 0.1))
    (insight,) = likely_loss(ask.doubtful(warehouse), ask.investments(warehouse))
    assert insight.recommendation.action.plain.startswith(
        "Sign it only after its steps, and if this is certain"
    )


LEDGER = "rates.rpt_savings_opportunities"


@pytest.mark.parametrize(
    "found", [(), ("'caching:chat' as action_id, 'caching' as subject, false as is_counted",)]
)
def test_no_verdict_stands_beside_a_ledger_that_finds_nothing_to_save(found: tuple[str, ...]) -> None:
    counted = (
        "'caching:chat' as action_id, 'caching' as subject, true as is_counted, 9 as net_monthly_savings_usd"
    )
    plan = "'caching:chat' as measured_action_id, 5400 as first_period_benefit_usd"
    with empty_marts(*TABLES, LEDGER) as opened:
        for row in found:
            opened.execute(f"insert into {LEDGER} by name select {row}")
        warehouse = planned(opened, RISKS, DRIVER, verdict("sign after the steps", 0.4, 0.1), plan)
        plans = ask.investments(warehouse)
        unmeasured = unmeasured_plans(warehouse, plans)
        (insight,) = likely_loss(ask.doubtful(warehouse), plans, unmeasured)
        shown = str(return_tables(warehouse, plans)[0].cells[0])
        assert "measure first" in shown and "sign after" not in shown
        assert insight.recommendation.action.plain.startswith("Measure first: on the calls of today")
        assert "Measure first" in doubt(ask.doubtful(warehouse), unmeasured).plain
        assert "Measure first" in measured_beside(warehouse, plans)[0].plain
        opened.execute(f"delete from {LEDGER}")
        opened.execute(f"insert into {LEDGER} by name select {counted}")
        assert "sign after the steps" in str(return_tables(warehouse_of(opened), plans)[0].cells[0])


def test_a_plan_that_seldom_loses_has_no_insight(connection: duckdb.DuckDBPyConnection) -> None:
    warehouse = planned(connection, DRIVER, verdict("sign", 0.1, 0.05))
    doubtful = ask.doubtful(warehouse)
    assert likely_loss(doubtful, ask.investments(warehouse)) == ()
    assert doubt(doubtful).plain.endswith("its value hangs most on: Hours in use.")


def test_an_example_is_called_one_and_a_scenario_says_what_it_assumes(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    connection.execute(
        "insert into planning.rpt_investment_scenarios values "
        "('ai_cost_spike', 'AI services cost three times as much', 'Own GPUs (example)', 1)"
    )
    warehouse = planned(connection, RISKS, verdict("do not sign", 0.93, 0.52))
    investments = ask.investments(warehouse)
    assert "Own GPUs (example)" in what_returns(investments).plain
    assert all("(example)" in str(figure.label) for figure in value_figures(investments))
    connection.execute("update planning.rpt_investments set is_illustrative = true")
    shipped = warehouse_of(connection)
    examples, doubtful = ask.investments(shipped), ask.doubtful(shipped)
    (said,) = returns_said(examples, doubtful)
    assert said.plain.startswith("No investment of yours is on record.")
    assert value_figures(examples) == likely_loss(doubtful, examples) == ()
    assert [str(cell) for cell in scenarios_table(warehouse).cells[0]] == [
        "Value if AI costs jump",
        "AI services cost three times as much",
        "Own GPUs (example)",
    ]


def test_what_was_realised_stands_beside_the_plan_of_the_same_periods(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    warehouse = planned(connection, verdict("sign", 0.0, 0.0))
    titles = [
        [column.heading for column in table.columns]
        for table in return_tables(warehouse, ask.investments(warehouse))
    ]
    assert len(titles) == 2
    assert "Value if it goes well" in titles[0]
    connection.execute(
        "update planning.rpt_investments set planned_cost_so_far_usd = 100, realised_cost_usd = 130, realised_cost_variance_usd = 30, "
        "planned_benefit_so_far_usd = 40, realised_benefit_usd = 30, realised_benefit_variance_usd = -10"
    )
    warehouse = warehouse_of(connection)
    _, realised, _ = return_tables(warehouse, ask.investments(warehouse))
    assert [[str(cell) for cell in row] for row in realised.cells] == [
        ["Own GPUs (example)", "Head of Infrastructure", "$100.00", "$130.00", "+$30.00", "$40.00", "$30.00", "-$10.00"]
    ]  # fmt: skip
