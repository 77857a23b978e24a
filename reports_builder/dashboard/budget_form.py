"""A form that sets or withdraws a budget, below the budgets to come."""

from pathlib import Path

import streamlit as st

from reports_builder.budgets.changes import GATES, SCOPES, BudgetChanges, budget_change
from reports_builder.dashboard import noting
from reports_builder.dashboard.settings import Settings
from reports_builder.errors import ReportError
from reports_builder.escaping import clean, escape

_SAVED = "budget-saved"


def draw(settings: Settings) -> None:
    """The form; what is saved lies beside the warehouse and counts from the next build on."""
    with st.expander("Set a budget"), st.form("set-budget", border=False):
        scope = st.selectbox("Budget of", SCOPES, format_func=lambda name: name.replace("_", " "))
        scope_id = st.text_input("Which one (total for the total)", "total", max_chars=200)
        period = st.text_input("Period: 2026-11, 2026-Q4 or 2026", max_chars=7)
        amount = st.text_input("USD for the whole period; empty withdraws the budget", max_chars=20)
        gate = st.selectbox("What breaks it gets", GATES, index=1)
        approver = st.text_input("Who may approve", "Head of Finance", max_chars=200)
        actor = noting.account(settings)
        if actor:
            st.caption(escape(f"Written down as {actor}."))
        else:
            actor = st.text_input("Your name", max_chars=200)
        if st.form_submit_button("Save the budget", type="primary"):
            try:
                if not actor.strip():
                    raise ReportError("say who you are: the name stays on record.")
                change = budget_change(
                    scope,
                    clean(scope_id).strip(),
                    period.strip(),
                    amount.strip() or None,
                    gate=gate,
                    approver_role=clean(approver),
                    actor=clean(actor),
                )
                with noting.budget(settings, change):
                    BudgetChanges(Path(settings.warehouse)).append([change])
            except ReportError as error:
                st.error(escape(str(error)))
                return
            st.session_state[_SAVED] = change.name
            st.rerun()
    if saved := st.session_state.pop(_SAVED, None):
        st.success(f"Saved: budget of {escape(saved)}. It counts from the next build on.")
