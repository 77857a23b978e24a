"""The calculator on the page of commitments; the address keeps its controls."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from reports_builder.dashboard import address, show
from reports_builder.dashboard.loading import load_commitment_choices, load_what_if
from reports_builder.dashboard.reading import Identity
from reports_builder.dashboard.settings import Settings
from reports_builder.subjects.rates.calculator import ANY, WhatIf

PARAMETERS = _TERM, _PAYMENT, _COVERAGE, _RISK = "term", "payment", "coverage", "risk"
_EVERYTHING = 100


def draw(settings: Settings, identity: Identity) -> None:
    """The controls, and what would be signed; nothing where no offer has a level."""
    terms, payments = load_commitment_choices(settings.warehouse, identity)
    if not terms:
        return
    show.html("<h2>Commitment calculator</h2>")
    first, second = st.columns(2)
    with first:
        term = _choice("Term", _TERM, [ANY, *map(str, terms)], _months)
        coverage = _share("Cover at most, % of the usage", _COVERAGE)
    with second:
        payment = _choice("Payment", _PAYMENT, [ANY, *payments], str)
        risk = _share("Unused at most, % of the promise, if use is low", _RISK)
    wanted = WhatIf(0 if term == ANY else int(term), payment, coverage, risk)
    show.one_section(load_what_if(settings.warehouse, identity, wanted))


def _months(term: str) -> str:
    if term == ANY:
        return term
    return "1 month" if term == "1" else f"{term} months"


def _choice(label: str, name: str, options: list[str], words: Callable[[str], str]) -> str:
    asked = st.query_params.get(name, ANY)
    chosen = asked if asked in options else ANY
    st.selectbox(
        label,
        options,
        index=options.index(chosen),
        format_func=words,
        **address.bound(f"calculator-{name}", chosen, partial(_changed, name, ANY)),
    )
    return chosen


def _share(label: str, name: str) -> int:
    """A share of the address in steps of five per cent; what is no such share is everything."""
    asked = st.query_params.get(name, "")
    chosen = int(asked) if asked in map(str, range(0, _EVERYTHING, 5)) else _EVERYTHING
    st.slider(
        label,
        0,
        _EVERYTHING,
        chosen,
        5,
        **address.bound(f"calculator-{name}", chosen, partial(_changed, name, _EVERYTHING)),
    )
    return chosen


def _changed(name: str, unset: object, chosen: object) -> None:
    address.write((name,), {} if chosen == unset else {name: [str(chosen)]})
