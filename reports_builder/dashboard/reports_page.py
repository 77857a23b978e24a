"""The reports as they were rendered, with their figures."""

import base64
import re
from pathlib import Path

import streamlit as st

from reports_builder import markup
from reports_builder.access import Scope
from reports_builder.dashboard import address
from reports_builder.dashboard.settings import Settings
from reports_builder.escaping import escape

_REPORTS = {
    "finops_summary": "Executive summary",
    "customer_profitability": "Customer profitability",
    "model_efficiency": "Model efficiency",
    "pricing_proposal": "Pricing proposal",
}
_FIGURE = re.compile(r"figures/[\w.-]+\.svg")


def draw(settings: Settings, scope: Scope) -> None:
    """One of the four reports; which one is kept in the address. They speak of the whole company."""
    if not scope.is_everything:
        st.info(f"Your group sees {escape(scope.said)}; the reports speak of the whole company.")
        return
    folder = Path(settings.reports)
    there = [name for name in _REPORTS if (folder / f"{name}.md").is_file()]
    if not there:
        st.info(
            f"No report is rendered in `{folder}` yet. Run `python -m reports_builder`, or `make reports`."
        )
        return
    asked = st.query_params.get("report", there[0])
    name = asked if asked in there else there[0]
    st.segmented_control(
        "Report",
        there,
        default=name,
        format_func=_REPORTS.__getitem__,
        label_visibility="collapsed",
        required=True,
        **address.bound("report", name, lambda chosen: address.write(("report",), {"report": [chosen]})),
    )
    st.caption("As rendered for the reports' own period: filters do not change it.")
    text = (folder / f"{name}.md").read_text(encoding="utf-8")
    st.html(markup.page(text, figures_below(folder)))
    st.download_button(
        "Markdown",
        data=text,
        file_name=f"{name}.md",
        mime="text/markdown",
        type="tertiary",
        on_click="ignore",
    )


def figures_below(folder: Path) -> markup.Draw:
    """Show the figures of the reports themselves: no other file, no other host."""

    def draw(source: str, alternative: str) -> str | None:
        path = folder / source
        if not _FIGURE.fullmatch(source) or not path.is_file():
            return None
        coded = base64.b64encode(path.read_bytes()).decode()
        return f'<img alt="{alternative}" src="data:image/svg+xml;base64,{coded}">'

    return draw
