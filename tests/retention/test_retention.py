"""What is older than the policy goes as it was planned, whatever happens meanwhile, and no figure changes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from dbt_project.landing.landing_folder import LandingFolder
from reports_builder import cli
from reports_builder.compliance.audit import AuditLog
from reports_builder.errors import ReportError
from reports_builder.live.command import only_watcher
from reports_builder.retention.applying import Retention
from reports_builder.retention.erasing import erase
from reports_builder.retention.plan import plan_removals
from tests.retention.small_books import KEPT_DAYS, OLD_DAYS, SECRET, Company, make_company


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return make_company(tmp_path / "company")


def retention(company: Company) -> Retention:
    return Retention(company.warehouse, company.raw)


def planned(company: Company) -> str:
    return plan_removals(company.warehouse, company.raw).plan_id


def everything(company: Company) -> bytes:
    return b"".join(path.read_bytes() for path in company.folder.rglob("*") if path.is_file())


def test_a_plan_shows_what_would_go_and_changes_nothing(company: Company) -> None:
    before = company.files()
    plan = plan_removals(company.warehouse, company.raw)
    assert [(each.path, each.rows, each.columns) for each in plan.removals] == [
        (f"calls/date={day}/part.parquet", 3, ("trace_id", "agent_id", "user_mail")) for day in OLD_DAYS
    ] + [("litellm/2026-07.csv", 3, ())]
    assert company.files() == before
    assert plan.plan_id == planned(company)


def test_details_go_once_the_figures_are_shown_to_be_the_same(company: Company) -> None:
    figures, others = company.figures(), [company.day_file(day).read_bytes() for day in KEPT_DAYS]
    assert b"user9@example.com" in everything(company)
    working = company.warehouse.parent / "build" / "finops.duckdb"
    with duckdb.connect(str(working)) as connection:
        connection.execute("create table of_an_earlier_build as select 'TRACE' as trace_id")
    retention(company).apply(planned(company))
    # It may hold details in blocks that are free.
    assert not working.exists()
    assert retention(company).run() is not None
    with pytest.raises(ReportError, match="nothing was built since"):
        retention(company).prove()
    company.build()
    assert company.figures() == figures
    [details, exports] = retention(company).prove()
    assert (details.files, details.rows, exports.files, exports.rows) == (2, 6, 1, 3)
    assert retention(company).applied() == [details, exports]
    # Builds have linked the files of before: they are gone there, too.
    for gone in (b"TRACE-2026-07-31", b"user9@example.com", SECRET.encode()):
        assert gone not in everything(company)
    assert "trace_id" not in pq.read_schema(company.day_file(OLD_DAYS[0])).names
    assert [company.day_file(day).read_bytes() for day in KEPT_DAYS] == others
    assert not company.export.exists()
    assert plan_removals(company.warehouse, company.raw).removals == ()
    shutil.rmtree(company.warehouse.parent)
    company.build()
    assert company.figures() == figures


def test_landed_rows_of_an_export_stay_but_the_record_as_it_came(company: Company) -> None:
    [landed] = (
        path
        for path in (company.warehouse.parent / "build/landing/litellm").glob("*.parquet")
        if path.stem != "contract"
    )
    before = pq.read_table(landed)
    retention(company).apply(planned(company))
    company.build()
    after = pq.read_table(landed)
    assert after.schema == before.schema
    assert after["raw_record"].null_count == after["agent_id"].null_count == 3
    for name in set(before.column_names) - {"raw_record", "agent_id"}:
        assert after[name].equals(before[name]), name


def test_an_export_that_comes_back_counts_once(company: Company) -> None:
    figures, export = company.figures(), company.export.read_bytes()
    retention(company).apply(planned(company))
    company.export.write_bytes(export)
    company.build()
    assert company.figures() == figures


def test_kept_rows_are_landed_in_the_columns_of_a_newer_version(company: Company) -> None:
    retention(company).apply(planned(company))
    [archived] = (company.raw / "archive" / "litellm").glob("*.parquet")
    pq.write_table(pq.read_table(archived).drop(["service_tier"]), archived)
    figures = company.figures()
    company.build()
    assert company.figures() == figures


def test_nobody_is_erased_beside_what_is_set_aside(company: Company) -> None:
    retention(company).apply(planned(company))
    before = company.files()
    with pytest.raises(ReportError, match="has set files aside that may name whom you erase"):
        erase(company.warehouse, company.raw, "acme")
    assert company.files() == before


def test_undo_puts_every_byte_back(company: Company) -> None:
    before = company.files()
    retention(company).apply(planned(company))
    assert company.files() != before
    retention(company).undo()
    assert company.files() == before
    assert retention(company).run() is None


def dying_at(monkeypatch: pytest.MonkeyPatch, step: int) -> Callable[[], bool]:
    """Die at that rename or link of what follows; says whether there was one."""
    left = step
    real = {name: getattr(os, name) for name in ("link", "rename", "replace")}

    def dying(name: str) -> Callable[..., None]:
        def call(*arguments: object, **options: object) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                raise KeyboardInterrupt
            real[name](*arguments, **options)

        return call

    for name in real:
        monkeypatch.setattr(os, name, dying(name))
    return lambda: left <= 0


@pytest.mark.parametrize("action", ["apply", "undo"])
def test_a_run_that_is_killed_anywhere_is_completed_by_the_next(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, action: str
) -> None:
    figures = company.figures()
    plan = planned(company)
    if action == "undo":
        retention(company).apply(plan)
    start = tmp_path / "start"
    shutil.copytree(company.folder, start, copy_function=shutil.copy2)
    ends = set()
    for step in range(1, 40):
        shutil.rmtree(company.folder)
        shutil.copytree(start, company.folder, copy_function=shutil.copy2)
        run = (lambda: retention(company).apply(plan)) if action == "apply" else retention(company).undo
        with monkeypatch.context() as patched:
            was_killed = dying_at(patched, step)
            with suppress(KeyboardInterrupt):
                run()
            if not was_killed():
                break
        # Whatever the kill left, a build reads each row once.
        copy = Company(tmp_path / f"{action}-{step}")
        shutil.copytree(company.folder, copy.folder)
        copy.build()
        assert copy.figures() == figures, step
        if retention(company).run() is not None or action == "apply":
            run()
        ends.add(tuple((name, len(content)) for name, content in company.files().items()))
    assert step > 3
    assert len(ends) == 1


def test_where_a_figure_differs_nothing_goes_for_good(company: Company) -> None:
    retention(company).apply(planned(company))
    late = company.day_file(OLD_DAYS[0]).with_name("late.parquet")
    shutil.copyfile(company.day_file(OLD_DAYS[0]), late)
    company.build()
    with pytest.raises(ReportError, match=r"core\.fct_usage_daily: 2026-07-30"):
        retention(company).prove()
    assert (company.raw / ".retention" / "files" / "litellm" / "2026-07.csv").is_file()


def test_figures_of_another_day_are_not_compared(company: Company) -> None:
    retention(company).apply(planned(company))
    company.build()
    with duckdb.connect(str(company.warehouse)) as connection:
        connection.execute("update intermediate.int_as_of_date set as_of_date = date '2026-11-02'")
    with pytest.raises(ReportError, match="stands on 2026-11-02 now and stood on 2026-10-03"):
        retention(company).prove()


def test_a_file_that_changed_since_the_plan_is_not_touched(company: Company) -> None:
    plan = planned(company)
    os.utime(company.day_file(OLD_DAYS[0]))
    with pytest.raises(ReportError, match="what would be removed now is the plan"):
        retention(company).apply(plan)
    assert retention(company).run() is None


def test_nothing_is_removed_beside_a_watcher_or_a_build(company: Company) -> None:
    before, plan = company.files(), planned(company)
    with only_watcher(company.warehouse.parent), pytest.raises(ReportError, match="watcher"):
        retention(company).apply(plan)
    code = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); c.execute('create table t (i int)'); print(1, flush=True); sys.stdin.read()"
    working = str(company.warehouse.parent / "build" / "finops.duckdb")
    with subprocess.Popen(
        [sys.executable, "-c", code, working], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as build:
        assert build.stdout
        build.stdout.readline()
        with pytest.raises(ReportError, match=r"a build of .* runs"):
            retention(company).apply(plan)
        build.communicate()
    assert company.files() == before


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        ("('call_details', 1)", "2 is the least"),
        ("('call_details', null)", "2 is the least"),
        ("", "has no row"),
    ],
)
def test_a_policy_that_cannot_be_followed_is_said(company: Company, policy: str, problem: str) -> None:
    company.build(policy)
    with pytest.raises(ReportError, match=problem):
        planned(company)


def test_an_export_that_has_not_landed_as_it_is_stays(company: Company) -> None:
    company.export.write_text(company.export.read_text().replace("0.25", "0.75"))
    assert all(
        each.data_class == "call_details" for each in plan_removals(company.warehouse, company.raw).removals
    )


def test_the_commands_say_what_they_do_and_are_noted(
    company: Company, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> int:
        places = ["--warehouse", str(company.warehouse), "--raw", str(company.raw)]
        monkeypatch.setattr(sys, "argv", ["reports_builder", "retention", *arguments, *places])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return int(ended.value.code or 0)

    assert run("plan") == 0
    shown = capsys.readouterr().out
    assert "calls/date=2026-07-30/part.parquet: columns trace_id, agent_id, user_mail of 3 rows" in shown
    assert "litellm/2026-07.csv: all of it" in shown
    plan = shown.split()[-1]
    assert run("apply", "another") == 2
    assert run("apply", plan) == 0
    assert run("prove") == 2
    company.build()
    assert run("prove") == 0
    assert "every figure is the same" in capsys.readouterr().out
    assert [event.outcome for event in AuditLog(company.warehouse).events()][1::2] == [
        "done",
        "failed",
        "done",
        "failed",
        "done",
    ]
    assert LandingFolder(company.warehouse.parent).frozen.published_slots()
