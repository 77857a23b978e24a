"""Views of the published warehouse, each built once per publication and choice of filters."""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from pathlib import Path

from reports_builder.dashboard import queries
from reports_builder.dashboard.alerts_shown import Alerts, read_alerts
from reports_builder.dashboard.filters import Filters
from reports_builder.dashboard.reading import Identity, NarrowedWarehouse, open_published
from reports_builder.dashboard.view import View
from reports_builder.dashboard.views import customer, trace
from reports_builder.dashboard.weeks import with_weeks
from reports_builder.missing import demo_beside_own
from reports_builder.model import Section
from reports_builder.subjects.rates import calculator
from reports_builder.warehouse import Period

BuildView = Callable[[NarrowedWarehouse], View]


def _build_of(name: str) -> BuildView:
    build: BuildView = import_module(f"reports_builder.dashboard.views.{name}").build
    return build


@lru_cache(maxsize=128)
def load_view(name: str, path: str, _identity: Identity, filters: Filters) -> View | None:
    """The view called ``name``; None when no call passes the filters.

    ``_identity`` is that of the published file, so that another file is read anew.
    """
    with open_published(Path(path), filters) as warehouse:
        if not queries.calls_in_period(warehouse):
            return None
        view = _build_of(name)(warehouse)
        return replace(view, tiles=with_weeks(warehouse, view.tiles))


@lru_cache(maxsize=128)
def load_customer(path: str, _identity: Identity, customer_id: str) -> View | None:
    """The page of one customer; None where there is none of this id."""
    with open_published(Path(path)) as warehouse:
        return customer.build(warehouse, customer_id)


@lru_cache(maxsize=128)
def load_traces(path: str, _identity: Identity, customer_id: str) -> Section:
    """The dearest traces of one customer."""
    with open_published(Path(path), with_calls=True) as warehouse:
        return customer.traces_section(warehouse, customer_id)


@lru_cache(maxsize=128)
def load_trace(path: str, _identity: Identity, trace_id: str) -> View | None:
    """The page of one trace; None where no call names it."""
    with open_published(Path(path), with_calls=True) as warehouse:
        return trace.build(warehouse, trace_id)


@lru_cache(maxsize=4)
def load_runs(path: str, _identity: Identity) -> tuple[Section, ...]:
    """What runs cost, the dearest and the slowest of them."""
    with open_published(Path(path), with_calls=True) as warehouse:
        return trace.runs_sections(warehouse)


@lru_cache(maxsize=4)
def load_commitment_choices(path: str, _identity: Identity) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The terms in months and the payments that offers of commitments have."""
    with open_published(Path(path)) as warehouse:
        return calculator.terms_and_payments(warehouse)


@lru_cache(maxsize=128)
def load_what_if(path: str, _identity: Identity, wanted: calculator.WhatIf) -> Section:
    """The commitments that save most within what a reader allows."""
    with open_published(Path(path)) as warehouse:
        return calculator.what_if_section(warehouse, wanted)


@lru_cache(maxsize=4)
def load_customers(path: str, _identity: Identity) -> dict[str, str]:
    """The names of all customers with activity by id, those that lose most first."""
    with open_published(Path(path)) as warehouse:
        return queries.customers(warehouse)


@lru_cache(maxsize=4)
def load_alerts(path: str, _identity: Identity) -> Alerts | None:
    """What holds now, for the form below it."""
    with open_published(Path(path)) as warehouse:
        return read_alerts(warehouse)


@lru_cache(maxsize=4)
def load_notice(path: str, _identity: Identity) -> str | None:
    """What stands above every page where the calls are the demo's although a reader's own files are there."""
    with open_published(Path(path)) as warehouse:
        return demo_beside_own(warehouse)


@lru_cache(maxsize=4)
def load_choices(path: str, _identity: Identity) -> tuple[dict[str, tuple[str, ...]], Period]:
    """What the filters can be set to, and the period of the reports."""
    with open_published(Path(path)) as warehouse:
        return queries.options(warehouse), warehouse.period
