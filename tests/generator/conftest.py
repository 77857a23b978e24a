"""A small landing folder, written once by the command itself."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).parents[2]


def run_generator(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "generator", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="session")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("landing") / "raw"
    done = run_generator("--customers", "60", "--days", "60", "--seed", "7", "--out", str(out))
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def query(landing: Path) -> Callable[[str], list[tuple]]:
    connection = duckdb.connect()
    connection.execute(f"create view calls as from '{landing}/calls/*/*.parquet'")
    connection.execute(f"create view customers as from '{landing}/customers.parquet'")
    connection.execute(f"create view truth as from '{landing}/truth/planted_anomalies.parquet'")
    connection.execute(f"create view untagged as from '{landing}/truth/untagged_spend.parquet'")
    prices = ROOT / "dbt_project/seeds/demo_prices.csv"
    connection.execute(f"create view prices as from read_csv('{prices}', all_varchar=true)")
    return lambda sql: connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """A function that generates a small landing folder with further options."""

    def generate(*options: str) -> Path:
        out = tmp_path_factory.mktemp("scenario") / "raw"
        done = run_generator("--customers", "12", "--days", "8", "--out", str(out), *options)
        assert done.returncode == 0, done.stderr
        return out

    return generate
