"""`python -m reports_builder export`: the warehouse's data for other tools."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from reports_builder.errors import ReportError
from reports_builder.warehouse import DEFAULT_WAREHOUSE, open_warehouse

export_app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="Write the warehouse's data for other tools."
)


def _month(text: str) -> date:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a month; write YYYY-MM.") from None


Month = Annotated[date, typer.Option(parser=_month, metavar="YYYY-MM", help="The month to write.")]
Out = Annotated[Path, typer.Option(metavar="FILE", help="Where to write.")]
WarehouseFile = Annotated[Path, typer.Option(metavar="FILE", help="The published warehouse.")]


@export_app.command("focus")
def export_focus(
    month: Month,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write: .csv or .parquet.")],
    by: Annotated[
        str,
        typer.Option(help="sku: the calls by day, SKU and token class. owner: all spend with its owners."),
    ] = "sku",
    version: Annotated[
        str, typer.Option(help="Version of the specification: 1.2 by sku; 1.3 or 1.4 by owner.")
    ] = "",
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Write one month as a FOCUS file: the calls by SKU and token class, or all spend by owner."""
    from reports_builder.exports import focus, focus_owners  # noqa: PLC0415

    versions = {"sku": focus.VERSIONS, "owner": focus_owners.VERSIONS}
    if by not in versions:
        raise ReportError(f"there is no FOCUS file by {by}; there is {', '.join(versions)}.")
    version = version or versions[by][0]
    if version not in versions[by]:
        raise ReportError(f"FOCUS {version} cannot be written by {by}; there is {', '.join(versions[by])}.")
    with open_warehouse(warehouse) as opened:
        export = (
            focus.read_export(opened, month)
            if by == "sku"
            else focus_owners.read_export(opened, month, version)
        )
    focus.write_export(export, out)
    typer.echo(f"{len(export.rows)} rows of {month:%Y-%m} in FOCUS {version}: {out}")
    if export.without_cost:
        mart = "core.rpt_usage_charges_daily" if by == "sku" else "core.fct_charges"
        typer.echo(
            f"{export.without_cost} charges are not in it: neither a charge nor a price, or no currency, "
            f"is known for them ({mart})."
        )


@export_app.command("chargeback")
def export_chargeback(
    month: Month,
    out: Out,
    by: Annotated[
        str,
        typer.Option(help="statement, business_unit, team, project, user or cost_centre."),
    ] = "statement",
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Write what each team is billed or shown for a month, or the cost by owner, as CSV."""
    from reports_builder.exports.chargeback import BY, read_chargeback  # noqa: PLC0415
    from reports_builder.exports.files import write_whole  # noqa: PLC0415
    from reports_builder.spreadsheet_cells import csv_bytes  # noqa: PLC0415

    if by not in BY:
        raise ReportError(f"there is no chargeback by {by}; there is {', '.join(BY)}.")
    with open_warehouse(warehouse) as opened:
        found = read_chargeback(opened, month, by)
    write_whole(out, csv_bytes(found))
    typer.echo(f"{len(found.rows)} rows of {month:%Y-%m}: {out}")


@export_app.command("commitments")
def export_commitments(
    out: Out,
    all_options: Annotated[
        bool, typer.Option("--all", help="With the options that are not recommended, and why.")
    ] = False,
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Write the commitments to sign and those that are owned as CSV: what to order, by when, and why."""
    from reports_builder.exports.commitments import read_commitments  # noqa: PLC0415
    from reports_builder.exports.files import write_whole  # noqa: PLC0415
    from reports_builder.spreadsheet_cells import csv_bytes  # noqa: PLC0415

    with open_warehouse(warehouse) as opened:
        found = read_commitments(opened, all_options)
    write_whole(out, csv_bytes(found))
    examples = sum(1 for row in found.each() if row["decision"] == "ask for a quote")
    typer.echo(f"{len(found.rows)} commitments: {out}")
    if examples:
        typer.echo(f"{examples} of those to sign are at example prices: ask for a quote before you sign.")


@export_app.command("optimizations")
def export_optimizations(
    out: Out,
    all_answers: Annotated[
        bool, typer.Option("--all", help="With what is not done and what is not known, and why.")
    ] = False,
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Write what to do with which machine, disk or bucket as CSV: owner, first step, savings, pay-back."""
    from reports_builder.exports.files import write_whole  # noqa: PLC0415
    from reports_builder.exports.optimizations import read_optimizations  # noqa: PLC0415
    from reports_builder.spreadsheet_cells import csv_bytes  # noqa: PLC0415

    with open_warehouse(warehouse) as opened:
        found = read_optimizations(opened, all_answers)
    write_whole(out, csv_bytes(found))
    typer.echo(f"{len(found.rows)} rows: {out}")


@export_app.command("journal")
def export_journal(
    *,
    month: Month,
    out: Out,
    format_: Annotated[
        str,
        typer.Option("--format", help="quickbooks, iif, xero, netsuite, sap, coupa, beancount or hledger."),
    ] = "",
    layout: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="A layout of your own in place of a format; see docs/exports.md."),
    ] = None,
    books: Annotated[
        str,
        typer.Option(
            help="accrual: all cost by cost centre, against what is owed. chargeback: what is billed to them."
        ),
    ] = "accrual",
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Write a whole month as one balanced journal entry, with the accounts of the seed ledger_accounts."""
    from reports_builder.exports.files import write_whole  # noqa: PLC0415
    from reports_builder.exports.formats import writer_of  # noqa: PLC0415
    from reports_builder.exports.journal import BOOKS  # noqa: PLC0415

    if books not in BOOKS:
        raise ReportError(f"no journal books the {books}; there is {', '.join(BOOKS)}.")
    write = writer_of(format_, layout)
    with open_warehouse(warehouse) as opened:
        journal = BOOKS[books](opened, month)
    write_whole(out, write(journal))
    typer.echo(
        f"{len(journal.lines)} lines over {journal.total:,.2f} {journal.currency} of {month:%Y-%m}: {out}"
    )


@export_app.command("parquet")
def export_parquet(
    out: Annotated[
        str,
        typer.Option(
            metavar="FOLDER", help="A folder, or s3://bucket/prefix, that this export alone writes to."
        ),
    ],
    without: Annotated[
        list[str] | None, typer.Option(metavar="MART", help="Leave this one out; may be repeated.")
    ] = None,
    earlier: Annotated[
        int, typer.Option(min=1, help="So many earlier versions stay, for whoever still reads them.")
    ] = 1,
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Write all marts as Parquet files, which replace those of the last export in one step."""
    from reports_builder.exports.parquet import publish_parquet  # noqa: PLC0415
    from reports_builder.exports.parquet_objects import publish_objects  # noqa: PLC0415
    from reports_builder.object_storage import SCHEME  # noqa: PLC0415

    with open_warehouse(warehouse) as opened:
        if out.startswith(SCHEME):
            done = publish_objects(opened, out, without or (), earlier)
        else:
            done = publish_parquet(opened, Path(out), without or (), earlier)
    rows, files = sum(mart.rows for mart in done.marts), sum(len(mart.files) for mart in done.marts)
    state = "" if done.is_new else ", which were there already"
    typer.echo(f"{len(done.marts)} marts, {rows:,} rows in {files:,} files{state}: {out}")


@export_app.command("terraform")
def export_terraform(
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write; ends in .tf.json.")],
    schedule: Annotated[
        str, typer.Option(help="When the report is due, in UTC: 'daily 7' or 'monday 07:30'.")
    ] = "monday 7",
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Write budgets, tag policy and report schedule as a Terraform module for AWS."""
    from reports_builder.delivery.schedule import read_schedule  # noqa: PLC0415
    from reports_builder.exports.files import write_whole  # noqa: PLC0415
    from reports_builder.exports.terraform import read_module  # noqa: PLC0415

    if not out.name.endswith(".tf.json"):
        raise ReportError(f"{out} does not end in .tf.json, by which Terraform knows its JSON syntax.")
    when = read_schedule(schedule)
    with open_warehouse(warehouse) as opened:
        module = read_module(opened, when)
    write_whole(out, module.text.encode())
    typer.echo(f"{module.budgets} budgets, the tag policy and the schedule of the report: {out}")
    if module.elsewhere:
        typer.echo(f"AWS knows no such scope, so not in it: {'; '.join(module.elsewhere)}.")


@export_app.command("openmetrics")
def export_openmetrics(out: Out, warehouse: WarehouseFile = DEFAULT_WAREHOUSE) -> None:
    """Write cost, ownership and tags of the newest month as gauges for Prometheus."""
    from reports_builder.exports.files import write_whole  # noqa: PLC0415
    from reports_builder.exports.openmetrics import as_openmetrics, read_families  # noqa: PLC0415

    with open_warehouse(warehouse) as opened:
        families = read_families(opened)
    write_whole(out, as_openmetrics(families))
    typer.echo(f"{sum(len(family.samples) for family in families)} samples: {out}")


Pages = Annotated[
    list[str] | None, typer.Option("--page", metavar="PAGE", help="This page alone; may be repeated.")
]


@export_app.command("html")
def export_html(out: Out, page: Pages = None, warehouse: WarehouseFile = DEFAULT_WAREHOUSE) -> None:
    """Write all pages as one HTML file that needs no server and no network."""
    from reports_builder.build import build_pages  # noqa: PLC0415
    from reports_builder.delivery.documents import single_file  # noqa: PLC0415
    from reports_builder.exports.files import write_whole  # noqa: PLC0415

    with open_warehouse(warehouse) as opened:
        pages = build_pages(opened, page or ()).pages
    content = single_file(pages).encode()
    write_whole(out, content)
    typer.echo(f"{len(pages)} pages, {len(content):,} bytes: {out}")


@export_app.command("pdf")
def export_pdf(out: Out, page: Pages = None, warehouse: WarehouseFile = DEFAULT_WAREHOUSE) -> None:
    """Write the executive summary, or the pages named, as PDF, the queries in an appendix."""
    from reports_builder.build import build_pages  # noqa: PLC0415
    from reports_builder.delivery.documents import pdf  # noqa: PLC0415
    from reports_builder.exports.files import write_whole  # noqa: PLC0415

    with open_warehouse(warehouse) as opened:
        pages = build_pages(opened, page or ["finops_summary"]).pages
    content = pdf(pages)
    write_whole(out, content)
    typer.echo(f"{len(pages)} pages, {len(content):,} bytes: {out}")


@export_app.command("openlineage")
def export_openlineage(
    out: Out,
    namespace: Annotated[
        str, typer.Option(help="The namespace of the tables in your catalogue; duckdb://FILE if not said.")
    ] = "",
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Write what the last dbt command ran as OpenLineage events, one a line, and the pages as jobs."""
    from reports_builder.exports.files import write_whole  # noqa: PLC0415
    from reports_builder.exports.openlineage import Events, as_lines, read_results  # noqa: PLC0415
    from reports_builder.lineage.models import Models, columns_of_warehouse, target_folder  # noqa: PLC0415

    target = target_folder()
    with open_warehouse(warehouse) as opened:
        models = Models(target, columns_of_warehouse(opened))
    named = namespace or f"duckdb://{warehouse.absolute()}"
    events = Events(models, read_results(target), named).all()
    write_whole(out, as_lines(events))
    jobs = len({event["job"]["name"] for event in events})
    typer.echo(f"{len(events)} events of {jobs} jobs: {out}")


@export_app.command("grafana")
def export_grafana(out: Out) -> None:
    """Write a dashboard that Grafana imports, over the published DuckDB file."""
    from reports_builder.exports.files import write_whole  # noqa: PLC0415
    from reports_builder.exports.grafana import PANELS, PLUGIN, as_dashboard  # noqa: PLC0415

    write_whole(out, as_dashboard())
    typer.echo(f"{len(PANELS)} panels for the data source {PLUGIN}: {out}")
