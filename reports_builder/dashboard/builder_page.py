"""Charts of a reader's own: metrics by dimensions, drawn, named, saved, shared by their address."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import streamlit as st

from reports_builder import semantic
from reports_builder.dashboard import address, charts, noting, show
from reports_builder.dashboard.drawing import Answer, Drawing, Field, draw, style_of
from reports_builder.dashboard.kept import kept
from reports_builder.dashboard.questions import ADDRESS, Question
from reports_builder.dashboard.reading import Identity
from reports_builder.dashboard.settings import Settings
from reports_builder.dashboard.tables import table_html
from reports_builder.errors import ReportError
from reports_builder.escaping import clean
from reports_builder.evidence import Evidence
from reports_builder.model import Column, Table, cite

_KINDS = {"bars": "Bars", "lines": "Lines", "table": "Table", "treemap": "Treemap", "heatmap": "Heat map"}
_ASKED = "asked-question"
_NAME = "chart-name"


def draw_page(settings: Settings, identity: Identity) -> None:
    """The chart builder."""
    st.caption(
        "Choose what to measure (metrics) and what to take it apart by (dimensions). The address keeps the "
        "chart: share it as a link, or save it to a file that your team shares through git."
    )
    with st.spinner("Starting the semantic layer, some seconds the first time ..."):
        semantic.list_metrics()
    question = Question.from_address(address.read(ADDRESS))
    st.session_state[_ASKED] = question
    _open(question, settings, identity)
    question = _ask(question, settings, identity)
    if not question.metrics:
        st.info("Choose at least one metric.")
        return
    result = _answer(question, settings.warehouse, identity)
    _show(question, result)
    if identity.scope.is_everything:
        # A chart is kept for all: who sees a part could write over one that shows the whole.
        _save(question, settings)


def _keep(question: Question) -> None:
    if question != _asked():
        st.session_state[_ASKED] = question
        address.write(ADDRESS, question.to_address())


def _asked() -> Question:
    """The question as it stands, with all that the reader has changed since the page was drawn."""
    question: Question = st.session_state[_ASKED]
    return question


def _open(question: Question, settings: Settings, identity: Identity) -> None:
    found = semantic.list_charts(Path(settings.charts))
    saved: dict[str, Question] = {}
    for path, chart in found.items():
        if not identity.scope.is_everything and not _is_for(chart, settings.warehouse, identity):
            continue
        if isinstance(chart, ReportError):
            st.warning(f"{path.name} is not a chart that can be opened: {chart}")
        elif chart.name in saved:
            st.warning(f"{path.name} is a second chart named “{chart.name}”: give it another name.")
        else:
            saved[chart.name] = Question.of_chart(chart)
    names = list(saved)
    # A chart that the reader has changed since it was opened can be opened again.
    same = saved.get(question.name)
    chosen = question.name if same and same.to_chart() == question.to_chart() else None
    st.selectbox(
        "Saved charts",
        names,
        index=names.index(chosen) if chosen else None,
        placeholder="Open one",
        **address.bound(
            "saved-chart", chosen, lambda name: _keep(saved.get(name, replace(_asked(), name="")))
        ),
    )


def _ask(question: Question, settings: Settings, identity: Identity) -> Question:
    """The widgets, set to the question; the question as far as the semantic layer knows it."""
    metrics = {
        metric.name: metric.label
        for metric in semantic.list_metrics()
        if metric.name in _seen_metrics(settings.warehouse, identity)
    }
    chosen = tuple(name for name in question.metrics if name in metrics)
    everything = {found.name: found.label for found in semantic.list_dimensions()}
    possible = {
        found.name: found.label
        for found in semantic.list_dimensions(chosen)
        if found.is_time or found.name in _seen_dimensions(settings.warehouse, identity)
    }
    known = replace(
        question,
        metrics=chosen,
        dimensions=tuple(name for name in question.dimensions if name in possible),
        filters={name: values for name, values in question.filters.items() if name in possible},
    )
    left_out = [
        everything.get(name, name)
        for name in (*question.metrics, *question.dimensions, *question.filters)
        if name not in (*known.metrics, *known.dimensions, *known.filters)
    ]
    # A place of its own, so that the widgets below stay where they are and keep the focus.
    remark = st.empty()
    if left_out:
        limits = "" if identity.scope.is_everything else ", or your group does not see it"
        remark.caption(f"Left out, because it does not go with these metrics{limits}: {', '.join(left_out)}.")
    places = {
        name: label
        for name, label in possible.items()
        if not name.startswith("metric_time") or name in known.filters
    }
    left, right = st.columns(2)
    with left:
        _several("Metrics", metrics, known.metrics, lambda names: replace(_asked(), metrics=names))
        _kinds(known)
    with right:
        _several("Dimensions", possible, known.dimensions, lambda names: replace(_asked(), dimensions=names))
        _several("Filters", places, tuple(known.filters), lambda names: _with_filters(_asked(), names))
    for name, values in known.filters.items():
        options = dict.fromkeys([*_values(name, settings.warehouse, identity), *values])
        _several(
            f"Only {possible[name]}",
            {value: value for value in options},
            values,
            lambda values, name=name: replace(_asked(), filters={**_asked().filters, name: values}),  # type: ignore[misc]
        )
    _days(known)
    return known


def _with_filters(question: Question, names: tuple[str, ...]) -> Question:
    return replace(question, filters={name: question.filters.get(name, ()) for name in names})


def _several(
    label: str, names: dict[str, str], chosen: tuple[str, ...], changed: Callable[[tuple[str, ...]], Question]
) -> None:
    """A choice of several names; a change of it writes the address."""
    st.multiselect(
        label,
        list(names),
        default=chosen,
        format_func=names.__getitem__,
        placeholder="all" if label.startswith("Only") else "none",
        **address.bound(f"builder-{label}", list(chosen), lambda names: _keep(changed(tuple(names)))),
    )


def _kinds(question: Question) -> None:
    st.segmented_control(
        "Drawn as",
        list(_KINDS),
        default=question.kind,
        format_func=_KINDS.__getitem__,
        required=True,
        **address.bound("builder-kind", question.kind, lambda kind: _keep(replace(_asked(), kind=kind))),
    )


def _days(question: Question) -> None:
    left, right = st.columns(2)
    with left:
        _day("From", question.start, lambda day: replace(_asked(), start=day))
    with right:
        _day("To", question.end, lambda day: replace(_asked(), end=day))


def _day(label: str, day: date | None, changed: Callable[[date | None], Question]) -> None:
    st.date_input(
        label,
        value=day,
        format="YYYY-MM-DD",
        **address.bound(f"builder-{label}", day, lambda day: _keep(changed(day))),
    )


def _is_for(chart: semantic.SavedChart | ReportError, warehouse: str, identity: Identity) -> bool:
    """Whether a limited reader may know of a saved chart: its values name rows, and so may a reason."""
    return (
        not isinstance(chart, ReportError)
        and not chart.filters
        and _seen_metrics(warehouse, identity).issuperset(chart.metrics)
    )


@kept(64)
def _seen_metrics(warehouse: str, identity: Identity) -> frozenset[str]:
    """The metrics that are made of nothing but what the reader sees."""
    asked = [((metric.name,), ()) for metric in semantic.list_metrics()]
    seen = semantic.within(asked, identity.scope, warehouse=Path(warehouse))
    return frozenset(name for (name,), _ in seen)


@kept(64)
def _seen_dimensions(warehouse: str, identity: Identity) -> frozenset[str]:
    asked = [((), (found.name,)) for found in semantic.list_dimensions() if not found.is_time]
    seen = semantic.within(asked, identity.scope, warehouse=Path(warehouse))
    return frozenset(name for _, (name,) in seen)


@kept(64)
def _values(name: str, warehouse: str, identity: Identity) -> tuple[str, ...]:
    return semantic.dimension_values(name, warehouse=Path(warehouse), scope=identity.scope)


@kept(128)
def _answered(
    asked: tuple[tuple[str, ...], tuple[str, ...]],
    only: tuple[tuple[str, tuple[str, ...]], ...],
    days: tuple[date | None, date | None],
    warehouse: str,
    identity: Identity,
) -> semantic.Result:
    return semantic.query(*asked, dict(only), *days, warehouse=Path(warehouse), scope=identity.scope)


def _answer(question: Question, warehouse: str, identity: Identity) -> semantic.Result:
    return _answered(
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
        _drawing(replace(drawing, title=f"{drawing.title}, {question.days_said}"), place)
    fields = (*answer.dimensions, *answer.metrics)
    table = Table(
        tuple(Column(item.name, item.label, style_of(item)) for item in fields), evidence, max_rows=50
    )
    if question.kind == "table" or not drawn:
        show.html(table_html(table))
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
            with noting.chart(settings):
                path = semantic.save_chart(named.to_chart(), Path(settings.charts))
            _keep(named)
            st.session_state["saved-as"] = path.name
            st.rerun()
    saved = st.session_state.pop("saved-as", None)
    if saved:
        st.success(f"Saved as {Path(settings.charts) / saved}. Commit the file to share it with your team.")
