"""`python -m dbt_project.landing tags import`: an AWS tag policy into the seeds."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from dbt_project.landing.errors import UsageError
from dbt_project.landing.project import PROJECT
from dbt_project.landing.tag_policy.policy import TagRule, effective_rules
from dbt_project.landing.whole_files import replace_together

app = typer.Typer(help="Keep the tag policy.", add_completion=False, rich_markup_mode=None)


@app.callback()
def tags() -> None:
    """Keep the tag policy."""


@app.command("import")
def import_policy(
    files: Annotated[list[Path], typer.Argument(help="Tag policies as JSON, the root's first.")],
    seeds: Annotated[Path, typer.Option(help="The folder with the seeds.")] = PROJECT / "seeds",
) -> None:
    """Put the tags of an AWS tag policy, and their allowed values, into the seeds tag_keys and tag_values.

    Rows of the same tags for AWS are replaced, all others stay.
    """
    rules = effective_rules([_read(path) for path in files])
    keys = {rule.tag_key for rule in rules}
    key_file, value_file = seeds / "tag_keys.csv", seeds / "tag_values.csv"
    replace_together(
        {
            key_file: _replaced(
                key_file,
                lambda row: row["tag_key"] in keys and row["provider_name"] == "AWS",
                [_key_row(rule) for rule in rules],
            ),
            value_file: _replaced(
                value_file,
                lambda row: row["tag_key"] in keys,
                [
                    {"tag_key": rule.tag_key, "allowed_value": value}
                    for rule in rules
                    for value in rule.values
                ],
            ),
        }
    )
    values = sum(len(rule.values) for rule in rules)
    typer.echo(f"{len(rules)} tags and {values} values are in {seeds}: build again to judge by them.")


def _key_row(rule: TagRule) -> dict[str, str]:
    # AWS lets an empty value pass where it lists none.
    return {
        "tag_key": rule.tag_key,
        "provider_name": "AWS",
        "service_category": "*",
        "allows_empty": "false" if rule.values else "true",
        "values_from": "",
    }


def _read(path: Path) -> Any:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        # AWS prints a policy as text within an answer.
        wrapped = content.get("Policy", {}) if isinstance(content, dict) else {}
        inner = wrapped.get("Content") if isinstance(wrapped, dict) else None
        return json.loads(inner) if isinstance(inner, str) else content
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror or error}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: is not JSON") from error


def _replaced(path: Path, is_old: Any, rows: Sequence[dict[str, str]]) -> str:
    """The text of a seed with rows in place of old ones."""
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or ())
        kept = [row for row in reader if not is_old(row)]
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows([*kept, *rows])
    return text.getvalue()
