"""The commands `seal` and `verify`."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from reports_builder.errors import ReportError
from reports_builder.exports.files import write_whole
from reports_builder.object_storage import SCHEME
from reports_builder.seals import handing_over
from reports_builder.seals.check import LIMITS
from reports_builder.seals.copying import copy_heads, copy_heads_to_bucket, read_copy
from reports_builder.seals.keys import find_key, needed_key
from reports_builder.seals.log import DEFAULT_SEALS, HEADS
from reports_builder.seals.sealing import seal
from reports_builder.seals.verifying import verify, what_moved
from reports_builder.warehouse import DEFAULT_WAREHOUSE

seal_app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="Seal each closed day of the published warehouse."
)

WarehouseFile = Annotated[Path, typer.Option(metavar="FILE", help="The published warehouse.")]
SealsFolder = Annotated[Path, typer.Option("--seals", metavar="FOLDER", help="Where the seals are kept.")]
KeyFile = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The key; else that of the environment."),
]


@seal_app.callback(invoke_without_command=True)
def seal_command(
    context: typer.Context,
    *,
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
    seals: SealsFolder = DEFAULT_SEALS,
    key_file: KeyFile = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why days changed.")] = "",
    copy_to: Annotated[
        str | None,
        typer.Option(
            metavar="PLACE",
            help="Add the heads to a copy in this folder, which git commits where it can, or in s3://bucket/prefix.",
        ),
    ] = None,
    retain_until: Annotated[
        datetime | None,
        typer.Option(
            metavar="DATE",
            formats=["%Y-%m-%d"],
            help="Until when nobody can remove the copy from the bucket.",
        ),
    ] = None,
) -> None:
    """Seal closed days; a sealed day that changed gets a seal that names the old one."""
    if context.invoked_subcommand is not None:
        return
    is_bucket = copy_to is not None and copy_to.startswith(SCHEME)
    if is_bucket != (retain_until is not None):
        raise ReportError("a copy in s3://bucket/prefix is locked until a day: give both, or neither.")
    run = seal(warehouse, seals, needed_key(key_file), reason)
    restated = [head for head in run.added if head["reason"]]
    typer.echo(f"{len(run.added)} seals added to {seals}, {len(restated)} of them restatements:")
    for head in restated:
        typer.echo(f"  {head['ledger']} {head['day']}: {what_moved(head)} ({head['reason']})")
    typer.echo(f"The log has {run.heads} heads and the root {run.log_root}. Keep this line elsewhere.")
    if copy_to and retain_until:
        end = copy_heads_to_bucket(seals, copy_to, retain_until.date())
        typer.echo(f"All heads are in {copy_to}{f', each locked until {end} or later' if end else ''}.")
    elif copy_to:
        is_committed = copy_heads(seals, Path(copy_to))
        typer.echo(f"All heads are in {Path(copy_to) / HEADS}{', committed' if is_committed else ''}.")


@seal_app.command("export")
def export_command(
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="A new folder.")],
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
    seals: SealsFolder = DEFAULT_SEALS,
) -> None:
    """Write rows, heads and the script that checks them to a folder for somebody without this project."""
    rows = handing_over.export(warehouse, seals, out)
    typer.echo(f"{rows} rows in {out}. To check them: python {out / 'check_seals.py'} {out} --key-file KEY")


@seal_app.command("prove")
def prove_command(
    charge_id: Annotated[str, typer.Argument(metavar="CHARGE", help="A charge_id of core.fct_charges.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the proof goes.")],
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
    seals: SealsFolder = DEFAULT_SEALS,
) -> None:
    """Write the proof that one charge is sealed, for somebody who may not see the others."""
    _write(out, handing_over.prove_charge(warehouse, seals, charge_id))


@seal_app.command("prove-log")
def prove_log_command(
    heads: Annotated[int, typer.Argument(metavar="HEADS", help="How many heads the log had then.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the proof goes.")],
    seals: SealsFolder = DEFAULT_SEALS,
) -> None:
    """Write the proof that the log of today continues an earlier one."""
    _write(out, handing_over.prove_log(seals, heads))


def verify_command(
    *,
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
    seals: SealsFolder = DEFAULT_SEALS,
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
) -> None:
    """Compare the published warehouse with its seals; exit code 1 when anything does not hold."""
    keys = [key for key in (map(find_key, key_file) if key_file else [find_key()]) if key]
    verdict = verify(warehouse, seals, keys, read_copy(against) if against else None)
    typer.echo(
        f"{len(verdict.heads)} seals in {seals}, {verdict.days} days and {verdict.rows} rows of {warehouse}:"
    )
    for problem in verdict.problems:
        typer.echo(f"  {problem}")
    for head in verdict.restatements:
        typer.echo(f"  restated: {head['ledger']} {head['day']}, {what_moved(head)} ({head['reason']})")
    typer.echo("FAILED" if verdict.problems else "All of it holds.")
    typer.echo(LIMITS)
    if verdict.problems:
        raise typer.Exit(1)


def _write(out: Path, proof: dict[str, Any]) -> None:
    write_whole(out, (json.dumps(proof, indent=1, ensure_ascii=False) + "\n").encode())
    typer.echo(f"The proof is in {out}. To check it: python check_seals.py {out}")
