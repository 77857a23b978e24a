"""A form below the actions: a saving is decided and measured from a day on, or given up."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import streamlit as st

from reports_builder import formatting
from reports_builder.dashboard import noting
from reports_builder.dashboard.loading import load_choices, load_works
from reports_builder.dashboard.reading import Identity
from reports_builder.dashboard.settings import Settings
from reports_builder.errors import ReportError
from reports_builder.escaping import clean, escape
from reports_builder.tracked_savings.decisions import (
    LONGEST_AGO,
    LONGEST_AHEAD,
    Decision,
    accept,
    accepted_dates,
    accepted_since,
    give_up,
)

_SAVED = "saving-saved"
_LISTED = "savings-listed"
_LONGEST = 200


def draw(settings: Settings, identity: Identity) -> None:
    """The form; what is saved is a decision as of the command `savings`: it counts from the next build on."""
    # Its place is kept, so that what stands below it stays open.
    place = st.empty()
    if saved := st.session_state.pop(_SAVED, None):
        place.success(escape(saved))
    warehouse = Path(settings.warehouse)
    accepted = accepted_dates(warehouse)
    # What is no longer worth its work can still be given up.
    works = {
        str(work["work_id"]): work
        for work in load_works(settings.warehouse, identity)
        if work["is_counted"] or accepted_since(str(work["work_id"]), accepted)
    }
    if not works:
        return
    # What a work is worth is part of what was seen: another publication may say another amount.
    listed = [(name, work["net_monthly_savings_usd"]) for name, work in works.items()]
    is_as_shown = st.session_state.get(_LISTED, listed) == listed
    st.session_state[_LISTED] = listed
    _, period = load_choices(settings.warehouse, identity)
    first, last = period.as_of - LONGEST_AGO, period.as_of + LONGEST_AHEAD
    with st.expander("Accept a saving, or give it up"), st.form("savings", border=False):
        st.caption(
            "From that day on what it brings is measured, by the bill of each machine or the models of the "
            "calls, and forecasts reckon with it. What no bill and no model can tell is not listed."
        )
        chosen = st.selectbox(
            "Saving",
            list(works),
            format_func=lambda name: _label(works[name], accepted_since(name, accepted)),
        )
        since = st.date_input(
            "Done from", min(max(datetime.now(UTC).date(), first), last), first, last, format="YYYY-MM-DD"
        )
        note = st.text_input("Note", max_chars=_LONGEST)
        actor = noting.account(settings)
        if actor:
            st.caption(escape(f"Written down as {actor}."))
        else:
            actor = st.text_input("Your name", max_chars=_LONGEST)
        with st.container(horizontal=True):
            is_given_up = st.form_submit_button("Give it up", key="give-up-saving")
            is_accepted = st.form_submit_button("Accept", type="primary", key="accept-saving")
    if not is_given_up and not is_accepted:
        return
    try:
        if not is_as_shown:
            raise ReportError("the savings have changed since this page was drawn; choose once more.")
        if not isinstance(since, date):
            raise ReportError("say from which day on it is done.")
        who, said = (clean(text).strip() for text in (actor, note))
        if not who:
            raise ReportError("say who decides: the name stays on record.")
        subject = str(works[chosen]["subject"])
        if is_accepted:
            with noting.saving(settings, f"accept from {since}", chosen):
                parts = accept(warehouse, chosen, since, who, said)
            st.session_state[_SAVED] = _accepted_said(f"{subject}: accepted by {who}", since, parts)
        else:
            with noting.saving(settings, "give up", chosen):
                give_up(warehouse, chosen, who, said)
            st.session_state[_SAVED] = f"{subject}: given up by {who}. It counts from the next build on."
    except ReportError as error:
        st.error(escape(str(error)))
        return
    st.rerun()


def _accepted_said(begins: str, since: date, parts: Sequence[Decision]) -> str:
    expected = sum((part.predicted_monthly_savings_usd or Decimal(0) for part in parts), Decimal(0))
    measured = "one part" if len(parts) == 1 else f"{len(parts)} parts"
    return (
        f"{begins} from {formatting.day(since)}. Expected: {formatting.usd_table(expected)} a month, "
        f"measured in {measured}. It counts from the next build on."
    )


def _label(work: Mapping[str, Any], since: str | None) -> str:
    worth = formatting.plain(work["net_monthly_savings_usd"], "usd_table")
    accepted = f"; accepted from {since}" if since else ""
    return f"{formatting.plain(work['subject'], 'text')}: {worth} a month{accepted}"
