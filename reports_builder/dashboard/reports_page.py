"""The reports as they were rendered, with their figures."""

import base64
import re
from pathlib import Path

import streamlit as st

from reports_builder import markup
from reports_builder.access import Scope
from reports_builder.dashboard import address, show
from reports_builder.dashboard.settings import Settings
from reports_builder.escaping import escape
from reports_builder.pages import page_modules

# What the others are called is their heading.
_NAMES = {"finops_summary": "Executive summary"}
_FIGURE = re.compile(r"figures/[\w.-]+\.svg")


def draw(settings: Settings, scope: Scope) -> None:
    """One of the reports and analyses; which one is kept in the address. They speak of the whole company."""
    if not scope.is_everything:
        st.info(f"Your group sees {escape(scope.said)}; the reports speak of the whole company.")
        return
    folder = Path(settings.reports)
    there = rendered(folder)
    if not there:
        st.info(
            f"No report is rendered in `{folder}` yet. Run `python -m reports_builder`, or `make reports`."
        )
        return
    first = next(iter(there))
    asked = st.query_params.get("report", first)
    name = asked if asked in there else first
    texts = {each: path.read_text(encoding="utf-8") for each, path in there.items()}
    st.selectbox(
        "Report",
        list(there),
        index=list(there).index(name),
        format_func=lambda each: _named(each, texts[each]),
        label_visibility="collapsed",
        **address.bound("report", name, lambda chosen: address.write(("report",), {"report": [chosen]})),
    )
    st.caption("As rendered for the reports' own period: filters do not change it.")
    text = texts[name]
    st.html(markup.page(text, figures_below(there[name].parent)))
    show.download("Markdown", text, f"{name}.md", "markdown")


def rendered(folder: Path) -> dict[str, Path]:
    """The reports and analyses that are in the folder by the names of their pages, the reports first."""
    places = {name: (folder / f"{name}.md", folder / "analyses" / f"{name}.md") for name in page_modules()}
    return {name: path for name, paths in places.items() for path in paths if path.is_file()}


def _named(name: str, text: str) -> str:
    """What a report is called: its heading without its days."""
    return _NAMES.get(name) or text.partition("\n")[0].removeprefix("# ").rpartition(", ")[0] or name


def figures_below(folder: Path) -> markup.Draw:
    """Show the figures of the reports themselves: no other file, no other host."""

    def draw(source: str, alternative: str) -> str | None:
        path = folder / source
        if not _FIGURE.fullmatch(source) or not path.is_file():
            return None
        coded = base64.b64encode(path.read_bytes()).decode()
        return f'<img alt="{alternative}" src="data:image/svg+xml;base64,{coded}">'

    return draw
