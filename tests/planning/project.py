"""A copy of the dbt project whose seeds a test writes, built as far as a few marts."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from tests.workspace import ROOT, Workspace


class PlanningProject:
    """The project in a folder of its own. `seed` replaces the rows of a seed, `build` builds marts and all above them."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "dbt_project"
        ignored = shutil.ignore_patterns("target", "logs", "__pycache__")
        shutil.copytree(ROOT / "dbt_project", self.project, ignore=ignored)
        self.workspace = Workspace(folder, folder / "target", str(self.project))
        # Marts made of seeds alone look at no call, but a build wants some.
        self.workspace.generate(customers=2, days=2)

    def seed(self, name: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Replace the rows of a seed; its header stays, and what a row does not name is empty."""
        path = self.project / "seeds" / f"{name}.csv"
        with path.open(newline="") as file:
            header = next(csv.reader(file))
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, header, restval="")
            writer.writeheader()
            writer.writerows(rows)

    def build(self, *marts: str) -> None:
        self.workspace.build("--indirect-selection", "cautious", "--select", *(f"+{mart}" for mart in marts))

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of what was built. A selection is not published, so it is read where dbt builds."""
        built = self.workspace.warehouse_dir / "build" / "finops.duckdb"
        with duckdb.connect(str(built), read_only=True) as connection:
            return connection.execute(sql).fetchall()
