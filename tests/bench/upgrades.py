"""From the last two versions to this one, with a warehouse that they built: `python -m tests.bench.upgrades`.

Exit code 1 when a claim does not hold: this version leaves their warehouse alone and says what to do; when that is
done the same calls and cost are in it, alerts that were acknowledged stay so, and reports are rendered.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from finops.company_folder import init
from tests.company.earlier import VERSIONS, check_out
from tests.forked_dbt import ROOT

TOTALS = "select count(*), sum(billed_cost_usd), min(called_at), max(called_at) from core.fct_calls"


def main() -> int:
    """Try each version in a folder of its own."""
    for version in VERSIONS:
        with tempfile.TemporaryDirectory() as folder:
            _upgrade(version, Path(folder))
    return 0


def _upgrade(version: str, folder: Path) -> None:
    earlier, ours = folder / version, folder / "ours"
    earlier.mkdir()
    check_out(version, earlier)
    _run(earlier, ["-m", "generator", "--customers", "8", "--days", "40"])
    dbt = ["-m", "dbt.cli.main", "--quiet", "build", "--project-dir", "dbt_project"]
    _run(earlier, [*dbt, "--exclude-resource-type", "unit_test"])
    _run(earlier, ["-m", "reports_builder", "alerts"])
    listed = _run(earlier, ["-m", "reports_builder", "alerts", "list"])
    [alert, *_] = re.findall(r"\b[0-9a-f]{12}\b", listed)
    _run(earlier, ["-m", "reports_builder", "alerts", "ack", alert])
    before = _totals(earlier)

    init(ours, is_demo=True)
    (ours / "data" / "raw").rmdir()
    (earlier / "data" / "raw").rename(ours / "data" / "raw")
    (earlier / "warehouse").rename(ours / "warehouse")
    published = (ours / "warehouse" / "finops.duckdb").read_bytes()
    refused = _run(ours, ["-m", "finops", "build"], code=2)
    assert "--full-refresh" in refused, refused
    assert (ours / "warehouse" / "finops.duckdb").read_bytes() == published
    _run(ours, ["-m", "finops", "build", "--full-refresh"])
    assert _totals(ours) == before, (_totals(ours), before)
    assert alert not in _run(ours, ["-m", "finops", "alerts", "list"]), "an acknowledged alert is open again"
    _run(ours, ["-m", "finops", "report"])
    sys.stdout.write(
        f"{version}: refused with the way on, then {before[0]:,} calls and {before[1]} USD as before\n"
    )


def _run(folder: Path, command: Sequence[str], code: int = 0) -> str:
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DBT_", "FINOPS_"))
    }
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment
        | {"DBT_VERSION_CHECK": "false", "PYTHONPATH": str(folder if folder.name in VERSIONS else ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == code, f"{command}: exit code {done.returncode}\n{said[-4000:]}"
    return said


def _totals(folder: Path) -> tuple[object, ...]:
    # Views of the calls name their files as seen from the folder.
    os.chdir(folder)
    with duckdb.connect(str(folder / "warehouse" / "finops.duckdb"), read_only=True) as connection:
        [found] = connection.sql(TOTALS).fetchall()
    return tuple(found)


if __name__ == "__main__":
    sys.exit(main())
