"""The commands `budget`, `policy` and `estimate`."""

import csv
import getpass
import io
import json
import sys
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Annotated

import typer

from reports_builder.budgets.changes import (
    DEFAULT_APPROVER,
    DEFAULT_GATE,
    BudgetChanges,
    budget_change,
    spelled_period,
)
from reports_builder.budgets.proposals import accepted_changes, proposed_rows, template_rows
from reports_builder.errors import ReportError
from reports_builder.escaping import clean
from reports_builder.exports.files import write_whole
from reports_builder.warehouse import DEFAULT_WAREHOUSE, open_warehouse

budget_app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="Set, withdraw, propose and list budgets."
)
policy_app = typer.Typer(
    add_completion=False, rich_markup_mode=None, help="Check a request to spend against every budget."
)

WarehouseFile = Annotated[Path, typer.Option(metavar="FILE", help="The published warehouse.")]
Scope = Annotated[str, typer.Argument(help="total, team, customer, provider, service, region and so on.")]
ScopeId = Annotated[str, typer.Argument(metavar="ID", help="Which one; total for the total.")]
PeriodText = Annotated[str, typer.Argument(metavar="PERIOD", help="2026-11, 2026-Q4 or 2026.")]
Actor = Annotated[
    str, typer.Option("--by", metavar="NAME", help="Who sets it; else the user of this machine.")
]
Note = Annotated[str, typer.Option(metavar="TEXT", help="Why.")]
_TILL_BUILT = "It counts from the next build on; `policy check` heeds it at once."


@budget_app.command("set")
def set_budget(
    scope: Scope,
    scope_id: ScopeId,
    period: PeriodText,
    amount: Annotated[str, typer.Argument(metavar="USD", help="The budget of the whole period.")],
    *,
    gate: Annotated[
        str, typer.Option(help="What breaks it gets: warning, approval required or hard stop.")
    ] = DEFAULT_GATE,
    approver: Annotated[str, typer.Option(metavar="ROLE", help="Who may approve.")] = DEFAULT_APPROVER,
    by: Actor = "",
    note: Note = "",
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Set the budget of a scope for a period, in place of any that was set or is in a seed."""
    change = budget_change(
        scope,
        scope_id,
        period,
        amount,
        gate=gate,
        approver_role=approver,
        actor=by or getpass.getuser(),
        note=note,
    )
    BudgetChanges(warehouse).append([change])
    typer.echo(f"Budget of {clean(change.name)}: {change.budget_usd} USD, {change.gate}. {_TILL_BUILT}")


@budget_app.command("withdraw")
def withdraw(
    scope: Scope,
    scope_id: ScopeId,
    period: PeriodText,
    *,
    by: Actor = "",
    note: Note = "",
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Withdraw a budget, one of a seed, too."""
    change = budget_change(scope, scope_id, period, None, actor=by or getpass.getuser(), note=note)
    BudgetChanges(warehouse).append([change])
    typer.echo(f"Budget of {clean(change.name)} is withdrawn. {_TILL_BUILT}")


@budget_app.command("history")
def history(warehouse: WarehouseFile = DEFAULT_WAREHOUSE) -> None:
    """List every change, who made it and when."""
    for change in BudgetChanges(warehouse).all():
        amount = "withdrawn" if change.budget_usd is None else f"{change.budget_usd} USD, {change.gate}"
        at = f"{change.changed_at:%Y-%m-%d %H:%M} UTC"
        note = f" ({clean(change.note)})" if change.note else ""
        typer.echo(f"{at}  {clean(change.actor)}: {clean(change.name)}: {amount}{note}")


@budget_app.command("list")
def list_budgets(warehouse: WarehouseFile = DEFAULT_WAREHOUSE) -> None:
    """List the budgets of the last build that are not over, what is spent and where they are heading."""
    with open_warehouse(warehouse) as opened:
        found = opened.evidence(
            """
            select
                scope, scope_id, period, period_start_date,
                budget_usd, actual_usd, forecast_usd, budget_status
            from planning.rpt_budgets
            where period_phase <> 'ended'
            order by scope, scope_id, period, period_start_date
            """
        )
    for row in found.each():
        when = spelled_period(str(row["period"]), row["period_start_date"])  # type: ignore[arg-type]
        typer.echo(
            f"{clean(str(row['scope']))} {clean(str(row['scope_id']))}, {when}: "
            f"{_cents(row['budget_usd'])} USD, spent {_cents(row['actual_usd'])}, "
            f"heading for {_cents(row['forecast_usd'])}: {row['budget_status']}"
        )


@budget_app.command("propose")
def propose(
    *,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write them there; else to the terminal.")
    ] = None,
    template: Annotated[
        bool,
        typer.Option("--template", help="Rows without amounts for three months, before there is a forecast."),
    ] = False,
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Propose budgets of the next quarter by the forecast, as rows of the seed scope_budgets; set none."""
    rows = template_rows(warehouse) if template else proposed_rows(warehouse)
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    if out is None:
        sys.stdout.write(text.getvalue())
        return
    write_whole(out, text.getvalue().encode())
    typer.echo(
        f"{len(rows) - 1} {'rows to fill in' if template else 'proposals'} in {clean(str(out))}. "
        "Change or delete rows, then set them with "
        f"`python -m reports_builder budget accept {clean(str(out))}`, or add them to the seed scope_budgets."
    )


@budget_app.command("accept")
def accept(
    proposals: Annotated[Path, typer.Argument(metavar="FILE", help="Rows as `budget propose` writes them.")],
    *,
    by: Actor = "",
    note: Note = "",
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Set every budget of a file of proposals, all or none."""
    try:
        text = proposals.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ReportError(f"cannot read {proposals} ({error}).") from error
    changes = accepted_changes(text, actor=by or getpass.getuser(), note=note)
    BudgetChanges(warehouse).append(changes)
    typer.echo(f"{len(changes)} budgets are set. {_TILL_BUILT}")


@policy_app.command("check")
def check(
    request: Annotated[
        Path, typer.Argument(metavar="REQUEST", help="The request as a file of JSON; - reads it from stdin.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Judge a request; exit code 0 allowed, 10 approval required, 20 refused, 2 not readable."""
    from reports_builder.budgets.policy import check_request  # noqa: PLC0415

    try:
        text = sys.stdin.read() if str(request) == "-" else request.read_text(encoding="utf-8")
        told = json.loads(text)
    except OSError as error:
        raise ReportError(f"cannot read {request} ({error.strerror}).") from error
    except ValueError as error:
        raise ReportError(f"{request} is no JSON ({error}).") from error
    decision = check_request(told, warehouse)
    if as_json:
        typer.echo(json.dumps(decision.as_json(), indent=2))
    else:
        by = f", by {' and '.join(map(clean, decision.approvers))}" if decision.approvers else ""
        typer.echo(
            f"{decision.decision.capitalize()}{by}: {_cents(decision.amount_usd)} USD "
            f"({clean(decision.basis)})"
        )
        for each in decision.judged:
            typer.echo(f"  {clean(each.rule)}: {each.decision}. {clean(each.reason)}")
            if "budget_usd" in each.numbers:
                after, budget = each.numbers["forecast_after_usd"], each.numbers["budget_usd"]
                typer.echo(f"    {_cents(after)} of {_cents(budget)} USD with it{_events(each.numbers)}.")
        for told_not in decision.not_judged:
            typer.echo(f"  not judged: {clean(told_not)}")
    sys.exit(decision.exit_code)


def _events(numbers: Mapping[str, str | None]) -> str:
    """What known events make of the forecast, where they make anything."""
    known = Decimal(numbers["known_events_usd"] or 0)
    return f", of it known events: {_cents(known)}" if known else ""


def estimate_command(
    provider: Annotated[str, typer.Argument(help="As in core.dim_models or seeds.price_book.")],
    model: Annotated[str, typer.Argument(help="As in core.dim_models or seeds.price_book.")],
    *,
    calls: Annotated[int, typer.Option(help="How many calls.")] = 1,
    input_tokens: Annotated[int | None, typer.Option(help="Tokens into a call.")] = None,
    output_tokens: Annotated[int | None, typer.Option(help="Tokens out of a call.")] = None,
    cached_input_tokens: Annotated[
        int, typer.Option(help="Of the tokens in, those read from the cache.")
    ] = 0,
    task_type: Annotated[
        str | None, typer.Option(help="Without tokens: the task whose record is taken.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for a program.")] = False,
    warehouse: WarehouseFile = DEFAULT_WAREHOUSE,
) -> None:
    """Say what calls will cost before they are made, with a range."""
    from reports_builder.budgets.estimate import estimate  # noqa: PLC0415

    found = estimate(
        warehouse,
        provider,
        model,
        calls,
        input_tokens=input_tokens,
        output_tokens=output_tokens,
        cached_input_tokens=cached_input_tokens,
        task_type=task_type,
    )
    if as_json:
        typer.echo(json.dumps(found.as_json(), indent=2))
        return
    typer.echo(
        f"{found.calls} calls of {clean(provider)}/{clean(model)}: {found.cost_usd:.6f} USD "
        f"({found.low_usd:.6f} to {found.high_usd:.6f}; {found.basis})"
    )


def _cents(value: object) -> str:
    if value is None:
        return "unknown"
    return f"{Decimal(str(value)).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
