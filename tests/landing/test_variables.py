"""A variable that cannot be meant is named in one line, with what it takes."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import yaml

from dbt_project.landing.registry import project_variables
from dbt_project.landing.variables import KINDS, variable_problems
from tests.workspace import ROOT


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"as_of_date": "latest"},
        {"as_of_date": "2026-02-28"},
        {"as_of_date": date(2026, 2, 28)},
        {"sources": ["calls", "focus"]},
        {"late_data_lookback_days": "all"},
        {"late_data_lookback_days": 0},
        {"accept_removed_days": True},
        {"accept_removed_days": ["2026-10-05", date(2026, 10, 6)]},
        {"max_cost_per_call_usd": 0.5},
    ],
)
def test_what_is_meant_passes(given: dict[str, Any]) -> None:
    assert variable_problems(given) == []


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"as_of_date": "2026-02-30"}, "as_of_date is 2026-02-30; it takes latest, or a day"),
        ({"as_of_date": "2025-02-29"}, "as_of_date is 2025-02-29; it takes"),
        ({"as_of_date": "20261001"}, "as_of_date is 20261001; it takes"),
        ({"as_of_date": 20261001}, "as_of_date is 20261001; it takes"),
        ({"as_of_date": None}, "as_of_date is empty; it takes"),
        ({"sources": "calls"}, "sources is calls; it takes a list, such as [calls], of calls, "),
        ({"sources": []}, "sources is []; it takes a list"),
        ({"sources": ["calls", "fokus"]}, "sources is [calls, fokus]; it takes a list"),
        ({"sources": [["calls"]]}, "sources is [['calls']]; it takes a list"),
        ({"source": ["focus"]}, "source is not known; did you mean sources?"),
        ({"day": "2026-10-01"}, "day is not known; there are accept_removed_days, "),
        ({"price_packages": ["somebody"]}, "price_packages is [somebody]; it takes a list"),
        ({"late_data_lookback_days": -1}, "late_data_lookback_days is -1; it takes all, or a whole number"),
        (
            {"late_data_lookback_days": "400"},
            "late_data_lookback_days is 400; it takes all, or a whole number",
        ),
        ({"max_tokens_per_call": "many"}, "max_tokens_per_call is many; it takes a whole number from 1"),
        ({"max_tokens_per_call": True}, "max_tokens_per_call is True; it takes a whole number"),
        ({"max_cost_per_call_usd": float("nan")}, "max_cost_per_call_usd is nan; it takes an amount"),
        ({"anomaly_baseline_days": 0}, "anomaly_baseline_days is 0; it takes a whole number from 1"),
        ({"accept_removed_days": "2026-10-05"}, "accept_removed_days is 2026-10-05; it takes true, false"),
        ({"is_live_refresh": "yes"}, "is_live_refresh is yes; it takes true or false"),
    ],
)
def test_what_cannot_be_meant_is_named(given: dict[str, Any], said: str) -> None:
    (problem,) = variable_problems(given)
    assert said in problem
    assert "\n" not in problem


def test_the_projects_own_variables_are_checked_too() -> None:
    project = project_variables() | {"sources": "calls", "as_of": "latest"}
    assert len(variable_problems({}, project)) == 2
    assert variable_problems({"sources": ["calls"]}, project_variables()) == []


def test_each_variable_has_a_kind() -> None:
    project = yaml.safe_load((ROOT / "dbt_project" / "dbt_project.yml").read_text())
    assert set(KINDS) == set(project["vars"])
