"""Free, zero and unknown are three states: on a page and on a tile no unknown cost reads as nothing."""

from __future__ import annotations

import csv
import re

import pytest

from reports_builder.build import build_pages
from reports_builder.dashboard.filters import Filters
from reports_builder.dashboard.loading import load_view
from reports_builder.dashboard.pages import VIEWS
from reports_builder.dashboard.reading import identity_of
from reports_builder.formatting import plain
from reports_builder.model import Table
from reports_builder.render import render
from reports_builder.warehouse import open_warehouse
from tests.warehouse.test_exports_as_sources import logged
from tests.workspace import Workspace

FREE, PRICED, OWN, MIXED = "claude-opus-4", "gpt-4", "llama-of-our-own", "gpt-tuned-by-us"


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """The log of a gateway: a model whose answers came free from its cache, one with a price, two of our own.

    Of one of our own no charge was ever logged, of the other some; both were there in the period before.
    """
    folder = tmp_path_factory.mktemp("exported")
    workspace = Workspace(folder / "workspace", folder / "target")
    log = []
    for day in range(1, 71):
        date = f"2026-{8 + (day > 31) + (day > 61):02d}-{day - (31 if day > 31 else 0) - (30 if day > 61 else 0):02d}"
        when = {"startTime": f"{date} 22:00:00", "endTime": f"{date} 22:00:02"}
        log += [
            logged(f"free-{day}", model=FREE, custom_llm_provider="anthropic", spend="0.0", cache_hit="True", **when),
            logged(f"priced-{day}", model=PRICED, **when),
            logged(f"own-{day}", model=OWN, custom_llm_provider="vllm", spend="0.0", **when),
            logged(f"mixed-{day}", model=MIXED, spend="0.5" if day % 2 else "0.0", **when),
        ]  # fmt: skip
    path = workspace.raw / "litellm" / "spend.csv"
    path.parent.mkdir(parents=True)
    with path.open("w", newline="") as text:
        writer = csv.DictWriter(text, list(log[0]))
        writer.writeheader()
        writer.writerows(log)
    workspace.build("--quiet", "--vars", "{sources: [litellm]}")
    return workspace


def rows_of(table: Table) -> dict[str, dict[str, str]]:
    """What a reader sees of a table: by the model of a row its cells by heading."""
    found = {}
    for record in table.evidence.records():
        cells = {column.heading: plain(record[column.name], column.style) for column in table.columns}
        model = next((name for name in (FREE, PRICED, OWN, MIXED) if name in " ".join(cells.values())), None)
        if model:
            found[model] = cells
    return found


def assert_three_states(table: Table) -> bool:
    """Whether the table has costs by model; they must be free, known in part, or unknown."""
    found = rows_of(table)
    costs = {model: cells.get("Cost") for model, cells in found.items()}
    if OWN not in found or costs[OWN] is None:
        return False
    assert costs[OWN] == "unknown"
    assert costs.get(FREE, "$0.00") == "$0.00"
    assert costs[MIXED] == "$7.50"
    assert found[OWN]["Calls without a cost"] == "30"
    assert found[MIXED]["Calls without a cost"] == "15"
    assert found[PRICED]["Calls without a cost"] == "0"
    for heading in ("Share", "Share of cost"):
        if heading in found[OWN]:
            # Of what is known: 30 of 37.50 USD.
            assert [found[model][heading] for model in (OWN, PRICED)] == ["unknown", "80 %"]
    if "Per call" in found[MIXED]:
        assert found[MIXED]["Per call"] == "$0.500"
    if "Per finished call" in found[MIXED]:
        assert found[MIXED]["Per finished call"] == "$0.500"
    assert found[OWN].get("Change", "change unknown") == "change unknown"
    return True


def test_pages_keep_free_zero_and_unknown_apart(exported: Workspace) -> None:
    with open_warehouse(exported.published) as warehouse:
        assert warehouse.period.has_prior
        pages = build_pages(warehouse).pages
    tables = [
        table
        for page in pages
        for part in (*page.insights, *page.sections)
        for table in ([part.supporting] if hasattr(part, "supporting") else part.tables)
        if table is not None
    ]
    assert sum(assert_three_states(table) for table in tables) >= 3
    for path, text in render(pages):
        if path.suffix == ".md":
            rows = [line for line in text.decode().splitlines() if line.startswith("|") and OWN in line]
            assert not [row for row in rows if re.search(r"\| \$0\.00 \||new this period", row)], path


def test_tiles_and_tables_of_the_dashboard_do_so_too(exported: Workspace) -> None:
    identity = identity_of(exported.published)
    assert identity is not None
    seen = 0
    for page in VIEWS:
        view = load_view(page.view, str(exported.published), identity, Filters())
        assert view is not None
        seen += sum(assert_three_states(table) for section in view.sections for table in section.tables)
        for tile in view.tiles:
            shown = " ".join(cell.plain for cell in tile.cells)
            assert OWN not in shown or "$0" not in shown
    assert seen >= 1
