"""The command line of the reports."""

import shlex
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from reports_builder.alerts.commands import alerts_app
from reports_builder.budgets.commands import budget_app, estimate_command, policy_app
from reports_builder.compliance.audit import AuditLog
from reports_builder.compliance.command import compliance_command
from reports_builder.dashboard.command import dashboard
from reports_builder.delivery.commands import send_command
from reports_builder.errors import ReportError
from reports_builder.exports.command import export_app
from reports_builder.fetching import fetch_command
from reports_builder.health.command import status_command
from reports_builder.investments.commands import investment_app
from reports_builder.lineage.command import explain_command
from reports_builder.live.command import watch
from reports_builder.mcp_server.command import mcp_command
from reports_builder.retention.commands import erase_command, retention_app
from reports_builder.seals.commands import seal_app, verify_command
from reports_builder.tracked_savings.commands import savings_app
from reports_builder.warehouse import DEFAULT_WAREHOUSE

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Render the reports from the published warehouse.",
)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a day; write YYYY-MM-DD.") from None


@app.callback(invoke_without_command=True)
def render(
    context: typer.Context,
    as_of: Annotated[
        date | None,
        typer.Option(
            parser=_day,
            metavar="YYYY-MM-DD",
            help="The day the reports must speak of; it must be the day the warehouse was built for.",
        ),
    ] = None,
    warehouse: Annotated[
        Path, typer.Option(metavar="FILE", help="The published warehouse.")
    ] = DEFAULT_WAREHOUSE,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="The folder to write to.")] = Path("reports"),
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="PAGE", help="Render this page alone; may be repeated."),
    ] = None,
) -> None:
    """Render every report, or those named with --only."""
    if context.invoked_subcommand is not None:
        return
    # Charts and templates load only when something is rendered, not for --help or a wrong option.
    from reports_builder.build import build_reports  # noqa: PLC0415

    built = build_reports(warehouse, out, as_of, only or ())
    figures = sum(len(page.all_figures) for page in built.pages)
    as_of_shown = built.pages[0].period.as_of
    typer.echo(f"{len(built.pages)} pages and {figures} figures from {warehouse} as of {as_of_shown}:")
    for page in built.pages:
        typer.echo(f"  {out / page.path}")
    typer.echo("")
    if built.pages[0].notice:
        typer.echo(built.pages[0].notice.plain)
    for sentence in built.pages[0].answer:
        typer.echo(sentence.plain)


app.add_typer(export_app, name="export")
app.add_typer(alerts_app, name="alerts")
app.add_typer(budget_app, name="budget")
app.add_typer(policy_app, name="policy")
app.add_typer(savings_app, name="savings")
app.add_typer(investment_app, name="investment")
app.add_typer(retention_app, name="retention")
app.add_typer(seal_app, name="seal")
app.command("erase")(erase_command)
app.command("estimate")(estimate_command)
app.command("verify")(verify_command)
app.command("compliance")(compliance_command)
app.command("explain")(explain_command)
app.command("fetch")(fetch_command)
app.command("dashboard")(dashboard)
app.command("mcp")(mcp_command)
app.command("watch")(watch)
app.command("send")(send_command)
app.command("status")(status_command)


# What others read, or rely on, afterwards, and what is gone. Budgets and alerts have ledgers of their own.
_AUDITED = ("compliance", "erase", "export", "retention", "seal", "send")


def main() -> None:
    """Run the command; what a user did wrong is one line on stderr and exit code 2."""
    try:
        with _audited(sys.argv[1:]):
            sys.exit(app(standalone_mode=False, prog_name="python -m reports_builder") or 0)
    except ReportError as error:
        _fail(str(error))
    except TyperException as error:
        _fail(getattr(error, "format_message", error.__str__)())


def _audited(arguments: Sequence[str]) -> AbstractContextManager[None]:
    if not arguments or arguments[0] not in _AUDITED or "--help" in arguments:
        return nullcontext()
    places = [place for place, each in enumerate(arguments[:-1]) if each == "--warehouse"]
    equals = [each.partition("=")[2] for each in arguments if each.startswith("--warehouse=")]
    named = equals or [arguments[place + 1] for place in places]
    # Who is erased is in no log: an id may be a name.
    said = "erase" if arguments[0] == "erase" else shlex.join(arguments)
    return AuditLog(Path(named[-1]) if named else DEFAULT_WAREHOUSE).of(said)


def _fail(message: str) -> None:
    typer.echo(f"error: {' '.join(message.split())}", err=True)
    sys.exit(2)
