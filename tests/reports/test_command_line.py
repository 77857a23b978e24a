"""What a user did wrong is one line on stderr and exit code 2, and no report is touched."""

import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from reports_builder import cli
from reports_builder.errors import ReportError
from tests.reports.warehouse_fixture import build_warehouse
from tests.workspace import ROOT


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of the command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["reports_builder", *arguments])
        with pytest.raises(SystemExit) as exit_:
            cli.main()
    captured = capsys.readouterr()
    assert isinstance(exit_.value.code, int)
    return exit_.value.code, captured.out, captured.err


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """The one line of a refusal."""
    code, out, error = run(capsys, *arguments)
    assert code == 2
    assert out == ""
    assert error.count("\n") == 1 and error.startswith("error: ")
    assert "Traceback" not in error
    return error


def test_reports_are_written_and_the_answer_is_printed(
    capsys: pytest.CaptureFixture[str], tiny_warehouse: Path, tmp_path: Path
) -> None:
    code, out, error = run(
        capsys,
        *("--warehouse", str(tiny_warehouse), "--out", str(tmp_path), "--only", "finops_summary"),
        *("--as-of", "2026-10-31"),
    )
    assert (code, error) == (0, "")
    assert str(tmp_path / "finops_summary.md") in out
    assert "$1.6K" in out
    assert (tmp_path / "finops_summary.md").is_file()


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["--bogus"], "--bogus"),
        (["bogus"], "bogus"),
        (["--as-of", "31.10.2026"], "YYYY-MM-DD"),
        (["--as-of"], "--as-of"),
        (["--warehouse", "no/such.duckdb"], "dbt build"),
    ],
)
def test_wrong_options_are_explained(
    capsys: pytest.CaptureFixture[str], arguments: list[str], hint: str
) -> None:
    assert hint in refused(capsys, *arguments)


@pytest.mark.parametrize(
    "command", [(), ("alerts", "list"), ("export", "focus", "--month", "2026-10", "--out", "x.csv")]
)
def test_the_variable_that_moves_the_warehouse_moves_it_for_every_command(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reports_builder", *command],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "FINOPS_WAREHOUSE_DIR": str(tmp_path / "moved")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert str(tmp_path / "moved" / "finops.duckdb") in done.stderr


def test_another_day_needs_another_build(capsys: pytest.CaptureFixture[str], tiny_warehouse: Path) -> None:
    error = refused(capsys, "--warehouse", str(tiny_warehouse), "--as-of", "2026-10-30")
    assert "built as of 2026-10-31" in error
    assert "dbt build --project-dir dbt_project --vars '{as_of_date: 2026-10-30}'" in error


def test_unknown_page_lists_the_pages(capsys: pytest.CaptureFixture[str], tiny_warehouse: Path) -> None:
    assert "finops_summary" in refused(capsys, "--warehouse", str(tiny_warehouse), "--only", "nothing")


def test_a_file_that_is_no_database(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "finops.duckdb"
    path.write_text("not a database")
    assert "is not a warehouse" in refused(capsys, "--warehouse", str(path))


def test_a_database_without_a_build(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "finops.duckdb"
    duckdb.connect(str(path)).close()
    assert "no finished build" in refused(capsys, "--warehouse", str(path))


def test_a_build_without_usage(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = build_warehouse(tmp_path / "finops.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute("delete from intermediate.int_as_of_date")
    assert "holds no usage" in refused(capsys, "--warehouse", str(path))


@pytest.mark.parametrize(
    "change",
    [
        "drop table core.rpt_data_quality",
        "alter table core.fct_usage_daily drop column effective_cost_usd",
        "alter table intermediate.int_as_of_date drop column first_usage_date",
    ],
)
def test_a_warehouse_of_an_older_version(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, change: str
) -> None:
    path = build_warehouse(tmp_path / "finops.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute(change)
    out = tmp_path / "reports"
    error = refused(capsys, "--warehouse", str(path), "--out", str(out), "--only", "finops_summary")
    assert "another version" in error and "dbt build" in error
    assert not out.exists()


def test_a_warehouse_that_another_program_writes_to(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = build_warehouse(tmp_path / "finops.duckdb")
    writer = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); input()",
            str(path),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"open\n"
        assert "open for writing" in refused(capsys, "--warehouse", str(path))
    finally:
        writer.communicate(b"\n", timeout=30)


def test_an_output_folder_that_cannot_be_written(
    capsys: pytest.CaptureFixture[str], tiny_warehouse: Path, tmp_path: Path
) -> None:
    blocked = tmp_path / "reports"
    blocked.write_text("a file where the folder should be")
    error = refused(
        capsys,
        *("--warehouse", str(tiny_warehouse), "--out", str(blocked), "--only", "finops_summary"),
    )
    assert f"cannot write to {blocked}" in error


def test_messages_are_one_line() -> None:
    assert str(ReportError("two\nlines")) == "two lines"
