"""The filters in the sidebar, and the address that keeps them."""

from collections.abc import Mapping
from datetime import date
from functools import partial

import streamlit as st

from reports_builder.dashboard import address
from reports_builder.dashboard.filters import COMPARISONS, DIMENSIONS, PRESETS, Filters
from reports_builder.dashboard.queries import MOST_LISTED
from reports_builder.warehouse import Period

_PARAMETERS = ("period", "compare", *DIMENSIONS)
_KEPT = "kept_filters"
_PAGE = "page_of_filters"
_OWN_DAYS = "own"
_A_YEAR = 366
_LABELS = {
    "customer": "Customer",
    "organization": "Organization",
    "tier": "Tier",
    "product": "Product",
    "feature": "Feature",
    "team": "Team",
    "provider": "Provider",
    "model": "Model",
    "environment": "Environment",
}


def current(page: str) -> Filters:
    """The filters of the address; those of the page before where the reader has only turned the page."""
    said = address.read(_PARAMETERS)
    filters = Filters.from_address(said)
    turned = st.session_state.get(_PAGE, page) != page
    if turned and not filters.chosen:
        filters = st.session_state.get(_KEPT, filters)
    st.session_state[_PAGE] = page
    st.session_state[_KEPT] = filters
    if filters.to_address() != said:
        address.write(_PARAMETERS, filters.to_address())
    return filters


def keep(filters: Filters) -> None:
    """Write the filters into the address and leave the rest of it alone."""
    st.session_state[_KEPT] = filters
    address.write(_PARAMETERS, filters.to_address())


def sidebar(
    filters: Filters, options: dict[str, tuple[str, ...]], own: Period, customers: Mapping[str, str]
) -> None:
    """The widgets; a change of one writes the address and draws the page again.

    ``customers`` are their names by id.
    """
    st.sidebar.html('<div class="message">Filters</div>')
    _period_choice(filters, own)
    _comparison_choice(filters, own)
    for name in DIMENSIONS:
        chosen = list(filters.values(name))
        # A value of the address that the data does not hold stays visible, to be taken out.
        known = list(dict.fromkeys([*options.get(name, ()), *chosen]))
        st.sidebar.multiselect(
            _LABELS[name],
            known,
            default=chosen,
            format_func=partial(_named, customers if name == "customer" else {}),
            placeholder="all",
            accept_new_options=len(known) >= MOST_LISTED,
            **address.bound(f"filter-{name}", chosen, partial(_values_changed, name)),
        )
    if filters.chosen:
        st.sidebar.button("Clear filters", on_click=keep, args=(Filters(),), key="clear-filters")


def _named(names: Mapping[str, str], value: str) -> str:
    return f"{names[value]} ({value})" if value in names else value


def _period_choice(filters: Filters, own: Period) -> None:
    labels = {"": f"{own.days} days of the reports"} | PRESETS | {_OWN_DAYS: "Own days"}
    is_own = ".." in filters.period
    period = _OWN_DAYS if is_own else filters.period

    def changed(chosen: str) -> None:
        keep(_kept().with_period(f"{own.start}..{own.as_of}" if chosen == _OWN_DAYS else chosen))

    st.sidebar.selectbox(
        "Period",
        list(labels),
        index=list(labels).index(period),
        format_func=labels.__getitem__,
        **address.bound("filter-period", period, changed),
    )
    if is_own:
        start, end = (date.fromisoformat(text) for text in filters.period.split(".."))
        # Between the two clicks of a choice there is one day, which is the picker's own business.
        name = f"filter-days-{filters.period}"
        picked = address.held(name, ())
        days = picked if len(picked) == 1 else (start, end)
        st.sidebar.date_input(
            "From and to", value=days, format="YYYY-MM-DD", **address.bound(name, days, _days_changed)
        )
        if len(days) == 1:
            st.sidebar.caption(f"Choose the last day too. Until then the page shows {start} to {end}.")


def _comparison_choice(filters: Filters, own: Period) -> None:
    labels = {"": "The days before"} | COMPARISONS
    if (own.as_of - own.first_usage).days < _A_YEAR and filters.compare != "year":
        # No data is that old.
        del labels["year"]
    st.sidebar.selectbox(
        "Compare with",
        list(labels),
        index=list(labels).index(filters.compare),
        format_func=labels.__getitem__,
        **address.bound(
            "filter-compare", filters.compare, lambda chosen: keep(_kept().with_comparison(chosen))
        ),
    )


def _kept() -> Filters:
    kept: Filters = st.session_state.get(_KEPT, Filters())
    return kept


def _values_changed(name: str, values: list[str]) -> None:
    keep(_kept().with_values(name, values))


def _days_changed(days: tuple[date, ...]) -> None:
    # While the reader has picked the first day only, the address keeps the last whole period.
    if len(days) == 2:
        keep(_kept().with_period(f"{days[0]}..{days[1]}"))
