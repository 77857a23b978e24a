"""Check the variables of a run before it changes anything.

Their values and what they mean stand in dbt_project.yml; what a value must be stands here.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytz  # type: ignore[import-untyped]

from dbt_project.landing.project import PROJECT
from dbt_project.landing.pseudonyms import PSEUDONYMISED
from dbt_project.landing.registry import LANDED_SOURCES, SOURCE_KINDS, project_variables

_MOST_DAYS = 36_500
_MOST_TOKENS = 10**12
_MOST_USD = 10**9


def variable_problems(given: dict[str, Any], project: dict[str, Any] | None = None) -> list[str]:
    """What is wrong with the variables, one sentence each.

    `given` are those of the command, which go before those of the project (dbt_project.yml by default).
    """
    project = project_variables() if project is None else project
    problems = [_unknown(name) for name in [*given, *project] if name not in KINDS]
    for name, value in (project | given).items():
        wanted = KINDS[name](value) if name in KINDS else None
        if wanted:
            problems.append(f"variable {name} is {_shown(value)}; it takes {wanted}")
    return problems


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, KINDS, n=1)
    meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(sorted(KINDS))}"
    return f"variable {name} is not known; {meant}"


# A kind is a function that says what a variable takes, when it is not what it has.
Kind = Callable[[Any], str | None]


def _sources(value: Any) -> str | None:
    return _list_problem(value, ["calls", *sorted(source.name for source in LANDED_SOURCES)])


def _source_kinds(value: Any) -> str | None:
    return None if value == SOURCE_KINDS else "what dbt_project.yml registers; sources switches them on"


def _packages(value: Any) -> str | None:
    return _list_problem(value, sorted({"genai-prices", "litellm"} | _packages_of_the_price_book()))


def _list_problem(value: Any, known: list[str]) -> str | None:
    is_list = isinstance(value, list) and bool(value)
    if is_list and all(isinstance(name, str) and name in known for name in value):
        return None
    return f"a list, such as [{known[0]}], of {', '.join(known)}"


def _pseudonymised(value: Any) -> str | None:
    return None if value == [] else _list_problem(value, sorted(PSEUDONYMISED))


def _as_of_date(value: Any) -> str | None:
    return None if value == "latest" or _is_day(value) else "latest, or a day such as 2026-09-30"


def _currency_code(value: Any) -> str | None:
    is_code = isinstance(value, str) and re.fullmatch("[A-Z]{3}", value)
    return None if is_code else "the code of a currency in capitals, such as EUR"


def _time_zone(value: Any) -> str | None:
    if isinstance(value, str) and value in pytz.all_timezones_set:
        return None
    near = difflib.get_close_matches(str(value), pytz.all_timezones, n=1)
    return f"the name of a time zone, such as {near[0] if near else 'Europe/Berlin'}"


def _removed_days(value: Any) -> str | None:
    is_list = isinstance(value, list) and all(_is_day(day) for day in value)
    return None if isinstance(value, bool) or is_list else "true, false, or a list of days"


def _true_or_false(value: Any) -> str | None:
    return None if isinstance(value, bool) else "true or false"


def _lookback_days(value: Any) -> str | None:
    wanted = _whole_number(0, _MOST_DAYS)(value)
    return f"all, or {wanted}" if wanted and value != "all" else None


def _amount(value: Any) -> str | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return None if is_number and 0 < value < _MOST_USD else f"an amount of USD above 0, below {_MOST_USD:,}"


def _whole_number(least: int, most: int) -> Kind:
    def problem(value: Any) -> str | None:
        is_number = isinstance(value, int) and not isinstance(value, bool)
        return None if is_number and least <= value <= most else f"a whole number from {least} to {most:,}"

    return problem


def _is_day(value: Any) -> bool:
    if isinstance(value, date) and not isinstance(value, datetime):
        return True
    try:
        return isinstance(value, str) and len(value) == 10 and bool(date.fromisoformat(value))
    except ValueError:
        return False


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return "empty" if value is None or value == "" else str(value)


def _packages_of_the_price_book() -> set[str]:
    with (PROJECT / "seeds" / "price_book.csv").open(encoding="utf-8", newline="") as book:
        return {row["package"] for row in csv.DictReader(book)}


KINDS: dict[str, Kind] = {
    "sources": _sources,
    "source_kinds": _source_kinds,
    "price_packages": _packages,
    "as_of_date": _as_of_date,
    "display_currency": _currency_code,
    "reporting_time_zone": _time_zone,
    "pseudonymised": _pseudonymised,
    "late_data_lookback_days": _lookback_days,
    "accept_removed_days": _removed_days,
    "max_tokens_per_call": _whole_number(1, _MOST_TOKENS),
    "max_cost_per_call_usd": _amount,
    "anomaly_baseline_days": _whole_number(1, _MOST_DAYS),
    "anomaly_spread_days": _whole_number(1, _MOST_DAYS),
    "max_critical_path_steps": _whole_number(1, _MOST_DAYS),
    "commitment_lookback_days": _whole_number(1, _MOST_DAYS),
    "is_live_refresh": _true_or_false,
}
