"""What a month's books say of data that is not there any more."""

from collections.abc import Sequence

from reports_builder.compliance import queries as ask
from reports_builder.evidence import Evidence, Prose, literal, note
from reports_builder.model import Column, Section, Table
from reports_builder.retention.applying import Retention
from reports_builder.retention.erasing import Erased
from reports_builder.warehouse import Warehouse

_ALL = 10_000
_A_USER = "a user, of whom no id stays"


def removals(
    warehouse: Warehouse, retention: Retention, erased: Sequence[Erased]
) -> tuple[Section, tuple[Prose, ...]]:
    """How long data is kept, what was removed and who was erased; and what to look at."""
    kept = ask.kept_months(warehouse)
    applied, run = retention.applied(), retention.run()
    said = [
        note("A removal counts once a build shows that the figures of all closed months are the same.")
        if kept.rows
        else note("No policy says how long data is kept (seed retention_policies), so nothing is removed.")
    ]
    findings = []
    if run is not None:
        findings.append(
            literal(
                f"The removal {run.plan_id} has begun and is neither proven nor undone; what it removes is "
                "set aside."
            )
        )
    elif kept.rows and not applied:
        findings.append(note("A policy says how long data is kept, and nothing was ever removed by it."))
    policies = (
        Column("data_class", "Class of data", "words"),
        Column("months", "Months kept", "count"),
        Column("reason", "Why"),
    )
    runs = Evidence(
        "",
        ("proven_at", "data_class", "before", "files", "rows", "figures", "plan_id"),
        tuple(
            (each.proven_at, each.data_class, each.before, each.files, each.rows, each.figures, each.plan_id)
            for each in applied
        ),
    )
    removed = (
        Column("proven_at", "Proven at (UTC)"),
        Column("data_class", "Class of data", "words"),
        Column("before", "Of days before"),
        Column("files", "Files", "count"),
        Column("rows", "Rows", "count"),
        Column("figures", "Days and months compared", "count"),
        Column("plan_id", "Plan"),
    )
    erasures = Evidence(
        "",
        ("erased_at", "customer_id", "files", "rows"),
        tuple((each.erased_at, each.customer_id or _A_USER, each.files, each.rows) for each in erased),
    )
    names = (
        Column("erased_at", "Erased at (UTC)"),
        Column("customer_id", "Customer, by the id that stays"),
        Column("files", "Files", "count"),
        Column("rows", "Rows", "count"),
    )
    tables = [Table(policies, kept, note("How long data is kept"), max_rows=_ALL)] if kept.rows else []
    if applied:
        tables.append(Table(removed, runs, note("What was removed"), max_rows=_ALL))
    if erased:
        tables.append(Table(names, erasures, note("Who was erased"), max_rows=_ALL))
    return Section("Retention and erasure", tuple(said), tuple(tables)), tuple(findings)
