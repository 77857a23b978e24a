"""All spend beside AI: categories are the ledger, and what clouds cost is in no figure of serving customers."""

from __future__ import annotations

from tests.spend.conftest import Spending

WINDOW = "between date '2026-10-02' and date '2026-10-31'"


def test_categories_are_the_ledger_of_the_window(spending: Spending) -> None:
    found = dict(spending.query("select service_category, cost_usd from allocation.rpt_spend_by_category"))
    whole = found.pop("all")
    assert whole == sum(found.values())
    assert spending.query(
        f"select sum(effective_cost_usd) from core.fct_charges where is_counted and charge_date {WINDOW}"
    ) == [(whole,)]
    assert found["Compute"] > found["AI and Machine Learning"] > 0 < found["Shared costs"]


def test_machines_of_teams_serve_no_customer_and_shared_costs_do(spending: Spending) -> None:
    serving = spending.query(
        "select allocated_cost_usd, customer_coverage_share from allocation.rpt_cost_allocation"
        " where rollup_level = 'total'"
    )[0]
    calls_and_pools = spending.query(
        "select sum(effective_cost_usd) from core.fct_charges"
        f" where is_counted and charge_date {WINDOW} and (cost_component = 'ai' or not is_direct)"
    )[0][0]
    assert serving[0] == calls_and_pools
    assert serving[1] > 0.95


def test_a_misspelt_team_is_no_team(spending: Spending) -> None:
    listed = dict(spending.query("select owner_id, owner_id from seeds.owners where owner_type = 'team'"))
    teams = {
        team
        for (team,) in spending.query(
            "select distinct team_id from core.fct_charges where team_id is not null"
        )
    }
    assert teams - listed.keys() == {"unallocated"}
    truth = str(spending.workspace.raw / "truth" / "planted_tags.parquet")
    assert spending.query(
        "select distinct charges.team_id from read_parquet(?) as planted"
        " inner join core.fct_charges as charges on planted.resource_id = charges.resource_id"
        " where planted.tag_key = 'Team' and planted.kind = 'misspelt'",
        [truth],
    ) == [("unallocated",)]
