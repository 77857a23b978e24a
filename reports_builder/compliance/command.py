"""``python -m reports_builder compliance``: the books of a month for an auditor, as text, PDF and CSV."""

import re
from pathlib import Path
from typing import Annotated

import typer

from reports_builder.access.policy import POLICY
from reports_builder.exports.command import Month
from reports_builder.exports.files import new_folder
from reports_builder.seals.copying import read_copy
from reports_builder.seals.keys import find_key
from reports_builder.seals.log import DEFAULT_SEALS
from reports_builder.warehouse import DEFAULT_WAREHOUSE


def compliance_command(
    *,
    month: Month,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="A new folder.")],
    warehouse: Annotated[
        Path, typer.Option(metavar="FILE", help="The published warehouse.")
    ] = DEFAULT_WAREHOUSE,
    seals: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the seals are kept.")] = DEFAULT_SEALS,
    key_file: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="A key that signed; may be repeated. Else that of the environment."
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="COPY", help="heads.jsonl as it was kept elsewhere, or s3://bucket/prefix."),
    ] = None,
    access: Annotated[
        Path, typer.Option(metavar="FILE", help="The policy: which group of the login sees what.")
    ] = POLICY,
    audit_head: Annotated[
        str, typer.Option(metavar="SHA256", help="Of a line of the audit log, as earlier books printed it.")
    ] = "",
    pdf: Annotated[bool, typer.Option("--pdf", help="As PDF, too.")] = False,
) -> None:
    """Write a month's books for an auditor: completeness, charges, seals, rules, access, who wrote what."""
    from reports_builder.compliance.report import Books, compliance_report  # noqa: PLC0415
    from reports_builder.compliance.text import text_of  # noqa: PLC0415
    from reports_builder.spreadsheet_cells import csv_bytes  # noqa: PLC0415

    keys = tuple(key for key in (map(find_key, key_file) if key_file else [find_key()]) if key)
    copy = read_copy(against) if against else None
    report = compliance_report(
        Books(warehouse, seals, keys, copy, access=access, audit_head=audit_head), month
    )
    text = text_of(report)
    files = {"books.md": text.encode()}
    for section in report.sections:
        for number, table in enumerate(section.tables, 1):
            name = re.sub(r"[^a-z]+", "-", section.title.lower()).strip("-")
            files[f"{name}{f'-{number}' if number > 1 else ''}.csv"] = csv_bytes(table.evidence)
    if pdf:
        from reports_builder.delivery.documents import pdf_of_text  # noqa: PLC0415

        files["books.pdf"] = pdf_of_text(report.title, text)
    with new_folder(out) as folder:
        for name, content in files.items():
            (folder / name).write_bytes(content)
    typer.echo(
        f"{len(files)} files of the books of {month:%Y-%m} in {out}; to look at: {len(report.findings)}"
    )
    for finding in report.findings:
        typer.echo(f"  {finding.plain}")
