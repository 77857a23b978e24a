"""The same figures from the command line of MetricFlow, and the lines of the documentation work as they stand."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import pytest

from reports_builder.semantic import list_metrics, query
from tests.workspace import BIN, ROOT, Workspace


def test_mf_query_gives_the_figures_of_the_marts(built: Workspace, tmp_path: Path) -> None:
    project = tmp_path / "dbt_project"
    shutil.copytree(
        ROOT / "dbt_project", project, ignore=shutil.ignore_patterns("target", "logs", "seeds", "models")
    )
    (project / "target").mkdir()
    shutil.copy(built.target / "semantic_manifest.json", project / "target")
    before = built.published.read_bytes()
    done = subprocess.run(
        [
            str(BIN / "mf"),
            "query",
            "--metrics",
            "total_cost,calls",
            "--group-by",
            "metric_time__month,call__provider",
            "--order",
            "metric_time__month,call__provider",
            "--csv",
            "out.csv",
        ],
        cwd=tmp_path,
        env=built.env
        | {"DBT_PROJECT_DIR": "dbt_project", "DBT_PROFILES_DIR": str(ROOT), "DBT_TARGET": "published"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    with (tmp_path / "out.csv").open() as file:
        header, *rows = csv.reader(file)
    assert header == ["metric_time__month", "call__provider", "total_cost", "calls"]
    expected = query(["total_cost", "calls"], header[:2], warehouse=built.published).rows
    assert [(row[0][:10], row[1], Decimal(row[2]), int(row[3])) for row in rows] == [
        (str(month), provider, cost, calls) for month, provider, cost, calls in expected
    ]
    assert built.published.read_bytes() == before


def test_the_layer_is_parsed_where_no_dbt_command_ran(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    assert "total_cost" in {metric.name for metric in list_metrics()}
    assert [path.name for path in (tmp_path / "target").iterdir()] == ["semantic_manifest.json"]


def test_the_python_of_the_readme_runs(
    built: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    section = (ROOT / "docs" / "charts.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", section, re.DOTALL)
    (tmp_path / "warehouse").symlink_to(built.warehouse_dir)
    monkeypatch.chdir(tmp_path)
    scope: dict[str, object] = {}
    exec(code, scope)
    assert (tmp_path / "reports_builder" / "saved_charts" / "margin-by-tier.yml").is_file()
