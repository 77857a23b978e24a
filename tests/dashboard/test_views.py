"""Every figure of every page is what its printed query returns, with and without filters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from inspect import isfunction

import duckdb
import pytest

from reports_builder import formatting
from reports_builder.dashboard import charts, queries, show, weeks
from reports_builder.dashboard.filters import Filters
from reports_builder.dashboard.loading import load_chain, load_view
from reports_builder.dashboard.pages import VIEWS
from reports_builder.dashboard.reading import identity_of, open_published
from reports_builder.dashboard.tables import table_html
from reports_builder.dashboard.view import View
from reports_builder.dashboard.views import customer, trace
from reports_builder.dashboard.visits import Visit, news
from reports_builder.errors import ReportError
from reports_builder.evidence import Evidence, note
from reports_builder.model import Column, Insight, Recommendation, Table, cite, page_of_row
from reports_builder.pages import page_modules
from reports_builder.subjects import insights
from reports_builder.subjects.rates import calculator
from tests.reports.said_nothing import says_nothing
from tests.workspace import Workspace

pytestmark = pytest.mark.usefixtures("layer")

# Beside those of a report: parts of one, for the pages that share it.
OF_A_PAGE = ("together", "usage_optimization", "commitments", "budgets", "investments")
# What takes two whole months, a bill of a cloud or a departure has no chart here.
CHARTS_OF_FEW_DAYS = {"commitments": 0, "forecasts_and_budgets": 1, "unit_economics": 1}
CENT = Decimal("0.01")
NARROW = Filters(period="14d", tier=("pro",), provider=("openai",))


def view_of(workspace: Workspace, name: str, filters: Filters = Filters()) -> View | None:  # noqa: B008
    identity = identity_of(workspace.published)
    assert identity is not None
    return load_view(name, str(workspace.published), identity, filters)


def evidence_of(view: View) -> Iterator[Evidence]:
    cells = [cell for tile in view.tiles for cell in tile.cells]
    opened = [said for each in view.opening for said, _ in each.lines]
    cells += [tile.parts for tile in view.tiles if tile.parts]
    by_day = [tile.weeks.evidence for tile in view.tiles if tile.weeks]
    for citation in cite([*opened, *view.headline, *view.further, *cells], by_day):
        yield citation.evidence
    for part in (*view.insights, *view.sections):
        for citation in part.citations:
            yield citation.evidence


@pytest.mark.parametrize("filters", [Filters(), NARROW], ids=["all", "narrowed"])
@pytest.mark.parametrize("name", [page.view for page in VIEWS])
def test_every_figure_is_what_its_query_returns(built: Workspace, name: str, filters: Filters) -> None:
    view = view_of(built, name, filters)
    assert view is not None
    assert view.headline
    drawn = sum(len(section.figures) for section in view.sections)
    # Nothing is owned here, and no offer pays: that is said, and one figure.
    assert len(view.tiles) >= (1 if name == "commitments" else 2)
    # Nobody of the narrowed few may have an abnormal day.
    assert min(1 if filters.chosen else 2, CHARTS_OF_FEW_DAYS.get(name, 2)) <= drawn <= 5
    checked = 0
    with duckdb.connect(str(built.published), read_only=True) as connection:
        for evidence in evidence_of(view):
            assert connection.execute(evidence.sql).fetchall() == list(evidence.rows), evidence.sql
            checked += 1
    assert checked >= 4


def test_every_insight_of_the_reports_stands_on_a_page_whatever_is_filtered(built: Workspace) -> None:
    of_reports = [value for name, value in vars(insights).items() if _is_of_a_report(name, value)]
    assert len(of_reports) == len(page_modules())
    with open_published(built.published) as warehouse:
        told = {insight.title.plain for block in of_reports for insight in block(warehouse)}
    views = [(view_of(built, page.view), view_of(built, page.view, NARROW)) for page in VIEWS]
    shown = [insight for view, _ in views if view for insight in view.insights]
    assert told == {insight.title.plain for insight in shown}
    for whole, narrow in views:
        assert whole is not None
        assert narrow is not None
        # Neither half of the company nor other days than those that their words name.
        assert narrow.insights == whole.insights


def _is_of_a_report(name: str, value: object) -> bool:
    is_own = isfunction(value) and value.__module__ == insights.__name__
    return is_own and not name.startswith("_") and name not in OF_A_PAGE


def test_the_overview_opens_with_the_decisions_and_what_has_changed(built: Workspace) -> None:
    whole, narrow = view_of(built, "overview"), view_of(built, "overview", NARROW)
    assert whole is not None
    assert narrow is not None
    decide, changed = whole.opening
    assert narrow.opening[0] == decide
    plans = built.query(
        "select offer_name, gain_base_after_savings_usd from pricing.rpt_plan_frontier "
        "where is_chosen and not is_current_plan"
    )
    works = built.query(
        "select subject, kind_net_usd from rates.rpt_savings_actions where is_counted and is_first_of_its_kind "
        f"order by kind_first_year_net_usd desc, action_kind limit {3 - len(plans)}"
    )
    assert [page for _, page in decide.lines] == ["usage_optimization"] * len(works) + ["pricing"] * len(
        plans
    )
    for (said, _), (subject, amount) in zip(decide.lines, [*works, *plans], strict=True):
        assert str(subject) in said.plain
        assert formatting.exact(amount) in [quote.exact for quote in said.quotes]
    assert changed.lines[-1][0].plain.startswith("Open alerts: ")
    views = {page.view for page in VIEWS}
    assert {page for each in whole.opening for _, page in each.lines} <= views
    # Each sentence of the headline leads to the page that says more of it, the losses first.
    assert len(whole.leads) == len(whole.headline)
    assert whole.leads[0] == "profitability"
    assert set(whole.leads) <= views


def test_an_insight_says_all_its_parts_and_nothing_that_data_can_change() -> None:
    insight = Insight(
        title=Evidence("select 1;", ("name",), (("<b>Evil</b>",),)).say("{name:text} costs most"),
        problem=note("The problem."),
        domain_spec="Spec",
        domain_framework="Framework <2026>",
        ubr_impact=note("The impact."),
        recommendation=Recommendation(note("Do it."), "Head of X", "days"),
        outcome=note("The outcome."),
        supporting=Table((), Evidence("select 1;", (), ())),
    )
    html = show.insight_html(insight)
    # What to do is read first; why, and what comes of it, open with a click.
    parts = (
        "The impact.",
        "Do it.",
        "Owner: Head of X",
        "Effort: days",
        "<details>",
        "The problem.",
        "The outcome.",
        "Spec",
    )
    assert [html.index(part) for part in parts] == sorted(html.index(part) for part in parts)
    assert "&lt;b&gt;Evil&lt;/b&gt; costs most" in html
    assert "Framework &lt;2026&gt;" in html


def test_figures_that_are_kept_by_day_have_their_weeks_and_none_reads_none(built: Workspace) -> None:
    tiles = [tile for page in VIEWS for view in [view_of(built, page.view)] if view for tile in view.tiles]
    drawn = {tile.now.quotes[0].column for tile in tiles if tile.weeks and show.line_html(tile.weeks)}
    assert drawn == {*weeks.OF_USAGE, *weeks.OF_MARGINS, *weeks.OF_ALL_SPEND}
    assert not [tile for tile in tiles for cell in tile.cells if cell.plain == "none"]
    # The last week of spend is that of its last seven days.
    spend = next(tile.weeks for tile in tiles if tile.label == "AI spend")
    assert spend is not None
    ((last,),) = built.query(
        "select sum(effective_cost_usd) from core.fct_usage_daily join intermediate.int_as_of_date "
        "on usage_date between as_of_date - 6 and as_of_date"
    )
    assert spend.values[-1] == pytest.approx(float(last))


@pytest.mark.parametrize("filters", [Filters(), NARROW], ids=["all", "narrowed"])
def test_a_key_figure_is_the_sum_of_the_parts_that_it_shows(built: Workspace, filters: Filters) -> None:
    tiles = [
        tile for page in VIEWS for view in [view_of(built, page.view, filters)] if view for tile in view.tiles
    ]
    summed = {}
    for tile in tiles:
        if tile.parts:
            column = tile.now.quotes[0].column
            summed[column] = (
                sum(Decimal(quote.exact) for quote in tile.parts.quotes),
                Decimal(tile.now.quotes[0].exact),
            )
    # A margin is what its first part leaves after the second.
    assert {"spend_usd", "forecast_usd", "margin_share"} <= set(summed)
    apart = {
        column: sums
        for column, sums in summed.items()
        if not column.startswith("margin") and abs(sums[0] - sums[1]) > CENT
    }
    assert not apart


@pytest.mark.parametrize("filters", [Filters(), NARROW], ids=["all", "narrowed"])
def test_no_part_of_a_view_says_nothing(built: Workspace, filters: Filters) -> None:
    views = {page.view: view_of(built, page.view, filters) for page in VIEWS}
    found = {
        name: said
        for name, view in views.items()
        if view and (said := says_nothing(view.tiles, view.sections))
    }
    assert not found


def test_every_chart_says_of_which_days_it_is_and_a_bar_leads_where_its_name_does(built: Workspace) -> None:
    view = view_of(built, "understanding", Filters(period="14d"))
    assert view is not None
    figures = {figure.name: figure for section in view.sections for figure in section.figures}
    assert figures["spend-by-model"].days.startswith("18 October to 31 October 2026, ")
    # No mart has the hours of other days than those of the reports.
    assert figures["hours-of-week"].days.startswith("2 October to 31 October 2026, ")
    for name, page in (("spend-by-model", "performance?model="), ("token-cost", "features?feature=")):
        figure = figures[name]
        told = json.dumps(charts.of_figure(figure, dark=False))
        links = (
            [page_of_row(figure.page, record) for record in figure.evidence.records()] if figure.page else []
        )
        assert links
        assert all(link and link.startswith(page) and json.dumps(link) in told for link in links)
        assert '"href": {"condition": {"test": "datum.address"' in told
    assert "address" not in json.dumps(charts.of_figure(figures["hours-of-week"], dark=False))
    (asked,) = built.query("select sum(effective_cost_usd) from core.rpt_hour_of_week_costs")
    assert [asked] == built.query(
        "select sum(effective_cost_usd) from core.fct_usage_daily "
        "join intermediate.int_as_of_date on usage_date between window_start_date and as_of_date"
    )


def test_the_views_read_the_marts_of_their_exposure_and_no_others(built: Workspace) -> None:
    manifest = json.loads((built.target / "manifest.json").read_text(encoding="utf-8"))
    nodes = manifest["exposures"]["exposure.ai_finops.dashboard"]["depends_on"]["nodes"]
    exposed = {f"{manifest['nodes'][node]['schema']}.{manifest['nodes'][node]['name']}" for node in nodes}
    # What is asked counts, also where the data leaves nothing to show.
    with open_published(built.published) as warehouse:
        for page in VIEWS:
            import_module(f"reports_builder.dashboard.views.{page.view}").build(warehouse)
        news(warehouse, Visit(datetime(2026, 10, 1, tzinfo=UTC), date(2026, 10, 1)))
        (losing, *_) = queries.customers(warehouse)
        assert customer.build(warehouse, losing) is not None
        calculator.what_if(warehouse, calculator.WhatIf(0, calculator.ANY, 100, 100))
        read = set(warehouse.read)
    with open_published(built.published, with_calls=True) as warehouse:
        customer.traces_section(warehouse, losing)
        trace.build(warehouse, "")
        trace.runs_sections(warehouse)
        read |= warehouse.read
    assert read == exposed


@pytest.mark.parametrize(
    ("before", "moved"), [("planning", "forecasts_and_budgets"), ("optimization", "commitments")]
)
def test_a_figure_of_a_page_of_before_is_still_explained(built: Workspace, before: str, moved: str) -> None:
    view, identity = view_of(built, moved), identity_of(built.published)
    assert view is not None
    assert identity is not None
    figure = next(quote for said in view.headline for quote in said.quotes)
    asked = f"{before}/{figure.column}={figure.exact}"
    chain = load_chain(str(built.published), identity, Filters(), before, asked, customer_id="")
    assert chain.steps
    with pytest.raises(ReportError, match="there is no page"):
        load_chain(str(built.published), identity, Filters(), "nowhere", asked, customer_id="")


def test_the_page_of_a_customer_goes_down_to_its_traces(built: Workspace) -> None:
    with open_published(built.published) as warehouse:
        (losing, *others) = queries.customers(warehouse)
        view = customer.build(warehouse, losing)
        assert customer.build(warehouse, "nobody' or true --") is None
    assert others
    assert view is not None
    with duckdb.connect(str(built.published), read_only=True) as connection:
        for evidence in evidence_of(view):
            assert connection.execute(evidence.sql).fetchall() == list(evidence.rows), evidence.sql
        with open_published(built.published, with_calls=True) as warehouse:
            (traces,) = customer.traces_section(warehouse, losing).tables
            assert traces.evidence.rows
            dearest = dict(traces.evidence.records()[0])
            of_trace = trace.build(warehouse, str(dearest["trace_id"]))
            assert trace.build(warehouse, "x' or true --") is None
        assert of_trace is not None
        for evidence in (traces.evidence, *evidence_of(of_trace)):
            assert connection.execute(evidence.sql).fetchall() == list(evidence.rows), evidence.sql
    # The trace that its row leads to has its calls and its cost.
    calls = of_trace.sections[1].tables[0].evidence.records()
    assert traces.columns[0].page == ("trace?trace", "trace_id")
    assert len(calls) == dearest["calls"]
    assert sum(row["effective_cost_usd"] for row in calls) == dearest["effective_cost_usd"]  # type: ignore[misc]
    assert {row["customer_id"] for row in calls} == {losing}
    tables = {section.title: section.tables[0].evidence for section in view.sections if section.tables}
    # What it uses adds up to what its margin says it cost.
    (cost,) = built.query(
        f"select cost_to_serve_usd - shared_cost_usd from margin.rpt_customer_margins where customer_id = '{losing}'"
    )[0]
    used = tables["What it uses, the dearest first"]
    assert sum(row["cost_usd"] for row in used.records()) == cost  # type: ignore[misc]


def test_runs_cost_what_their_traces_do(built: Workspace) -> None:
    with open_published(built.published, with_calls=True) as warehouse:
        workflows, dearest, slowest = (
            section.tables[0].evidence for section in trace.runs_sections(warehouse)
        )
    with duckdb.connect(str(built.published), read_only=True) as connection:
        (total,) = connection.execute(
            "select count(*), sum(effective_cost_usd), max(effective_cost_usd), max(wall_time_ms) from core.fct_traces"
        ).fetchall()
    costs = [row["effective_cost_usd"] for row in workflows.records()]
    assert (sum(row["traces"] for row in workflows.records()), sum(costs)) == total[:2]  # type: ignore[misc, arg-type]
    assert (dearest["effective_cost_usd"], slowest["wall_time_ms"]) == total[2:]
    assert len(dearest.rows) == len(slowest.rows) == 10


def test_portfolio_risk_and_its_trend_stand_on_the_page(built: Workspace) -> None:
    view = view_of(built, "realtime")
    assert view is not None
    (section,) = (section for section in view.sections if section.title == "Portfolio risk")
    rows = built.query(
        "select measure, at_risk_share, trend from anomalies.rpt_portfolio_risk order by measure"
    )
    said = section.text[0].plain
    for measure, share, trend in rows:
        way = "the period before is not covered" if trend == "unknown" else f"that share is {trend}"
        assert f"{formatting.percent(share)} of {measure}; {way}." in said


def test_a_long_table_opens_its_other_rows_with_a_click() -> None:
    def shown(rows: int, *, whole: bool = False) -> str:
        evidence = Evidence("select 1;", ("name",), tuple((f"row {number}",) for number in range(rows)))
        return table_html(Table((Column("name", "Name"),), evidence, max_rows=25), whole=whole)

    opened, rest = shown(30).split('<tbody class="rest">')
    assert (opened.count(">row "), rest.count(">row ")) == (8, 17)
    assert "<summary>17 more rows</summary>" in rest
    assert "5 more in the CSV." in rest
    # A row or two more is not worth a click, and what was clicked on is open.
    assert "<details>" not in shown(10)
    assert "<details>" not in shown(30, whole=True)


def test_a_long_id_may_end_a_line_at_its_parts() -> None:
    def shown(value: str) -> str:
        return table_html(Table((Column("name", "Name"),), Evidence("select 1;", ("name",), ((value,),))))

    assert "arn:<wbr>aws:<wbr>savingsplans:<wbr>:<wbr>1:<wbr>savingsplan/<wbr>6f" in shown(
        "arn:aws:savingsplans::1:savingsplan/6f"
    )
    assert "AT&amp;T, New York: a customer" in shown("AT&T, New York: a customer")


def test_a_name_leads_to_its_page_whatever_its_id() -> None:
    columns = (Column("name", "Name", page=("customer?customer", "id")),)
    rows = (("A <b>", 'x" onclick="y&z=1 /#'), ("B", None))
    html = table_html(Table(columns, Evidence("select 1;", ("name", "id"), rows)))
    link = '<a href="customer?customer=x%22+onclick%3D%22y%26z%3D1+%2F%23" target="_self">A &lt;b&gt;</a>'
    assert f'data-label="Name">{link}</td>' in html
    assert 'data-label="Name">B</td>' in html


def test_abnormal_days_and_limits_are_those_of_the_chosen(built: Workspace) -> None:
    over = """
        select organization_id, count(*) filter (where severity = 'over the limit') as over_limit
        from core.dim_customers
        left join anomalies.rpt_threshold_alerts using (customer_id)
        where is_active and is_known and coalesce(alert_kind, '') <> 'tier_outgrown'
        group by 1 order by over_limit desc, 1
    """
    (most, _), *_, (least, none) = built.query(over)
    assert none == 0
    for organization, customers in ((most, built.query(over)[0][1]), (least, 0)):
        filters = Filters(organization=(organization,))
        view = view_of(built, "realtime", filters)
        assert view is not None
        tiles = {tile.label: tile.now for tile in view.tiles}
        assert tiles["Customers over their cost limit"].plain == str(customers)
        assert tiles["Abnormal customer days"].quotes[0].evidence.not_narrowed_by == ()


def test_a_figure_that_cannot_follow_a_filter_stays_whole_and_says_so(built: Workspace) -> None:
    whole, narrow = view_of(built, "overview"), view_of(built, "overview", NARROW)
    assert whole is not None
    assert narrow is not None
    forecasts = []
    for view in (whole, narrow):
        tile = next(tile for tile in view.tiles if tile.label == "AI forecast, next 30 days")
        forecasts.append(tile.now)
    assert forecasts[0].plain == forecasts[1].plain
    evidence = forecasts[1].quotes[0].evidence
    assert evidence.not_narrowed_by == ("period", "tier", "provider")


def test_a_sentence_names_the_days_that_its_figures_stand_for(built: Workspace) -> None:
    whole, narrow = view_of(built, "overview"), view_of(built, "overview", NARROW)
    assert whole is not None
    assert narrow is not None
    assert any(said.plain.endswith("of the 14 days before.") for said in narrow.further)

    def axes(view: View) -> dict[str, str]:
        figures = [figure for section in view.sections for figure in section.figures]
        return {figure.name: str(figure.chart.to_dict()) for figure in figures}

    drawn = axes(narrow)
    assert "US dollars in 30 days" in axes(whole)["spend-by-provider"]
    assert "US dollars in 14 days" in drawn["spend-by-provider"]
    # What stands beside margins cannot follow the chosen period, and does not claim to.
    assert "US dollars in 30 days" in drawn["top-customers"]


def test_a_replaced_file_is_read_anew_while_the_old_one_is_open(workspace: Workspace) -> None:
    question = "select count(*) as rows_found from core.fct_usage_daily"
    before = identity_of(workspace.published)
    with open_published(workspace.published) as old:
        fresh = workspace.warehouse_dir / "next.duckdb"
        fresh.write_bytes(workspace.published.read_bytes())
        with duckdb.connect(str(fresh)) as connection:
            connection.execute("delete from core.fct_usage_daily where provider = 'openai'")
        fresh.replace(workspace.published)
        assert identity_of(workspace.published) != before
        with open_published(workspace.published) as new:
            newer = new.evidence(question)["rows_found"]
        assert isinstance(newer, int)
        assert 0 < newer < old.evidence(question)["rows_found"]  # type: ignore[operator]


def test_the_warehouse_cannot_be_written_and_files_cannot_be_read(built: Workspace) -> None:
    with open_published(built.published) as warehouse:
        for sql in ("delete from core.fct_usage_daily", "select * from read_csv('/etc/passwd')"):
            with pytest.raises(ReportError):
                warehouse.evidence(sql)
