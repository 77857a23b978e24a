"""What is behind the figure that a reader clicked on, which the address names."""

from collections.abc import Mapping
from html import escape
from urllib.parse import urlencode

import streamlit as st

from reports_builder import markup
from reports_builder.dashboard import address
from reports_builder.dashboard.filters import Filters
from reports_builder.dashboard.loading import load_chain
from reports_builder.dashboard.reading import Identity
from reports_builder.dashboard.settings import Settings
from reports_builder.lineage.chain import Chain, Step

FIGURE, VIEW = "figure", "view"


def href(view: str, column: str, exact: str, parameters: Mapping[str, object]) -> str:
    """The address of the page about a figure of a view, beside that view; filters and customer come along."""
    said = {name: value for name, value in parameters.items() if name not in (FIGURE, VIEW)}
    return "explain?" + urlencode({**said, VIEW: view, FIGURE: f"{view}/{column}={exact}"}, doseq=True)


def draw(settings: Settings, identity: Identity, filters: Filters) -> None:
    """A field for the id of a figure, and the chain of the one that the address names.

    The chain leads through charges, calls and files of the whole company.
    """
    if not identity.scope.is_everything:
        said = escape(identity.scope.said)
        st.info(f"Your group sees {said}; what is behind a figure belongs to the whole company.")
        return
    asked = st.query_params.get(FIGURE, "")
    st.text_input(
        "Figure, line of a chargeback or charge",
        value=asked,
        placeholder="finops_summary/spend_usd=...",
        **address.bound(
            FIGURE, asked, lambda chosen: address.write((FIGURE, VIEW), {FIGURE: [chosen]} if chosen else {})
        ),
    )
    if not asked:
        st.info("Click on a figure of another page, or paste an id as the evidence of a report prints it.")
        return
    with st.spinner("Following the figure to its sources ..."):
        chain = load_chain(
            settings.warehouse,
            identity,
            filters,
            st.query_params.get(VIEW, ""),
            asked,
            customer_id=st.query_params.get("customer", ""),
        )
    st.html(chain_html(chain))


def chain_html(chain: Chain) -> str:
    """The steps, each with its rows and, folded, the query to repeat it; every value is escaped."""
    parts = "".join(_step(number, step) for number, step in enumerate(chain.steps, start=1))
    return f'<div class="report"><p><code>{escape(chain.subject)}</code></p>{parts}</div>'


def _step(number: int, step: Step) -> str:
    verdict = "" if step.ties is None else " · ties" if step.ties else " · does not tie"
    said = "".join(f"<p>{escape(sentence)}</p>" for sentence in step.said)
    if step.rows is None:
        return f"<h2>{number}. {escape(step.title)}{verdict}</h2>{said}"
    heads = "".join(f'<th scope="col">{escape(name)}</th>' for name in step.rows.columns)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in step.shown)
    table = (
        f'<div class="wide" tabindex="0"><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )
    more = f'<div class="more">{step.rows_left_out:,} more rows.</div>' if step.rows_left_out else ""
    query = markup.folded("Query", f"<pre><code>{escape(step.rows.sql)}</code></pre>")
    return f"<h2>{number}. {escape(step.title)}{verdict}</h2>{said}{table if body else ''}{more}{query}"
