"""A figure leads down to the line of a file, tied to the cent where it ties; a file leads up to all it touched."""

from __future__ import annotations

import json
import uuid
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from reports_builder.cli import app
from reports_builder.errors import ReportError
from reports_builder.evidence import Evidence
from reports_builder.exports.openlineage import Events, as_lines, read_results
from reports_builder.lineage import files, forwards
from reports_builder.lineage.chain import Chain, Step, as_json, as_text
from reports_builder.lineage.explaining import explain
from reports_builder.lineage.figure_ids import MartFigure, PageFigure, find, mart_figure_id, parse
from reports_builder.lineage.forwards import explain_file
from reports_builder.lineage.mart_rows import rows_behind
from reports_builder.lineage.models import Models
from reports_builder.model import Citation
from reports_builder.warehouse import open_warehouse
from tests.lineage.books import LINE, OWNED, make_warehouse, write_target

BILLED = mart_figure_id(
    "allocation.rpt_chargebacks_monthly",
    {"month_start_date": "2026-10-01", "team_id": "a", "cost_centre": "CC-1"},
    "allocated_cost_usd",
)


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    raw = tmp_path / "raw"
    monkeypatch.setattr(files, "RAW_FOLDER", raw)
    monkeypatch.setattr(forwards, "RAW_FOLDER", raw)
    write_target(tmp_path / "target")
    monkeypatch.setenv("DBT_TARGET_PATH", str(tmp_path / "target"))
    return raw


@pytest.fixture
def warehouse(tmp_path: Path, raw: Path) -> Path:
    return make_warehouse(tmp_path, raw)


def chain_of(warehouse: Path, asked: str) -> Chain:
    with open_warehouse(warehouse) as opened:
        return explain(opened, asked)


def step(chain: Chain, title: str) -> Step:
    return next(each for each in chain.steps if each.title == title)


def test_a_line_of_a_chargeback_leads_to_the_lines_of_the_files_to_the_cent(warehouse: Path) -> None:
    chain = chain_of(warehouse, BILLED)
    assert [(each.title, each.ties) for each in chain.steps if each.ties is not None] == [
        ("Mart rows", True),
        ("Ledger", True),
        ("Calls", True),
    ]
    charges = step(chain, "Charges").rows
    assert charges is not None
    assert [(row["charge_id"], row["effective_cost_usd"]) for row in charges.records()] == [
        ("aws_cur/october.csv.gz#3", Decimal("12.34")),
        ("calls/1", Decimal("0.75")),
    ]
    text = as_text(chain)
    assert f"2 rows of allocation.fct_allocated_costs_daily, whose allocated_cost_usd sums to {OWNED}" in text
    assert "aws_cur/october.csv.gz" in text
    assert LINE in text
    assert "2 calls, effective_cost_usd 0.75, which is that of the charge calls/1" in text
    assert "20000 input x 0.00001 + 10000 output x 0.00003 = 0.5 USD, its effective cost" in text
    assert "Call c2 is row 2 of" in text
    assert "not to be read" not in text
    assert "allocation.rpt_chargebacks_monthly <- core.fct_charges." in text


def test_the_query_of_each_step_gives_its_rows_again(warehouse: Path) -> None:
    chain = chain_of(warehouse, BILLED)
    told = [each.rows for each in chain.steps if each.rows]
    assert len(told) > 5
    with duckdb.connect(str(warehouse), read_only=True) as shell:
        for rows in told:
            assert shell.execute(rows.sql).fetchall() == list(rows.rows)


def test_what_differs_in_the_twelfth_decimal_does_not_tie(warehouse: Path) -> None:
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute(
            "update allocation.rpt_chargebacks_monthly set allocated_cost_usd = allocated_cost_usd + 0.000000000001"
        )
    chain = chain_of(warehouse, BILLED)
    assert step(chain, "Ledger").ties is False
    assert "Charges" not in [each.title for each in chain.steps]


def test_a_file_that_is_gone_or_changed_is_said_to_be(warehouse: Path, raw: Path) -> None:
    (raw / "aws_cur" / "october.csv.gz").unlink()
    text = as_text(chain_of(warehouse, "aws_cur/october.csv.gz#3"))
    assert "The file cannot be read now" in text
    assert '{"BilledCost": "12.34"}' in text


def test_a_figure_that_its_query_works_out_says_of_what() -> None:
    sql = """
        select sum(margin_usd) / nullif(sum(fees_usd), 0) as margin_share, sum(fees_usd) filter (where is_on) as on_usd
        from core.m where tier = 'pro' or tier = 'x'
    """
    evidence = Evidence(sql, ("margin_share", "on_usd"), ((0.5, Decimal(3)),))
    share = rows_behind(evidence, "margin_share")
    assert (share.column, share.inputs) == (None, ("margin_usd", "fees_usd"))
    summed = rows_behind(evidence, "on_usd")
    assert (summed.mart, summed.column, summed.expression) == ("core.m", "fees_usd", "sum(fees_usd)")
    assert summed.conditions == ("(tier = 'pro' OR tier = 'x')", "is_on")


def test_the_row_that_a_figure_stands_in_is_told_by_its_values() -> None:
    evidence = Evidence(
        "select name, cost_usd from core.m order by cost_usd desc limit 2",
        ("name", "cost_usd"),
        (("O'Brien", Decimal(3)), (None, Decimal(2))),
    )
    assert rows_behind(evidence, "cost_usd").conditions == ("name = 'O''Brien'", "cost_usd = 3")
    assert rows_behind(evidence.at(1), "cost_usd").conditions == ("name is null", "cost_usd = 2")


def test_an_id_that_is_not_found_names_those_near_it(warehouse: Path) -> None:
    answer = Evidence("select 1", ("spend_usd",), ((Decimal("12.50"),), (Decimal("7"),)))
    page = [Citation(answer, ())]
    assert find(PageFigure("p", "spend_usd", "7", 1), page)[0].focus == 1
    with pytest.raises(ReportError, match=r"no spend_usd of 12\.51.*another day.*p/spend_usd=12\.5"):
        find(PageFigure("p", "spend_usd", "12.51", 1), page)
    with pytest.raises(ReportError, match="shows no figure spent_usd; near it are p/spend_usd"):
        find(PageFigure("p", "spent_usd", None, 1), page)
    with pytest.raises(ReportError, match="2 figures spend_usd; name one of them"):
        find(PageFigure("p", "spend_usd", None, 1), page)
    with pytest.raises(
        ReportError, match=r"no charge aws_cur/october\.csv\.gz#4.*near it are aws_cur/october\.csv\.gz#3"
    ):
        chain_of(warehouse, "aws_cur/october.csv.gz#4")
    with pytest.raises(ReportError, match="has no column tean_id; near it is team_id"):
        chain_of(warehouse, "allocation.rpt_chargebacks_monthly/tean_id=a/allocated_cost_usd")
    with pytest.raises(ReportError, match="has no row with these keys"):
        chain_of(warehouse, BILLED.replace("team_id=a", "team_id=z"))


@pytest.mark.parametrize(
    "name", ["a/b,c=d", "x'; drop table core.fct_charges; --", "\u202eevil\n<b>", "100%25"]
)
def test_hostile_names_come_back_from_an_id_and_do_no_harm(name: str, warehouse: Path) -> None:
    asked = BILLED.replace("team_id=a", mart_figure_id("", {"team_id": name}, "")[1:-1])
    assert asked.isascii()
    assert not set(asked) & set(" '\";<>\n")
    parsed = parse(asked)
    assert isinstance(parsed, MartFigure)
    assert parsed.keys["team_id"] == name
    with duckdb.connect(str(warehouse)) as connection:
        for table in (
            "core.fct_charges",
            "allocation.fct_allocated_costs_daily",
            "allocation.rpt_chargebacks_monthly",
        ):
            connection.execute(f"update {table} set team_id = ? where team_id = 'a'", [name])
    chain = chain_of(warehouse, asked)
    assert step(chain, "Ledger").ties
    assert not set(as_text(chain)) & set("\u202e\r")
    assert json.loads(as_json(chain))["steps"][0]["ties"] is None


def test_a_file_leads_to_its_charges_and_the_pages_they_are_in(warehouse: Path, raw: Path) -> None:
    with open_warehouse(warehouse) as opened:
        bill = explain_file(opened, raw / "aws_cur" / "october.csv.gz")
        text = as_text(bill)
        assert "1 charges are made of its lines, in 1 lines of chargebacks" in text
        assert BILLED in text
        assert step(bill, "Pages: 1").said == ("allocation.",)
        assert step(bill, "Marts: 2").said[0] == "allocation.rpt_chargebacks_monthly, core.fct_charges."
        with pytest.raises(ReportError, match="is read by no source"):
            explain_file(opened, raw / "notes.txt")


def test_the_command_wants_one_thing_and_knows_its_errors(warehouse: Path) -> None:
    asked = ["explain", BILLED, "--warehouse", str(warehouse)]
    told = CliRunner().invoke(app, [*asked, "--json"])
    assert told.exit_code == 0
    assert json.loads(told.stdout)["subject"] == BILLED
    both = CliRunner().invoke(app, [*asked, "--file", "x"])
    assert isinstance(both.exception, ReportError)


def test_events_for_a_catalogue_are_whole_and_the_same_each_time(raw: Path) -> None:
    target = raw.parent / "target"
    models = Models(target, {"core": {"fct_charges": {"charge_id": "VARCHAR"}}})
    events = Events(models, read_results(target), "duckdb://x").all()
    assert as_lines(events) == as_lines(Events(models, read_results(target), "duckdb://x").all())
    runs = [event for event in events if "run" in event]
    assert [(event["eventType"], event["job"]["name"]) for event in runs] == [
        ("START", "model.x.fct_charges"),
        ("START", "model.x.rpt_chargebacks_monthly"),
        ("COMPLETE", "model.x.fct_charges"),
        ("FAIL", "model.x.rpt_chargebacks_monthly"),
    ]
    for event in events:
        assert event.keys() >= {"eventTime", "producer", "schemaURL", "job", "inputs", "outputs"}
    assert len({uuid.UUID(event["run"]["runId"]) for event in runs}) == 2
    assert runs[0]["run"]["runId"] == runs[2]["run"]["runId"]
    complete, failed, page = runs[2], runs[3], events[-1]
    assert complete["inputs"] == [{"namespace": "duckdb://x", "name": "finops.focus.charges"}]
    assert complete["outputs"][0]["facets"]["schema"]["fields"] == [{"name": "charge_id", "type": "VARCHAR"}]
    assert failed["outputs"][0]["facets"]["schema"]["fields"] == [
        {"name": "team_id", "type": "string", "description": "Team."}
    ]
    assert failed["run"]["facets"]["errorMessage"]["message"] == "Binder Error"
    assert (page["job"]["name"], "run" in page) == ("exposure.x.allocation", False)
    (target / "run_results.json").write_text('{"metadata": {"invocation_id": "i"}, "results": []}')
    with pytest.raises(ReportError, match="ran no model"):
        Events(models, read_results(target), "x").all()
    (target / "run_results.json").unlink()
    with pytest.raises(ReportError, match="cannot be read"):
        read_results(target)
