"""A call whose record lies in the folders of two days counts on one of them, in whichever order the files come."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.faults.cases import rows_of
from tests.workspace import Workspace

LAST, FIRST, NEXT = "2026-10-31", "2026-11-01", "2026-11-02"
# The first tells more of its call on the first day, the second on the second; the others are two calls each.
FILES = {
    LAST: [("more before", "23:59:50", 100, "0.10"), ("more after", "23:59:50", 0, "0.20"), ("1", "00:00:10", 10, "1"), ("far", "12:00:00", 10, "2")],
    FIRST: [("more before", "00:00:10", 10, "0.01"), ("more after", "00:00:10", 100, "0.40"), ("1", "00:00:10", 10, "1"), ("far", "12:00:00", 10, "2")],
}  # fmt: skip
# One id for two calls, each told over a midnight and better on its first day.
TWO_MIDNIGHTS = {
    LAST: [("both", "23:50:00", 30, "0.3")],
    FIRST: [("both", "00:10:00", 10, "0.1"), ("both", "23:50:00", 30, "0.4")],
    NEXT: [("both", "00:10:00", 10, "0.2")],
}  # fmt: skip
RECONCILED = """
    select usage_date::text, rows_read, rows_accepted, rows_rejected, rows_duplicate,
        billed_cost_in_marts_usd::double, billed_cost_duplicate_usd::double, difference_usd::double
    from core.rpt_reconciliation order by 1"""
REPEATED = (
    "select record_key, reason, usage_date::text, counted_date::text from core.repeated_records order by 1"
)
TOLD = "intermediate.int_calls_over_midnight"
TOGETHER = [[LAST, 4, 3, 0, 1, 3.1, 0.2, 0], [FIRST, 4, 3, 0, 1, 3.4, 0.01, 0]]


def write(raw: Path, day: str, files: dict[str, list[tuple[str, str, int, str]]] = FILES) -> None:
    ids, times, tokens, costs = zip(*files[day], strict=True)
    columns: dict[str, Any] = {
        "call_id": ids,
        "timestamp": pa.array(
            [datetime.fromisoformat(f"{day}T{time}") for time in times], pa.timestamp("us")
        ),
        "input_tokens": tokens,
        "output_tokens": tokens,
        "cost_usd": costs,
    } | dict.fromkeys(
        ("provider", "model", "customer_id", "product_id", "feature_id", "task_type"), ["x"] * len(ids)
    )
    path = raw / "calls" / f"date={day}" / "part.parquet"
    path.parent.mkdir(parents=True)
    pq.write_table(pa.table(columns), path)


def build(workspace: Workspace) -> list[Any]:
    """Build what the facts and the reconciliation need, as if it were all, so that it is published."""
    done = workspace.dbt(
        "build", "--quiet", "--exclude-resource-type", "unit_test", "--indirect-selection", "cautious",
        "--vars", "{accept_removed_days: true, is_live_refresh: true}",
        "--select", "+int_usage_slots", "+rpt_reconciliation", "+repeated_records", "assert_every_record_read_is_accounted_for",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    return rows_of(workspace, RECONCILED)


@pytest.mark.parametrize(
    "days", [(LAST, FIRST), (FIRST, LAST)], ids=["later-file-first", "earlier-file-first"]
)
def test_a_call_told_on_both_sides_of_midnight_counts_once(
    days: tuple[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    workspace = Workspace(
        tmp_path_factory.mktemp("midnight"), tmp_path_factory.getbasetemp() / "midnight-target"
    )
    write(workspace.raw, days[0])
    alone = build(workspace)
    assert [row[2:5] for row in alone] == [[4, 0, 0]]
    write(workspace.raw, days[1])
    assert build(workspace) == TOGETHER
    assert rows_of(workspace, REPEATED) == [
        ["more after", "same_id", LAST, FIRST],
        ["more before", "same_id", FIRST, LAST],
    ]
    # What counted on the other day counts here again when that day goes.
    (workspace.raw / "calls" / f"date={days[1]}" / "part.parquet").unlink()
    assert build(workspace) == alone


@pytest.mark.parametrize("days", [(LAST, FIRST, NEXT), (NEXT, LAST, FIRST)], ids=["in-order", "middle-last"])
def test_an_id_told_over_two_midnights_is_two_calls(
    days: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    workspace = Workspace(
        tmp_path_factory.mktemp("midnights"), tmp_path_factory.getbasetemp() / "midnight-target"
    )
    for day in days:
        write(workspace.raw, day, TWO_MIDNIGHTS)
        built = build(workspace)
    assert built == [
        [LAST, 1, 1, 0, 0, 0.3, 0, 0],
        [FIRST, 2, 1, 0, 1, 0.4, 0.1, 0],
        [NEXT, 1, 0, 0, 1, 0, 0.2, 0],
    ]
    assert rows_of(workspace, REPEATED + ", 3") == [
        ["both", "same_id", FIRST, LAST],
        ["both", "same_id", NEXT, FIRST],
    ]


def test_midnights_far_from_what_changed_are_left_as_they_were(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    workspace = Workspace(tmp_path_factory.mktemp("far"), tmp_path_factory.getbasetemp() / "midnight-target")
    write(workspace.raw, LAST)
    build(workspace)
    with duckdb.connect(str(workspace.warehouse_dir / "build" / "finops.duckdb")) as working_file:
        working_file.execute(
            f"insert into {TOLD} (partition_date, call_id, midnight_date, is_parted, counted_date) values "
            "('2026-10-01', 'left', '2026-10-02', false, '2026-10-02'), ('2026-10-31', 'told anew', '2026-10-31', false, '2026-10-30')"
        )
    write(workspace.raw, FIRST)
    build(workspace)
    told = rows_of(workspace, f"select distinct call_id from {TOLD} order by 1")
    assert told == [["left"], ["more after"], ["more before"]]
