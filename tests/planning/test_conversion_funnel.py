"""Customers who begin without a fee: what the funnel counts is what the generator planted."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from reports_builder.subjects.planning.funnel.statements import funnel_section
from reports_builder.warehouse import Warehouse
from tests.workspace import Workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("free")
    workspace = Workspace(folder, folder / "target")
    workspace.generate(150, 60, "--scenario", "free_tier")
    shutil.move(workspace.raw / "truth", folder / "truth")
    workspace.build(
        *("--resource-type", "seed", "--resource-type", "model"),
        *("--select", "+rpt_conversion_funnel", "int_as_of_date"),
    )
    return workspace


@pytest.fixture
def connection(workspace: Workspace) -> Iterator[duckdb.DuckDBPyConnection]:
    database = workspace.warehouse_dir / "build" / "finops.duckdb"
    with duckdb.connect(str(database), read_only=True) as opened:
        yield opened


def test_who_signed_up_and_who_pays_is_what_was_planted(
    workspace: Workspace, connection: duckdb.DuckDBPyConnection
) -> None:
    effects = pq.read_table(workspace.folder / "truth" / "scenario_effects.parquet").to_pylist()
    planted = Counter(row["kind"] for row in effects if row["scenario"] == "free_tier")
    ((signed_up, converted, left, still_free, unobserved),) = connection.execute(
        """
        select signed_up, converted, left_unpaid, still_free, unobserved_customers
        from planning.rpt_conversion_funnel where segment = 'all' and cohort = 'all'
        """
    ).fetchall()
    assert planted["free_tier_conversion"] >= 1
    assert converted == planted["free_tier_conversion"]
    assert signed_up == planted["free_tier_conversion"] + planted["free_tier_signup"]
    assert signed_up == converted + left + still_free
    assert unobserved == 0


def test_segments_and_cohorts_sum_to_all(connection: duckdb.DuckDBPyConnection) -> None:
    ((whole,),) = connection.execute(
        "select signed_up from planning.rpt_conversion_funnel where segment = 'all' and cohort = 'all'"
    ).fetchall()
    for part in (
        "segment <> 'all' and cohort = 'all'",
        "segment = 'all' and cohort <> 'all'",
        "segment <> 'all' and cohort <> 'all'",
    ):
        ((parts,),) = connection.execute(
            f"select sum(signed_up) from planning.rpt_conversion_funnel where {part}"
        ).fetchall()
        assert parts == whole, part


def test_a_share_of_few_says_how_little_is_known(connection: duckdb.DuckDBPyConnection) -> None:
    rows = connection.execute(
        """
        select converted_share, lower_converted_share, upper_converted_share from planning.rpt_conversion_funnel
        where signed_up > 0
        """
    ).fetchall()
    assert rows
    for share, lower, upper in rows:
        assert 0 <= lower <= share <= upper <= 1
        assert upper - lower > 0.05


def test_the_page_says_how_many_pay(connection: duckdb.DuckDBPyConnection) -> None:
    (section,) = funnel_section(Warehouse(Path("finops.duckdb"), connection))
    assert "customers began without a fee" in str(section.text[0])
    assert section.tables[0].evidence.rows
