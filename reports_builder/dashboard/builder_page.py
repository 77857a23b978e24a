"""Charts of a reader's own: metrics by dimensions, drawn, named, saved, shared by their address."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import lru_cache
from pathlib import Path

import streamlit as st

from reports_builder import semantic
from reports_builder.dashboard import charts, show
from reports_builder.dashboard.drawing import Answer, Drawing, Field, draw, style_of
from reports_builder.dashboard.questions import ADDRESS, Question
from reports_builder.dashboard.reading import Identity
from reports_builder.dashboard.settings import Settings
from reports_builder.errors import ReportError
from reports_builder.escaping import clean
from reports_builder.evidence import Evidence
from reports_builder.model import Column, Table, cite

_KINDS = {"bars": "Bars", "lines": "Lines", "table": "Table", "treemap": "Treemap", "heatmap": "Heat map"}
_SAVED = "saved-chart"
_NAME = "chart-name"


def draw_page(settings: Settings, identity: Identity) -> None:
    """The chart builder."""
    st.caption(
        "Choose what to measure (metrics) and what to take it apart by (dimensions). The address keeps the "
        "chart: share it as a link, or save it to a file that your team shares through git."
    )
    with st.spinner("Starting the semantic layer, some seconds the first time ..."):
        semantic.list_metrics()
    _open(settings)
    question = Question.from_address({name: st.query_params.get_all(name) for name in ADDRESS})
    question = _ask(question, settings, identity)
    if not question.metrics:
        st.info("Choose at least one metric.")
        return
    result = _answer(question, settings.warehouse, identity)
    _show(question, result)
    _save(question, settings)


def _keep(question: Question) -> None:
    wanted = question.to_address()
    for name in ADDRESS:
        if name in wanted:
            st.query_params[name] = wanted[name]
        elif name in st.query_params:
            del st.query_params[name]


def _open(settings: Settings) -> None:
    found = semantic.list_charts(Path(settings.charts))
    charts_there = {path: chart for path, chart in found.items() if isinstance(chart, semantic.SavedChart)}
    for path, trouble in found.items():
        if isinstance(trouble, ReportError):
            st.warning(f"{path.name} is not a chart that can be opened: {trouble}")
    names = {chart.name: chart for chart in charts_there.values()}
    asked = st.query_params.get("name", "")
    st.session_state[_SAVED] = asked if asked in names else None

    def opened() -> None:
        chosen = st.session_state[_SAVED]
        if chosen in names:
            _keep(Question.of_chart(names[chosen]))

    st.selectbox(
        "Saved charts", list(names), index=None, key=_SAVED, on_change=opened, placeholder="Open one"
    )


def _ask(question: Question, settings: Settings, identity: Identity) -> Question:
    """The widgets, set to the question; the question as far as the semantic layer knows it."""
    metrics = {metric.name: metric.label for metric in semantic.list_metrics()}
    chosen = tuple(name for name in question.metrics if name in metrics)
    possible = {found.name: found.label for found in semantic.list_dimensions(chosen)}
    known = replace(
        question,
        metrics=chosen,
        dimensions=tuple(name for name in question.dimensions if name in possible),
        filters={name: values for name, values in question.filters.items() if name in possible},
    )
    places = {name: label for name, label in possible.items() if not name.startswith("metric_time")}
    left, right = st.columns(2)
    with left:
        _several("Metrics", metrics, known.metrics, lambda names: replace(known, metrics=names))
        _kinds(known)
    with right:
        _several("Dimensions", possible, known.dimensions, lambda names: replace(known, dimensions=names))
        _several("Filters", places, tuple(known.filters), lambda names: _with_filters(known, names))
    for name, values in known.filters.items():
        options = dict.fromkeys([*_values(name, settings.warehouse, identity), *values])
        _several(
            f"Only {possible[name]}",
            {value: value for value in options},
            values,
            lambda values, name=name: replace(known, filters={**known.filters, name: values}),  # type: ignore[misc]
        )
    _days(known)
    return known


def _with_filters(question: Question, names: tuple[str, ...]) -> Question:
    return replace(question, filters={name: question.filters.get(name, ()) for name in names})


def _several(
    label: str, names: dict[str, str], chosen: tuple[str, ...], changed: Callable[[tuple[str, ...]], Question]
) -> None:
    """A choice of several names; a change of it writes the address."""
    key = f"builder-{label}"
    st.session_state[key] = list(chosen)
    st.multiselect(
        label,
        list(names),
        key=key,
        format_func=names.__getitem__,
        on_change=lambda: _keep(changed(tuple(st.session_state[key]))),
        placeholder="all" if label.startswith("Only") else "none",
    )


def _kinds(question: Question) -> None:
    key = "builder-kind"
    st.session_state[key] = question.kind
    st.segmented_control(
        "Drawn as",
        list(_KINDS),
        key=key,
        format_func=_KINDS.__getitem__,
        on_change=lambda: _keep(replace(question, kind=st.session_state[key])),
        required=True,
    )


def _days(question: Question) -> None:
    left, right = st.columns(2)
    with left:
        _day("From", question.start, lambda day: replace(question, start=day))
    with right:
        _day("To", question.end, lambda day: replace(question, end=day))


def _day(label: str, day: date | None, changed: Callable[[date | None], Question]) -> None:
    key = f"builder-{label}"
    st.session_state[key] = day
    st.date_input(
        label,
        value=None,
        key=key,
        format="YYYY-MM-DD",
        on_change=lambda: _keep(changed(st.session_state[key])),
    )


@lru_cache(maxsize=64)
def _values(name: str, warehouse: str, _identity: Identity) -> tuple[str, ...]:
    return semantic.dimension_values(name, warehouse=Path(warehouse))


@lru_cache(maxsize=128)
def _asked(
    asked: tuple[tuple[str, ...], tuple[str, ...]],
    only: tuple[tuple[str, tuple[str, ...]], ...],
    days: tuple[date | None, date | None],
    warehouse: str,
    _identity: Identity,
) -> semantic.Result:
    return semantic.query(*asked, dict(only), *days, warehouse=Path(warehouse))


def _answer(question: Question, warehouse: str, identity: Identity) -> semantic.Result:
    return _asked(
        (question.metrics, question.dimensions),
        tuple(question.filters.items()),
        (question.start, question.end),
        warehouse,
        identity,
    )


def _show(question: Question, result: semantic.Result) -> None:
    metrics = {metric.name: metric for metric in semantic.list_metrics()}
    dimensions = {found.name: found for found in semantic.list_dimensions()}
    answer = Answer(
        tuple(result.records()),
        tuple(
            Field(name, dimensions[name].label, "", dimensions[name].is_time) for name in question.dimensions
        ),
        tuple(Field(name, metrics[name].label, metrics[name].unit) for name in question.metrics),
    )
    drawn = draw(question.kind, answer)
    evidence = Evidence(result.sql, result.columns, result.rows)
    if isinstance(drawn, str):
        st.info(drawn)
        drawn = ()
    for place, drawing in enumerate(drawn):
        _drawing(drawing, place)
    fields = (*answer.dimensions, *answer.metrics)
    table = Table(
        tuple(Column(item.name, item.label, style_of(item)) for item in fields), evidence, max_rows=50
    )
    if question.kind == "table" or not drawn:
        show.html(show.table_html(table))
    show.sources(cite((), (evidence,)), evidence, "chart-builder")
    if result.reached_limit:
        st.caption(f"There may be more than these {len(result.rows):,} rows: narrow the question.")


def _drawing(drawing: Drawing, place: int) -> None:
    show.heading(drawing.title)
    spec = charts.specification(drawing.chart, drawing.title, drawing.height, dark=show.is_dark())
    st.vega_lite_chart(spec, width="stretch", theme="streamlit", key=f"built-{place}")
    if drawing.left_out:
        st.caption(drawing.left_out)


def _save(question: Question, settings: Settings) -> None:
    with st.form("save-chart", border=False):
        # One field per chart: what a reader types is kept until another chart is opened.
        typed = st.text_input("Name", question.name, key=f"{_NAME}-{question.name}", max_chars=120)
        if st.form_submit_button("Save the chart", type="primary"):
            named = replace(question, name=clean(typed))
            if not named.name:
                st.error("Give the chart a name first.")
                return
            path = semantic.save_chart(named.to_chart(), Path(settings.charts))
            _keep(named)
            st.session_state["saved-as"] = path.name
            st.rerun()
    saved = st.session_state.pop("saved-as", None)
    if saved:
        st.success(f"Saved as {Path(settings.charts) / saved}. Commit the file to share it with your team.")
