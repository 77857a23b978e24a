"""Retention and erasure on a generated company: `python -m tests.bench.retention`; exit code 1 when a claim does not hold.

Three whole builds: before, after details beyond the policy were removed, after a customer was erased. The figures of
closed months, the seals and every total stay, and neither a trace nor the name is in any value of any file.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from tests.forked_dbt import ROOT
from tests.seals.books import KEY
from tests.workspace import Workspace

CUSTOMER = "cust_0004"


def main() -> int:
    """Run it all in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        company = Workspace(place / "company", place / "target", project=str(_project(place)))
        company.generate(20, 130)
        _built(company)
        _run(company, "seal")
        names = set(_names(company.raw / "customers.parquet"))
        traces = {
            value
            for day in sorted((company.raw / "calls").glob("date=*"))[:20]
            for value in _values(next(day.glob("*.parquet")), ["trace_id"])
        }
        shown = _run(company, "retention", "plan")
        _say(shown.splitlines()[0])
        plan = re.search(r"retention apply (\w+)", shown)
        assert plan, shown
        _run(company, "retention", "apply", plan[1])
        _built(company)
        _say(_run(company, "retention", "prove"))
        _say(_verified(company))
        assert not _found(company.folder, traces), "a trace is left"

        totals = _totals(company)
        _run(company, "erase", "--customer", CUSTOMER, "--yes", "--reports", str(company.folder / "reports"))
        _built(company)
        _say(_verified(company))
        assert _totals(company) == totals, "a total is another"
        gone = names - set(_names(company.raw / "customers.parquet"))
        assert len(gone) == 1, gone
        assert not _found(company.folder, gone), "the name is left"
        _say(f"{CUSTOMER} is erased: the name is in no value of any file, all totals are the same.")
    return 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line.rstrip()}\n")
    sys.stdout.flush()


def _project(place: Path) -> Path:
    """The project with a policy; everything else is a link."""
    project = place / "dbt_project"
    project.mkdir()
    for path in (ROOT / "dbt_project").iterdir():
        if path.name != "seeds":
            (project / path.name).symlink_to(path)
    (project / "seeds").mkdir()
    for path in (ROOT / "dbt_project" / "seeds").iterdir():
        (project / "seeds" / path.name).symlink_to(path)
    policy = project / "seeds" / "retention_policies.csv"
    policy.unlink()
    policy.write_text("data_class,months,reason\ncall_details,2,a test\nraw_exports,2,a test\n")
    return project


def _built(company: Workspace) -> None:
    done = company.run_command("--quiet", "build", "--exclude-resource-type", "unit_test")
    assert done.returncode == 0, done.stdout[-3000:]


def _run(company: Workspace, *arguments: str) -> str:
    keys = {"FINOPS_SEAL_KEY": KEY.decode(), "FINOPS_SEALS_DIR": str(company.folder / "seals")}
    done = subprocess.run(
        [sys.executable, "-m", "reports_builder", *arguments],
        cwd=ROOT,
        env=company.env | keys,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (arguments, done.stdout[-2000:], done.stderr[-2000:])
    return done.stdout


def _verified(company: Workspace) -> str:
    """That the seals hold; the command fails where one does not."""
    return next(line for line in _run(company, "verify").splitlines() if line.endswith("holds."))


def _totals(company: Workspace) -> list[tuple[object, ...]]:
    return company.query(
        "select month_start_date, sum(total_cost_usd) from allocation.rpt_tenant_chargebacks_monthly group by 1 "
        "union all select usage_date, sum(revenue_usd) from margin.fct_customer_margins_daily group by 1 order by all"
    )


def _names(customers: Path) -> list[str]:
    return [str(name) for name in pq.read_table(customers)["customer_name"].to_pylist()]


def _found(folder: Path, wanted: set[str]) -> list[str]:
    """Where one of the values is left: as bytes of a file, or as a value of a Parquet file or of a warehouse."""
    found = []
    some = [value.encode() for value in sorted(wanted)[:50]]
    for path in (each for each in folder.rglob("*") if each.is_file()):
        is_left = any(value in path.read_bytes() for value in some)
        if path.suffix == ".parquet":
            is_left |= not wanted.isdisjoint(_values(path))
        elif path.suffix == ".duckdb":
            is_left |= not wanted.isdisjoint(_values_of_warehouse(path))
        if is_left:
            found.append(str(path))
            _say(f"left in {path}")
    return found


def _values(path: Path, columns: list[str] | None = None) -> Iterator[str]:
    table = pq.ParquetFile(path).read(columns=columns)
    for column in table.columns:
        if pa.types.is_string(column.type):
            yield from (value for value in column.unique().to_pylist() if value is not None)


def _values_of_warehouse(path: Path) -> Iterator[str]:
    with duckdb.connect(str(path), read_only=True) as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name from information_schema.columns join information_schema.tables "
            "using (table_schema, table_name) where table_type = 'BASE TABLE' and data_type = 'VARCHAR'"
        ).fetchall()
        for schema, table, column in columns:
            rows = connection.execute(f'select distinct "{column}" from "{schema}"."{table}"').fetchall()
            yield from (value for (value,) in rows if value is not None)


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
