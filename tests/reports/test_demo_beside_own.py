"""Where the calls are the demo's although a reader's own files are there, every page says so first."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from reports_builder.build import build_reports
from reports_builder.dashboard.loading import load_notice
from reports_builder.dashboard.reading import identity_of


def test_pages_say_above_all_that_they_show_the_demo(tiny_warehouse: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(tiny_warehouse, tmp_path / "finops.duckdb"))
    build_reports(path, tmp_path / "before", only=["finops_summary"])
    identity = identity_of(path)
    assert identity
    assert load_notice(str(path), identity) is None
    other = Path(shutil.copy(path, tmp_path / "next.duckdb"))
    with duckdb.connect(str(other)) as connection:
        connection.execute(
            "insert into core.rpt_data_quality (check_name, affected_calls, total_calls, details)"
            " values ('generated_calls_beside_own', 1, 2, 'The calls are the demo''s. Write `sources: [otel]`.')"
        )
    other.replace(path)
    build_reports(path, tmp_path / "after", only=["finops_summary"])
    before, after = ((tmp_path / name / "finops_summary.md").read_text() for name in ("before", "after"))
    added = [line for line in after.splitlines() if line not in before.splitlines()]
    assert added == ["> The calls are the demo's. Write \\`sources: \\[otel\\]\\`."]
    assert "demo's" in after.split("## The answer", 1)[0]
    identity = identity_of(path)
    assert identity
    assert load_notice(str(path), identity) == "The calls are the demo's. Write `sources: [otel]`."
