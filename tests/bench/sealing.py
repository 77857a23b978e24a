"""How long a day of many charges takes to be sealed, sealed again and verified, beside what cannot be spared.

The floor is one query that reads the day, and SHA-256 as often as the tree needs it: over a row, and over two hashes.

`python -m tests.bench.sealing [--rows 1000000 5000000]`: the day has the columns of `core.fct_charges`, as a build of a small company makes
them, with ids and amounts of its own in each row. Every step is a process of its own; memory is the peak of the process.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import duckdb

from tests.bench.warehouse_build import measure
from tests.workspace import Workspace

DAY = "date '2026-10-31'"
FLOOR = """
import duckdb, sys
from hashlib import sha256
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    ((rows, _),) = connection.execute("select count(*), sum(hash(charges)) from core.fct_charges as charges").fetchall()
row, pair = bytes(954), bytes(65)
for _ in range(rows):
    sha256(row).digest()
    sha256(pair).digest()
"""


def multiply(published: Path, many: Path, rows: int) -> None:
    """The warehouse with so many charges on one day."""
    many.unlink(missing_ok=True)
    with duckdb.connect(str(many)) as connection:
        run = connection.execute
        run(f"attach '{published}' as finops (read_only)")
        for schema in ("core", "allocation", "intermediate", "seeds"):
            run(f"create schema {schema}")
        for (seed,) in run("select table_name from duckdb_tables() where schema_name = 'seeds'").fetchall():
            run(f"create table seeds.{seed} as from finops.seeds.{seed}")
        run(f"create table intermediate.int_as_of_date as select {DAY} as as_of_date")
        allocated = "allocation.fct_allocated_costs_daily"
        run(f"create table {allocated} as from finops.{allocated} limit 0")
        ((found,),) = run("select count(*) from finops.core.fct_charges").fetchall()
        money = [
            name
            for name, kind, *_ in run("describe finops.core.fct_charges").fetchall()
            if kind == "DECIMAL(28,12)"
        ]
        # Amounts keep the many zeros at the end, and the equality within a row, that amounts of bills have.
        amounts = ", ".join(f"cast({name} + number * 0.0001 as decimal(28, 12)) as {name}" for name in money)
        run(
            f"create table core.fct_charges as select charges.* replace (md5(charge_id || '/' || number) as charge_id, {DAY} as charge_date, {amounts})"
            f" from finops.core.fct_charges as charges, range({-(-rows // found)}) as copies (number) limit {rows}"
        )


def bench(rows: int, folder: Path, workspace: Workspace) -> None:
    """Print the figures of one size."""
    many, key = folder / "many.duckdb", folder / "seal.key"
    # In a process of its own: those that follow count the memory of this one as theirs.
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        pool.submit(multiply, workspace.published, many, rows).result()
    key.write_text("k" * 64)
    command = [sys.executable, "-m", "reports_builder"]
    where = ["--warehouse", str(many), "--seals", str(folder / f"seals-{rows}"), "--key-file", str(key)]
    floor = measure([sys.executable, "-c", FLOOR, str(many)], workspace.env)
    sys.stdout.write(f"a day of {rows:,} charges, {many.stat().st_size >> 20} MB\n")
    for name, step in (("floor", None), ("seal", "seal"), ("seal again", "seal"), ("verify", "verify")):
        found = measure([*command, step, *where], workspace.env) if step else floor
        sys.stdout.write(
            f"  {name:13} {found.seconds:7.2f} s  {found.processor_seconds:7.2f} s of processor time  {found.megabytes:7,.0f} MB\n"
        )
        sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 5_000_000])
    parser.add_argument("--published", type=Path, help="A warehouse that is built already.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workspace = Workspace(folder, folder / "target")
        if options.published:
            workspace.published.parent.mkdir(parents=True)
            workspace.published.symlink_to(options.published.resolve())
        else:
            workspace.generate(100, 30)
            measure(workspace.dbt_command("--quiet", "build"), workspace.env)
        for rows in options.rows:
            bench(rows, folder, workspace)
    sys.stdout.write(f"machine: {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")


if __name__ == "__main__":
    main()
