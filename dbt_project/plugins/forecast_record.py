"""What was forecast stays written down, whatever a later build makes of the same days."""

from __future__ import annotations

import fcntl
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from dbt_project.landing.errors import unwritten
from dbt_project.landing.whole_files import append_whole

FORECASTS = "forecasts/made.jsonl"
# The others of a kind are others in each build; a customer may have to be forgotten, which no line is.
_OUTLOOK = """
    select * from planning.rpt_cost_outlook
    where
        forecast_usd is not null and not is_rest and scope_id <> '(all others)'
        and (
            scope <> 'customer'
            or scope_id in (select scope_id from planning.rpt_budgets where scope = 'customer')
        )
"""
_SAID = (
    "scope",
    "scope_id",
    "first_forecast_date",
    "last_forecast_date",
    "forecast_method",
    "forecast_usd",
    "lower_usd",
    "upper_usd",
)


def record_forecasts(published: Path) -> None:
    """Append what a published file forecasts of the next 30 days to the record beside it, where it is new.

    What is said of days that have begun before today is no forecast, and not recorded. A forecast of the same
    days that has changed is another line. Nothing of it may undo a publication: what
    cannot be written is said on stderr, and the next build writes it.
    """
    try:
        with duckdb.connect(str(published), read_only=True) as connection:
            outlook = connection.sql(_OUTLOOK)
            rows = outlook.select(*map(duckdb.ColumnExpression, _SAID)).fetchall()
    except duckdb.Error:
        return  # built without plans
    said = [dict(zip(_SAID, map(_text, row), strict=True)) for row in rows]
    record = published.parent / FORECASTS
    try:
        _append(record, said)
    except OSError as error:
        sys.stderr.write(f"Warning: {unwritten(record, error)}; the next build writes the forecasts down.\n")


def _append(file: Path, said: list[dict[str, str | None]]) -> None:
    with file.open("ab+", buffering=0) as record:
        fcntl.flock(record, fcntl.LOCK_EX)
        record.seek(0)
        written = record.read()
        last: dict[tuple[Any, ...], dict[str, Any]] = {}
        now, written_at = datetime.now(UTC), [datetime.min.replace(tzinfo=UTC)]
        for line in written.splitlines():
            try:
                told = json.loads(line)
                last[_key(told)] = {name: told[name] for name in _SAID}
                written_at.append(datetime.fromisoformat(told["recorded_at"]).astimezone(UTC))
            except (ValueError, KeyError, TypeError):
                continue  # what a kill cut off, or somebody wrote by hand
        # What was said first counts, which a clock that was set back must not change.
        if now <= max(written_at):
            now = max(written_at) + timedelta(seconds=1)
        said = [each for each in said if str(each["first_forecast_date"]) >= now.date().isoformat()]
        new = [each for each in said if last.get(_key(each)) != each]
        if not new:
            return
        recorded_at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        lines = "".join(f"{json.dumps({'recorded_at': recorded_at} | each)}\n" for each in new)
        # What a kill cut off must not swallow the line that follows it.
        heal = "" if not written or written.endswith(b"\n") else "\n"
        append_whole(record.fileno(), (heal + lines).encode(), file)


def _key(told: dict[str, Any]) -> tuple[Any, ...]:
    return told["scope"], told["scope_id"], told["first_forecast_date"]


def _text(value: object) -> str | None:
    return None if value is None else str(value)
