"""What a page writes, and hands out, is noted in the audit log with the name of its reader."""

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import streamlit as st

from reports_builder.alerts.ledger import Ledger
from reports_builder.budgets.changes import BudgetChange, BudgetChanges
from reports_builder.compliance.audit import WITHOUT_LOGIN, AuditLog
from reports_builder.dashboard.settings import Settings
from reports_builder.errors import ReportError
from reports_builder.escaping import clean
from reports_builder.investments.changes import InvestmentChanges
from reports_builder.tracked_savings.decisions import Decisions

# Ids of these may be names, which must be erasable: the log, whose lines hang together, has none.
_PERSONS = ("customer", "organization", "user")
_MOST_IDS = 3


def account(settings: Settings) -> str:
    """The account that is logged in, which nobody can write over; empty where nobody logs in."""
    if not (settings.needs_login or st.user.get("is_logged_in")):
        return ""
    return clean(str(st.user.get("email") or st.user.get("sub") or "an account without a name"))


def budget(settings: Settings, change: BudgetChange) -> AbstractContextManager[None]:
    """While a budget is set or withdrawn."""
    of = f"a {change.scope}" if change.scope in _PERSONS else f"{change.scope} {change.scope_id}"
    amount = "withdrawn" if change.budget_usd is None else f"set to {change.budget_usd} USD"
    period = change.name.rpartition(", ")[2]
    return _of(
        settings,
        f"page budget: {of}, {period}, {amount}, in {_place(BudgetChanges(_warehouse(settings)).path)}",
    )


def alerts(settings: Settings, verb: str, ids: Sequence[str]) -> AbstractContextManager[None]:
    """While alerts are acknowledged or assigned."""
    more = f" and {len(ids) - _MOST_IDS} more" if len(ids) > _MOST_IDS else ""
    said = ", ".join(ids[:_MOST_IDS])
    return _of(settings, f"page alerts: {verb} {said}{more}, in {_place(Ledger(_warehouse(settings)).path)}")


def saving(settings: Settings, verb: str, work_id: str) -> AbstractContextManager[None]:
    """While a saving is accepted or given up."""
    return _of(
        settings, f"page savings: {verb}, {work_id}, in {_place(Decisions(_warehouse(settings)).path)}"
    )


def investment(settings: Settings, verb: str, investment_id: str) -> AbstractContextManager[None]:
    """While an investment is entered or withdrawn."""
    place = _place(InvestmentChanges(_warehouse(settings)).path)
    return _of(settings, f"page investment: {investment_id}, {verb}, in {place}")


def chart(settings: Settings) -> AbstractContextManager[None]:
    """While a chart is saved for all."""
    return _of(settings, f"page chart: saved in {Path(settings.charts).name}")


def download(file_name: str, rows: int | None = None) -> None:
    """When a reader takes a file along; the browser has it already, so that a failure is only logged."""
    settings = Settings.from_environment()
    counted = "" if rows is None else f", {rows} rows"
    try:
        AuditLog(_warehouse(settings)).note(
            f"page download: {file_name}{counted}", account(settings) or WITHOUT_LOGIN
        )
    except ReportError:
        logging.getLogger(__name__).exception("a download could not be noted")


def _of(settings: Settings, action: str) -> AbstractContextManager[None]:
    return AuditLog(_warehouse(settings)).of(action, account(settings) or WITHOUT_LOGIN)


def _warehouse(settings: Settings) -> Path:
    return Path(settings.warehouse)


def _place(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"
