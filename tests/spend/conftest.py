"""The demo's company with the bills of its clouds, and two shared costs: what all spend is tested on."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.workspace import ROOT, Workspace

MARTS = (
    "+rpt_chargebacks_monthly",
    "+rpt_cost_allocation",
    "+rpt_spend_by_category",
    "+rpt_owner_costs_monthly",
    "+rpt_unowned_costs_monthly",
    "+rpt_noncompliant_resources",
    "+rpt_tag_compliance",
    "ledger_accounts",
    "+rpt_usage_optimizations",
    "+rpt_commitment_recommendations",
)


class Spending:
    """A built warehouse of calls and bills, of which October is whole."""

    def __init__(self, folder: Path) -> None:
        project = folder / "dbt_project"
        self.workspace = Workspace(folder, folder / "target", str(project))
        ignored = shutil.ignore_patterns("target", "logs", "__pycache__")
        shutil.copytree(ROOT / "dbt_project", project, ignore=ignored)
        seeds = project / "seeds"
        # Support is shared by all who call; a gateway of 310 USD by those of two products.
        (seeds / "bill_pools.csv").write_text("cost_pool,driver\nsupport,calls\n")
        (seeds / "shared_cost_pools.csv").write_text(
            "month_start_date,cost_pool,driver,pool_cost_usd\n2026-10-01,gateway,calls,310\n"
        )
        (seeds / "pool_targets.csv").write_text(
            "cost_pool,target_column,target_value,weight\ngateway,product_id,assistant,\ngateway,product_id,agents,\n"
        )
        assignments = seeds / "owner_assignments.csv"
        assignments.write_text(
            assignments.read_text().replace(
                "charge_kind,,Support,platform-team", "charge_kind,,Support,support"
            )
        )
        self.workspace.generate(20, 45, "--with-cloud")
        self.workspace.build("--indirect-selection", "cautious", "--select", *MARTS)

    @property
    def file(self) -> Path:
        """The working file, which a selection does not publish."""
        return self.workspace.warehouse_dir / "build" / "finops.duckdb"

    def query(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with duckdb.connect() as connection:
            connection.execute(f"attach '{self.file}' as finops (read_only)")
            connection.execute("use finops")
            return connection.execute(sql, values).fetchall()


@pytest.fixture(scope="session")
def spending(tmp_path_factory: pytest.TempPathFactory) -> Spending:
    return Spending(tmp_path_factory.mktemp("spending"))
