"""Investments that are entered by a command or on a page, beside those of the seed."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
import yaml
from streamlit.testing.v1 import AppTest

from reports_builder.errors import ReportError
from reports_builder.investments.changes import Investment, InvestmentChanges, investment
from tests.reports.warehouse_fixture import columns_of
from tests.workspace import ROOT

PLAN = {
    "investment_name": "Own GPUs, Düsseldorf",
    "owner_role": "Head of Infrastructure",
    "first_period_date": "2026-12-01",
    "period_unit": "month",
    "last_period": "24",
    "discount_rate": "0.01",
    "once_cost_usd": "5000",
    "running_cost_usd": "100.50",
    "benefit_usd": "400",
    "benefit_low_ratio": "0.5",
}
ID = "own_gpus_d_sseldorf"


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    path = tmp_path / "finops.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema planning; create schema intermediate")
        connection.execute(
            """
            create table intermediate.int_as_of_date as select date '2026-11-20' as as_of_date,
                date '2026-10-22' as window_start_date, date '2026-09-22' as prior_window_start_date,
                date '2026-10-21' as prior_window_end_date, date '2026-01-01' as first_usage_date,
                date '2026-11-20' as last_usage_date, true as has_full_prior_period
            """
        )
        columns = ", ".join(f"{name} {kind}" for name, kind in columns_of("planning.rpt_investments").items())
        connection.execute(f"create table planning.rpt_investments ({columns})")
        connection.execute(
            "insert into planning.rpt_investments (investment_id, investment_label) values ('content_engine', 'Content engine (example)')"
        )
    return path


def run(warehouse: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "reports_builder", "investment", *arguments, "--warehouse", str(warehouse)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def read_by_the_build(warehouse: Path) -> list[tuple[str | None, ...]]:
    """What the source of the dbt project reads, in the order written."""
    declared = yaml.safe_load(
        (ROOT / "dbt_project" / "models" / "staging" / "investments" / "_sources.yml").read_text()
    )
    location = declared["sources"][0]["tables"][0]["config"]["meta"]["external_location"]
    location = re.sub(r"\{\{.*?\}\}", str(warehouse.parent), location)
    return duckdb.sql(
        f"""
        select investment_id, is_withdrawn, first_period_date, last_period, once_cost_usd, benefit_low_ratio, actor
        from {location} where change_id is not null order by changed_at
        """
    ).fetchall()


def test_an_investment_is_entered_changed_and_withdrawn(warehouse: Path) -> None:
    entered = ["enter", "Own GPUs", "--owner", "Head of X", "--benefit", "400", "--periods", "24"]
    done = run(warehouse, *entered, "--once", "5000", "--from", "2026-12-01", "--by", "ann")
    assert (done.returncode, done.stderr) == (0, "")
    assert "Own GPUs is entered as own_gpus. It counts from the next build on." in done.stdout
    again = run(
        warehouse, *entered, "--once", "7000", "--from", "2026-12-01", "--by", "ben", "--note", "dearer"
    )
    assert again.returncode == 0, again.stderr
    assert run(warehouse, "withdraw", "content_engine", "--by", "ann").returncode == 0
    assert "there is no investment 'nothing'" in run(warehouse, "withdraw", "nothing").stderr
    assert run(warehouse, "list").stdout == "own_gpus: Own GPUs\n"
    history = run(warehouse, "history").stdout.splitlines()
    assert [line.split("UTC  ")[1] for line in history] == [
        "ann: own_gpus: entered",
        "ben: own_gpus: entered (dearer)",
        "ann: content_engine: withdrawn",
    ]
    assert read_by_the_build(warehouse) == [
        ("own_gpus", None, "2026-12-01", "24", "5000.00", "1", "ann"),
        ("own_gpus", None, "2026-12-01", "24", "7000.00", "1", "ben"),
        ("content_engine", "true", None, None, None, None, "ann"),
    ]


def test_what_is_written_is_what_is_read() -> None:
    found = investment(PLAN)
    assert found == Investment(
        "Own GPUs, Düsseldorf", "Head of Infrastructure", date(2026, 12, 1), "month", 24, Decimal("0.01"),
        Decimal("5000.00"), Decimal("100.50"), Decimal("400.00"), benefit_low_ratio=Decimal("0.5"),
    )  # fmt: skip
    assert found.investment_id == ID


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("investment_name", " ", "the name of the investment is empty"),
        ("investment_name", "a\nb", "control character"),
        ("investment_name", "???", "no letter or digit"),
        ("owner_role", "", "the owner is empty"),
        ("first_period_date", "soon", "'soon' is no day"),
        ("period_unit", "week", "'week' is no period"),
        ("last_period", "0", "a whole number from 1 to 600"),
        ("last_period", "2.5", "a whole number from 1 to 600"),
        ("last_period", "601", "a whole number from 1 to 600"),
        ("discount_rate", "ten", "'ten' is no number for the discount rate"),
        ("discount_rate", "10.1", "the discount rate is from 0 to 10"),
        ("once_cost_usd", "nan", "no amount that"),
        ("once_cost_usd", "1.005", "parts of a cent"),
        ("benefit_usd", "-1", "no amount that"),
        ("benefit_low_ratio", "1.1", "from 0 to 1"),
        ("cost_high_ratio", "0.9", "from 1 to 100"),
        ("growth_share", "-1", "from -0.99 to 10"),
    ],
)
def test_a_wrong_investment_is_refused_with_its_reason(name: str, text: str, problem: str) -> None:
    with pytest.raises(ReportError, match=problem):
        investment(PLAN | {name: text})


def test_what_costs_nothing_is_no_investment() -> None:
    with pytest.raises(ReportError, match="costs something"):
        investment(PLAN | {"once_cost_usd": "0", "running_cost_usd": ""})


def test_writers_at_once_and_a_kill_lose_nothing(tmp_path: Path) -> None:
    changes = InvestmentChanges(tmp_path / "finops.duckdb")
    writers = [
        threading.Thread(
            target=lambda number=number: [  # type: ignore[misc]
                changes.enter(investment(PLAN | {"investment_name": f"i{number} {each}"}), "ann")
                for each in range(12)
            ]
        )
        for number in range(8)
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert len(changes.in_force()) == 96
    with changes.path.open("ab") as file:
        file.write(b'{"change_id": "cut off by a ki')
    changes.withdraw("i0_0", "ben")
    assert len(changes.in_force()) == 96
    assert changes.in_force()["i0_0"]["is_withdrawn"] == "true"


def _form(warehouse: str) -> None:
    from reports_builder.dashboard import investment_form  # noqa: PLC0415
    from reports_builder.dashboard.settings import Settings  # noqa: PLC0415

    investment_form.draw(Settings(warehouse=warehouse))


def test_an_investment_entered_on_the_page_is_written_down(tmp_path: Path) -> None:
    warehouse = tmp_path / "finops.duckdb"
    page = AppTest.from_function(_form, kwargs={"warehouse": str(warehouse)}).run()

    def say(**texts: str) -> None:
        fields = {field.label: field for field in page.text_input}
        for label, text in texts.items():
            next(
                field for name, field in fields.items() if name.startswith(label.replace("_", " "))
            ).set_value(text)

    say(
        What_it_is_called="Own GPUs",
        Who_answers="Head of X",
        USD_spent_once="5000",
        USD_that_a_period_brings="400",
    )
    page.button(key="enter-investment-now").click().run()
    assert "say who you are" in page.error[0].value
    say(Your_name="ann", How_many_periods="none")
    page.button(key="enter-investment-now").click().run()
    assert "whole number" in page.error[0].value or "no number" in page.error[0].value
    assert InvestmentChanges(warehouse).all() == []
    say(How_many_periods="24")
    page.button(key="enter-investment-now").click().run()
    assert not page.exception
    assert page.success[0].value == "Saved: Own GPUs. It counts from the next build on."
    say(What_it_is_called="Own GPUs")
    page.button(key="withdraw-investment").click().run()
    assert "Withdrawn: own" in page.success[0].value
    entered, withdrawn = InvestmentChanges(warehouse).all()
    assert (entered["investment_id"], entered["last_period"], entered["actor"]) == ("own_gpus", "24", "ann")
    assert (withdrawn["investment_id"], withdrawn["is_withdrawn"]) == ("own_gpus", "true")
