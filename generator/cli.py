"""The command line: options in, one line out."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Annotated, Final

import typer

from dbt_project.landing.errors import UsageError as LandingUsageError
from dbt_project.landing.price_book.command import app as prices_app
from generator.company_seeds import app as seeds_app
from generator.errors import UsageError
from generator.following.command import FOLLOWED_DAYS, Following
from generator.plan import Options, make_plan
from generator.realism.command import app as realism_app
from generator.run import default_workers
from generator.run import generate as carry_out
from generator.scenarios.registry import CHOICES, resolve

DEFAULT_END_DATE: Final = "2026-10-31"
DEFAULT_DAYS: Final = 30
MAX_CUSTOMERS: Final = 100_000
MAX_DAYS: Final = 3_660

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
app.add_typer(prices_app, name="prices")
app.add_typer(realism_app, name="realism")
app.add_typer(seeds_app, name="seeds")


@app.callback(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
def generate(
    context: typer.Context,
    *,
    customers: Annotated[int, typer.Option(help="How many customers to simulate.")] = 100,
    days: Annotated[int | None, typer.Option(help="How many days of calls.")] = None,
    end_date: Annotated[str, typer.Option(help="Last day of the period, YYYY-MM-DD.")] = DEFAULT_END_DATE,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 42,
    out: Annotated[Path, typer.Option(help="Landing folder to write to.")] = Path("data/raw"),
    workers: Annotated[
        int,
        typer.Option(help="Processes to use; 0 means one per core. Changes no byte."),
    ] = 0,
    scenario: Annotated[
        list[str] | None,
        typer.Option(help=f"What moves the traffic; repeat to combine. One of {', '.join(CHOICES)}."),
    ] = None,
    with_cloud: Annotated[
        bool,
        typer.Option(
            "--with-cloud",
            help="Bills of clouds and GPUs, inventories, activity and customers' invoices, too.",
        ),
    ] = False,
    follow: Annotated[
        bool,
        typer.Option(
            "--follow", help="Let the data arrive, small file by small file; 366 days unless --days."
        ),
    ] = False,
    target_size: Annotated[
        str | None, typer.Option(help="With --follow: stop at so much, such as 50MB (the default).")
    ] = None,
    rate: Annotated[
        float | None, typer.Option(help="With --follow: calls per second; without it as fast as it can.")
    ] = None,
    speed_up: Annotated[
        float | None, typer.Option(help="With --follow: seconds of the simulated clock per second.")
    ] = None,
    file_calls: Annotated[
        int | None, typer.Option(help="With --follow: calls of a file; 500 unless given.")
    ] = None,
    history_days: Annotated[
        int | None,
        typer.Option(help="With --follow: so many days are there at once, before any call arrives."),
    ] = None,
) -> None:
    """Write synthetic AI call records, customers, and the truth about what was planted.

    A run replaces an earlier run in the same folder, days outside the new period included, and
    only once it is whole. With --follow a stopped or killed run continues where it was.
    """
    if context.invoked_subcommand:
        return
    started = time.perf_counter()
    following = Following(target_size, rate, speed_up, file_calls, history_days)
    if not follow:
        following.check_unused()
    elif with_cloud:
        raise UsageError("--with-cloud writes whole months: use it without --follow")
    days = (FOLLOWED_DAYS if follow else DEFAULT_DAYS) if days is None else days
    options = Options(
        customers=_between("--customers", customers, 1, MAX_CUSTOMERS),
        days=_between("--days", days, 1, MAX_DAYS),
        end_date=_date("--end-date", end_date),
        seed=_between("--seed", seed, 0, 2**63 - 1),
        scenarios=resolve(scenario or ()),
        with_cloud=with_cloud,
    )
    _between("--workers", workers, 0, 1024)
    if options.end_date.toordinal() <= options.days:
        raise UsageError(f"--days {days} reaches before the year 1: choose fewer days")
    plan = make_plan(options)
    if follow:
        following.carry_out(plan, out)
        return
    with _progress(options.days) as advance:
        done = carry_out(plan, out, workers or default_workers(), lambda day: advance(day.calls))
    seconds = time.perf_counter() - started
    typer.echo(
        f"{done.calls:,} calls of {customers:,} customers, {options.first} to {options.end_date},"
        f" ${done.cost_nano_usd / 1e9:,.2f}: {out} ({done.size_bytes / 1e6:,.1f} MB,"
        f" {seconds:.1f} s)"
    )


def _between(option: str, value: int, low: int, high: int) -> int:
    if not low <= value <= high:
        raise UsageError(f"{option} {value}: choose a number from {low:,} to {high:,}")
    return value


def _date(option: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError as error:
        raise UsageError(f"{option} {value}: give a date as YYYY-MM-DD") from error


@contextmanager
def _progress(days: int) -> Iterator[Callable[[int], None]]:
    """A bar with rate and time left on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    # Not needed, so not loaded, where nobody watches.
    from rich.console import Console  # noqa: PLC0415
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.completed:.0f}/{task.total:.0f} days"),
        BarColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    started = time.perf_counter()
    written = 0
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("days", total=days, rate="")

        def advance(calls: int) -> None:
            nonlocal written
            written += calls
            rate = written / (time.perf_counter() - started) / 1e6
            bar.update(task, advance=1, rate=f"{rate:.2f}M calls/s")

        yield advance


def main() -> None:
    """Run the command; what a user got wrong is one line on stderr and exit code 2."""
    try:
        code = app(standalone_mode=False)
    except typer.Exit as error:
        code = error.exit_code
    except (UsageError, LandingUsageError) as error:
        code = _complain(str(error))
    except (typer.Abort, KeyboardInterrupt):
        typer.echo("stopped; nothing was changed", err=True)
        code = 130
    except Exception as error:
        # typer's own complaints carry a message for the user; anything else is ours to mend.
        if not hasattr(error, "format_message"):
            raise
        code = _complain(error.format_message())
    sys.exit(code)


def _complain(message: str) -> int:
    line = " ".join(message.split())
    typer.echo(f"generator: {line} (see python -m generator --help)", err=True)
    return 2
