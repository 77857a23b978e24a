"""The cost of clusters, shared as OpenCost's own cases share it: idle by resource, a namespace, an overhead; share before filter.

The same containers stand on several days, and the owner rules of each day are those of one case.
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from tests.real_files import real_file
from tests.warehouse.test_ledger import Company

PARTS = ("cpu", "ram", "gpu", "pv", "network", "load_balancer")
COSTS = ("cpuCost", "ramCost", "gpuCost", "pvCost", "networkCost", "loadBalancerCost")
# The day whose owner rules are those of a case; without a rule for it, idle stands alone.
DAYS = {"1": "2026-10-08", "3a": "2026-10-09", "4b": "2026-10-10", "4d": "2026-11-05"}
BY_NODE = "2026-10-12"
IDLE = "__idle__"


def allocation_of(row: dict[str, str], day: str) -> dict[str, Any]:
    """A line of the cases as OpenCost's API answers it."""
    labels = {
        name.removeprefix("label_"): row[name] for name in row if name.startswith("label_") and row[name]
    }
    places = {
        name: row[name] for name in ("cluster", "node", "namespace", "pod", "container") if row.get(name)
    }
    costs = {cost: float(row[part]) for cost, part in zip(COSTS, PARTS, strict=True)}
    name = "/".join(places.values())
    return {
        "name": name if row.get("container") else f"{name}/{IDLE}",
        "properties": {**places, "labels": labels},
        "start": f"{day}T00:00:00Z",
        "end": f"{day}T23:59:59Z",
        **costs,
        "totalCost": sum(costs.values()),
    }


@pytest.fixture(scope="module")
def cases() -> dict[str, dict[str, Any]]:
    told = json.loads((real_file("allocation") / "opencost_cases.json").read_text())
    return {case["case"]: case for case in told["cases"]}


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory, cases: dict[str, dict[str, Any]]) -> Company:
    made = Company(tmp_path_factory.mktemp("opencost"))
    folder = real_file("allocation")
    rows = [
        row
        for name in ("opencost_containers.csv", "opencost_idle.csv")
        for row in csv.DictReader((folder / name).read_text().splitlines())
    ]
    data = {}
    for day in DAYS.values():
        for row in rows:
            found = allocation_of(row, day)
            data[f"{day}/{found['name']}"] = found
    # Of a node that two namespaces use, 6 USD of CPU for a and 2 for b, 4 are idle; on another node b has 1.
    for node, namespace, cpu in (("n", "a", 6), ("n", "b", 2), ("n", "", 4), ("m", "b", 1)):
        row = dict.fromkeys(PARTS, "0") | {"cluster": "d", "node": node, "cpu": str(cpu)}
        row |= {"namespace": namespace, "pod": namespace, "container": namespace}
        data[f"{node}/{namespace}"] = allocation_of(row, BY_NODE)
    (made.workspace.raw / "opencost").mkdir()
    (made.workspace.raw / "opencost" / "clusters.json").write_text(json.dumps({"data": [data]}))
    made.seed(
        "owner_rules",
        "rule_order,owner_rule,match_on,match_key,letter_case,names_owner\n"
        "10,namespace,tag,namespace,exact,true\n80,charge_kind,charge_kind,,any,false\n",
    )
    shared = cases["4b"]["share"]["namespace"]
    made.seed(
        "owner_assignments",
        "owner_rule,match_key,match_value,owner_id,cost_centre,valid_from_date,valid_to_date\n"
        f"charge_kind,,Idle,idle capacity,,{DAYS['3a']},{DAYS['4b']}\n"
        f"charge_kind,,Idle,idle capacity,,{BY_NODE},2026-10-13\n"
        f"namespace,,{shared},common services,,{DAYS['4b']},2026-10-11\n",
    )
    made.seed("bill_pools", "cost_pool,driver\nidle capacity,resource_cost\ncommon services,direct_cost\n")
    # The overhead of a day, as a month's.
    made.seed(
        "shared_cost_pools",
        "month_start_date,cost_pool,driver,pool_cost_usd\n"
        f"2026-11-01,overhead,direct_cost,{cases['4d']['overhead'] * 30}\n",
    )
    made.workspace.build(
        "--indirect-selection",
        "cautious",
        "--vars",
        json.dumps({"sources": ["calls", "customers", "focus", "opencost"]}),
        "--select",
        "+fct_allocated_costs_daily",
        "assert_allocated_equals_the_ledger",
        "assert_cost_shares_sum_to_one",
    )
    return made


def by_tags(company: Company, case: dict[str, Any]) -> dict[str, Decimal]:
    """Cost of the first day by the tags of its lines, with what nobody used in a row of its own."""
    names = [name.removeprefix("label_") for name in case["by"]]
    found: dict[str, Decimal] = defaultdict(Decimal)
    for tags, kind, cost in company.query(
        "select tags, resource_type, effective_cost_usd from core.fct_charges"
        f" where source = 'opencost' and is_counted and charge_date = '{DAYS['1']}'"
    ):
        stated = json.loads(tags)
        if any(stated.get(name) != value for name, value in case.get("filter", {}).items()):
            continue
        key = IDLE if kind == "Idle" else "/".join(stated.get(name, "__unallocated__") for name in names)
        found[key] += cost
    return dict(found)


def by_namespace(company: Company, day: str) -> dict[str, Decimal]:
    """Cost of a day by the owner to whom the namespace leads."""
    rows = company.query(
        "select team_id, sum(allocated_cost_usd) from allocation.fct_allocated_costs_daily"
        f" where usage_date = '{day}' and cost_pool <> 'llm_usage' group by 1"
    )
    return {IDLE if team == "unallocated" else team: cost for team, cost in rows}


@pytest.mark.parametrize("name", ["1a", "1b", "1h", "2d", "5a"])
def test_the_ledger_sums_by_cluster_namespace_and_label(
    company: Company, cases: dict[str, dict[str, Any]], name: str
) -> None:
    found = by_tags(company, cases[name])
    assert found == cases[name]["expected"]
    assert sum(found.values()) == cases[name]["total"]


@pytest.mark.parametrize("name", ["1b", "3a", "4b", "4d"])
def test_idle_a_namespace_and_an_overhead_are_shared_by_what_they_serve(
    company: Company, cases: dict[str, dict[str, Any]], name: str
) -> None:
    found = by_namespace(company, DAYS.get(name, DAYS["1"]))
    assert {team: float(cost) for team, cost in found.items()} == pytest.approx(
        cases[name]["expected"], abs=1e-10
    )
    # To the last decimal, whatever the thirds.
    assert sum(found.values()) == cases[name]["total"]


def test_what_is_filtered_after_sharing_has_its_share(company: Company) -> None:
    # A reader who looks at one namespace sees its part of the idle capacity: the pool was shared out before.
    rows = company.query(
        "select cost_pool, sum(allocated_cost_usd) from allocation.fct_allocated_costs_daily"
        f" where usage_date = '{DAYS['3a']}' and team_id = 'namespace2' group by 1 order by 1"
    )
    assert rows == [("billed_services", 36), ("idle capacity", Decimal("10.3125"))]


def test_what_is_idle_on_a_node_is_of_those_on_the_node(company: Company) -> None:
    # 6 : 2 of the 4 idle; what b has on the other node does not count.
    assert by_namespace(company, BY_NODE) == {"a": 9, "b": 4}
