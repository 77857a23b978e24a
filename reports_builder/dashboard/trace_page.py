"""The page of one trace, which the address names, and what runs cost below the page that they belong to."""

import streamlit as st

from reports_builder.dashboard import address, show
from reports_builder.dashboard.loading import load_runs, load_trace
from reports_builder.dashboard.reading import Identity
from reports_builder.dashboard.settings import Settings

_PARAMETER = "trace"
_RUNS = "runs"
_LONGEST = 200


def draw(settings: Settings, identity: Identity) -> None:
    """The calls of the trace that the address names."""
    asked = st.query_params.get(_PARAMETER, "")[:_LONGEST]
    st.text_input(
        "Trace",
        value=asked,
        max_chars=_LONGEST,
        placeholder="the id of a trace, as a table of runs lists it",
        **address.bound(
            _PARAMETER,
            asked,
            lambda typed: address.write((_PARAMETER,), {_PARAMETER: [typed]} if typed else {}),
        ),
    )
    if not asked:
        st.info("The dearest runs are on the pages Performance and Customer; a click on one leads here.")
        return
    view = load_trace(settings.warehouse, identity, asked)
    if view is None:
        st.info("No call names this trace.")
        return
    show.view(view)


def draw_runs(settings: Settings, identity: Identity) -> None:
    """What runs cost, once a reader asks for it: that is read from the calls, which takes a moment."""
    is_open = _RUNS in st.query_params
    st.toggle(
        "What a run costs, the dearest and the slowest",
        value=is_open,
        **address.bound(
            _RUNS, is_open, lambda chosen: address.write((_RUNS,), {_RUNS: ["1"]} if chosen else {})
        ),
    )
    if is_open:
        st.caption("All runs of the days of the reports: filters do not change it.")
        with st.spinner("Reading the calls ..."):
            sections = load_runs(settings.warehouse, identity)
        for section in sections:
            show.one_section(section)
