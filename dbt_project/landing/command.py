"""`python -m dbt_project.landing`: land raw files before a build, and keep the price book."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from dbt_project.landing.errors import UsageError, unwritten
from dbt_project.landing.landing_folder import LandingFolder
from dbt_project.landing.price_book.command import app as prices_app
from dbt_project.landing.receiver.command import receive
from dbt_project.landing.registry import project_variables
from dbt_project.landing.tag_policy.command import app as tags_app
from dbt_project.landing.variables import variable_problems

app = typer.Typer(
    help="Bring what other tools wrote into the warehouse.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(prices_app, name="prices")
app.add_typer(tags_app, name="tags")
app.command("receive")(receive)


@app.command("land")
def land_files(
    *,
    given: Annotated[
        str, typer.Option("--vars", help="As for dbt build, such as 'sources: [calls, litellm]'.")
    ] = "{}",
    raw_dir: Annotated[
        Path, typer.Option("--raw", envvar="FINOPS_RAW_DIR", help="Where the raw files are.")
    ] = Path("data/raw"),
    warehouse_dir: Annotated[
        Path, typer.Option("--warehouse", envvar="FINOPS_WAREHOUSE_DIR", help="The warehouse they are for.")
    ] = Path("warehouse"),
) -> None:
    """Check, land and freeze the raw files of the sources that are on; prints the folder that a build reads.

    `dbt build` on DuckDB does the same first. Exit code 1 where files cannot be read, one line each.
    """
    variables = run_variables(given)
    folder = LandingFolder(warehouse_dir)
    try:
        folder.prepare()
        problems = folder.land(raw_dir, variables["sources"], variables["pseudonymised"])
        frozen = None if problems else folder.freeze(raw_dir)
    except OSError as error:
        raise UsageError(f"{unwritten(error.filename or warehouse_dir, error)}") from error
    for problem in problems:
        typer.echo(problem, err=True)
    if problems:
        raise typer.Exit(1)
    for note in folder.notes:
        if note.is_warning:
            typer.echo(f"Warning: {note.details}", err=True)
    typer.echo(str(frozen))


def run_variables(given: str) -> dict[str, Any]:
    """The variables of a run: those of the command (YAML), else those of the project; UsageError."""
    try:
        variables: Any = yaml.safe_load(given) or {}
    except (ValueError, RecursionError, yaml.YAMLError) as error:
        raise UsageError(f"--vars {given}: is not YAML") from error
    if not isinstance(variables, dict):
        raise UsageError(f"--vars {given}: give names and values, such as 'sources: [calls]'")
    problems = variable_problems(variables)
    if problems:
        raise UsageError("; ".join(problems))
    return project_variables() | variables


def main() -> None:
    """Run the command; what a user got wrong is one line on stderr and exit code 2."""
    try:
        code = app(standalone_mode=False) or 0
    except typer.Exit as error:
        code = error.exit_code
    except UsageError as error:
        code = _complain(str(error))
    except (typer.Abort, KeyboardInterrupt):
        typer.echo("landing: stopped", err=True)
        code = 130
    except Exception as error:
        # typer's own complaints carry a message for the user; anything else is ours to mend.
        if not hasattr(error, "format_message"):
            raise
        code = _complain(error.format_message())
    sys.exit(code)


def _complain(message: str) -> int:
    line = " ".join(message.split())
    typer.echo(f"landing: {line} (see python -m dbt_project.landing --help)", err=True)
    return 2
