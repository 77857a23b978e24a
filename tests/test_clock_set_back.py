"""A clock that is set back loses nothing, doubles nothing, and makes nothing that was said last count as said before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dbt_project.landing.receiver import spool
from dbt_project.plugins import forecast_record
from dbt_project.plugins.forecast_record import FORECASTS, record_forecasts
from reports_builder import append_only
from reports_builder.alerts.history import read_history
from reports_builder.alerts.ledger import Ledger
from reports_builder.alerts.lookup import assign
from reports_builder.alerts.run import evaluate_and_deliver
from reports_builder.budgets import changes
from reports_builder.budgets.changes import BudgetChanges, budget_change
from reports_builder.seals import sealing
from reports_builder.seals.verifying import verify
from reports_builder.tracked_savings import decisions
from reports_builder.tracked_savings.decisions import Decision, Decisions
from tests.alerts.warehouse_fixture import alert, write_warehouse
from tests.receiver.test_spool import kept, record, spool_in
from tests.seals.books import KEY, publish
from tests.servers import Endpoint, endpoint
from tests.warehouse.test_forecast_record import published

__all__ = ["endpoint"]

NOON = datetime(2026, 11, 4, 12, tzinfo=UTC)
BACK = (NOON, NOON - timedelta(days=1), NOON - timedelta(days=400), NOON + timedelta(hours=1))
"""What the clock says at each step: it goes a day back, a year, and is put right."""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[datetime]]:
    """The clock of everything below."""

    class Clock(datetime):
        at = NOON

        @classmethod
        def now(cls, _zone: object = None) -> datetime:  # type: ignore[override]
            return cls.at

    for module in (append_only, changes, decisions, forecast_record, sealing, spool):
        monkeypatch.setattr(module, "datetime", Clock)
    yield Clock


def in_order(path: Path, name: str) -> bool:
    """Whether the lines of a file say their times in the order in which they were written."""
    said = [json.loads(line)[name] for line in path.read_bytes().splitlines()]
    return said == sorted(said)


def test_the_budget_that_was_set_last_is_the_last(tmp_path: Path, clock: type[datetime]) -> None:
    budgets = BudgetChanges(tmp_path / "finops.duckdb")
    for step, clock.at in enumerate(BACK):  # type: ignore[attr-defined]
        budgets.append([budget_change("team", "assistant", "2026-11", f"{step}.50")])
    assert [str(each.budget_usd) for each in budgets.in_force().values()] == ["3.50"]
    # What the build chooses by.
    assert in_order(budgets.path, "changed_at")


def test_the_decision_that_was_made_last_is_the_last(tmp_path: Path, clock: type[datetime]) -> None:
    made = Decisions(tmp_path / "finops.duckdb")
    for step, clock.at in enumerate(BACK):  # type: ignore[attr-defined]
        made.append([Decision("work:part", date(2026, 11, 1) if step % 2 else None, f"actor {step}")])
    assert made.in_force()["work:part"]["actor"] == "actor 3"
    assert in_order(made.path, "decided_at")


def test_an_alert_is_sent_once_and_is_with_whom_it_was_given_to_last(
    tmp_path: Path, endpoint: Endpoint
) -> None:
    warehouse = write_warehouse(tmp_path / "finops.duckdb", [alert("aaaaaaaaaaa1")])
    for step, moment in enumerate(BACK):
        done = evaluate_and_deliver(
            warehouse,
            environment={"FINOPS_ALERT_URLS": endpoint.url()},
            clock=lambda: moment,  # noqa: B023
        )
        assert done.delivered == (step == 0)
        assign(warehouse, ["aaaaaaaaaaa1"], "ann", f"person {step}", clock=lambda: moment)  # noqa: B023
    assert len(endpoint.received) == 1
    ledger = Ledger(warehouse)
    said = [(event.event_at, event.assignee) for event in ledger.events() if event.assignee]
    assert max(said)[1] == said[-1][1] == "person 3"
    assert in_order(ledger.path, "event_at")
    assigned = read_history(ledger.events()).of("aaaaaaaaaaa1").assigned
    assert assigned and assigned.assignee == "person 3"


def test_a_channel_that_failed_is_tried_again(tmp_path: Path, endpoint: Endpoint) -> None:
    warehouse = write_warehouse(tmp_path / "finops.duckdb", [alert("aaaaaaaaaaa1")])
    endpoint.status = 503
    for moment in (NOON, NOON - timedelta(days=1)):
        evaluate_and_deliver(
            warehouse,
            environment={"FINOPS_ALERT_URLS": endpoint.url()},
            clock=lambda: moment,  # noqa: B023
        )
    assert len(endpoint.received) == 2


def test_the_forecast_that_was_made_first_is_the_first(tmp_path: Path, clock: type[datetime]) -> None:
    for step, clock.at in enumerate(BACK):  # type: ignore[attr-defined]
        record_forecasts(published(tmp_path, 100 + step, date(2026, 11, 5)))
    assert in_order(tmp_path / FORECASTS, "recorded_at")
    said = [json.loads(line)["forecast_usd"][:3] for line in (tmp_path / FORECASTS).read_bytes().splitlines()]
    assert said == ["100", "101", "102", "103"]
    # By a clock that is behind no day that had begun is still to come.
    clock.at = NOON - timedelta(days=30)  # type: ignore[attr-defined]
    record_forecasts(published(tmp_path, 7, date(2026, 11, 2)))
    assert len((tmp_path / FORECASTS).read_bytes().splitlines()) == 4


def test_seals_hold(tmp_path: Path, clock: type[datetime]) -> None:
    warehouse = publish(tmp_path / "finops.duckdb")
    for clock.at in BACK:  # type: ignore[attr-defined]
        sealing.seal(warehouse, tmp_path / "seals", KEY)
    warehouse = publish(tmp_path / "finops.duckdb", "update core.fct_charges set billed_cost_usd = 9")
    clock.at = NOON - timedelta(days=400)  # type: ignore[attr-defined]
    assert sealing.seal(warehouse, tmp_path / "seals", KEY, "late").added
    assert verify(warehouse, tmp_path / "seals", [KEY]).problems == ()


def test_what_is_received_is_kept_once(tmp_path: Path, clock: type[datetime]) -> None:
    for number, clock.at in enumerate((*BACK, NOON, NOON)):  # type: ignore[attr-defined]
        with spool_in(tmp_path) as opened:
            opened.put(record(number, ".jsonl"), ".jsonl").result(10)
    assert sorted(kept(tmp_path, ".jsonl")) == sorted(record(number, ".jsonl") for number in range(6))
