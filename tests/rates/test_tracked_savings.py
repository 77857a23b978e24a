"""A saving is accepted by a command, as the build reads it, and can be given up again."""

from __future__ import annotations

import re
import subprocess
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml

from reports_builder.errors import ReportError
from reports_builder.tracked_savings.decisions import Decisions, accept, give_up, works
from tests.reports.warehouse_fixture import build_warehouse
from tests.workspace import ROOT

DAY = date(2026, 11, 15)


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """The tiny warehouse, with two machines of one work: 3.50 and 4.25 USD a month, and a third that is refused."""
    path = build_warehouse(tmp_path / "finops.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute("""
            insert into rates.rpt_savings_actions (work_id, action_kind, subject, parts, net_monthly_savings_usd,
                low_monthly_savings_usd, high_monthly_savings_usd, is_counted, is_illustrative, owner_role)
            values ('spot:AWS/web', 'spot', '2 machines', 2, 7.75, 5, 9, true, false, 'Head of Engineering'),
                ('commitment:AWS', 'commitment', '2 commitments with AWS', 2, 90, 60, 99, true, false, 'Head of Finance');
            update rates.rpt_savings_actions set provider = 'AWS' where work_id = 'commitment:AWS';
            insert into rates.rpt_savings_opportunities (action_id, action_kind, provider, net_monthly_savings_usd, source_mart, is_illustrative, work_id)
            values ('m5', 'commitment', 'AWS', 40, 'rates.rpt_commitment_recommendations', false, 'commitment:AWS'),
                ('r5', 'commitment', 'AWS', 50, 'rates.rpt_commitment_recommendations', false, 'commitment:AWS');
            insert into rates.rpt_usage_optimizations (provider_name, resource_id, action_kind, monthly_savings_usd, work_id)
            values ('AWS', 'i-1', 'spot', 3.5, 'spot:AWS/web'), ('AWS', 'i-2', 'spot', 4.25, 'spot:AWS/web'),
                ('AWS', 'i-3', 'spot', 9, null)
        """)
    return path


def read_by_the_build(warehouse: Path) -> dict[str, tuple[str | None, ...]]:
    """What the source of the dbt project reads: day, kind, amount, resource, task and model by tracking id, the last line of each."""
    declared = yaml.safe_load(
        (ROOT / "dbt_project" / "models" / "staging" / "savings" / "_sources.yml").read_text()
    )
    location = declared["sources"][0]["tables"][0]["config"]["meta"]["external_location"]
    location = re.sub(r"\{\{.*?\}\}", str(warehouse.parent), location)
    rows = duckdb.sql(f"""
        select tracking_id, accepted_date, action_kind, predicted_monthly_savings_usd, resource_id, task_type, to_model
        from {location} where decision_id is not null order by decided_at
    """).fetchall()
    return {row[0]: row[1:] for row in rows}


def test_a_work_is_accepted_part_by_part(warehouse: Path) -> None:
    accept(warehouse, "spot:AWS/web", DAY, "ann", 'after "the" review \u00e9')
    accept(warehouse, "switch", DAY, "ann")
    assert read_by_the_build(warehouse) == {
        "spot:AWS/web:AWS/i-1": ("2026-11-15", "spot", "3.500000000000", "i-1", None, None),
        "spot:AWS/web:AWS/i-2": ("2026-11-15", "spot", "4.250000000000", "i-2", None, None),
        "switch:chat/openai/gpt-4": (
            "2026-11-15", "model_switch", "90.000000000000", None, "chat", "claude-sonnet-4",
        ),
    }  # fmt: skip
    since = {work["work_id"]: work["accepted_date"] for work in works(warehouse)}
    assert {work for work, day in since.items() if day} == {"switch", "spot:AWS/web"}


def test_calls_that_wait_and_quoted_contracts_are_tracked_and_examples_are_not(warehouse: Path) -> None:
    accept(warehouse, "batch", DAY, "ann")
    accept(warehouse, "commitment:AWS", DAY, "ann")
    assert read_by_the_build(warehouse) == {
        "batch:chat": ("2026-11-15", "batch", "2.000000000000", None, "chat", None),
        "commitment:AWS:AWS": ("2026-11-15", "commitment", "90.000000000000", None, None, None),
    }
    tracked = {work["work_id"]: work["is_tracked"] for work in works(warehouse)}
    assert tracked == {
        "switch": True,
        "spot:AWS/web": True,
        "commitment:AWS": True,
        "batch": True,
        "offer": False,
        "price_plan": True,
    }


def test_what_is_said_last_counts_and_a_torn_line_swallows_nothing(warehouse: Path) -> None:
    accept(warehouse, "spot:AWS/web", DAY, "ann")
    with Decisions(warehouse).path.open("ab") as file:
        file.write(b'{"decision_id": "torn", "tracking_id": "spot:AWS/web:AWS/i-1", "accep')
    accept(warehouse, "spot:AWS/web", date(2026, 12, 1), "bob")
    assert {row[0] for row in read_by_the_build(warehouse).values()} == {"2026-12-01"}
    assert give_up(warehouse, "spot:AWS/web:AWS/i-2", "ann") == 1
    assert read_by_the_build(warehouse)["spot:AWS/web:AWS/i-2"][0] is None
    assert give_up(warehouse, "spot:AWS/web", "ann") == 1
    with pytest.raises(ReportError, match="not among what was accepted"):
        give_up(warehouse, "spot:AWS/web", "ann")
    assert [told["actor"] for told in Decisions(warehouse).all()] == [
        "ann",
        "ann",
        "bob",
        "bob",
        "ann",
        "ann",
    ]


@pytest.mark.parametrize(
    ("work_id", "actor", "problem"),
    [
        ("nothing:of/the kind", "ann", "there is no work"),
        ("x' or '1'='1", "ann", "there is no work"),
        ("switch", " ", "say who decides"),
        ("switch", "a\nb", "control character"),
        ("offer", "ann", "cannot be tracked"),
        ("switch:chat/openai/gpt-5", "ann", "cannot be tracked"),
    ],
)
def test_what_cannot_be_accepted_is_refused_and_writes_nothing(
    warehouse: Path, work_id: str, actor: str, problem: str
) -> None:
    with pytest.raises(ReportError, match=problem):
        accept(warehouse, work_id, DAY, actor)
    assert Decisions(warehouse).all() == []


def test_one_part_of_a_work_is_accepted_by_its_id_and_no_implausible_day(warehouse: Path) -> None:
    [decided] = accept(warehouse, "spot:AWS/web:AWS/i-2", DAY, "ann")
    assert decided.resource_id == "i-2"
    assert list(read_by_the_build(warehouse)) == ["spot:AWS/web:AWS/i-2"]
    with pytest.raises(ReportError, match="is the year right"):
        accept(warehouse, "switch", date(2020, 11, 15), "ann")


def test_the_list_says_what_a_work_brings_and_whether_it_can_be_tracked(warehouse: Path) -> None:
    accept(warehouse, "switch", DAY, "ann")
    command = [sys.executable, "-m", "reports_builder", "savings", "list", "--warehouse", str(warehouse)]
    lines = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    told = dict(zip(lines[::2], lines[1::2], strict=True))
    assert told["switch"].strip() == (
        "chat calls from gpt-4 to claude-sonnet-4; 120.00 USD a month (80.00 to 140.00); paid back "
        "5.0 months from today; Head of Engineering; accepted from 2026-11-15"
    )
    assert told["offer"].endswith("an example, not counted; cannot be tracked")
    assert told["batch"].endswith("not worth its work, not counted")
    assert told["offer"].endswith("an example, not counted; cannot be tracked")


def test_lines_that_somebody_wrote_by_hand_are_passed_over(warehouse: Path) -> None:
    decisions = Decisions(warehouse)
    decisions.path.parent.mkdir()
    decisions.path.write_bytes(b'[1]\nnull\n{}\n"x"\n\n')
    assert decisions.all() == []
    decided = accept(warehouse, "switch", DAY, "ann")
    assert [each.predicted_monthly_savings_usd for each in decided] == [Decimal(90)]
    assert list(decisions.in_force()) == ["switch:chat/openai/gpt-4"]


def test_the_recommended_price_plan_is_accepted_as_it_is_expected_today(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("""
            update pricing.rpt_plan_frontier set is_chosen = false;
            insert into pricing.rpt_plan_frontier (candidate_id, offer_name, is_chosen, is_current_plan, gain_base_usd, gain_low_usd, gain_high_usd)
            values ('usage / floor', 'Usage with a floor', true, false, 250, 100, 300)
        """)
    accept(warehouse, "price_plan", DAY, "ann")
    assert read_by_the_build(warehouse) == {
        "price_plan:usage / floor": ("2026-11-15", "price_plan", "250.000000000000", None, None, None),
    }
    [plan] = [work for work in works(warehouse) if work["work_id"] == "price_plan"]
    assert (plan["subject"], plan["is_tracked"], plan["accepted_date"]) == (
        "Usage with a floor",
        True,
        "2026-11-15",
    )
    assert give_up(warehouse, "price_plan", "ann") == 1
