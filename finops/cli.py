"""The command `finops`, run in the folder of a company.

Each subcommand puts the folder together with the installed product and hands on to the tool that does the
work, with all options that follow; ``finops report --help`` is the help of that tool.
"""

import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
import yaml

from dbt_project.landing.variables import KINDS
from finops import shipped
from finops.company_folder import COMPOSED, compose, init, take_over, upgrade
from finops.errors import FolderError

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    help="Cost, margin and advice for a company that runs AI products. Run it in the folder of a company.",
)

_PRICES = ("price_book", "price_book_meters", "price_book_names")
_TAGS = ("tag_keys", "tag_values")
_REPORTS = {
    "fetch": "Bring raw files from object storage.",
    "watch": "Rebuild, publish and render whenever data arrives.",
    "alerts": "Alerts: rules, channels, history.",
    "send": "Send the executive summary.",
    "retention": "Remove what is older than it is kept.",
    "seal": "Seal each closed day.",
    "verify": "Compare the published warehouse with its seals.",
    "compliance": "A month's books for an auditor.",
    "erase": "Erase who a customer or a user is.",
    "explain": "Where a figure comes from: rows, charges, rules, prices, files.",
    "export": "Chargeback, journals, FOCUS, Parquet and more.",
    "budget": "Budgets: set, propose, accept.",
    "policy": "Check a request to spend.",
    "savings": "Savings: list, accept, give up.",
    "investment": "Investments: enter, withdraw, list.",
    "estimate": "What a request will cost.",
    "mcp": "Answer assistants (MCP), read-only.",
    "status": "How the pipeline does: freshness, failures, problems.",
}
_ANYTHING = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


@app.command("init")
def init_command(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A new folder.")],
    *,
    demo: Annotated[bool, typer.Option("--demo", help="For the demo's company and its data.")] = False,
) -> None:
    """Make the folder of a company: only what it edits."""
    init(folder, is_demo=demo)
    typer.echo(f"{folder} is made. What to do next:")
    typer.echo(f"  cd {folder}")
    if demo:
        typer.echo("  finops generate --customers 100 --days 120 --with-cloud")
    else:
        typer.echo("  put exports into data/raw/<source>/, and name the sources in finops.yml")
        typer.echo("  fill the seeds that you have answers for: seeds/")
    typer.echo("  finops build && finops report")


@app.command("upgrade")
def upgrade_command() -> None:
    """Fit the seeds of the company to the installed version."""
    changed = upgrade(Path())
    for each in changed:
        typer.echo(f"{each.path}: {', '.join(each.missing)} added, as shipped or empty.")
    compose(Path())
    typer.echo("The seeds fit this version. Next: `finops build --full-refresh`.")


@app.command("check")
def check_command() -> None:
    """Put the folder together, and say which rows of its seeds count."""
    for each in compose(Path()):
        if each.text is not None:
            removed = f" and without {each.removed:,}" if each.removed else ""
            typer.echo(
                f"{each.path}: {each.own:,} of your own, in place of {each.replaced:,} shipped{removed}, "
                f"beside {each.shipped:,} shipped."
            )
        elif each.own:
            typer.echo(f"{each.path}: {each.own:,} of your own; nothing that is shipped.")
    typer.echo("The folder fits this version.")


@app.command("variables")
def variables_command() -> None:
    """List the variables that finops.yml may set, with the values of the product."""
    project = yaml.safe_load((shipped.PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    for name, value in project["vars"].items():
        if name in KINDS and name not in ("source_kinds", "is_live_refresh"):
            typer.echo(f"{name}: {yaml.safe_dump(value, default_flow_style=True).splitlines()[0]}")


@app.command("land", context_settings=_ANYTHING)
def land(context: typer.Context) -> None:
    """Read raw files into the layout of the warehouse, as every build does first."""
    _run([sys.executable, "-m", "dbt_project.landing", "land", *context.args])


@app.command("receive", context_settings=_ANYTHING)
def receive(context: typer.Context) -> None:
    """Receive spans by OTLP over HTTP into data/raw."""
    _run([sys.executable, "-m", "dbt_project.landing", "receive", *context.args])


@app.command("build", context_settings=_ANYTHING)
def build(context: typer.Context) -> None:
    """Build, test and publish the warehouse."""
    _dbt("build", context.args)


@app.command("test", context_settings=_ANYTHING)
def test(context: typer.Context) -> None:
    """Run the tests of the data."""
    _dbt("test", context.args)


@app.command("dbt", context_settings=_ANYTHING)
def dbt(context: typer.Context) -> None:
    """Any other command of dbt on the project."""
    if not context.args:
        raise FolderError("name a command of dbt, such as `finops dbt ls`.")
    _dbt(context.args[0], context.args[1:])


@app.command("generate", context_settings=_ANYTHING)
def generate(context: typer.Context) -> None:
    """Generate the demo's data into data/raw."""
    _run([sys.executable, "-m", "generator", *context.args])


@app.command("prices", context_settings=_ANYTHING)
def prices(context: typer.Context) -> None:
    """Keep the price book; an update makes it a seed of the company."""
    _landing("prices", context.args, _PRICES, changes="update" in context.args)


@app.command("tags", context_settings=_ANYTHING)
def tags(context: typer.Context) -> None:
    """Import a tag policy into the seeds of the company."""
    _landing("tags", context.args, _TAGS, changes="import" in context.args)


@app.command("report", context_settings=_ANYTHING)
def report(context: typer.Context) -> None:
    """Render the reports from the published warehouse."""
    _run([sys.executable, "-m", "reports_builder", *context.args])


@app.command("nightly")
def nightly(
    steps: Annotated[
        list[str] | None,
        typer.Argument(metavar="STEP...", help="Commands of finops in quotes; build report alerts if none."),
    ] = None,
    *,
    log_format: Annotated[
        str, typer.Option(metavar="text|json", help="json: one JSON object a line, dbt's log too.")
    ] = "text",
) -> None:
    """Run the steps for a scheduler, up to the first that fails, then `status --notify`."""
    # What it needs of the reports takes time to load.
    from finops.nightly import DEFAULT_STEPS, run_nightly  # noqa: PLC0415

    if log_format not in ("text", "json"):
        raise FolderError(f"there is no log format {log_format}; there is text and json.")
    raise SystemExit(run_nightly(steps or DEFAULT_STEPS, as_json=log_format == "json"))


@app.command("dashboard", context_settings=_ANYTHING)
def dashboard(context: typer.Context) -> None:
    """Serve the dashboard; charts are saved in charts/."""
    own = [] if any(each.split("=")[0] == "--charts" for each in context.args) else ["--charts", "charts"]
    _run([sys.executable, "-m", "reports_builder", "dashboard", *own, *context.args])


def _hand_on(name: str, said: str) -> None:
    def command(context: typer.Context) -> None:
        _run([sys.executable, "-m", "reports_builder", name, *context.args])

    app.command(name, context_settings=_ANYTHING, help=said)(command)


for _name, _said in _REPORTS.items():
    _hand_on(_name, _said)


def _dbt(command: str, arguments: Sequence[str]) -> None:
    dbt = Path(sys.executable).with_name("dbt")
    _run([str(dbt), command, "--project-dir", COMPOSED, "--profiles-dir", ".", *arguments])


def _landing(name: str, arguments: Sequence[str], seeds: tuple[str, ...], *, changes: bool) -> None:
    own: list[str] = []
    if (
        changes
        and "--help" not in arguments
        and not any(each.split("=")[0] == "--seeds" for each in arguments)
    ):
        compose(Path())
        for path in take_over(Path(), seeds):
            typer.echo(f"{path} is now your company's: its rows stay whatever newer versions say.")
        own = ["--seeds", "seeds"]
    _run([sys.executable, "-m", "dbt_project.landing", name, *arguments, *own])


def _run(command: Sequence[str]) -> None:
    """Put the folder together and become the tool, so that its signals and exit code are ours."""
    compose(Path())
    sys.stdout.flush()
    # dbt asks the network for a newer version of itself otherwise.
    os.execve(command[0], list(command), os.environ | {"DBT_VERSION_CHECK": "false"})  # noqa: S606


def main() -> None:
    """Run the command; what a person can put right is one line and exit code 1."""
    try:
        app()
    except FolderError as error:
        typer.echo(f"finops: {error}", err=True)
        raise SystemExit(1) from None
