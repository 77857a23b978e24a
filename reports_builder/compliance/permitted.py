"""Who may see what on the dashboard and through assistants, by the policy of access as it is today."""

import hashlib
from collections.abc import Collection
from pathlib import Path

from reports_builder.access.policy import Group, load_policy
from reports_builder.errors import ReportError
from reports_builder.evidence import Evidence, Prose, literal, note
from reports_builder.model import Column, Section, Table

_ALL = 10_000
_TITLE = "Who may see what"
_FILE = note(
    "It holds for pages and assistants. Whoever can read the file of the warehouse, its folder or a copy "
    "sees all of it: that is a matter of the rights on the machine, which are not looked at here."
)
_COLUMNS = (
    Column("group_name", "Group of the login"),
    Column("rows", "Rows"),
    Column("revenue", "Revenue and margin"),
)


def permitted(path: Path) -> tuple[Section, tuple[Prose, ...]]:
    """The section on the policy in the file, and what to look at."""
    if not path.is_file():
        missing = literal(
            f"There is no policy of access ({path.name}): whoever opens the page sees all rows, with revenue."
        )
        return Section(_TITLE, (missing, _FILE)), (missing,)
    try:
        policy = load_policy(path)
        content = path.read_bytes()
    except (ReportError, OSError) as error:
        broken = literal(
            f"The policy of access cannot be read, so that the page shows nobody anything: {error}"
        )
        return Section(_TITLE, (broken, _FILE)), (broken,)
    said = literal(
        f"By the policy of access ({path.name}) as it is today, SHA-256 "
        f"{hashlib.sha256(content).hexdigest()}. The groups are those that the login {policy.issuer} lists "
        f"in {policy.claim}; a login counts {policy.login_hours} hours. Who is in none of them sees nothing, "
        "who is in several the rows of all, and revenue only if each of them has it. Who belongs to a group "
        "the login knows: ask for its list."
    )
    rows = tuple(
        (name, _rows(group), "yes" if group.scope.has_revenue else "no")
        for name, group in sorted(policy.groups.items())
    )
    every = [name for name, group in sorted(policy.groups.items()) if group.scope.is_everything]
    findings = () if every else (note("No group of the policy of access sees everything."),)
    table = Table(_COLUMNS, Evidence("", tuple(each.name for each in _COLUMNS), rows), max_rows=_ALL)
    return Section(_TITLE, (said, _FILE), (table,)), findings


def _rows(group: Group) -> str:
    """Every id, so that an auditor can compare them; what a reader is told may be a number of them."""
    scope = group.scope
    if scope.has_all_rows:
        return "all"
    parts = [
        *_listed("teams", scope.teams),
        *_listed("customers", scope.customers),
        *_listed("organizations", scope.organizations),
        *(f"{kind} that the account's claim {claim} names" for kind, claim in group.claims),
    ]
    return "; ".join(parts)


def _listed(kind: str, ids: Collection[str]) -> list[str]:
    return [f"{kind} {', '.join(sorted(ids))}"] if ids else []
