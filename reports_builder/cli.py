"""The command line of the reports."""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import TyperException

from reports_builder.alerts.commands import alerts_app
from reports_builder.dashboard.command import dashboard
from reports_builder.errors import ReportError
from reports_builder.live.command import watch
from reports_builder.warehouse import DEFAULT_WAREHOUSE, open_warehouse

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


export_app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="Write the warehouse's data for other tools."
)
app.add_typer(export_app, name="export")
app.add_typer(alerts_app, name="alerts")
app.command("dashboard")(dashboard)


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a month; write YYYY-MM.") from None


@export_app.command("focus")
def export_focus(
    month: Annotated[
        date, typer.Option(parser=_month, metavar="YYYY-MM", help="The billing month to write.")
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write: .csv or .parquet.")],
    version: Annotated[str, typer.Option(help="Version of the specification.")] = "1.2",
    warehouse: Annotated[
        Path, typer.Option(metavar="FILE", help="The published warehouse.")
    ] = DEFAULT_WAREHOUSE,
) -> None:
    """Write one month of usage as a FOCUS file, a row per day, SKU and token class."""
    from reports_builder.focus_export import VERSIONS, read_export, write_export  # noqa: PLC0415

    if version not in VERSIONS:
        raise ReportError(f"FOCUS {version} cannot be written; there is {', '.join(VERSIONS)}.")
    with open_warehouse(warehouse) as opened:
        export = read_export(opened, month)
    write_export(export, out)
    typer.echo(f"{len(export.rows)} charges of {month:%Y-%m} in FOCUS {version}: {out}")
    if export.without_cost:
        typer.echo(
            f"{export.without_cost} charges are not in it: neither a charge nor a price is known for them "
            "(core.rpt_usage_charges_daily, billed_cost_usd and effective_cost_usd null)."
        )


app.command("watch")(watch)


def main() -> None:
    """Run the command; what a user did wrong is one line on stderr and exit code 2."""
    try:
        sys.exit(app(standalone_mode=False, prog_name="python -m reports_builder") or 0)
    except ReportError as error:
        _fail(str(error))
    except TyperException as error:
        _fail(getattr(error, "format_message", error.__str__)())


def _fail(message: str) -> None:
    typer.echo(f"error: {' '.join(message.split())}", err=True)
    sys.exit(2)
