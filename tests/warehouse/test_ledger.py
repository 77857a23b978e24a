"""One ledger: a dollar that a bill and the calls both show counts once, and a day keeps the owners that it had."""

from __future__ import annotations

import json
import shutil
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.workspace import ROOT, Workspace

# Of gpt-4o on the 5th: 1 USD of feature chat, 2 of search; 3 of claude; on the 20th 4 of chat.
CALLS = [
    ("2026-10-05", "openai", "gpt-4o", "chat", "1"),
    ("2026-10-05", "openai", "gpt-4o", "search", "2"),
    ("2026-10-05", "anthropic", "claude-x", "chat", "3"),
    ("2026-10-20", "openai", "gpt-4o", "chat", "4"),
]
# 10 for gpt-4o on the 5th, 5 on the 20th, 0.7 for a model that nobody called, 2 of tax; storage beside the models.
BILL = """\
BilledCost,EffectiveCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,BillingPeriodStart,ProviderName,ServiceName,SkuMeter,Tags
10,10,USD,Usage,2026-10-05,2026-10-06,2026-10-01,OpenAI,OpenAI API,"GPT-4o, input",
5,5,USD,Usage,2026-10-20,2026-10-21,2026-10-01,OpenAI,OpenAI API,gpt-4o output,
0.7,0.7,USD,Usage,2026-10-05,2026-10-06,2026-10-01,OpenAI,OpenAI API,gpt-4o-audio,
2,2,USD,Tax,2026-10-05,2026-10-06,2026-10-01,OpenAI,OpenAI API,,
1.3,1.3,USD,Usage,2026-10-05,2026-10-06,2026-10-01,OpenAI,Storage,files,"{""Team"": ""B-TEAM ""}"
"""
OWNERS = """\
owner_id,owner_type,owner_name,parent_owner_id,cost_centre,valid_from_date,valid_to_date
x,business_unit,Unit X,,,,
y,business_unit,Unit Y,,,,
a-team,team,A,x,CC-1,,
b-team,team,B,x,CC-2,,2026-10-15
b-team,team,B,y,CC-3,2026-10-15,
"""
# Chat passes from a to b in mid-October.
ASSIGNMENTS = """\
owner_rule,match_key,match_value,owner_id,cost_centre,valid_from_date,valid_to_date
feature,,chat,a-team,,,2026-10-15
feature,,chat,b-team,,2026-10-15,
feature,,search,b-team,,,
"""


class Company:
    """A project of its own, whose seeds a test changes, with a few calls and a bill of one month."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "dbt_project"
        self.workspace = Workspace(folder, folder / "target", str(self.project))
        ignored = shutil.ignore_patterns("target", "logs", "__pycache__")
        shutil.copytree(ROOT / "dbt_project", self.project, ignore=ignored)
        raw = self.workspace.raw
        for day in {call[0] for call in CALLS}:
            path = raw / "calls" / f"date={day}" / "calls.parquet"
            path.parent.mkdir(parents=True)
            pq.write_table(_calls_of(day), path)
        (raw / "focus").mkdir()
        (raw / "focus" / "october.csv").write_text(BILL)
        (raw / "customers").mkdir()
        (raw / "customers" / "customers.csv").write_text(
            "customer_id,plan,monthly_fee,signup_date\nc1,small,10,2026-01-01\n"
        )
        self.seed("owners", OWNERS)
        self.seed("owner_assignments", ASSIGNMENTS)

    def seed(self, name: str, content: str) -> None:
        (self.project / "seeds" / f"{name}.csv").write_text(content)

    def build(self, *select: str) -> None:
        sources = json.dumps({"sources": ["calls", "customers", "focus"]})
        self.workspace.build("--indirect-selection", "cautious", "--vars", sources, "--select", *select)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the working file, which a selection does not publish."""
        path = self.workspace.warehouse_dir / "build" / "finops.duckdb"
        with duckdb.connect() as connection:
            connection.execute(f"attach '{path}' as finops (read_only)")
            connection.execute("use finops")
            return connection.execute(sql).fetchall()


def _calls_of(day: str) -> pa.Table:
    calls = [call for call in CALLS if call[0] == day]
    same = {"product_id": "p", "task_type": "chat", "customer_id": "c1"}
    return pa.table(
        {
            "call_id": [f"{day}-{number}" for number in range(len(calls))],
            "timestamp": pa.array(
                [datetime.fromisoformat(f"{day}T10:00:00")] * len(calls), pa.timestamp("us")
            ),
            "provider": [call[1] for call in calls],
            "model": [call[2] for call in calls],
            "feature_id": [call[3] for call in calls],
            "cost_usd": [call[4] for call in calls],
            "input_tokens": [100] * len(calls),
            "output_tokens": [10] * len(calls),
            **{name: [value] * len(calls) for name, value in same.items()},
        }
    )


MARTS = ("+fct_charges", "+rpt_chargebacks_monthly", "+rpt_reconciliation", "+fct_allocated_costs_daily")
BY_POOL = (
    "select cost_pool, sum(effective_cost_usd), sum(billed_cost_usd) from core.fct_charges where is_counted"
    " group by 1 order by 1"
)
ALLOCATED = "select cost_pool, sum(allocated_cost_usd) from allocation.fct_allocated_costs_daily group by 1 order by 1"
BY_OWNER = (
    "select charge_date, feature_id, business_unit_id, team_id, cost_centre, owner_rule, sum(effective_cost_usd)"
    " from core.fct_charges where is_counted and cost_pool = 'llm_usage' and provider_name = 'OpenAI'"
    " group by all order by charge_date, feature_id"
)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    made = Company(tmp_path_factory.mktemp("ledger"))
    made.build(*MARTS)
    return made


def money(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [tuple(str(value) if isinstance(value, Decimal) else value for value in row) for row in rows]


def test_bill_and_calls_of_a_month_count_once_whichever_counts(company: Company) -> None:
    # The calls count: 10 USD of theirs; of the bill the tax and the storage, 3.3 USD.
    services = ("billed_services", Decimal("3.3"), Decimal("3.3"))
    assert company.query(BY_POOL) == [services, ("llm_usage", 10, 10)]
    assert company.query(ALLOCATED) == [services[:2], ("llm_usage", 10)]
    # A tag's key and value in other letters lead to the team all the same.
    assert company.query(
        "select team_id, owner_rule, billed_cost_usd from core.fct_charges where source = 'focus' and not is_overlap"
        " order by billed_cost_usd"
    ) == [("b-team", "tag_team", Decimal("1.3")), ("unallocated", "default", 2)]

    company.seed(
        "ledger_precedence", "provider_name,service_name,month_start_date,counts\nopenai,,2026-10-01,bill\n"
    )
    company.build(*MARTS)
    # The bill counts: 15 USD on who called, 0.7 that no call explains; of the calls the 3 USD of the other provider.
    unexplained = ("unexplained by usage", Decimal("0.7"), Decimal("0.7"))
    assert company.query(BY_POOL) == [services, ("llm_usage", 18, 18), unexplained]
    assert company.query(ALLOCATED) == [services[:2], ("llm_usage", 18), unexplained[:2]]
    assert company.query(
        "select sum(billed_cost_usd) from core.fct_charges where is_counted and provider_name = 'OpenAI'"
    ) == [(19,)]
    # 10 USD by 1 : 2, to the last digit; on the 20th chat is b's, then of unit y.
    assert money(company.query(BY_OWNER)) == [
        (datetime(2026, 10, 5).date(), "chat", "x", "a-team", "CC-1", "feature", "3.333333333333"),
        (datetime(2026, 10, 5).date(), "search", "x", "b-team", "CC-2", "feature", "6.666666666667"),
        (datetime(2026, 10, 20).date(), "chat", "y", "b-team", "CC-3", "feature", "5.000000000000"),
    ]
    # Lines that are shared out are still lines that were read.
    assert company.query(
        "select sum(rows_read), sum(rows_accepted), sum(difference_usd) from core.rpt_reconciliation where source = 'focus'"
    ) == [(5, 5, 0)]
    company.seed("ledger_precedence", "provider_name,service_name,month_start_date,counts\n")


def test_a_reorganisation_leaves_the_days_before_it_as_they_were(company: Company) -> None:
    company.build(*MARTS)
    before = company.query(BY_OWNER)
    assert [(row[0].day, row[2], row[3]) for row in before] == [
        (5, "x", "a-team"),
        (5, "x", "b-team"),
        (20, "y", "b-team"),
    ]
    charged = "select team_id, cost_centre, allocated_cost_usd from allocation.rpt_chargebacks_monthly where allocated_cost_usd > 0 order by 1, 2"
    in_october = company.query(charged)
    # 1 + 3 of chat until the 14th; search on the 5th and the tagged storage; chat from the 15th; the tax.
    assert in_october == [
        ("a-team", "CC-1", 4),
        ("b-team", "CC-2", Decimal("3.3")),
        ("b-team", "CC-3", 4),
        ("unallocated", "unallocated", 2),
    ]
    # In November everything of a goes to y: October, closed, is the same in every row.
    company.seed(
        "owners",
        OWNERS.replace(
            "a-team,team,A,x,CC-1,,", "a-team,team,A,x,CC-1,,2026-11-01\na-team,team,A,y,CC-4,2026-11-01,"
        ),
    )
    company.build(*MARTS)
    assert company.query(BY_OWNER) == before
    assert company.query(charged) == in_october
