"""Nothing is compared with a period that the data does not cover whole: no page, tile, table or mart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest

from reports_builder.build import build_pages
from reports_builder.dashboard.filters import Filters
from reports_builder.dashboard.loading import load_view
from reports_builder.dashboard.pages import VIEWS
from reports_builder.dashboard.reading import identity_of
from reports_builder.evidence import Evidence
from reports_builder.model import Page, cite
from reports_builder.pages import page_modules
from reports_builder.render import render
from reports_builder.warehouse import Period, open_warehouse
from tests.workspace import Workspace

# 45 days of data: the last 30, and half of the 30 before. Any change is of one of these kinds, or unknown.
_OTHER_COMPARISONS = re.compile(
    r"""
    from\ (pricing|rates)\.            # another plan or price, on the same use
    | from\ efficiency\.(rpt_model_recommendations|rpt_model_switch_savings|rpt_quality_\w+)  # another model
    | from\ allocation\.rpt_(chargebacks|tenant_chargebacks|owner_costs)_monthly  # months by cost per day of data
    | from\ core\.rpt_revenue_movements_monthly  # fees at the ends of months, of which every day is known
    | from\ planning\.rpt_forecast_scenarios  # another course of the same months
    | from\ planning\.rpt_(cost_outlook|outlook_causes)  # days to come with the last 30, which the data does cover
    """,
    re.VERBOSE,
)
_CHANGE = re.compile(r"^prior_|(^|_)change(_share|_usd)?$")


def changes(evidence: Evidence) -> list[tuple[str, object]]:
    """The figures of an answer that stand for an earlier period, or for the change since."""
    if _OTHER_COMPARISONS.search(evidence.sql):
        return []
    return [
        (column, row[index])
        for index, column in enumerate(evidence.columns)
        if _CHANGE.search(column) and column not in ("recent_change_share", "task_advised_cost_change_usd")
        for row in evidence.rows
        if row[index] is not None
    ]


def evidence_of_page(page: Page) -> Iterator[Evidence]:
    parts = (*page.insights, *page.sections, page.confidence)
    own = (page.answer_citations, page.figure_citations, page.action_citations)
    for citations in (*own, *(part.citations for part in parts)):
        for citation in citations:
            yield citation.evidence


def test_no_page_states_a_change_against_half_a_period(built: Workspace) -> None:
    with open_warehouse(built.published) as warehouse:
        assert not warehouse.period.has_prior
        assert warehouse.period.is_covered
        pages = build_pages(warehouse).pages
    assert len(pages) == len(page_modules())
    for page in pages:
        for evidence in evidence_of_page(page):
            assert changes(evidence) == [], f"{page.path}:\n{evidence.sql}"


def test_what_is_written_says_that_there_is_no_full_earlier_period(built: Workspace) -> None:
    with open_warehouse(built.published) as warehouse:
        built_pages = build_pages(warehouse, ["finops_summary"]).pages
    summary = next(text.decode() for path, text in render(built_pages) if path.suffix == ".md")
    assert "there is no full earlier period to compare it with" in summary
    for heading in ("AI spend by provider", "Top 10 cost drivers"):
        section = summary.split(f"## {heading}", 1)[1].split("\n## ", 1)[0]
        table = section.split("<details", 1)[0]
        assert "|" in table
        assert not re.search(r"\b(up|down) |new this period|unchanged", table), table


@pytest.mark.usefixtures("layer")
@pytest.mark.parametrize("period", ["", "14d", "7d"])
def test_the_dashboard_compares_where_the_data_covers_both_periods(built: Workspace, period: str) -> None:
    identity = identity_of(built.published)
    assert identity is not None
    found: dict[str, int] = {}
    for page in VIEWS:
        view = load_view(page.view, str(built.published), identity, Filters(period=period))
        assert view is not None
        cells = [cell for tile in view.tiles for cell in tile.cells]
        asked = [citation.evidence for citation in cite([*view.headline, *view.further, *cells])]
        asked += [citation.evidence for section in view.sections for citation in section.citations]
        found[page.view] = sum(len(changes(evidence)) for evidence in asked)
    # A week and two weeks have as many days of data before them; 30 days have not.
    assert (found["overview"] > 0) == bool(period), found
    assert (sum(found.values()) > 0) == bool(period), found


def test_no_mart_knows_an_earlier_period_that_the_data_covers_in_part(built: Workspace) -> None:
    columns = built.query("""
        select table_schema || '.' || table_name, column_name from information_schema.columns
        where column_name like 'prior\\_%' escape '\\' and column_name not like 'prior_month%'
            and table_schema not in ('intermediate', 'staging') and table_name <> 'int_as_of_date'""")
    assert len(columns) >= 8
    for mart, column in columns:
        known = built.query(f"select count({column}) from {mart}")
        assert known == [(0,)], f"{mart}.{column}"


@pytest.mark.parametrize(
    ("days", "last_usage", "known"),
    [
        ("2026-10-18..2026-10-31", date(2026, 10, 31), True),
        # November has not come, or is being filled: what there is of it is not less than October.
        ("2026-11-01..2026-11-30", date(2026, 10, 31), False),
        ("2026-10-25..2026-11-02", date(2026, 11, 2), False),
        ("2026-10-25..2026-11-01", date(2026, 11, 2), True),
    ],
)
def test_days_that_the_data_does_not_reach_are_not_compared(days: str, last_usage: date, known: bool) -> None:
    own = Period(date(2026, 10, 31), date(2026, 10, 2), date(2026, 9, 2), date(2026, 10, 1), date(2026, 7, 4))
    period = Filters(period=days).period_of(own, last_usage)
    assert period.has_prior is known
