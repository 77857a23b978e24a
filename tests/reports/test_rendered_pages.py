"""A rendered page: the same bytes each time, its anatomy in order, every figure backed by its query."""

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import duckdb
import pytest

from reports_builder.build import build_reports
from tests.reports.evidence_check import check_evidence

SNAPSHOT = Path(__file__).parent / "snapshots" / "finops_summary.md"
ANATOMY = (
    "## The answer",
    "## Key figures",
    "## The point in a figure",
    "## Insights",
    "## Actions",
    "## How sure are we",
)


@pytest.fixture(scope="module")
def rendered(tiny_warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the executive summary of the tiny warehouse."""
    out = tmp_path_factory.mktemp("reports")
    build_reports(tiny_warehouse, out, only=["finops_summary"])
    return out


def test_page_reads_as_it_did(rendered: Path, request: pytest.FixtureRequest) -> None:
    """Compare with the committed page; ``pytest --refresh-snapshots`` rewrites it."""
    page = (rendered / "finops_summary.md").read_text(encoding="utf-8")
    if request.config.getoption("--refresh-snapshots"):
        SNAPSHOT.parent.mkdir(exist_ok=True)
        SNAPSHOT.write_text(page, encoding="utf-8")
    assert page == SNAPSHOT.read_text(encoding="utf-8")


def test_figures_that_add_up_by_hand_are_on_the_page(rendered: Path) -> None:
    page = (rendered / "finops_summary.md").read_text(encoding="utf-8")
    # 1,200 + 300 + 100 this period, 1,000 before: 60 per cent more.
    assert "| AI spend | $1,600.00 | $1,000.00 | up 60 % |" in page
    # Revenue 990 + 2,990, cost to serve 1,200: margin 2,780 of 3,980.
    assert "| Fees earned | $3,980.00 |" in page
    assert "| Margin after AI cost, before hosting | 70 % |" in page
    # 100 of 1,600 has no owner.
    assert "| Cost without a customer | 6.3 % |" in page
    # The call before the comparison window counts nowhere.
    assert "$1,007" not in page and "$1,607" not in page


def test_what_the_insights_recommend_beyond_savings_is_among_the_actions(rendered: Path) -> None:
    page = (rendered / "finops_summary.md").read_text(encoding="utf-8")
    actions = page.split("## Actions")[1].split("## How sure are we")[0]
    assert "| 1 | Move chat calls" in actions
    assert "| 2 | Move the loss-making customers to a price that follows usage" in actions
    assert "Ask Assistant what took it $100 over in October 2026" in actions
    assert "Choose the model per task" not in actions


def test_every_record_read_is_accounted_for_in_the_footer(rendered: Path) -> None:
    page = (rendered / "finops_summary.md").read_text(encoding="utf-8")
    # 38 + 2 of the period; the nine of the day before it are not in.
    assert "| Records read | 40: 30 counted, 7 refused, 3 repeated |" in page
    assert "| Difference from provider invoices | no invoices loaded |" in page


def test_every_quoted_figure_is_returned_by_its_query(rendered: Path, tiny_warehouse: Path) -> None:
    page = (rendered / "finops_summary.md").read_text(encoding="utf-8")
    with duckdb.connect(str(tiny_warehouse), read_only=True) as connection:
        checked = check_evidence(page, connection)
    assert checked.queries >= len(ANATOMY)
    assert checked.quotes >= 30


def test_a_query_stands_once_at_the_end_and_what_is_between_the_text_is_short(rendered: Path) -> None:
    page = (rendered / "finops_summary.md").read_text(encoding="utf-8")
    text, appendix = page.split("<details><summary>Queries: ")
    assert "```sql" not in text
    assert appendix.rstrip().endswith("</details>")
    for block in re.findall(r"<details>(.*?)</details>", text, re.DOTALL):
        assert len(block.splitlines()) <= 30
    queries = re.findall(r"^### Query (\d+)$", appendix, re.MULTILINE)
    assert queries == [str(number) for number in range(1, len(queries) + 1)]
    assert set(re.findall(r"\(#query-(\d+)\)", text)) == set(queries)


def test_parts_stand_in_reading_order(rendered: Path) -> None:
    page = (rendered / "finops_summary.md").read_text(encoding="utf-8")
    places = [page.index(f"\n{heading}\n") for heading in ANATOMY]
    assert places == sorted(places)


def test_each_insight_has_all_its_parts(rendered: Path) -> None:
    page = (rendered / "finops_summary.md").read_text(encoding="utf-8")
    insights = page.split("\n## Insights\n")[1].split("\n## ")[0].split("\n### ")[1:]
    assert len(insights) >= 3
    for insight in insights:
        for part in (
            "**Problem**: ",
            "**FinOps domain**: ",
            "**UBR impact** (usage-based revenue, or cost beside it): ",
            "**Recommendation**: ",
            " Owner: ",
            " Effort: ",
            "**Projected outcome**: ",
            "ssumption: ",
            "**Supporting data**: ",
            "<details><summary>Evidence: ",
        ):
            assert part in insight, f"{part!r} is missing in: {insight}"


def test_a_hostile_name_stays_text(rendered: Path) -> None:
    page = (rendered / "finops_summary.md").read_text(encoding="utf-8")
    assert "<script>" not in page
    assert "\u202e" not in page
    for path in (rendered / "figures").glob("*.svg"):
        drawing = ElementTree.fromstring(path.read_text(encoding="utf-8"))
        assert not [element for element in drawing.iter() if element.tag.endswith("script")]
        assert "\u202e" not in path.read_text(encoding="utf-8")


def test_figures_carry_their_message_and_a_text_for_those_who_cannot_see_them(rendered: Path) -> None:
    page = (rendered / "finops_summary.md").read_text(encoding="utf-8")
    figures = sorted((rendered / "figures").glob("*.svg"))
    assert figures
    for path in figures:
        assert f"](figures/{path.name})" in page
        drawing = ElementTree.fromstring(path.read_text(encoding="utf-8"))
        assert drawing.get("role") == "img"
        assert drawing.get("aria-label")
        assert drawing.get("width") == "720"


def test_same_warehouse_gives_the_same_bytes(tiny_warehouse: Path, tmp_path: Path) -> None:
    runs = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        subprocess.run(
            [
                *(sys.executable, "-m", "reports_builder", "--warehouse", str(tiny_warehouse)),
                *("--out", str(out), "--only", "finops_summary"),
            ],
            cwd=Path(__file__).parents[2],
            check=True,
            capture_output=True,
            env=os.environ | {"PYTHONHASHSEED": seed},
        )
        runs.append({path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()})
    assert runs[0] == runs[1]
    assert len(runs[0]) >= 3
