"""A form below the open alerts: somebody has seen them, or is to deal with them."""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from reports_builder import formatting
from reports_builder.alerts.lookup import acknowledge, assign
from reports_builder.dashboard import noting
from reports_builder.dashboard.loading import load_alerts
from reports_builder.dashboard.reading import Identity
from reports_builder.dashboard.settings import Settings
from reports_builder.errors import ReportError
from reports_builder.escaping import clean, escape
from reports_builder.formatting import Value

_SAVED = "alert-saved"
_LISTED = "alerts-listed"
_LONGEST = 200


def draw(settings: Settings, identity: Identity) -> None:
    """The form; what is saved is the ledger of the command `alerts`, and is shown at once."""
    # Its place is kept, so that what stands below it stays open.
    place = st.empty()
    if saved := st.session_state.pop(_SAVED, None):
        place.success(escape(saved))
    alerts = load_alerts(settings.warehouse, identity)
    if alerts is None or alerts.acknowledged is None or not alerts.subjects.rows:
        return
    subjects = alerts.subjects.records()
    listed = [row["alert_id"] for row in subjects]
    is_as_shown = st.session_state.get(_LISTED, listed) == listed
    st.session_state[_LISTED] = listed
    with st.expander("Acknowledge or assign"), st.form("alerts", border=False):
        names = [_label(row) for row in subjects]
        chosen = st.selectbox("Alerts of", range(len(subjects)), format_func=names.__getitem__)
        assignee = st.text_input("Assign to", max_chars=_LONGEST)
        note = st.text_input("Note", max_chars=_LONGEST)
        actor = noting.account(settings)
        if actor:
            st.caption(escape(f"Written down as {actor}."))
        else:
            actor = st.text_input("Your name", max_chars=_LONGEST)
        with st.container(horizontal=True):
            is_assigned = st.form_submit_button("Assign", key="assign-alerts")
            is_seen = st.form_submit_button("Acknowledge", type="primary", key="acknowledge-alerts")
    if not is_assigned and not is_seen:
        return
    ids = [str(row["alert_id"]) for row in alerts.of_subject(subjects[chosen])]
    who = formatting.plain(subjects[chosen]["subject_name"], "text")
    try:
        actor, assignee, said = (clean(text).strip() for text in (actor, assignee, note))
        if not is_as_shown:
            # The place in the list that was chosen may be that of another subject now.
            raise ReportError("the alerts have changed since this page was drawn; choose once more.")
        if not actor:
            raise ReportError("say who you are: the name stays on record.")
        if is_assigned and not assignee:
            raise ReportError("say whom it is assigned to.")
        if is_assigned:
            with noting.alerts(settings, "assign", ids):
                assign(Path(settings.warehouse), ids, actor, assignee, said or None)
            st.session_state[_SAVED] = f"{who} is assigned to {assignee}."
        else:
            with noting.alerts(settings, "acknowledge", ids):
                acknowledge(Path(settings.warehouse), ids, actor, said or None)
            st.session_state[_SAVED] = f"{who} is acknowledged by {actor}."
    except ReportError as error:
        st.error(escape(str(error)))
        return
    st.rerun()


def _label(row: Mapping[str, Value]) -> str:
    money = row["subject_money_at_risk_usd"]
    known = f", {formatting.plain(money, 'usd_table')}" if money is not None else ""
    count = formatting.plain(row["subject_alerts"], "count")
    noun = "alert" if row["subject_alerts"] == 1 else "alerts"
    return f"{formatting.plain(row['subject_name'], 'text')}: {count} {noun}{known}"
