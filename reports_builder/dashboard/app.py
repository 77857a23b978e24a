"""The script that Streamlit runs for each reader: navigation, filters, the strip of news, one page."""

import logging
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import streamlit as st

from reports_builder.currency import show_in
from reports_builder.dashboard import (
    alert_form,
    alerts_shown,
    budget_form,
    builder_page,
    choosing,
    commitment_calculator,
    customer_page,
    explain_page,
    investment_form,
    live,
    login,
    noting,
    reports_page,
    savings_form,
    show,
    trace_page,
    visits,
)
from reports_builder.dashboard.filters import Filters
from reports_builder.dashboard.loading import (
    load_choices,
    load_currency,
    load_customers,
    load_news,
    load_notice,
    load_view,
)
from reports_builder.dashboard.pages import MOVED, REVENUE, VIEWS, PageName
from reports_builder.dashboard.reading import Identity
from reports_builder.dashboard.settings import Settings
from reports_builder.dashboard.tables import LIMITED
from reports_builder.dashboard.view import View
from reports_builder.dashboard.views.unit_economics import INVESTMENTS
from reports_builder.dashboard.views.usage_optimization import ACTIONS
from reports_builder.errors import ReportError
from reports_builder.escaping import escape
from reports_builder.formatting import currency_said
from reports_builder.subjects.planning.budgets.statements import BUDGETS
from reports_builder.subjects.rates.portfolio import TRANCHES

_STYLE = Path(__file__).with_name("style.css")
_NO_WAREHOUSE = """
There is no warehouse at `{path}` yet. In a terminal, at the root of the project:

- `make demo` generates example data, builds the warehouse and renders the reports;
- with data of your own under `data/raw`, `dbt build --project-dir dbt_project` builds it.

This page looks again every few seconds and shows the figures as soon as they are published.
"""


def _view_page(page: PageName, settings: Settings, identity: Identity, filters: Filters) -> None:
    with st.spinner("Reading the warehouse ..."):
        view = load_view(page.view, settings.warehouse, identity, filters)
    if view is None:
        st.info("No call passes these filters in this period. Choose other values, or clear the filters.")
        # On a phone the sidebar with the filters is closed.
        st.button("Show everything", on_click=choosing.keep, args=(Filters(),))
        return
    if page.view == "overview":
        view = _with_news(view, settings, identity)
    period, scope = view.period, identity.scope
    limits = "" if scope.is_everything else f" Your group sees {escape(scope.said)}."
    st.caption(f"{period.start:%-d %B %Y} to {period.as_of:%-d %B %Y}, {period.days} days.{limits}")
    forms = _forms(page, settings, identity) if scope.is_everything else {}
    alerts = {alerts_shown.OPEN: partial(alert_form.draw, settings, identity)}
    show.view(view, alerts | forms, is_narrowed=bool(filters.chosen))
    there = {section.title for section in view.sections}
    for title, draw in forms.items():
        # A first budget is set where none is listed yet.
        if title not in there:
            draw()


def _with_news(view: View, settings: Settings, identity: Identity) -> View:
    """The overview with what has come since its reader was here before, where a login says who it is."""
    _, own = load_choices(settings.warehouse, identity)
    visit = visits.visit_before(Path(settings.warehouse), noting.account(settings), own.as_of)
    said = visit and load_news(settings.warehouse, identity, visit)
    return view.with_news(said, "realtime") if said else view


def _forms(page: PageName, settings: Settings, identity: Identity) -> dict[str, Callable[[], None]]:
    """What sets what the company decides, or asks what no row of a team or customer answers.

    Each by the title of the section that it belongs to.
    """
    if page.view == "forecasts_and_budgets":
        return {BUDGETS: partial(budget_form.draw, settings)}
    if page.view == "usage_optimization":
        return {ACTIONS: partial(savings_form.draw, settings, identity)}
    if page.view == "unit_economics":
        return {INVESTMENTS: partial(investment_form.draw, settings)}
    if page.view == "commitments":
        return {TRANCHES: partial(commitment_calculator.draw, settings, identity)}
    if page.view == "performance":
        return {"": partial(trace_page.draw_runs, settings, identity)}
    return {}


def _notice(settings: Settings, identity: Identity) -> None:
    """Say above every page whose figures they are and in what; of a file that is not readable pages tell."""
    with suppress(ReportError):
        currency = load_currency(settings.warehouse, identity)
        # Each run of the script has a thread of its own, and draws after the views were built.
        show_in(currency)
        if amounts := currency_said(currency):
            st.caption(escape(amounts))
        if said := load_notice(settings.warehouse, identity):
            st.warning(escape(said))


def _guarded(title: str, draw: Callable[[], None]) -> None:
    """Draw a page; what goes wrong is said in words, with what to do, and the other pages stay."""
    st.title(title, anchor=False)
    try:
        draw()
    except ReportError as error:
        st.error(str(error))
    except Exception:
        logging.getLogger(__name__).exception("the page %s could not be drawn", title)
        st.error(
            "This page could not be drawn from the published warehouse; the terminal that runs the "
            "dashboard says why. Clear the filters, or build again: `dbt build --project-dir dbt_project`."
        )


def _empty() -> None:
    pass


def _lead_on(address: str, pages: dict[str, st.Page]) -> None:
    """From an address of before to the page that says what it said, with all that it asked for."""
    first, other = MOVED[address]
    is_other = any(name in st.query_params for name in commitment_calculator.PARAMETERS)
    said = {name: st.query_params.get_all(name) for name in st.query_params}
    st.switch_page(pages[other if is_other else first], query_params=said)


def main() -> None:
    """Draw what the address asks for."""
    settings = Settings.from_environment()
    st.set_page_config(page_title="AI FinOps", layout="wide", initial_sidebar_state="auto")
    st.html(_STYLE)
    scope = login.scope_of_reader(settings)
    if scope is None:
        return
    st.session_state[LIMITED] = not scope.is_everything
    pages = {
        page: st.Page(_empty, title=page.title, url_path=page.address, default=not page.address)
        for page in VIEWS
    }
    customer = st.Page(_empty, title="Customer", url_path="customer")
    trace = st.Page(_empty, title="Trace", url_path="trace")
    reports = st.Page(_empty, title="Reports", url_path="reports")
    builder = st.Page(_empty, title="Chart builder", url_path="chart-builder")
    explain = st.Page(_empty, title="Explain", url_path="explain")
    groups: dict[str, list[st.Page]] = {}
    for page, entry in pages.items():
        groups.setdefault(page.group, []).append(entry)
    groups[REVENUE].extend([customer, trace])
    moved = {name: st.Page(_empty, title=name, url_path=name, visibility="hidden") for name in MOVED}
    groups["More"] = [reports, builder, explain, *moved.values()]
    # Expanded: Streamlit hides the last of so many pages behind a button, which no one looks for.
    chosen = st.navigation(groups, expanded=True)
    if chosen.url_path in moved:
        _lead_on(chosen.url_path, {page.view: entry for page, entry in pages.items()})

    identity = live.note_drawn(settings, scope)
    live.strip(settings, scope)
    if identity is None:
        st.title("AI FinOps", anchor=False)
        st.info(_NO_WAREHOUSE.format(path=settings.warehouse))
        return
    _notice(settings, identity)
    draws: dict[str, Callable[[], None]] = {
        reports.url_path: partial(reports_page.draw, settings, scope),
        customer.url_path: partial(customer_page.draw, settings, identity),
        trace.url_path: partial(trace_page.draw, settings, identity),
        builder.url_path: partial(builder_page.draw_page, settings, identity),
        # The filters of the figure's page; read when it is drawn, since the customer of another page is none.
        explain.url_path: lambda: explain_page.draw(settings, identity, choosing.current(explain.url_path)),
    }
    if draw := draws.get(chosen.url_path):
        _guarded(chosen.title, draw)
        return
    page = next(page for page, entry in pages.items() if entry == chosen)
    # Of the pages with filters alone: another page's customer is what it is about.
    filters = choosing.current(chosen.url_path)
    try:
        choices, own = load_choices(settings.warehouse, identity)
        choosing.sidebar(filters, choices, own, load_customers(settings.warehouse, identity))
    except ReportError as error:
        st.error(str(error))
        return
    _guarded(page.title, partial(_view_page, page, settings, identity, filters))


main()
