"""Views of the published warehouse, each built once per publication and choice of filters."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from reports_builder.charts import stands_for
from reports_builder.currency import Currency
from reports_builder.dashboard import queries
from reports_builder.dashboard.alerts_shown import Alerts, read_alerts
from reports_builder.dashboard.filters import Filters
from reports_builder.dashboard.kept import kept
from reports_builder.dashboard.pages import MOVED, page_of
from reports_builder.dashboard.parts import with_parts
from reports_builder.dashboard.reading import Identity, NarrowedWarehouse, open_published
from reports_builder.dashboard.view import View
from reports_builder.dashboard.views import customer, trace
from reports_builder.dashboard.visits import Visit, news
from reports_builder.dashboard.weeks import with_weeks
from reports_builder.dashboard.withheld import permitted
from reports_builder.errors import ReportError
from reports_builder.evidence import Prose
from reports_builder.lineage.chain import Chain
from reports_builder.lineage.explaining import explain, explain_figure
from reports_builder.lineage.figure_ids import PageFigure, parse
from reports_builder.missing import demo_beside_own
from reports_builder.model import Section
from reports_builder.subjects.rates import calculator
from reports_builder.tracked_savings.decisions import works_of
from reports_builder.warehouse import Period

BuildView = Callable[[NarrowedWarehouse], View]


def _build_of(name: str) -> BuildView:
    build: BuildView = import_module(f"reports_builder.dashboard.views.{name}").build
    return build


def _dated(view: View, warehouse: NarrowedWarehouse) -> View:
    """The view, each chart with the days that it is of."""
    return replace(view, sections=tuple(_dated_section(section, warehouse) for section in view.sections))


def _dated_section(section: Section, warehouse: NarrowedWarehouse) -> Section:
    figures = (
        replace(figure, days=stands_for(warehouse.period_of(figure.evidence))) for figure in section.figures
    )
    return replace(section, figures=tuple(figures))


def _seen(view: View, identity: Identity) -> View:
    return view if identity.scope.is_everything else permitted(view)


@kept(128)
def load_view(name: str, path: str, identity: Identity, filters: Filters) -> View | None:
    """The view called ``name``; None when no call passes the filters.

    ``identity`` is that of the published file and its reader, so that another one is read anew.
    """
    with open_published(Path(path), filters, scope=identity.scope) as warehouse:
        # A team may have machines and no call: what it is shown then, its rows decide.
        if (filters.chosen or identity.scope.is_everything) and not queries.calls_in_period(warehouse):
            return None
        view = _seen(_dated(_build_of(name)(warehouse), warehouse), identity)
        return replace(view, tiles=with_parts(warehouse, with_weeks(warehouse, view.tiles)))


@kept(128)
def load_customer(path: str, identity: Identity, customer_id: str) -> View | None:
    """The page of one customer; None where there is none of this id."""
    with open_published(Path(path), scope=identity.scope) as warehouse:
        view = customer.build(warehouse, customer_id)
        return view and _seen(_dated(view, warehouse), identity)


@kept(128)
def load_traces(path: str, identity: Identity, customer_id: str) -> Section:
    """The dearest traces of one customer."""
    with open_published(Path(path), with_calls=True, scope=identity.scope) as warehouse:
        return customer.traces_section(warehouse, customer_id)


@kept(32)
def load_chain(
    path: str, identity: Identity, filters: Filters, name: str, asked: str, *, customer_id: str
) -> Chain:
    """What is behind a figure of the view called ``name``, or behind any id where there is none."""
    # The page of a customer has no filters: the customer that the address names is what it is about.
    narrowed = Filters() if name == "customer" else filters
    with open_published(Path(path), narrowed, with_calls=True, scope=identity.scope) as warehouse:
        figure = parse(asked)
        if not name or not isinstance(figure, PageFigure):
            return explain(warehouse, asked)
        if name == "customer":
            views = [customer.build(warehouse, customer_id)]
        else:
            names = MOVED.get(name, (name,))
            views = [_build_of(each)(warehouse) if page_of(each) else None for each in names]
        citations = [citation for view in views if view for citation in view.citations]
        if not citations:
            raise ReportError(f"there is no page {name!r} with figures.")
        return explain_figure(warehouse, figure, tuple(citations))


@kept(128)
def load_trace(path: str, identity: Identity, trace_id: str) -> View | None:
    """The page of one trace; None where no call names it."""
    with open_published(Path(path), with_calls=True, scope=identity.scope) as warehouse:
        return trace.build(warehouse, trace_id)


@kept(4)
def load_runs(path: str, identity: Identity) -> tuple[Section, ...]:
    """What runs cost, the dearest and the slowest of them."""
    with open_published(Path(path), with_calls=True, scope=identity.scope) as warehouse:
        return trace.runs_sections(warehouse)


@kept(4)
def load_commitment_choices(path: str, identity: Identity) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The terms in months and the payments that offers of commitments have."""
    with open_published(Path(path), scope=identity.scope) as warehouse:
        return calculator.terms_and_payments(warehouse)


@kept(128)
def load_what_if(path: str, identity: Identity, wanted: calculator.WhatIf) -> Section:
    """The commitments that save most within what a reader allows."""
    with open_published(Path(path), scope=identity.scope) as warehouse:
        return calculator.what_if_section(warehouse, wanted)


@kept(64)
def load_customers(path: str, identity: Identity) -> dict[str, str]:
    """The names of all customers with activity by id, those that lose most first."""
    with open_published(Path(path), scope=identity.scope) as warehouse:
        return queries.customers(warehouse)


@kept(64)
def load_alerts(path: str, identity: Identity) -> Alerts | None:
    """What holds now, for the form below it."""
    with open_published(Path(path), scope=identity.scope) as warehouse:
        return read_alerts(warehouse)


@kept(128)
def load_news(path: str, identity: Identity, visit: Visit) -> Prose | None:
    """What has come since a visit, for its reader; None where the history of alerts lies elsewhere."""
    with suppress(ReportError), open_published(Path(path), scope=identity.scope) as warehouse:
        return news(warehouse, visit)
    return None


@kept(4)
def load_works(path: str, identity: Identity) -> tuple[dict[str, Any], ...]:
    """The savings that can be measured once they are made, in the order of their rank."""
    with open_published(Path(path), scope=identity.scope) as warehouse:
        return tuple(work for work in works_of(warehouse) if work["is_tracked"])


@kept(64)
def load_notice(path: str, identity: Identity) -> str | None:
    """What stands above every page where the calls are the demo's although a reader's own files are there."""
    with open_published(Path(path), scope=identity.scope) as warehouse:
        return demo_beside_own(warehouse)


@kept(64)
def load_currency(path: str, identity: Identity) -> Currency:
    """What amounts are shown in."""
    with open_published(Path(path), scope=identity.scope) as warehouse:
        return warehouse.currency


@kept(64)
def load_choices(path: str, identity: Identity) -> tuple[dict[str, tuple[str, ...]], Period]:
    """What the filters can be set to, and the period of the reports."""
    with open_published(Path(path), scope=identity.scope) as warehouse:
        return queries.options(warehouse), warehouse.period
