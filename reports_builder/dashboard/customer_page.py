"""The page of one customer, which the address names."""

from itertools import islice

import streamlit as st

from reports_builder.dashboard import address, show
from reports_builder.dashboard.loading import load_customer, load_customers, load_traces
from reports_builder.dashboard.queries import MOST_LISTED
from reports_builder.dashboard.reading import Identity
from reports_builder.dashboard.settings import Settings
from reports_builder.dashboard.views.customer import TRACES
from reports_builder.escaping import escape

_PARAMETER = "customer"
_TRACES = "traces"


def draw(settings: Settings, identity: Identity) -> None:
    """A choice of customers, and the page of the one that is chosen; the one of the largest loss at first."""
    names = load_customers(settings.warehouse, identity)
    if not names:
        limits = "" if identity.scope.is_everything else f" Your group sees {escape(identity.scope.said)}."
        st.info(f"There is no customer to show.{limits}")
        return
    asked = st.query_params.get(_PARAMETER, next(iter(names)))
    known = list(islice(names, MOST_LISTED))
    if asked not in known:
        known.insert(0, asked)
    st.selectbox(
        "Customer",
        known,
        index=known.index(asked),
        format_func=lambda one: names.get(one, one),
        accept_new_options=len(known) >= MOST_LISTED,
        **address.bound(
            _PARAMETER, asked, lambda chosen: address.write((_PARAMETER,), {_PARAMETER: [chosen]})
        ),
    )
    view = load_customer(settings.warehouse, identity, asked)
    if view is None:
        st.info("There is no customer with this id. Choose another.")
        return
    period = view.period
    st.caption(
        f"{period.start:%-d %B %Y} to {period.as_of:%-d %B %Y}, {period.days} days: filters do not change it."
    )
    show.view(view)
    is_open = _TRACES in st.query_params
    st.toggle(
        TRACES,
        value=is_open,
        **address.bound(
            _TRACES, is_open, lambda chosen: address.write((_TRACES,), {_TRACES: ["1"]} if chosen else {})
        ),
    )
    if is_open:
        with st.spinner("Reading the calls ..."):
            section = load_traces(settings.warehouse, identity, asked)
        show.one_section(section)
