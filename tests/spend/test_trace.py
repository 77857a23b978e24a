"""A team's figure of a month, by query to charges, to lines of files; and the month in the books of a ledger."""

from __future__ import annotations

import csv
import gzip
import os
import re
import shutil
import subprocess
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from reports_builder.exports.formats import writer_of
from reports_builder.exports.journal import read_accrual
from reports_builder.warehouse import open_warehouse
from tests.spend.conftest import Spending

OCTOBER = date(2026, 10, 1)
TOOLS = os.pathsep.join((os.environ.get("FINOPS_TOOLS", ""), os.environ["PATH"]))
# What a line of a bill costs, in the words of its provider.
COST = {
    "aws_cur": "line_item_unblended_cost",
    "azure_costs": "CostInBillingCurrency",
    "simple_bills": "amount",
}
# What the use under a commitment costs, of which the line itself is billed nothing.
COMMITTED = {
    "DiscountedUsage": "reservation_effective_cost",
    "SavingsPlanCoveredUsage": "savings_plan_savings_plan_effective_cost",
}
STATEMENT = (
    "select direct_cost_usd, shared_cost_usd, allocated_cost_usd from allocation.rpt_chargebacks_monthly"
    " where month_start_date = '2026-10-01' and team_id = ?"
)
CHARGES = (
    "select source, file_name, line_number, effective_cost_usd from core.fct_charges where is_counted and is_direct"
    " and charge_date between '2026-10-01' and '2026-10-31' and team_id = ?"
)


def lines_of(path: Path) -> dict[int, dict[str, str]]:
    """The lines of a file by their number, the first after the header is 2."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
        return dict(enumerate(csv.DictReader(text), start=2))


def test_what_a_team_of_machines_bears_is_on_lines_of_bills(spending: Spending) -> None:
    direct, shared, allocated = spending.query(STATEMENT, ["research-team"])[0]
    assert allocated == direct + shared
    charges = spending.query(CHARGES, ["research-team"])
    assert sum(charge[3] for charge in charges) == direct
    # A line of a month is a charge for each of its days.
    by_file: dict[tuple[str, str], dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for source, file_name, line_number, cost in charges:
        by_file[source, file_name][line_number] += cost
    assert {source for source, _ in by_file} == {"aws_cur", "azure_costs", "gcp_billing", "simple_bills"}
    for (source, file_name), found in by_file.items():
        if source == "gcp_billing":
            # A credit is a charge of its own on the line of what it is for.
            continue
        lines = lines_of(spending.workspace.raw / file_name)
        for number, cost in found.items():
            line = lines[number]
            cost_of_line = COMMITTED.get(line.get("line_item_line_item_type", ""), COST[source])
            assert Decimal(line[cost_of_line]) == cost, (file_name, number)


def test_what_a_team_of_a_feature_bears_is_its_calls(spending: Spending) -> None:
    direct, shared, _ = spending.query(STATEMENT, ["agents-team"])[0]
    calls = spending.workspace.raw / "calls" / "date=2026-10-*" / "*.parquet"
    called = spending.query(
        "select sum(cost_usd) from read_parquet(?) where product_id = 'agents' and feature_id = 'agent_run'",
        [str(calls)],
    )[0][0]
    assert direct == called
    # Its parts of the gateway and of support stand in the allocation, day by day.
    parts = dict(
        spending.query(
            "select cost_pool, sum(allocated_cost_usd) from allocation.fct_allocated_costs_daily where not is_direct"
            " and usage_date between '2026-10-01' and '2026-10-31' and team_id = 'agents-team' group by 1"
        )
    )
    assert parts.keys() == {"gateway", "support"}
    assert sum(parts.values()) == shared


def test_statements_are_the_ledger_of_the_month(spending: Spending) -> None:
    assert spending.query(
        "select sum(allocated_cost_usd) from allocation.rpt_chargebacks_monthly where month_start_date = '2026-10-01'"
    ) == spending.query(
        "select sum(effective_cost_usd) from core.fct_charges where is_counted"
        " and charge_date between '2026-10-01' and '2026-10-31'"
    )


@pytest.mark.parametrize(
    ("tool", "name", "suffix"),
    [("hledger", "hledger", "journal"), ("bean-check", "beancount", "beancount")],
)
def test_the_month_is_in_the_books_with_the_same_total(
    tool: str, name: str, suffix: str, spending: Spending, tmp_path: Path
) -> None:
    program = shutil.which(tool, path=TOOLS)
    if program is None:
        pytest.skip(f"{tool} is not installed: put it on the path, or name its folder in FINOPS_TOOLS")
    with open_warehouse(spending.file) as warehouse:
        journal = read_accrual(warehouse, OCTOBER)
    total = spending.query(
        "select sum(allocated_cost_usd) from allocation.rpt_chargebacks_monthly where month_start_date = '2026-10-01'"
    )[0][0]
    assert journal.total == round(total, 2)
    path = tmp_path / f"october.{suffix}"
    path.write_bytes(writer_of(name, None)(journal))
    checked = [program, "-f", str(path), "check"] if tool == "hledger" else [program, str(path)]
    subprocess.run(checked, check=True, capture_output=True)
    if tool == "hledger":
        command = [program, "-f", str(path), "balance", "--flat", "--no-total", journal.against.account.name]
        shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        numbers = re.findall(r"-?[\d,]+\.\d{2}", shown)
        assert [Decimal(number.replace(",", "")) for number in numbers] == [-journal.total], shown
