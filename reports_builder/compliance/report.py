"""A month's books in one document: complete, sealed, restated, by which rules, and who wrote what.

Figures come from the marts and stand above their query; what is said of seals, of the history of rules and of
who wrote what comes from the files that hold it, which the text names.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from reports_builder import formatting
from reports_builder.access.policy import POLICY
from reports_builder.compliance import queries as ask
from reports_builder.compliance.permitted import permitted
from reports_builder.compliance.removals import removals
from reports_builder.compliance.rules import RuleChange, rule_changes
from reports_builder.compliance.sealed import sealed
from reports_builder.compliance.writers import writers
from reports_builder.errors import ReportError
from reports_builder.evidence import Evidence, Prose, literal, note
from reports_builder.formatting import Value
from reports_builder.model import Column, Section, Table
from reports_builder.retention.applying import Retention
from reports_builder.retention.erasing import erased_customers
from reports_builder.seals.verifying import verify
from reports_builder.warehouse import RAW_FOLDER, Warehouse, open_warehouse

ALL = 10_000
"""Rows of a table: an auditor sees all of them."""


@dataclass(frozen=True)
class Books:
    """Where the books of a company are, beside the published warehouse."""

    warehouse: Path
    seals: Path
    keys: tuple[bytes, ...] = ()
    copy: bytes | None = None
    rules: Path = Path()
    raw: Path = RAW_FOLDER
    access: Path = POLICY
    audit_head: str = ""


@dataclass(frozen=True)
class Compliance:
    """The document: what to look at first, then what was found of each subject."""

    title: str
    head: Prose
    findings: tuple[Prose, ...]
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class _Part:
    section: Section
    findings: tuple[Prose, ...] = ()


def compliance_report(books: Books, month: date) -> Compliance:
    """The books of a month; ReportError where the warehouse has nothing of it."""
    last = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    today = datetime.now(UTC).date()
    verdict = verify(books.warehouse, books.seals, books.keys, books.copy)
    with open_warehouse(books.warehouse) as warehouse:
        company = ask.company(warehouse, month)
        if not company.rows:
            raise ReportError(f"{books.warehouse} has no charge of {month:%Y-%m}.")
        parts = (
            _completeness(warehouse, month),
            _invoices(warehouse, month),
            _charged(warehouse, company, month),
            _Part(*sealed(verdict, books.seals, month, last)),
            _rules(rule_changes(month, today, books.rules), month, today),
            _Part(*permitted(books.access)),
            _Part(*writers(books.warehouse, month, today, books.audit_head)),
            _Part(
                *removals(warehouse, Retention(books.warehouse, books.raw), erased_customers(books.warehouse))
            ),
            _Part(_limits()),
        )
        head = literal(
            f"The calendar month by charge date, as of {formatting.day(warehouse.period.as_of)}. Made on "
            f"{formatting.day(today)} from {books.warehouse.name} and what lies beside it."
        )
    return Compliance(
        f"Books of {formatting.month(month)}, for an auditor",
        head,
        tuple(finding for part in parts for finding in part.findings),
        tuple(part.section for part in parts),
    )


def _completeness(warehouse: Warehouse, month: date) -> _Part:
    sources, total = ask.completeness(warehouse, month), ask.incomplete(warehouse, month)
    said = total.say(
        "{rows_read:count} records of {sources:count} sources were read; {rows_rejected:count} were "
        "refused, each with "
        "its reason in `core.rejected_records`, and {rows_duplicate:count} tell an accepted one once "
        "more. A record is "
        "one of the three, and each cent that was read is with one of them."
    )
    findings = []
    for source in sources.each():
        if not source["is_complete"]:
            findings.append(
                source.say(
                    "**{source:text}**: {difference_usd:delta_usd_table} or a record of it is nowhere."
                )
            )
        if source["rows_rejected"]:
            findings.append(
                source.say(
                    "**{source:text}**: {rows_rejected:count} of {rows_read:count} records were "
                    "refused, which state "
                    "{billed_cost_rejected_usd:usd_table}."
                )
            )
        if source["days_with_records"] != source["days_in_month"]:
            findings.append(
                source.say(
                    "**{source:text}** has records on {days_with_records:count} of "
                    "{days_in_month:count} days: ask whether "
                    "the others had none."
                )
            )
    columns = (
        Column("source", "Source"),
        Column("days_with_records", "Days with records", "count"),
        Column("rows_read", "Read", "count"),
        Column("rows_accepted", "Accepted", "count"),
        Column("rows_rejected", "Refused", "count"),
        Column("rows_duplicate", "Repeated", "count"),
        Column("billed_cost_read_usd", "Cost read", "usd_table"),
        Column("billed_cost_in_marts_usd", "In the ledger", "usd_table"),
        Column("billed_cost_rejected_usd", "Refused", "usd_table"),
        Column("difference_usd", "Nowhere", "usd_table"),
    )
    table = Table(columns, sources, max_rows=ALL)
    return _Part(
        Section("Completeness: what was read, and what became of it", (said,), (table,)), tuple(findings)
    )


def _invoices(warehouse: Warehouse, month: date) -> _Part:
    found = ask.invoices(warehouse, month)
    title = "Reconciliation with invoices"
    if not found.rows:
        missing = note("No invoice of the month is on file, so that the ledger is held against none.")
        return _Part(Section(title, (missing,)), (missing,))
    columns = (
        Column("provider_name", "Provider"),
        Column("invoiced_usd", "Invoiced", "usd_table"),
        Column("ledger_usd", "Ledger", "usd_table"),
        Column("difference_usd", "Difference", "delta_usd_table"),
        Column("credits_and_taxes_usd", "Credits, taxes", "delta_usd_table"),
        Column("unbilled_usage_usd", "Not billed", "delta_usd_table"),
        Column("rejected_records_usd", "Refused", "delta_usd_table"),
        Column("duplicate_records_usd", "Repeated", "delta_usd_table"),
        Column("calls_not_recorded_usd", "Not recorded", "delta_usd_table"),
        Column("unexplained_usd", "Unexplained", "delta_usd_table"),
    )
    findings = tuple(
        each.say(
            "**{provider_name:text}**: {unexplained_usd:delta_usd_table} of the difference to its "
            "invoice is unexplained."
        )
        for each in found.each()
        if each["unexplained_usd"]
    )
    return _Part(Section(title, tables=(Table(columns, found, max_rows=ALL),)), findings)


def _charged(warehouse: Warehouse, company: Evidence, month: date) -> _Part:
    charged, total = ask.charged(warehouse, month), ask.charged_in_all(warehouse, month)
    unowned = ask.unowned(warehouse, month)
    said = company.say("All spend was **{actual_usd:usd_table}**. ") + total.say(
        "Of it **{allocated_cost_usd:usd_table}** is with a team or stands as unallocated, and "
        "{charged_cost_usd:usd_table} is billed to cost centres."
    )
    findings = []
    if company["covered_days"] != company["days_in_month"]:
        findings.append(
            company.say("There is data for {covered_days:count} of {days_in_month:count} days of the month.")
        )
    if charged.rows and company["actual_usd"] != total["allocated_cost_usd"]:
        findings.append(
            company.say("What is charged or shown does not sum to all spend, {actual_usd:usd_table}: ")
            + total.say("it is {allocated_cost_usd:usd_table}.")
        )
    teams = (
        Column("team_name", "Team"),
        Column("cost_centre", "Cost centre"),
        Column("charging_method", "Method", "words"),
        Column("direct_cost_usd", "Direct", "usd_table"),
        Column("shared_cost_usd", "Shared", "usd_table"),
        Column("allocated_cost_usd", "Cost", "usd_table"),
        Column("charged_cost_usd", "Billed", "usd_table"),
    )
    causes = (
        Column("cause", "Why no team answers for it"),
        Column("cost_usd", "Cost", "usd_table"),
        Column("next_step", "What to do"),
    )
    tables = (
        Table(teams, charged, max_rows=ALL),
        Table(causes, unowned, note("Without a team"), max_rows=ALL),
    )
    return _Part(Section("Who was charged what", (said,), tables), tuple(findings))


def _rules(changes: list[RuleChange] | None, start: date, end: date) -> _Part:
    title = "Changes of rules, prices and budgets in the seeds"
    if changes is None:
        missing = note("The seeds are in no version control here: who changed a rule cannot be shown.")
        return _Part(Section(title, (missing,)), (missing,))
    rows = [
        (each.changed_at, each.author, ", ".join(each.seeds), each.subject, each.commit[:12])
        for each in changes
    ]
    columns = (
        Column("changed_at", "When"),
        Column("author", "Who"),
        Column("seeds", "Seeds"),
        Column("subject", "Why, as written"),
        Column("commit", "Commit"),
    )
    said = literal(f"By the history of the files, from {formatting.day(start)} to {formatting.day(end)}.")
    found = _of(("changed_at", "author", "seeds", "subject", "commit"), rows)
    return _Part(Section(title, (said,), (Table(columns, found, max_rows=ALL),)))


def _limits() -> Section:
    return Section(
        "What this document does not show",
        (
            note(
                "Who only looked: a page leaves no trace of who read it, only of who took a file along from "
                "it; a proxy before the page can keep one."
            ),
            note(
                "Whether files that never arrived should have: a day without a record is named "
                "above, a missing part of a day is not."
            ),
        ),
    )


def _of(columns: tuple[str, ...], rows: Sequence[tuple[Value, ...]]) -> Evidence:
    """Rows that come from files and not from a query."""
    return Evidence("", columns, tuple(rows))
