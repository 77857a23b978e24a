"""``python -m reports_builder explain``: from a figure to its sources, from a file to what it touched."""

from pathlib import Path
from typing import Annotated

import typer

from reports_builder.errors import ReportError
from reports_builder.warehouse import DEFAULT_WAREHOUSE, open_warehouse


def explain_command(
    what: Annotated[
        str,
        typer.Argument(
            metavar="WHAT",
            help="A figure (PAGE/COLUMN=VALUE), a figure_id of a chargeback, a charge_id, or a page.",
        ),
    ] = "",
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="What a source file, or a seed, touched.")
    ] = None,
    warehouse: Annotated[
        Path, typer.Option(metavar="FILE", help="The published warehouse.")
    ] = DEFAULT_WAREHOUSE,
    json: Annotated[bool, typer.Option("--json", help="For a program.")] = False,
) -> None:
    """Lead a figure to mart rows, charges, rules, prices and source lines; a file to what it touched."""
    from reports_builder.lineage.chain import as_json, as_text  # noqa: PLC0415
    from reports_builder.lineage.explaining import explain  # noqa: PLC0415
    from reports_builder.lineage.forwards import explain_file  # noqa: PLC0415

    if bool(what) == bool(file):
        raise ReportError("name either a figure or a charge, or a file with --file.")
    with open_warehouse(warehouse) as opened:
        chain = explain_file(opened, file) if file else explain(opened, what)
    typer.echo(as_json(chain) if json else as_text(chain), nl=json)
