"""The command `status`."""

import json
import os
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from reports_builder.errors import ReportError
from reports_builder.escaping import clean
from reports_builder.formatting import count
from reports_builder.health.problems import Problem, in_words, limits_of, problems
from reports_builder.health.state import Health, read_health
from reports_builder.warehouse import DEFAULT_WAREHOUSE


def status_command(
    *,
    notify: Annotated[
        bool,
        typer.Option(
            "--notify",
            help="Tell the channels of FINOPS_ALERT_URLS: once when a problem begins, once when it is over.",
        ),
    ] = False,
    openmetrics: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write gauges for Prometheus; - prints them, and nothing else."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
    warehouse: Annotated[
        Path, typer.Option(metavar="FILE", help="The published warehouse.")
    ] = DEFAULT_WAREHOUSE,
) -> None:
    """Say how the pipeline does; exit code 1 where there is a problem or a notice did not arrive.

    FINOPS_MAX_AGE_HOURS (26), FINOPS_MAX_DATA_DAYS (3) and FINOPS_MAX_FAILURES (0) say what is a problem.
    """
    now = datetime.now(UTC)
    health = read_health(warehouse)
    found = problems(health, limits_of(os.environ), now)
    # First: who watches by it must hear of a problem also where nothing can be sent.
    if openmetrics is not None:
        _write_metrics(openmetrics, health, found)
    if as_json:
        typer.echo(json.dumps(_as_json(health, found), indent=2))
    elif openmetrics != Path("-"):
        for line in _in_words(health, found, now):
            typer.echo(line)
    is_told = not notify or _tell(warehouse, found)
    if found or not is_told:
        sys.exit(1)


def _write_metrics(out: Path, health: Health, found: Sequence[Problem]) -> None:
    from reports_builder.exports.files import write_whole  # noqa: PLC0415
    from reports_builder.exports.openmetrics import as_openmetrics  # noqa: PLC0415
    from reports_builder.health.metrics import families  # noqa: PLC0415

    content = as_openmetrics(families(health, found))
    if out == Path("-"):
        typer.echo(content.decode(), nl=False)
    else:
        write_whole(out, content)


def _tell(warehouse: Path, found: Sequence[Problem]) -> bool:
    """Whether everybody was told; what was sent is said on stderr, beside what programs read."""
    from reports_builder.alerts.channels import VARIABLE  # noqa: PLC0415
    from reports_builder.health.notices import channels_told, notify, tell_without_ledger  # noqa: PLC0415

    if not channels_told():
        typer.echo(f"Nobody is told: set {VARIABLE} (docs/nightly.md).", err=True)
    try:
        sent = notify(warehouse, found)
    except ReportError as error:
        # A full disk is a reason to tell, not a reason to be silent.
        typer.echo(f"Notices cannot be written down, so they may come again: {error}", err=True)
        sent = tell_without_ledger(found)
    for one in sent:
        typer.echo(f"notice: {one.in_words()}", err=True)
    return all(one.state == "sent" for one in sent)


def _in_words(health: Health, found: Sequence[Problem], now: datetime) -> Iterator[str]:
    if health.published_at is None or health.size_bytes is None:
        yield f"published  nothing at {health.published}"
    else:
        size, free = (f"{(each or 0) / 1e6:,.0f} MB" for each in (health.size_bytes, health.free_bytes))
        ago = in_words(now - health.published_at)
        yield f"published  {health.published_at:%Y-%m-%d %H:%M} UTC, {ago} ago; {size}, {free} free"
    if health.as_of:
        yield f"figures    as of {health.as_of}, {count(health.rejected_records)} records rejected"
    for row in health.sources:
        behind = f", {row['days_behind']} days behind" if row["is_stale"] else ""
        span = f"{row['first_date']} to {row['last_date']}"
        name = f"{clean(str(row['source'])):<15}"
        yield f"source     {name} {count(row['records']):>12} records, {span}{behind}"
    attempt = health.attempt
    if attempt:
        outcome = "killed" if attempt.is_killed else attempt.outcome
        began = f"{attempt.started_at:%Y-%m-%d %H:%M} UTC" if attempt.started_at else "unknown"
        took = f", {attempt.seconds:.0f} s" if attempt.seconds is not None else ""
        yield f"build      {outcome}, begun {began}{took}; {health.failures} failed in a row"
    for step in health.steps:
        yield f"step       {clean(step.name)}: exit code {step.exit_code}, {step.seconds:.0f} s"
    for problem in found:
        yield f"PROBLEM    {problem.sentence}"
    if not found:
        yield "no problem"


def _as_json(health: Health, found: Sequence[Problem]) -> dict[str, Any]:
    attempt = health.attempt
    return {
        "published": str(health.published),
        "published_at": _iso(health.published_at),
        "published_bytes": health.size_bytes,
        "free_bytes": health.free_bytes,
        "as_of_date": str(health.as_of) if health.as_of else None,
        "rejected_records": health.rejected_records,
        "sources": [
            {name: value if isinstance(value, bool | int) else str(value) for name, value in row.items()}
            for row in health.sources
        ],
        "build": {
            "outcome": "killed" if attempt.is_killed else attempt.outcome,
            "started_at": _iso(attempt.started_at),
            "finished_at": _iso(attempt.finished_at),
            "seconds": attempt.seconds,
            "failures": health.failures,
            "problem": attempt.problem or None,
        }
        if attempt
        else None,
        "steps": [vars(step) for step in health.steps],
        "problems": [vars(problem) for problem in found],
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
