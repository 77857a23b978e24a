"""A saving is accepted by a command, counts from the next build on, and can be given up again."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from reports_builder.errors import ReportError
from reports_builder.tracked_savings.decisions import Decisions, accept, give_up, works
from reports_builder.warehouse import open_warehouse
from tests.workspace import Workspace

ACCEPTED = """
    select tracking_id, accepted_date, predicted_monthly_savings_usd, task_type, to_model
    from intermediate.int_savings_accepted order by tracking_id"""


@pytest.fixture(scope="module")
def workspace(built: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return built.copy_to(tmp_path_factory.mktemp("savings"))


def a_move(warehouse: Path) -> tuple[str, Decimal]:
    """A work that moves calls, and what all its parts are expected to bring."""
    with open_warehouse(warehouse) as opened:
        found = opened.evidence("""
            select work_id, sum(kept_savings_base_usd) as kept_usd
            from rates.rpt_model_switch_savings
            where is_recommended
            group by work_id
            order by kept_usd desc
            limit 1
        """)
    return str(found["work_id"]), Decimal(str(found["kept_usd"]))


def rows(workspace: Workspace) -> list[tuple[object, ...]]:
    workspace.build("--select", "stg_savings__decisions", "int_savings_accepted")
    with duckdb.connect(
        str(workspace.warehouse_dir / "build" / "finops.duckdb"), read_only=True
    ) as connection:
        return connection.execute(ACCEPTED).fetchall()


def test_what_is_accepted_is_tracked_from_the_next_build_on_until_it_is_given_up(
    workspace: Workspace,
) -> None:
    warehouse = workspace.published
    work_id, kept_usd = a_move(warehouse)
    decided = accept(warehouse, work_id, date(2026, 10, 1), "ann", 'a "note"')
    # What a kill cut off is no decision, and does not swallow the next one.
    with Decisions(warehouse).path.open("ab") as file:
        file.write(b'{"decision_id": "torn", "tracking_id": "x", "accep')
    again = accept(warehouse, work_id, date(2026, 10, 5), "bob")
    held = rows(workspace)
    assert [row[0] for row in held] == sorted(each.tracking_id for each in decided)
    assert {row[1] for row in held} == {date(2026, 10, 5)}
    assert sum(row[2] for row in held) == kept_usd  # type: ignore[misc]
    assert all(row[3] and row[4] for row in held)
    [listed] = [work for work in works(warehouse) if work["work_id"] == work_id]
    assert listed["accepted_date"] == "2026-10-05"
    assert give_up(warehouse, work_id, "ann") == len(again)
    assert rows(workspace) == []
    assert Decisions(warehouse).all()[0]["actor"] == "ann"


@pytest.mark.parametrize(
    ("work_id", "actor", "problem"),
    [
        ("nothing:of/the kind", "ann", "there is no work"),
        ("x' or '1'='1", "ann", "there is no work"),
        (None, " ", "say who decides"),
        (None, "a\nb", "control character"),
    ],
)
def test_what_cannot_be_accepted_is_refused_and_writes_nothing(
    workspace: Workspace, work_id: str | None, actor: str, problem: str
) -> None:
    before = Decisions(workspace.published).all()
    with pytest.raises(ReportError, match=problem):
        accept(workspace.published, work_id or a_move(workspace.published)[0], date(2026, 10, 1), actor)
    assert Decisions(workspace.published).all() == before


def test_a_work_that_nothing_can_measure_is_refused(workspace: Workspace) -> None:
    [untracked] = [
        str(work["work_id"]) for work in works(workspace.published) if work["action_kind"] == "caching"
    ][:1]
    with pytest.raises(ReportError, match="cannot be tracked"):
        accept(workspace.published, untracked, date(2026, 10, 1), "ann")
    with pytest.raises(ReportError, match="not among what was accepted"):
        give_up(workspace.published, untracked, "ann")


def test_a_name_of_two_lines_stays_on_one_line(tmp_path: Path) -> None:
    decisions = Decisions(tmp_path / "finops.duckdb")
    assert decisions.all() == []
    decisions.path.parent.mkdir()
    decisions.path.write_bytes(json.dumps([1]).encode() + b"\nnull\n{}\n")
    assert decisions.all() == []
