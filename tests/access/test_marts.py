"""By what each mart can be limited to a reader's own rows, and which tell of revenue.

Both follow from the names of the columns. A mart that is new, or has a new kind of column, changes the list: look
whether its rows are those of whom they name, and whether a column speaks of the company or of revenue.
"""

from __future__ import annotations

import json

import pytest

from reports_builder.access import AccessError, Scope
from reports_builder.access.marts import (
    OWNED_USAGE,
    REFERENCE,
    SCHEMAS,
    granted,
    is_of_revenue,
    ways_to_limit,
)
from tests.workspace import ROOT, Workspace

LISTED = ROOT / "tests" / "access" / "marts.txt"


def test_a_new_mart_is_looked_at(built: Workspace) -> None:
    nodes = json.loads((built.target / "manifest.json").read_text(encoding="utf-8"))["nodes"].values()
    found = []
    for node in nodes:
        if node["resource_type"] != "model" or node["schema"] not in SCHEMAS:
            continue
        mart = f"{node['schema']}.{node['name']}"
        ways = ["nobody's"] if mart in REFERENCE else ways_to_limit(node["columns"]) or ["company"]
        found.append(" ".join([mart, *ways, *(["revenue"] if is_of_revenue(mart, node["columns"]) else [])]))
    text = "\n".join(sorted(found)) + "\n"
    assert text == LISTED.read_text(encoding="utf-8"), (
        f"look at what changed, then put this into {LISTED}:\n{text}"
    )


TEAM = Scope(teams=frozenset({"a"}))


@pytest.mark.parametrize(
    "columns",
    [
        {"cost_usd": "DOUBLE"},
        {"main_team_id": "VARCHAR", "cost_usd": "DOUBLE"},
        {"customer_id": "VARCHAR", "cost_usd": "DOUBLE"},
        {"scope": "VARCHAR", "cost_usd": "DOUBLE"},
        {"team_id": "VARCHAR", "revenue_usd": "DOUBLE"},
        {"team_id": "VARCHAR", "monthly_fee_usd": "DOUBLE"},
        {"team_id": "VARCHAR", "prior_margin_share": "DOUBLE"},
    ],
)
def test_a_mart_that_does_not_name_whose_its_rows_are_is_not_shown(columns: dict[str, str]) -> None:
    with pytest.raises(AccessError):
        granted("core.rpt_x", {"core.rpt_x": columns}, TEAM, "finops")


@pytest.mark.parametrize("mart", ["staging.stg_x", "intermediate.int_x", "seeds.x", "core.rpt_y", "main.x"])
def test_what_is_no_mart_is_not_shown_to_who_is_limited(mart: str) -> None:
    structure = {
        each: {"team_id": "VARCHAR"} for each in ("staging.stg_x", "intermediate.int_x", "seeds.x", "main.x")
    }
    for scope in (TEAM, Scope(has_all_rows=True)):
        with pytest.raises(AccessError):
            granted(mart, structure, scope, "finops")


def test_values_of_claims_stay_values() -> None:
    hostile = Scope(teams=frozenset({"a') or true --", "\\", "ü", "\x00"}))
    text = granted("core.rpt_x", {"core.rpt_x": {"team_id": "VARCHAR", "from": "DATE"}}, hostile, "finops")
    assert text == (
        'select "team_id" as "team_id", "from" as "from" from finops.core.rpt_x '
        "where team_id in (chr(0), '\\', 'a'') or true --', 'ü')"
    )


def test_a_team_never_reads_which_team_its_calls_name() -> None:
    """A filter by team joins usage and its owners by that name: both have the owner in its place, or neither."""
    structure = {
        "core.fct_usage_daily": {"team_id": "VARCHAR", "calls": "BIGINT"},
        OWNED_USAGE: {
            "team_id": "VARCHAR",
            "named_team_id": "VARCHAR",
            "named_customer_id": "VARCHAR",
            "calls": "BIGINT",
        },
    }
    for mart, name in (("core.fct_usage_daily", "team_id"), (OWNED_USAGE, "named_team_id")):
        assert f'"team_id" as "{name}"' in granted(mart, structure, TEAM, "finops")
    customer = Scope(customers=frozenset({"c"}))
    assert '"named_team_id" as "named_team_id"' in granted(OWNED_USAGE, structure, customer, "finops")
