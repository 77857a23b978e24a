"""The command `savings`."""

import getpass
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from reports_builder.escaping import clean
from reports_builder.tracked_savings.decisions import accept, give_up, works
from reports_builder.warehouse import DEFAULT_WAREHOUSE

savings_app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="List savings, accept them, give them up."
)

WarehouseFile = Annotated[Path, typer.Option(metavar="FILE", help="The published warehouse.")]
Work = Annotated[
    str, typer.Argument(metavar="WORK", help="Its id, as `savings list` shows it, or that of one part.")
]
Actor = Annotated[
    str, typer.Option("--by", metavar="NAME", help="Who decides; else the user of this machine.")
]
Note = Annotated[str, typer.Option(metavar="TEXT", help="Why.")]


@savings_app.command("list")
def list_works(warehouse: WarehouseFile = DEFAULT_WAREHOUSE) -> None:
    """List what could be saved, what 30 days of it bring, and what is accepted since when."""
    for work in works(warehouse):
        typer.echo(f"{clean(str(work['work_id']))}\n    {_told(work)}")


def _told(work: Mapping[str, Any]) -> str:
    """A work in a line: what it is about, what it brings, and what is decided."""
    low, high = work["low_monthly_savings_usd"], work["high_monthly_savings_usd"]
    parts = [
        clean(str(work["subject"])),
        f"{work['net_monthly_savings_usd']:,.2f} USD a month ({low:,.2f} to {high:,.2f})",
    ]
    if work["payback_with_start_months"] is not None:
        parts.append(f"paid back {work['payback_with_start_months']:.1f} months from today")
    parts.append(clean(str(work["owner_role"])))
    if work["is_illustrative"]:
        parts.append("an example, not counted")
    elif not work["is_counted"]:
        parts.append("not worth its work, not counted")
    if work["accepted_date"]:
        parts.append(f"accepted from {work['accepted_date']}")
    elif not work["is_tracked"]:
        parts.append("cannot be tracked")
    return "; ".join(parts)


@savings_app.command("accept")
def accept_work(
    work_id: Work,
    *,
    accepted_date: Annotated[
        datetime | None,
        typer.Option(
            "--from",
            formats=["%Y-%m-%d"],
            metavar="YYYY-MM-DD",
            help="First day on which it holds; else today.",
        ),
    ] = None,
    by: Actor = "",
    note: Note = "",
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Decide to make a saving: from then on what it brings is measured, and forecasts reckon with it."""
    first_day = (accepted_date or datetime.now(UTC)).date()
    decided = accept(warehouse, work_id, first_day, by or getpass.getuser(), note)
    expected = sum((each.predicted_monthly_savings_usd or Decimal(0) for each in decided), Decimal(0))
    typer.echo(
        f"{clean(work_id)} is accepted from {first_day}: parts that are measured: {len(decided)}, "
        f"expected: {expected:,.2f} USD a month. It counts from the next build on."
    )


@savings_app.command("give-up")
def give_up_work(
    work_id: Work, *, by: Actor = "", note: Note = "", warehouse: WarehouseFile = DEFAULT_WAREHOUSE
) -> None:
    """Track it no more; that it was accepted stays on record."""
    parts = give_up(warehouse, work_id, by or getpass.getuser(), note)
    typer.echo(f"{clean(work_id)} is given up: parts: {parts}. It counts from the next build on.")
