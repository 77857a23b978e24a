"""The filters in the sidebar, and the address that keeps them."""

from datetime import date

import streamlit as st

from reports_builder.dashboard.filters import NAMES, PRESETS, Filters
from reports_builder.warehouse import Period

_KEPT = "kept_filters"
_PAGE = "page_of_filters"
_OWN_DAYS = "own"
_LABELS = {
    "organization": "Organization",
    "product": "Product",
    "tier": "Tier",
    "provider": "Provider",
    "environment": "Environment",
}


def current(page: str) -> Filters:
    """The filters of the address; those of the page before where the reader has only turned the page."""
    filters = Filters.from_address({name: st.query_params.get_all(name) for name in ("period", *NAMES)})
    turned = st.session_state.get(_PAGE, page) != page
    if turned and not filters.chosen:
        filters = st.session_state.get(_KEPT, filters)
    st.session_state[_PAGE] = page
    keep(filters)
    return filters


def keep(filters: Filters) -> None:
    """Write the filters into the address and leave the rest of it alone."""
    st.session_state[_KEPT] = filters
    wanted = filters.to_address()
    for name in ("period", *NAMES):
        if name not in wanted:
            if name in st.query_params:
                del st.query_params[name]
        elif st.query_params.get_all(name) != _as_list(wanted[name]):
            st.query_params[name] = wanted[name]


def _as_list(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def sidebar(filters: Filters, options: dict[str, tuple[str, ...]], own: Period) -> None:
    """The widgets; a change of one writes the address and draws the page again."""
    st.sidebar.html('<div class="message">Filters</div>')
    _period_choice(filters, own)
    for name in NAMES:
        key = f"filter-{name}"
        chosen = list(filters.values(name))
        st.session_state[key] = chosen
        # A value of the address that the data does not hold stays visible, to be taken out.
        known = list(dict.fromkeys([*options.get(name, ()), *chosen]))
        st.sidebar.multiselect(
            _LABELS[name], known, key=key, placeholder="all", on_change=_values_changed, args=(name, key)
        )
    if filters.chosen:
        st.sidebar.button("Clear filters", on_click=keep, args=(Filters(),), key="clear-filters")


def _period_choice(filters: Filters, own: Period) -> None:
    labels = {"": f"{own.days} days of the reports"} | PRESETS | {_OWN_DAYS: "Own days"}
    is_own = ".." in filters.period
    st.session_state["filter-period"] = _OWN_DAYS if is_own else filters.period
    st.sidebar.selectbox(
        "Period",
        list(labels),
        format_func=labels.__getitem__,
        key="filter-period",
        on_change=_period_changed,
        args=(own,),
    )
    if is_own:
        start, end = (date.fromisoformat(text) for text in filters.period.split(".."))
        # Between the two clicks of a choice there is one day, which is the picker's own business.
        if len(st.session_state.get("filter-days", ())) != 1:
            st.session_state["filter-days"] = (start, end)
        st.sidebar.date_input("From and to", key="filter-days", on_change=_days_changed, format="YYYY-MM-DD")


def _kept() -> Filters:
    kept: Filters = st.session_state.get(_KEPT, Filters())
    return kept


def _values_changed(name: str, key: str) -> None:
    keep(_kept().with_values(name, st.session_state[key]))


def _period_changed(own: Period) -> None:
    chosen = st.session_state["filter-period"]
    keep(_with_period(f"{own.start}..{own.as_of}" if chosen == _OWN_DAYS else chosen))


def _days_changed() -> None:
    days = st.session_state["filter-days"]
    # While the reader has picked the first day only, the address keeps the last whole period.
    if len(days) == 2:
        keep(_with_period(f"{days[0]}..{days[1]}"))


def _with_period(period: str) -> Filters:
    kept = _kept()
    return Filters(period, *(kept.values(name) for name in NAMES))
