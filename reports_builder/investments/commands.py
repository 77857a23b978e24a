"""The command `investment`."""

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from reports_builder.errors import ReportError
from reports_builder.escaping import clean
from reports_builder.investments.changes import InvestmentChanges, investment
from reports_builder.warehouse import DEFAULT_WAREHOUSE, open_warehouse

investment_app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="Enter, withdraw and list investments."
)

WarehouseFile = Annotated[Path, typer.Option(metavar="FILE", help="The published warehouse.")]
Actor = Annotated[
    str, typer.Option("--by", metavar="NAME", help="Who enters it; else the user of this machine.")
]
Note = Annotated[str, typer.Option(metavar="TEXT", help="Why.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="What it is called; the same name changes it.")]
_TILL_BUILT = "It counts from the next build on."


@investment_app.command("enter")
def enter(
    name: Name,
    *,
    owner: Annotated[str, typer.Option(metavar="ROLE", help="Who answers for it.")],
    benefit: Annotated[str, typer.Option(metavar="USD", help="What a period brings in.")],
    periods: Annotated[str, typer.Option(metavar="COUNT", help="For how many periods.")],
    once: Annotated[str, typer.Option(metavar="USD", help="What is spent on the first day.")] = "0",
    running: Annotated[str, typer.Option(metavar="USD", help="What a period costs.")] = "0",
    unit: Annotated[str, typer.Option(help="What a period is: month, quarter or year.")] = "month",
    first_day: Annotated[str, typer.Option("--from", metavar="DAY", help="The first day; else today.")] = "",
    rate: Annotated[
        str, typer.Option(metavar="SHARE", help="What money of a period later is worth less: 0.01 is 1 %.")
    ] = "0",
    growth: Annotated[
        str, typer.Option(metavar="SHARE", help="Growth of the benefit from one period to the next.")
    ] = "0",
    cost_range: Annotated[
        tuple[str, str], typer.Option(metavar="LEAST MOST", help="All costs may be so many times the plan.")
    ] = ("1", "1"),
    benefit_range: Annotated[
        tuple[str, str], typer.Option(metavar="LEAST MOST", help="The benefit likewise.")
    ] = ("1", "1"),
    by: Actor = "",
    note: Note = "",
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Enter an investment, in place of one of the same name, one of a seed, too."""
    entered = investment(
        {
            "investment_name": name,
            "owner_role": owner,
            "first_period_date": first_day or f"{datetime.now(UTC).date()}",
            "period_unit": unit,
            "last_period": periods,
            "discount_rate": rate,
            "once_cost_usd": once,
            "running_cost_usd": running,
            "benefit_usd": benefit,
            "growth_share": growth,
            "cost_low_ratio": cost_range[0],
            "cost_high_ratio": cost_range[1],
            "benefit_low_ratio": benefit_range[0],
            "benefit_high_ratio": benefit_range[1],
        }
    )
    InvestmentChanges(warehouse).enter(entered, by or getpass.getuser(), note)
    typer.echo(f"{clean(entered.investment_name)} is entered as {entered.investment_id}. {_TILL_BUILT}")


@investment_app.command("withdraw")
def withdraw(
    investment_id: Annotated[str, typer.Argument(metavar="ID", help="As `investment list` has it.")],
    *,
    by: Actor = "",
    note: Note = "",
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Withdraw an investment, one of a seed, too."""
    if investment_id not in listed(warehouse):
        raise ReportError(f"there is no investment {investment_id!r}; `investment list` has those there are.")
    InvestmentChanges(warehouse).withdraw(investment_id, by or getpass.getuser(), note)
    typer.echo(f"{clean(investment_id)} is withdrawn. {_TILL_BUILT}")


@investment_app.command("list")
def list_investments(warehouse: WarehouseFile = DEFAULT_WAREHOUSE) -> None:
    """List the investments of the last build, and what was entered since."""
    for investment_id, name in listed(warehouse).items():
        typer.echo(f"{clean(investment_id)}: {clean(name)}")


@investment_app.command("history")
def history(warehouse: WarehouseFile = DEFAULT_WAREHOUSE) -> None:
    """List every change, who made it and when."""
    for told in InvestmentChanges(warehouse).all():
        done = "withdrawn" if told.get("is_withdrawn") == "true" else "entered"
        note = f" ({clean(told['note'])})" if told.get("note") else ""
        at = told["changed_at"].replace("T", " ")[:16]
        who = clean(told.get("actor") or "unknown")
        typer.echo(f"{at} UTC  {who}: {clean(told['investment_id'])}: {done}{note}")


def listed(warehouse: Path) -> dict[str, str]:
    """The names of the investments of the last build and of those that were entered since, by id."""
    with open_warehouse(warehouse) as opened:
        found = opened.evidence(
            """
            select distinct investment_id, investment_label
            from planning.rpt_investments
            order by investment_id
            """
        )
    names = {str(row["investment_id"]): str(row["investment_label"]) for row in found.each()}
    for investment_id, told in InvestmentChanges(warehouse).in_force().items():
        names.pop(investment_id, None)
        if told.get("is_withdrawn") != "true":
            names[investment_id] = told.get("investment_name") or investment_id
    return names
