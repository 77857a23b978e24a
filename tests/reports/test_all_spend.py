"""The analysis of all spend: each table has one base and one total, each problem somebody who acts on it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pytest

from reports_builder.pages import allocation
from reports_builder.render import render
from reports_builder.warehouse import open_warehouse
from tests.reports.warehouse_fixture import build_warehouse


def rendered(path: Path) -> str:
    with open_warehouse(path) as warehouse:
        page = allocation.build(warehouse)
    return next(text.decode() for file, text in render([page]) if file.suffix == ".md")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    return rendered(build_warehouse(tmp_path_factory.mktemp("all_spend") / "finops.duckdb"))


def section(page: str, title: str) -> str:
    return page.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0].split("<details>", 1)[0]


def rows(text: str) -> list[list[str]]:
    """The rows of the tables of a text, heads included, without the lines below them."""
    lines = [line for line in text.splitlines() if line.startswith("|") and not line.startswith(("|:", "|-"))]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def column(table: Sequence[Sequence[str]], heading: str) -> list[str]:
    place = table[0].index(heading)
    return [row[place] for row in table[1:]]


def test_what_customers_cost_adds_up_to_all_spend(page: str) -> None:
    shown = section(page, "What each customer costs")
    customers, parts = shown.split("**What makes up all spend")
    # A pipe in a name is escaped, and splits no row here: only the last columns are read.
    assert [row[-4] for row in rows(customers)[1:]] == ["Models", "nothing rose"]
    assert "unallocated" not in customers
    whole = rows(parts)
    assert column(whole, "Part") == [
        "All customers",
        "Cost to serve, customer unknown",
        "Not a cost of serving customers",
        "All spend",
    ]
    assert column(whole, "Cost") == ["$1,500.00", "$100.00", "$10.00", "$1,610.00"]
    assert "Per call" not in whole[0]


def test_a_resource_is_one_row_with_all_that_is_to_do_and_those_without_a_team_are_first(page: str) -> None:
    shown, sums = section(page, "Tags to put right").split("| Resources with something wrong")
    table = rows(shown)
    assert column(table, "Resource") == ["i-1", "i-2"]
    assert column(table, "What to do")[0].startswith("add Owner; change the value of Team from")
    assert column(table, "What to do")[1].endswith("to CostCenter")
    assert column(table, "Who") == ["account 1", "Research"]
    assert [row[:3] for row in rows("| Resources with something wrong" + sums)[1:]] == [
        ["Without a team", "1", "$40.00"],
        ["With a team", "1", "$60.00"],
        ["All of them", "2", "$100.00"],
    ]


def test_tags_say_their_target_and_why_there_are_no_days_to_it(page: str) -> None:
    by_tag, by_scope = section(page, "Tags").split("**All tags together")
    assert "Without this tag" in rows(by_tag)[0]
    scopes = rows(by_scope)
    assert "Without any tag" in scopes[0]
    # What has no resources is no row, and teams come before accounts.
    assert column(scopes, "Which") == ["Research", "x"]
    assert column(scopes, "Days to the target") == ["moving away", "434"]
    assert "teams answer for 90 % of all cost, while 25 % of the cost of resources" in by_tag
    figure = next(line for line in page.splitlines() if line.startswith("| Cost tagged right"))
    assert "| 25 % | 20 % in September 2026 | - | 95 % | on the way |" in figure


def test_unused_gpu_hours_are_a_share_of_what_is_recorded(page: str) -> None:
    assert (
        "From 2 October 2026 to 31 October 2026 GPUs cost **$50**. Of the $40 whose use is recorded, **$20** (50 %) "
        "paid for unused hours; cards that were held were busy 25 % of the time; the use of the other $10 is not "
        "known."
    ) in page
    types, teams = section(page, "GPUs").split("| Team |")
    assert column(rows(types), "Cost, use not recorded") == ["$0.00", "$10.00"]
    by_team = rows("| Team |" + teams)
    assert column(by_team, "Team") == ["Platform", "Research", "All"]
    assert column(by_team, "By the ledger") == ["$50.00", "$0.00", "$50.00"]
    assert column(by_team, "By use less by the ledger") == ["-$20.00", "+$20.00", "$0.00"]


def test_each_problem_has_an_owner_and_a_next_step(page: str) -> None:
    titles = re.findall(r"^### \d+\. (.*)$", page, re.MULTILINE)
    assert titles == [
        "$20 paid for GPU hours that nobody used",
        "25 % of the cost of resources is tagged right; the target is 95 %",
        "$161 of October 2026 belong to no team",
    ]
    assert "Ask Platform what its p4d with AWS waits for" in page
    assert "Begin with Research, which has 1 of them." in page
    assert "send product and feature with each call" in page
    decisions = rows(section(page, "Actions"))
    assert column(decisions, "Owner") == ["Head of Engineering", "Head of Engineering", "FinOps"]


def test_how_much_has_an_owner_is_said_with_its_month_and_target(page: str) -> None:
    assert "teams answer for **90 %** of it (target 95 %); $161 of that month, 10 %, have no owner." in page
    assert column(rows(section(page, "Teams")), "Team") == ["All spend", "Assistant", "Unallocated"]
    assert column(rows(section(page, "Teams")), "Of") == ["&#45;", "Customer products", "Unallocated"]
    figures = rows(section(page, "Key figures"))
    assert figures[0][1:3] == ["Month", "Month before"]
    assert figures[1][2] == "$1,500.00 in September 2026"


def test_a_month_of_which_the_data_has_a_part_says_so(tmp_path: Path) -> None:
    path = build_warehouse(tmp_path / "finops.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute("update allocation.rpt_owner_costs_monthly set is_partial_month = true")
        for mart in ("owner_costs_monthly", "unowned_costs_monthly", "activity_costs"):
            connection.execute(f"update allocation.rpt_{mart} set covered_days = 28")
    page = rendered(path)
    for title in ("What it is made of", "Why cost has no team", "What shared pools cost by activity"):
        assert column(rows(section(page, title)), "Month") == ["October 2026, 28 of 31 days"], title
