"""The dashboard as a reader meets it: headless Chromium against a running server and a small warehouse."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from reports_builder import formatting
from reports_builder.compliance.audit import AuditLog
from reports_builder.dashboard.filters import Filters
from reports_builder.dashboard.loading import load_view
from reports_builder.dashboard.pages import VIEWS
from reports_builder.dashboard.reading import identity_of
from reports_builder.semantic import SavedChart, load_chart, save_chart
from tests.dashboard.chromium import WAIT, Dashboard, Reader, SlowLine, chromium_path, reading, running
from tests.workspace import ROOT, Workspace

SPEND = """
    select sum(effective_cost_usd)
    from core.fct_usage_daily
    join intermediate.int_as_of_date on usage_date between window_start_date and as_of_date
"""


@pytest.fixture(scope="module")
def dashboard(built: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """A dashboard over a copy of the built workspace, and the example report."""
    chromium_path()
    workspace = built.copy_to(tmp_path_factory.mktemp("dashboard") / "workspace")
    reports = workspace.folder / "reports"
    shutil.copytree(ROOT / "docs" / "example-report", reports)
    with running(workspace) as started:
        yield started


@pytest.fixture(scope="module")
def reader(dashboard: Dashboard, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    size = {"width": 1440, "height": 900}
    with reading(dashboard, tmp_path_factory.mktemp("profile"), viewport=size) as opened:
        yield opened
        assert opened.elsewhere == []
        assert opened.errors == []


@pytest.fixture(scope="module")
def phone(reader: Reader) -> Iterator[Reader]:
    """The same browser with the screen of a phone, dark."""
    reader.page.set_viewport_size({"width": 360, "height": 740})
    reader.page.emulate_media(color_scheme="dark")
    yield reader
    reader.page.set_viewport_size({"width": 1440, "height": 900})
    reader.page.emulate_media(color_scheme="light")


def usd(amount: object) -> str:
    assert isinstance(amount, Decimal)
    return formatting.usd_table(amount)


def test_every_page_shows_the_figures_of_its_queries(dashboard: Dashboard, reader: Reader) -> None:
    identity = identity_of(dashboard.workspace.published)
    assert identity is not None
    reader.open("")
    for page in VIEWS:
        reader.turn_to(page.title)
        view = load_view(page.view, str(dashboard.workspace.published), identity, Filters())
        assert view is not None
        assert reader.tiles() == {tile.cells[0].plain: tile.now.plain for tile in view.tiles}
        charts = sum(len(section.figures) for section in view.sections)
        if charts:
            reader.page.locator(
                '[data-testid="stVegaLiteChart"] canvas, [data-testid="stVegaLiteChart"] svg'
            ).nth(charts - 1).wait_for(timeout=WAIT)
        assert reader.page.locator(".message .days").count() == charts
        assert reader.page.get_by_test_id("stAlert").count() == 0
    reader.turn_to("Overview")
    assert reader.tile("AI spend") == usd(dashboard.workspace.query(SPEND)[0][0])


def test_a_customer_is_one_click_from_the_table_and_in_the_address(reader: Reader) -> None:
    reader.open("profitability")
    link = reader.page.locator("a[href^='customer?']").first
    name, asked = link.inner_text(), link.get_attribute("href")
    link.click()
    reader.page.get_by_role("heading", name="Customer", exact=True, level=1).wait_for(timeout=WAIT)
    reader.settled()
    assert reader.page.url.endswith(f"/{asked}")
    assert name in reader.page.locator(".headline").inner_text()
    # The customer that one page is about narrows no other.
    reader.turn_to("Profitability")
    assert "customer=" not in reader.page.url
    reader.open("customer?customer=nobody", "text=There is no customer with this id")
    assert reader.errors == []
    assert reader.elsewhere == []


@pytest.mark.parametrize(
    ("page", "chart", "leads_to"),
    [
        ("overview", "top-customers", r"/customer\?customer="),
        ("understanding", "spend-by-model", r"/performance\?model="),
        ("understanding", "token-cost", r"/features\?feature="),
    ],
)
def test_a_click_on_a_bar_leads_to_its_page(
    dashboard: Dashboard, reader: Reader, page: str, chart: str, leads_to: str
) -> None:
    identity = identity_of(dashboard.workspace.published)
    assert identity is not None
    view = load_view(page, str(dashboard.workspace.published), identity, Filters())
    assert view is not None
    names = [figure.name for section in view.sections for figure in section.figures]
    reader.open("" if page == "overview" else page)
    drawn = reader.page.get_by_test_id("stVegaLiteChart").nth(names.index(chart))
    drawn.locator(".mark-rect path").first.click()
    reader.page.wait_for_url(re.compile(leads_to), timeout=WAIT)
    reader.page.locator(".tile").first.wait_for(timeout=WAIT)
    reader.settled()
    assert reader.page.get_by_test_id("stAlert").count() == 0


def test_the_calculator_says_what_pays_within_what_is_allowed(dashboard: Dashboard, reader: Reader) -> None:
    """No promise pays for itself on the calls of so small a company, and none is offered as a choice."""
    [(saving, paying)] = dashboard.workspace.query(
        "select count(*) filter (where monthly_savings_usd > 0), count(*) filter (where is_worthwhile)"
        " from rates.rpt_commitment_levels where term_months = 12"
    )
    assert saving > 0 == paying
    # The address of before, with what only one of the pages that it leads to is asked.
    reader.open("optimization?risk=10&term=12")
    assert reader.page.url.endswith("/commitments?risk=10&term=12")
    assert reader.page.get_by_role("heading", name="Commitment calculator").count() == 1
    reader.page.get_by_text("No level of an offer pays within these limits.").wait_for(timeout=WAIT)
    reader.open("commitments")
    reader.page.get_by_text("No commitment is recommended.").wait_for(timeout=WAIT)


@pytest.mark.parametrize(
    ("before", "now"), [("optimization", "usage-optimization"), ("planning", "forecasts-and-budgets")]
)
def test_an_address_of_before_leads_on_with_its_filters(reader: Reader, before: str, now: str) -> None:
    reader.open(f"{before}?provider=openai")
    assert reader.page.url.endswith(f"/{now}?provider=openai")
    reader.page.get_by_role("button", name="Clear filters").wait_for(timeout=WAIT)
    # No reader looks for a page that leads elsewhere.
    titles = reader.page.get_by_test_id("stSidebarNav").get_by_role("link").all_inner_texts()
    assert before not in {title.lower() for title in titles}


def test_what_is_folded_opens_with_a_click(reader: Reader) -> None:
    reader.open("usage-optimization")
    folded = reader.page.locator("[class*='st-key-section-']").filter(has_text="Switches of models")
    assert folded.locator(".wide").first.is_visible() is False
    folded.get_by_text("Switches of models that were refused").click()
    folded.locator(".wide").first.wait_for(timeout=WAIT)
    reader.open("pricing")
    more = reader.page.locator(".rows").first
    hidden = more.locator("tbody.rest td").first
    assert not hidden.is_visible()
    more.locator("summary").click()
    assert hidden.is_visible()


def test_filters_live_in_the_address(dashboard: Dashboard, reader: Reader) -> None:
    reader.open("?provider=openai&period=14d")
    narrowed = dashboard.workspace.query(
        """
        select sum(effective_cost_usd) from core.fct_usage_daily
        join intermediate.int_as_of_date on usage_date between as_of_date - 13 and as_of_date
        where provider = 'openai'
        """
    )
    assert reader.tile("AI spend") == usd(narrowed[0][0])
    assert (
        reader.page.get_by_text(
            "All providers, not the chosen days: these filters do not narrow this figure."
        ).count()
        > 0
    )
    reader.navigation("Understanding").click()
    reader.page.wait_for_url(re.compile(r"/understanding\?.*provider=openai"), timeout=WAIT)
    reader.page.get_by_role("heading", name="Understanding").wait_for()
    assert reader.tile("AI spend") == usd(narrowed[0][0])
    reader.page.get_by_role("button", name="Clear filters").click()
    reader.page.wait_for_url(re.compile(r"/understanding$"), timeout=WAIT)
    reader.page.locator(".tile .now", has_text=usd(dashboard.workspace.query(SPEND)[0][0])).wait_for()


def test_each_figure_is_one_click_from_its_query(dashboard: Dashboard, reader: Reader) -> None:
    reader.turn_to("Overview")
    reader.page.locator(".st-key-tiles").get_by_role("button", name="Query").first.click()
    shown = reader.page.get_by_test_id("stPopoverBody").get_by_test_id("stCode")
    sql = shown.first.inner_text()
    said = reader.page.get_by_test_id("stPopoverBody").inner_text()
    assert "core.fct_usage_daily" in said
    assert f"duckdb -readonly {dashboard.workspace.published}" in said
    with duckdb.connect(str(dashboard.workspace.published), read_only=True) as connection:
        amount = connection.execute(sql).fetchall()[0][0]
    assert usd(amount) == reader.tile("AI spend")
    reader.page.keyboard.press("Escape")


def test_a_chart_comes_as_csv(dashboard: Dashboard, reader: Reader) -> None:
    reader.turn_to("Overview")
    with reader.page.expect_download(timeout=WAIT) as download:
        reader.page.locator(".st-key-csv-spend-by-provider button").click()
    with download.value.path().open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    spent = dashboard.workspace.query(SPEND + " group by provider order by 1 desc")
    assert [Decimal(row["cost_usd"]) for row in rows] == [row[0] for row in spent]
    reader.settled()
    noted = [event.action for event in AuditLog(dashboard.workspace.published).events()]
    assert f"page download: spend-by-provider.csv, {len(rows)} rows" in noted


def test_a_chart_is_built_saved_and_opened_again(dashboard: Dashboard, reader: Reader) -> None:
    save = reader.page.get_by_role("button", name="Save the chart")
    reader.open(
        "chart-builder?metric=total_cost&by=call__provider&kind=table&only=call__provider:openai",
        '[data-testid="stForm"]',
    )
    spent = dashboard.workspace.query(
        "select sum(effective_cost_usd) from core.fct_usage_daily where provider = 'openai'"
    )
    assert usd(spent[0][0]) in reader.page.locator(".wide td").all_inner_texts()
    reader.page.get_by_role("textbox", name="Name").fill("Our OpenAI bill")
    save.click()
    reader.page.get_by_text("our-openai-bill.yml").wait_for(timeout=WAIT)
    chart = load_chart(dashboard.charts / "our-openai-bill.yml")
    assert (chart.kind, chart.metrics, chart.filters) == (
        "table",
        ("total_cost",),
        {"call__provider": ("openai",)},
    )
    reader.open("chart-builder", '[data-testid="stVegaLiteChart"]')
    assert reader.page.locator(".wide td").count() == 0
    saved = reader.page.get_by_role("combobox", name="Saved charts")
    saved.fill("Our OpenAI bill")
    reader.page.get_by_role("option", name="Our OpenAI bill").click()
    reader.page.wait_for_url(re.compile("only=call__provider"), timeout=WAIT)
    reader.page.locator(".wide td", has_text=usd(spent[0][0])).wait_for(timeout=WAIT)
    for kind in ("Treemap", "Bars"):
        reader.page.get_by_role("radio", name=kind).or_(
            reader.page.get_by_role("button", name=kind)
        ).first.click()
        reader.page.get_by_test_id("stVegaLiteChart").first.wait_for(timeout=WAIT)
        reader.settled()


@pytest.fixture
def slow_line(dashboard: Dashboard, reader: Reader) -> Iterator[tuple[SlowLine, Reader]]:
    page = reader.page.context.new_page()
    yield SlowLine(page), Reader(page, dashboard.origin)
    page.close()


def test_cleared_filters_stay_cleared_on_a_slow_line(
    dashboard: Dashboard, slow_line: tuple[SlowLine, Reader]
) -> None:
    """The page goes on telling what its widgets hold, before it hears that they are cleared."""
    line, reader = slow_line
    reader.open("?provider=openai&period=14d")
    with line.slow():
        reader.page.get_by_role("button", name="Clear filters").click()
    reader.page.locator(".tile .now", has_text=usd(dashboard.workspace.query(SPEND)[0][0])).wait_for(
        timeout=WAIT
    )
    reader.settled()
    assert "provider" not in reader.page.url
    assert reader.page.get_by_role("button", name="Clear filters").count() == 0


def test_a_choice_taken_back_is_taken_back_on_a_slow_line(slow_line: tuple[SlowLine, Reader]) -> None:
    line, reader = slow_line
    reader.open(
        "chart-builder?kind=bars&metric=total_cost&by=call__provider", '[data-testid="stVegaLiteChart"]'
    )
    with line.slow():
        reader.page.get_by_role("radio", name="Table").click()
        line.page.wait_for_timeout(500)
        reader.page.get_by_role("radio", name="Bars").click()
    reader.page.wait_for_url(re.compile("kind=bars"), timeout=WAIT)
    reader.page.get_by_role("button", name="Save the chart").click()
    reader.page.get_by_text("Give the chart a name first.").wait_for(timeout=WAIT)
    reader.settled()
    assert "kind=bars" in reader.page.url
    assert reader.page.locator(".wide td").count() == 0


def test_the_last_metric_can_be_exchanged(reader: Reader) -> None:
    """Without a metric the rest of the question stays, and so do choices that a metric does not go with."""
    reader.open("chart-builder?kind=table&metric=total_cost&by=call__model", ".wide td")
    metrics = reader.page.get_by_role("combobox", name="Metrics")
    metrics.press("Backspace")
    reader.page.get_by_text("Choose at least one metric.").wait_for(timeout=WAIT)
    metrics.fill("Fees earned")
    reader.page.get_by_role("option", name="Fees earned").click()
    reader.page.get_by_text("Left out, because it does not go with these metrics: Model.").wait_for(
        timeout=WAIT
    )
    metrics.press("Backspace")
    reader.page.get_by_text("Choose at least one metric.").wait_for(timeout=WAIT)
    metrics.fill("Total cost")
    reader.page.get_by_role("option", name="Total cost").click()
    reader.page.wait_for_url(re.compile("metric=total_cost"), timeout=WAIT)
    reader.page.locator(".wide th", has_text="Model").wait_for(timeout=WAIT)
    assert "kind=table" in reader.page.url


def test_an_opened_chart_stays_open_on_a_slow_line(
    dashboard: Dashboard, slow_line: tuple[SlowLine, Reader]
) -> None:
    line, reader = slow_line
    only = {"call__provider": ("openai",)}
    save_chart(
        SavedChart("Only OpenAI", "table", ("total_cost",), ("call__provider",), only), dashboard.charts
    )
    reader.open("chart-builder", '[data-testid="stVegaLiteChart"]')
    reader.page.get_by_role("combobox", name="Saved charts").click()
    with line.slow():
        reader.page.get_by_role("option", name="Only OpenAI").click()
    reader.page.locator(".wide td").first.wait_for(timeout=WAIT)
    reader.settled()
    assert reader.page.url.endswith(
        "?name=Only+OpenAI&kind=table&metric=total_cost&by=call__provider&only=call__provider%3Aopenai"
    )
    assert reader.page.locator(".wide tbody tr").count() == 1


def test_the_reports_are_shown_as_rendered(dashboard: Dashboard, reader: Reader) -> None:
    reader.open("reports?report=pricing_proposal", ".report")
    rendered = (dashboard.workspace.folder / "reports" / "pricing_proposal.md").read_text()
    assert reader.page.locator(".report h1").inner_text() == rendered.splitlines()[0].removeprefix("# ")
    assert reader.page.locator(".report img").count() == rendered.count("](figures/")
    assert reader.page.locator(".report img").evaluate_all("all => all.every(one => one.naturalWidth > 0)")
    assert reader.page.locator(".report details").count() == rendered.count("<details>")


def test_the_keyboard_alone_is_enough(reader: Reader) -> None:
    reader.open("")
    reached: set[str] = set()
    for _ in range(80):
        reader.page.keyboard.press("Tab")
        reached.add(
            reader.page.evaluate(
                "() => (document.activeElement.innerText || document.activeElement.ariaLabel || '').trim()"
            )
        )
        if any(text.startswith("Query") for text in reached):
            break
    assert {"Performance", "Chart builder"} <= reached
    reader.page.keyboard.press("Enter")
    reader.page.get_by_test_id("stPopoverBody").wait_for(timeout=WAIT)
    reader.page.keyboard.press("Escape")


def test_a_phone_in_the_dark_shows_every_page_without_scrolling_sideways(phone: Reader) -> None:
    for path in ("", "performance", "usage-optimization", "commitments", "unit-economics"):
        phone.open(path)
        wide, seen = phone.page.get_by_test_id("stMain").evaluate(
            "main => [main.scrollWidth, main.clientWidth]"
        )
        assert wide <= seen
    phone.page.get_by_test_id("stExpandSidebarButton").click()
    # It slides in; then no name of a page is cut.
    phone.page.wait_for_function(
        "() => { const names = [...document.querySelectorAll('[data-testid=stSidebarNav] a span')];"
        " return names.length && names.every(one => one.scrollWidth <= one.clientWidth + 1); }",
        timeout=WAIT,
    )
    red = phone.page.evaluate(
        "() => Number(getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor.match(/\\d+/)[0])"
    )
    assert red < 60


def test_the_page_lives(dashboard: Dashboard, reader: Reader) -> None:
    """A publication changes the figures where the reader stands; a failure is said; generation shows."""
    workspace = dashboard.workspace
    follow, refresh = workspace.raw / "_follow.json", workspace.warehouse_dir / "refresh.json"
    reader.open("?environment=production")
    before = reader.tile("AI spend")
    main = reader.page.get_by_test_id("stMain")
    main.evaluate("main => main.scrollTo(0, 600)")

    dashboard.tell(follow, state="running", written_bytes=20_000_000, target_bytes=50_000_000, calls=58_000)
    bar = reader.page.locator(".live").get_by_role("progressbar")
    bar.wait_for(timeout=WAIT)
    assert bar.get_attribute("aria-valuenow") == "40"
    assert reader.page.get_by_text("Generated 20.0 of 50 MB").count() == 1
    assert bar.locator("div.half-way").count() == 1

    _publish_without_half(workspace)
    changed = ["reports/finops_summary.md", "reports/figures/x.svg"]
    dashboard.tell(
        refresh, state="idle", sequence=1, published_at="2026-11-21T16:00:00Z", changed_reports=changed
    )
    toast = reader.page.get_by_test_id("stToast")
    toast.get_by_text("finops summary").wait_for(timeout=WAIT)
    now = usd(workspace.query(SPEND + " where environment = 'production'")[0][0])
    assert now != before
    reader.page.locator(".tile .now", has_text=now).wait_for(timeout=WAIT)
    assert reader.page.url.endswith("?environment=production")
    assert main.evaluate("main => main.scrollTop") > 400

    retry = "2026-11-21T16:05:00Z"
    dashboard.tell(
        refresh, state="failed", sequence=1, attempt=2, error="The disk is full", next_retry_at=retry
    )
    said = reader.page.locator(".failed")
    said.wait_for(timeout=WAIT)
    assert "The disk is full" in said.inner_text()
    assert "Next try at 2026-11-21 16:05:00 UTC" in said.inner_text()
    assert reader.tile("AI spend") == now


def _publish_without_half(workspace: Workspace) -> None:
    fresh = workspace.warehouse_dir / "next.duckdb"
    fresh.write_bytes(workspace.published.read_bytes())
    with duckdb.connect(str(fresh)) as connection:
        connection.execute("delete from core.fct_usage_daily where hash(customer_id) % 2 = 0")
    fresh.replace(workspace.published)


def test_without_a_warehouse_the_page_says_what_to_do(
    dashboard: Dashboard, reader: Reader, tmp_path: Path
) -> None:
    """Last: it takes the warehouse away, and gives it back."""
    aside = tmp_path / "aside.duckdb"
    published = dashboard.workspace.published
    published.rename(aside)
    reader.open("", '[data-testid="stAlert"]')
    assert "make demo" in reader.page.get_by_test_id("stAlert").inner_text()
    published.write_text("no warehouse")
    reader.page.get_by_text("is not a warehouse that can be opened").wait_for(timeout=WAIT)
    published.unlink()
    aside.rename(published)
    reader.page.locator(".tile").first.wait_for(timeout=WAIT)
