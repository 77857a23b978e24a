"""The whole project as a package of another dbt project: `python -m tests.bench.dbt_package`.

Exit code 1 when a claim does not hold: `dbt deps` and `dbt build` of the other project build and test every model, rows
that a company wrote into its folder count, and every mart has the rows that the project by itself has.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

from finops.company_folder import compose, init
from tests.forked_dbt import ROOT
from tests.warehouse.test_as_a_package import PROFILES, PROJECT
from tests.workspace import BIN, Workspace

OWN = "name,value,unit,description\nanomaly_min_score,4.5,spreads,Ours\n"


def main() -> int:
    """Build both and compare them."""
    with tempfile.TemporaryDirectory() as folder:
        host = Path(folder) / "host"
        plain = Workspace(Path(folder) / "plain", Path(folder) / "target")
        plain.generate(8, 40)
        init(host / "finops", is_demo=True)
        (host / "finops" / "seeds" / "assumptions.csv").write_text(OWN)
        compose(host / "finops")
        (host / "models").mkdir()
        (host / "models" / "days.sql").write_text("select * from {{ ref('ai_finops', 'dim_dates') }}\n")
        (host / "dbt_project.yml").write_text(PROJECT)
        (host / "profiles.yml").write_text(PROFILES.replace("target: bare", "target: plugged"))
        (host / "packages.yml").write_text("packages: [{local: finops/dbt_project}]\n")
        _dbt(host, plain.raw, "deps")
        said = _dbt(host, plain.raw, "build", "--exclude-resource-type", "unit_test")
        sys.stdout.write(f"As a package: {said.strip().splitlines()[-1]}\n")
        by_itself = Workspace(plain.folder, plain.target, str(host / "finops" / "dbt_project"))
        by_itself.build("--vars", "{sources: [calls]}")
        compared = _compare(host / "host.duckdb", by_itself.published, host)
        sys.stdout.write(f"{compared} marts have the same rows as the project by itself.\n")
    return 0


def _dbt(host: Path, raw: Path, *arguments: str) -> str:
    done = subprocess.run(
        [str(BIN / "dbt"), *arguments],
        cwd=host,
        env={name: value for name, value in os.environ.items() if not name.startswith(("DBT_", "FINOPS_"))}
        | {
            "PYTHONPATH": str(ROOT),
            "FINOPS_RAW_DIR": str(raw),
            "DBT_VERSION_CHECK": "false",
            "DBT_USE_COLORS": "false",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


def _compare(package: Path, by_itself: Path, host: Path) -> int:
    # Views name files as seen from the working directory.
    os.chdir(host)
    with duckdb.connect() as connection:
        connection.execute(f"attach '{package}' as host (read_only)")
        connection.execute(f"attach '{by_itself}' as finops (read_only)")
        assert connection.sql(
            "select value from host.seeds.assumptions where name = 'anomaly_min_score'"
        ).fetchall() == [(4.5,)]
        marts = connection.sql(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'finops' "
            "and schema_name not in ('main', 'staging', 'intermediate', 'seeds') order by 1"
        ).fetchall()
        assert len(marts) > 100
        others = []
        for (mart,) in marts:
            differing = connection.sql(
                f"select count(*) from ((from host.{mart} except all from finops.{mart}) union all "
                f"(from finops.{mart} except all from host.{mart}))"
            ).fetchall()
            if differing != [(0,)]:
                others.append(mart)
        assert not others, f"other rows than the project by itself: {', '.join(others)}"
    return len(marts)


if __name__ == "__main__":
    sys.exit(main())
