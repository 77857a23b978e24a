"""A form that enters an investment, or withdraws one, below those of the last build."""

from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from reports_builder.dashboard import noting
from reports_builder.dashboard.settings import Settings
from reports_builder.errors import ReportError
from reports_builder.escaping import clean, escape
from reports_builder.investments.changes import (
    PERIOD_UNITS,
    InvestmentChanges,
    investment,
    investment_id_of,
)

_SAVED = "investment-saved"
_MOST = 200
_AMOUNT = 20
NAME = "What it is called; the same name changes it"


def draw(settings: Settings) -> None:
    """The form; what is saved lies beside the warehouse and counts from the next build on."""
    with st.expander("Enter an investment"), st.form("enter-investment", border=False):
        said = {"investment_name": st.text_input(NAME, max_chars=_MOST)}
        said["owner_role"] = st.text_input("Who answers for it", max_chars=_MOST)
        said["first_period_date"] = st.text_input(
            "First day, on which money is spent", f"{datetime.now(UTC).date()}", max_chars=10
        )
        said["period_unit"] = st.selectbox("A period is a", PERIOD_UNITS)
        for name, label, default in (
            ("last_period", "How many periods it runs", "12"),
            ("once_cost_usd", "USD spent once, on the first day", "0"),
            ("running_cost_usd", "USD that a period costs", "0"),
            ("benefit_usd", "USD that a period brings in", "0"),
            ("growth_share", "Growth of that from one period to the next (0.01 is 1 %)", "0"),
            ("discount_rate", "What money of a period later is worth less (0.01 is 1 %)", "0"),
            ("cost_low_ratio", "All costs come to at least so many times the plan", "1"),
            ("cost_high_ratio", "All costs come to at most so many times the plan", "1"),
            ("benefit_low_ratio", "The benefit comes to at least so many times the plan", "1"),
            ("benefit_high_ratio", "The benefit comes to at most so many times the plan", "1"),
        ):
            said[name] = st.text_input(label, default, max_chars=_AMOUNT)
        note = st.text_input("Note", max_chars=_MOST)
        actor = noting.account(settings)
        if actor:
            st.caption(escape(f"Written down as {actor}."))
        else:
            actor = st.text_input("Your name", max_chars=_MOST)
        with st.container(horizontal=True):
            is_withdrawn = st.form_submit_button("Withdraw it", key="withdraw-investment")
            is_entered = st.form_submit_button("Save it", type="primary", key="enter-investment-now")
    if is_withdrawn or is_entered:
        try:
            saved = _saved(settings, said, actor, note, is_withdrawn)
        except ReportError as error:
            st.error(escape(str(error)))
            return
        st.session_state[_SAVED] = saved
        st.rerun()
    if saved := st.session_state.pop(_SAVED, None):
        st.success(escape(saved))


def _saved(settings: Settings, said: dict[str, str], actor: str, note: str, is_withdrawn: bool) -> str:
    """Write it down, and what to say of it; ReportError where it cannot be."""
    who, why = clean(actor).strip(), clean(note)
    said = {name: clean(text) for name, text in said.items()}
    if not who:
        raise ReportError("say who you are: the name stays on record.")
    changes = InvestmentChanges(Path(settings.warehouse))
    if is_withdrawn:
        investment_id = investment_id_of(said["investment_name"])
        if not investment_id:
            raise ReportError("say which one is withdrawn.")
        with noting.investment(settings, "withdrawn", investment_id):
            changes.withdraw(investment_id, who, why)
        return f"Withdrawn: {investment_id}. It counts from the next build on."
    entered = investment(said)
    with noting.investment(settings, "entered", entered.investment_id):
        changes.enter(entered, who, why)
    return f"Saved: {entered.investment_name}. It counts from the next build on."
