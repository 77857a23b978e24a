"""Every page over a warehouse that the project built itself from generated data."""

import json
import re
import time
from pathlib import Path

import duckdb
import pytest

from reports_builder.build import Built, build_pages, build_reports
from reports_builder.model import Section
from reports_builder.pages import page_modules
from reports_builder.warehouse import open_warehouse
from tests.reports.evidence_check import check_evidence
from tests.reports.said_nothing import says_nothing
from tests.workspace import Workspace

REPORTS = ("finops_summary", "customer_profitability", "model_efficiency", "pricing_proposal")
# A paragraph is read at one glance; the name of a plan alone may be a line.
ANSWER_WORDS_UP_TO = 100


@pytest.fixture(scope="module")
def pages(built: Workspace) -> Built:
    with open_warehouse(built.published) as warehouse:
        return build_pages(warehouse)


@pytest.fixture(scope="module")
def rendered(built: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("reports")
    build_reports(built.published, out)
    return out


def test_every_quoted_figure_of_every_page_is_returned_by_its_query(built: Workspace, rendered: Path) -> None:
    with duckdb.connect(str(built.published), read_only=True) as connection:
        for path in sorted(rendered.rglob("*.md")):
            checked = check_evidence(path.read_text(encoding="utf-8"), connection)
            assert checked.quotes >= 5, path.name


def test_what_explains_a_figure_knows_every_query_that_a_page_prints(pages: Built, rendered: Path) -> None:
    for page in pages.pages:
        known = {citation.evidence.sql for citation in page.citations}
        text = (rendered / page.path).read_text(encoding="utf-8")
        printed = set(re.findall(r"```sql\n(.*?)\n```", text, re.DOTALL))
        assert printed, page.path
        assert printed <= known, page.path


def test_a_page_reads_no_mart_beyond_those_of_its_exposure(built: Workspace, pages: Built) -> None:
    manifest = json.loads((built.target / "manifest.json").read_text(encoding="utf-8"))
    exposed = {
        exposure["name"]: {
            f"{manifest['nodes'][node]['schema']}.{manifest['nodes'][node]['name']}"
            for node in exposure["depends_on"]["nodes"]
        }
        for exposure in manifest["exposures"].values()
    }
    for name, marts in pages.marts.items():
        # Some are read only where there is something to say of them.
        assert set(marts) <= exposed[name], name


def test_no_part_of_a_page_says_nothing(pages: Built) -> None:
    found = {
        page.name: said
        for page in pages.pages
        if (said := says_nothing(page.key_figures, (Section("", figures=page.figures), *page.sections)))
    }
    assert not found


def test_pages_link_to_figures_that_exist(rendered: Path) -> None:
    for path in sorted(rendered.rglob("*.md")):
        for target in re.findall(r"\]\((figures/[^)]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).is_file(), f"{path.name}: {target}"


def test_reports_hold_to_the_length_that_is_read(pages: Built) -> None:
    for page in pages.pages:
        if Path(page.path).stem not in REPORTS:
            continue
        assert 2 <= len(page.answer) <= 7, page.path
        for said in page.answer:
            assert len(said.plain.split()) <= ANSWER_WORDS_UP_TO, f"{page.path}: {said.plain}"
        assert 5 <= len(page.key_figures) <= 7, page.path
        assert len(page.figures) == 1, page.path
        # Little data has no opportunity that is worth its effort.
        assert 2 <= len(page.insights) <= 6, page.path


def test_no_saving_is_counted_twice_on_a_page(pages: Built) -> None:
    for page in pages.pages:
        if page.plan and page.plan.actions:
            values = [action.value.quotes[0].exact for action in page.plan.actions]
            totals = [float(quote.exact) for quote in page.plan.total.quotes if quote.column.endswith("_usd")]
            assert pytest.approx(sum(map(float, values)), abs=1e-9) in totals, page.path


def test_all_reports_are_rendered_within_ten_seconds(built: Workspace, tmp_path: Path) -> None:
    # Processor time: a busy machine must not fail the test.
    started = time.process_time()
    made = build_reports(built.published, tmp_path)
    assert time.process_time() - started < 10
    assert len(made.pages) == len(page_modules())


def test_the_same_warehouse_gives_the_same_bytes_on_every_page(
    built: Workspace, rendered: Path, tmp_path: Path
) -> None:
    build_reports(built.published, tmp_path)
    first = {path.relative_to(rendered): path.read_bytes() for path in rendered.rglob("*") if path.is_file()}
    again = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert first == again


def test_an_offer_that_nobody_quoted_is_called_an_example_wherever_it_stands(
    built: Workspace, rendered: Path
) -> None:
    names = [
        name
        for (name,) in built.query("select offer_name from seeds.commitment_offers where is_illustrative")
    ]
    assert len(names) >= 5
    listed = 0
    for path in sorted(rendered.rglob("*.md")):
        for line in path.read_text(encoding="utf-8").splitlines():
            named = [name for name in names if name in line]
            listed += bool(named)
            assert not named or "(example)" in line, f"{path.name}: {line}"
            assert not re.search(r"\d commitment offers? ", line) or "example" in line, f"{path.name}: {line}"
    assert listed >= len(names)


def test_no_page_begins_a_change_of_prices_with_a_pilot_that_measures_nothing(
    built: Workspace, pages: Built
) -> None:
    [(measurable,)] = built.query(
        "select coalesce(bool_or(can_be_measured), false) from pricing.rpt_pilot_design where churn_scenario = 'base'"
    )
    advice = [
        text.plain
        for page in pages.pages
        for text in (
            *page.answer,
            *(insight.recommendation.action for insight in page.insights),
            *((page.plan.total, *(a.first_step for a in page.plan.actions)) if page.plan else ()),
        )
    ]
    assert measurable or not [text for text in advice if "drawn by lot" in text]


def test_nothing_is_said_to_be_paid_by_customers_whose_payments_nobody_recorded(
    built: Workspace, rendered: Path
) -> None:
    assert built.query(
        "select count(*) from margin.rpt_customer_billing_monthly where collected_usd > 0"
    ) == [(0,)]
    paid = re.compile(
        r"customers? (?:has |have |had )?paid|paid by (?:the |a |its )?customers?", re.IGNORECASE
    )
    for path in sorted(rendered.rglob("*.md")):
        assert paid.findall(path.read_text(encoding="utf-8")) == [], path.name
