"""Free, zero and unknown are three states: on a page and on a tile no unknown cost reads as nothing."""

from __future__ import annotations

import csv
import re
from decimal import Decimal

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

    Of one of our own no charge was ever logged, of the other some; both were there in the period before. Each is the
    model of one customer; the third customer's calls all have a cost.
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
            logged(f"own-{day}", model=OWN, custom_llm_provider="vllm", spend="0.0", end_user="dark", **when),
            logged(f"mixed-{day}", model=MIXED, spend="0.5" if day % 2 else "0.0", end_user="dim", **when),
        ]  # fmt: skip
    path = workspace.raw / "litellm" / "spend.csv"
    path.parent.mkdir(parents=True)
    with path.open("w", newline="") as text:
        writer = csv.DictWriter(text, list(log[0]))
        writer.writeheader()
        writer.writerows(log)
    customers = workspace.raw / "customers" / "customers.csv"
    customers.parent.mkdir()
    customers.write_text(
        "customer_id,monthly_fee,signup_date,plan\n"
        "acme,9300,2026-01-01,pro\ndark,930,2026-01-01,pro\ndim,930,2026-01-01,pro\n"
    )
    workspace.build("--quiet", "--vars", "{sources: [litellm, customers]}")
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


def test_revenue_without_a_known_cost_is_no_margin(exported: Workspace) -> None:
    """30 equal days of 9,300, 930 and 930 USD a month: of `dark` nothing is known, `dim` leaves 909.13 at most."""
    acme, other = Decimal("9166.324435318"), Decimal("916.632443532")
    margins = exported.query(
        "select customer_id, round(revenue_usd, 9), cost_to_serve_usd, round(gross_margin_usd, 9), is_upper_bound, costed_call_share,"
        " is_unprofitable, margin_status, margin_rank from margin.rpt_customer_margins order by customer_id"
    )
    assert margins == [
        ("acme", acme, 30, acme - 30, False, 1, False, "profitable", 1),
        ("dark", other, 0, None, False, 0, None, "cost_unknown", None),
        ("dim", other, Decimal("7.5"), other - Decimal("7.5"), True, 0.5, False, "cost_unknown", None),
    ]
    bands = exported.query(
        "select margin_band, customers, round(gross_margin_usd, 9) from margin.rpt_margin_distribution where customers > 0 order by band_order"
    )
    assert bands == [("80 % and more", 1, acme - 30), ("cost unknown", 2, None)]
    # By day it is the same: on every other day no call of dim has a known cost.
    assert exported.query(
        "select customer_id, count(*), count(gross_margin_usd) from margin.fct_customer_margins_daily"
        " where usage_date >= date '2026-09-10' group by customer_id order by customer_id"
    ) == [("acme", 30, 30), ("dark", 30, 0), ("dim", 30, 15)]
    assert exported.query(
        "select distinct lifetime_value_status from margin.rpt_customer_lifetime_values where customer_id <> 'acme'"
    ) == [("cost_unknown",)]
    assert exported.query(
        "select distinct customer_id from pricing.rpt_plan_backtests where gross_margin_usd is null or is_unprofitable is null"
    ) == [("dark",)]
    assert exported.query(
        "select distinct round(current_gross_margin_usd, 8) from pricing.rpt_plan_comparison"
    ) == [(round(acme - 30 + other - Decimal("7.5"), 8),)]


def test_pages_say_how_far_a_margin_holds(exported: Workspace) -> None:
    with open_warehouse(exported.published) as warehouse:
        pages = {
            str(path): text.decode()
            for path, text in render(build_pages(warehouse).pages)
            if path.suffix == ".md"
        }
    for path in ("finops_summary.md", "customer_profitability.md", "analyses/profitability.md"):
        answer = pages[path].split("## Key figures")[0]
        assert "known for 63 % of their calls, so the margin is at most that" in answer, path
        assert "2 of 3 customers, with $1.8K of fees" in answer, path
    assert "leave out the customers of whose calls no cost is known (1)" in pages["pricing_proposal.md"]
    assert "99.7 % of revenue, at most" in pages["analyses/features.md"]
    everything = "".join(pages.values())
    assert "none of 3 customers cost more" not in everything
    assert "The fees of every customer cover its cost" not in everything
    assert "No customer cost more than its fee" not in everything
