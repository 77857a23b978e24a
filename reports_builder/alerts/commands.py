"""The command `alerts`."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from reports_builder.errors import ReportError
from reports_builder.escaping import clean
from reports_builder.warehouse import DEFAULT_WAREHOUSE

alerts_app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    help="Evaluate the alert rules on the published warehouse and tell each channel what is new.",
)

WarehouseFile = Annotated[Path, typer.Option(metavar="FILE", help="The published warehouse.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a program.")]


@alerts_app.callback(invoke_without_command=True)
def deliver(
    context: typer.Context,
    ids: Annotated[
        str | None,
        typer.Option(metavar="ID,ID,...", help="Send nothing; show these alerts, at most 50 in one call."),
    ] = None,
    retry_now: Annotated[
        bool, typer.Option("--retry-now", help="Try a channel that failed at once, without waiting.")
    ] = False,
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
    as_json: AsJson = False,
) -> None:
    """Tell each channel of FINOPS_ALERT_URLS what is new; exit code 1 when a channel did not take it."""
    if context.invoked_subcommand is not None:
        if ids is not None or retry_now or as_json or warehouse != DEFAULT_WAREHOUSE:
            raise ReportError(f"write the options after `alerts {context.invoked_subcommand}`.")
        return
    if ids is not None:
        _show_ids(warehouse, ids, as_json=as_json)
        return
    from reports_builder.alerts.run import evaluate_and_deliver  # noqa: PLC0415

    summary = evaluate_and_deliver(warehouse, retry_now=retry_now)
    if as_json:
        _print_json(summary.as_json())
    else:
        for line in summary.in_words():
            typer.echo(line)
        for alert in summary.new if summary.channels else summary.open_alerts:
            typer.echo(_line(alert.as_json()))
    if summary.dead_channels or summary.is_busy:
        sys.exit(1)


@alerts_app.command("list")
def show(
    everything: Annotated[
        bool, typer.Option("--all", help="Also what is acknowledged, superseded or past.")
    ] = False,
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
    as_json: AsJson = False,
) -> None:
    """List what is open, the most severe first. Nothing is sent."""
    from reports_builder.alerts.lookup import list_alerts  # noqa: PLC0415

    listed = list_alerts(warehouse, everything=everything)
    if as_json:
        _print_json({"alerts": listed})
        return
    for row in listed:
        typer.echo(_line(row, with_state=everything))
    if not listed:
        typer.echo("No alert is open.")


@alerts_app.command("ack")
def acknowledge(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of alerts, at most 50.")],
    by: Annotated[
        str | None, typer.Option(metavar="NAME", help="Who has seen them; you, if not said.")
    ] = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="What is done about them.")] = None,
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Say that you have seen alerts: nobody is told of them again."""
    from reports_builder.alerts import lookup  # noqa: PLC0415

    named = lookup.known_ids(ids)
    count = lookup.acknowledge(warehouse, named, _actor(by), note)
    typer.echo(f"{count} acknowledged, {len(named) - count} had been before.")


@alerts_app.command("assign")
def assign(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of alerts, at most 50.")],
    to: Annotated[str, typer.Option(metavar="NAME", help="Who is to deal with them.")],
    by: Annotated[str | None, typer.Option(metavar="NAME", help="Who says so; you, if not said.")] = None,
    note: Annotated[str | None, typer.Option(metavar="TEXT", help="What is to be done.")] = None,
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Say who deals with alerts; they stay open until they are acknowledged."""
    from reports_builder.alerts import lookup  # noqa: PLC0415

    named = lookup.known_ids(ids)
    count = lookup.assign(warehouse, named, _actor(by), to, note)
    typer.echo(f"{count} assigned, {len(named) - count} had been before.")


def _actor(by: str | None) -> str:
    return by or os.environ.get("USER") or os.environ.get("LOGNAME") or "somebody"


def _show_ids(warehouse: Path, ids: str, *, as_json: bool) -> None:
    from reports_builder.alerts.lookup import known_ids, look_up  # noqa: PLC0415

    found, not_found = look_up(warehouse, known_ids([ids]))
    if as_json:
        _print_json({"alerts": found, "not_found": not_found})
        return
    for row in found:
        typer.echo(_line(row, with_state=True))
        typer.echo(f"    {clean(str(row.get('source_query', '')))}")
        for told in row["channels"]:
            typer.echo(f"    {told['channel']}: {told['state']} {told['at']} {told['reason'] or ''}".rstrip())
        if row["acknowledged_by"]:
            said = f": {clean(row['note'])}" if row["note"] else ""
            typer.echo(f"    acknowledged by {clean(row['acknowledged_by'])} {row['acknowledged_at']}{said}")
    for name in not_found:
        typer.echo(f"{clean(name)}  no such alert")


def _line(row: dict[str, Any], *, with_state: bool = False) -> str:
    state = f"{row['state']:<13}" if with_state else ""
    on_it = f" ({clean(row['assigned_to'])} is on it)" if row.get("assigned_to") else ""
    return (
        f"{row['alert_id']}  {row.get('severity', ''):<9}{state}{clean(str(row.get('message', '')))}{on_it}"
    )


def _print_json(told: dict[str, Any]) -> None:
    typer.echo(json.dumps(told, indent=2))
