"""The command `retention`: plan, apply, prove, undo."""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from reports_builder.errors import ReportError
from reports_builder.retention.applying import Retention
from reports_builder.retention.erasing import erase, find, still_naming
from reports_builder.retention.erasing_users import erase_user, find_user, still_naming_user
from reports_builder.retention.plan import CALL_DETAILS, Removal, plan_removals
from reports_builder.warehouse import BUILD, DEFAULT_WAREHOUSE, RAW_FOLDER

retention_app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Remove details of calls that are older than the seed retention_policies keeps them.",
)

WarehouseFile = Annotated[Path, typer.Option(metavar="FILE", help="The published warehouse.")]
RawFolder = Annotated[Path, typer.Option("--raw", metavar="FOLDER", help="Where the raw files are.")]


@retention_app.command("plan")
def plan_command(warehouse: WarehouseFile = DEFAULT_WAREHOUSE, raw: RawFolder = RAW_FOLDER) -> None:
    """Show what would be removed; nothing is changed."""
    plan = plan_removals(warehouse, raw)
    for data_class, before in plan.before.items():
        of_class = [each for each in plan.removals if each.data_class == data_class]
        typer.echo(f"{data_class}: {_summed(of_class)} before {before}, as of {plan.as_of}")
        for each in of_class:
            typer.echo(f"  {each.path}: {_what(each)}")
    if plan.removals:
        typer.echo(f"Nothing was changed. To do exactly this: retention apply {plan.plan_id}")


@retention_app.command("apply")
def apply_command(
    plan_id: Annotated[str, typer.Argument(metavar="PLAN", help="The name that `retention plan` gave it.")],
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
    raw: RawFolder = RAW_FOLDER,
) -> None:
    """Do what a plan shows. What goes is set aside until `prove`; a run that was killed is completed."""
    run = Retention(warehouse, raw).apply(plan_id)
    typer.echo(f"{_summed(run.removals)}: set aside. The next build is made from nothing: `{BUILD}`,")
    typer.echo(
        "then `retention prove` compares the figures and removes for good, or `retention undo` puts back."
    )


@retention_app.command("prove")
def prove_command(warehouse: WarehouseFile = DEFAULT_WAREHOUSE, raw: RawFolder = RAW_FOLDER) -> None:
    """Compare the figures of closed months with those before, and remove for good; else exit code 2."""
    for each in Retention(warehouse, raw).prove():
        typer.echo(
            f"{each.data_class} before {each.before}: {each.files} files, {each.rows} rows, "
            f"{each.size_bytes} bytes removed. {each.figures} days and months of marts were compared: "
            "every figure is the same."
        )


@retention_app.command("undo")
def undo_command(warehouse: WarehouseFile = DEFAULT_WAREHOUSE, raw: RawFolder = RAW_FOLDER) -> None:
    """Put back what `apply` set aside."""
    typer.echo(f"{_summed(Retention(warehouse, raw).undo().removals)}: put back. Build: `{BUILD}`")


def erase_command(
    *,
    customer: Annotated[
        str | None, typer.Option(metavar="ID", help="The customer_id: it stays, names go.")
    ] = None,
    user: Annotated[
        str | None, typer.Option(metavar="ID", help="The id of a user in records of calls: it goes.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; without it nothing is changed.")] = False,
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
    raw: RawFolder = RAW_FOLDER,
    reports: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the pages are.")] = Path("reports"),
) -> None:
    """Erase who a customer or a user is from the raw files and from what was made of them."""
    if (customer is None) == (user is None):
        raise ReportError("say whom to erase: --customer ID or --user ID.")
    places = [reports, warehouse.absolute().parent]
    if customer is not None:
        found = find(warehouse, raw, customer)
        naming = list(still_naming(found, places))
    else:
        assert user is not None
        found = find_user(warehouse, raw, user)
        going = {path for path, _ in found.exports}
        going |= {each.path for each in found.fields if not each.keeps_name}
        naming = [path for path in still_naming_user(user, raw, places) if path not in going]
    for each in found.fields:
        typer.echo(f"{each.path}: {', '.join(sorted(each.columns))} of {each.rows} rows")
    for path, _ in found.exports:
        typer.echo(f"{path}: all of it; its rows stay, without the record as it came")
    if not found.fields and not found.exports:
        typer.echo(f"No raw file names {customer or user}.")
    if not yes:
        stays = f"{found.stays} stays" if found.stays else "The rows stay"
        typer.echo(f"Nothing was changed. {stays}, so that totals and seals hold. --yes does it.")
    elif (erase(warehouse, raw, customer) if customer else erase_user(warehouse, raw, user or "")) is None:
        typer.echo("Nothing was erased, and no erasure is noted.")
    else:
        typer.echo(
            f"Erased. The published warehouse and pages may name the {'customer' if customer else 'user'} "
            f"until you build: `{BUILD}`, which is made from nothing, and render the pages."
        )
    if naming and (yes or user is not None):
        typer.echo("These files name it, too:")
        for path in naming:
            typer.echo(f"  {path}")


def _summed(removals: Iterable[Removal]) -> str:
    found = list(removals)
    if not found:
        return "nothing"
    rows, size = sum(each.rows for each in found), sum(each.size_bytes for each in found)
    return f"{len(found)} files, {rows} rows, {size} bytes, oldest {min(each.oldest for each in found)}"


def _what(removal: Removal) -> str:
    if removal.data_class == CALL_DETAILS:
        return f"columns {', '.join(removal.columns)} of {removal.rows} rows, {removal.size_bytes} bytes"
    days = removal.oldest if removal.oldest == removal.newest else f"{removal.oldest} to {removal.newest}"
    return f"all of it, {removal.size_bytes} bytes; {removal.rows} rows of {days} stay without details"
