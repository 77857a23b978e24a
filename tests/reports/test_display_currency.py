"""Amounts in another currency than USD: each part of a page at the one rate, its evidence in USD, and the rate said."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from dbt_project.landing.variables import variable_problems
from reports_builder.build import build_pages
from reports_builder.chart_kinds import daily_trend, ranked_bars
from reports_builder.charts import in_currency
from reports_builder.currency import USD, Currency, shown_in
from reports_builder.dashboard.reading import open_published
from reports_builder.evidence import Evidence
from reports_builder.formatting import STYLES, currency_said
from reports_builder.render import drawing_of, text_of
from reports_builder.warehouse import open_warehouse

EUR = Currency("EUR", Decimal("1.25"), date(2026, 10, 1))
CHF = Currency("CHF", Decimal("0.8"), date(2026, 10, 1))


@pytest.mark.parametrize(
    ("style", "usd", "euros"),
    [
        ("usd", Decimal("4812.37"), "€3.8K"),
        ("usd", -1250, "-€1.0K"),
        ("usd", Decimal("0.005"), "less than €0.01"),
        ("usd_table", Decimal("4812.37"), "€3,849.90"),
        ("usd_table", Decimal("-0.001"), "€0.00"),
        ("usd_unit", Decimal("0.000345"), "€0.000276"),
        ("usd_unit", Decimal("1.5"), "€1.20"),
        ("delta_usd", Decimal("312.5"), "up €250"),
        ("more_or_less_usd", Decimal("-312.5"), "€250 less"),
        ("delta_usd_table", Decimal("312.5"), "+€250.00"),
        ("delta_usd_table", Decimal("0.001"), "€0.00"),
        ("usd", None, "unknown"),
        ("percent", Decimal("0.25"), "25 %"),
    ],
)
def test_an_amount_reads_in_the_currency_that_is_shown(style: str, usd: Any, euros: str) -> None:
    before = STYLES[style](usd)
    with shown_in(EUR):
        assert STYLES[style](usd) == euros
    with shown_in(CHF):
        assert STYLES[style](Decimal(100)).replace("\u00a0", " ").count("CHF ") == (style != "percent")
    assert STYLES[style](usd) == before


def axes(node: Any) -> Iterator[dict[str, Any]]:
    """Every x and y of a chart that has an axis."""
    if isinstance(node, dict):
        for channel in ("x", "y"):
            drawn = (node.get("encoding") or {}).get(channel, {})
            if drawn.get("axis"):
                yield drawn
        for inner in node.values():
            yield from axes(inner)
    if isinstance(node, list):
        for inner in node:
            yield from axes(inner)


def test_what_is_drawn_along_an_axis_of_dollars_is_converted_once_in_every_layer() -> None:
    rows = Evidence(
        "...", ("name", "cost_usd", "calls", "limit_usd"), (("a", Decimal(100), 7, Decimal(50)), ("b", None, 8, None))
    )  # fmt: skip

    def bars() -> dict[str, Any]:
        chart = ranked_bars(
            rows, label="name", value="cost_usd", style="usd", axis_title="US dollars", marker="limit_usd"
        )
        spec: dict[str, Any] = in_currency(chart.to_dict(validate=False))
        return spec

    dollars = json.dumps(bars())
    with shown_in(EUR):
        spec = bars()
    text = json.dumps(spec, ensure_ascii=False)
    (values,) = spec["datasets"].values()
    assert [(row["cost_usd"], row["limit_usd"], row["end"], row["calls"]) for row in values] == [
        (80, 40, 80, 7),
        (None, None, 0, 8),
    ]
    assert values[0]["shown"] == "€80"
    money = [axis for axis in axes(spec) if axis["field"] == "cost_usd"]
    assert {axis["axis"]["title"] for axis in money} == {"EUR"}
    assert all("€" in axis["axis"]["labelExpr"] and "format" not in axis["axis"] for axis in money)
    assert {tuple(axis["scale"]["domain"]) for axis in money} == {(0, 92)}
    assert "US dollars" not in text
    assert json.dumps(bars()) == dollars


def test_a_tooltip_names_the_currency_that_is_shown() -> None:
    chart = {"mark": "rect", "encoding": {"tooltip": [{"field": "said", "title": "US dollars an hour"}]}}
    assert in_currency(chart) == chart
    with shown_in(EUR):
        assert in_currency(chart)["encoding"]["tooltip"] == [{"field": "said", "title": "EUR an hour"}]


def test_an_axis_of_something_else_is_left_alone() -> None:
    days = Evidence("...", ("day", "calls"), ((date(2026, 10, 1), 100), (date(2026, 10, 2), 200)))
    chart = daily_trend(days, None, day="day", value="calls", axis_title="Calls a day", axis_format=",.0f")
    with shown_in(EUR):
        assert in_currency(chart.to_dict(validate=False)) == chart.to_dict(validate=False)


def with_currency(shared: Path, folder: Path, values: str) -> Path:
    """A copy of the warehouse with a display currency."""
    path = Path(shutil.copy(shared, folder))
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table core.rpt_display_currency as select * from (values "
            f"(date '2026-10-31', {values})) as t (as_of_date, currency, usd_per_unit, rate_date)"
        )
    return path


def test_a_page_says_rate_and_day_and_its_evidence_stays_in_dollars(
    tiny_warehouse: Path, tmp_path: Path
) -> None:
    with open_warehouse(tiny_warehouse) as warehouse:
        assert warehouse.currency is USD
        before = build_pages(warehouse, ["finops_summary"]).pages[0]
    path = with_currency(tiny_warehouse, tmp_path, "'EUR', 1.25::decimal(13, 10), date '2026-10-01'")
    with open_warehouse(path) as warehouse:
        page = build_pages(warehouse, ["finops_summary"]).pages[0]
    text = text_of(page)
    assert (
        "Amounts are shown in EUR, all at the rate of 1 October 2026, 1.25 USD for 1 EUR. Queries and what they return are "
        "in USD.\n" in text
    )
    assert "$" not in text
    assert "€" in text
    ids = [f"{quote.column}={quote.exact}" for citation in before.citations for quote in citation.quotes]
    assert ids == [
        f"{quote.column}={quote.exact}" for citation in page.citations for quote in citation.quotes
    ]
    assert all("US dollars" not in drawing_of(page, figure) for figure in page.all_figures)
    with open_published(path) as narrowed:
        assert narrowed.evidence("select 5 as cost_usd").say("{cost_usd:usd}").plain == "€4"


def test_without_a_rate_amounts_stay_in_dollars_and_the_page_says_so(
    tiny_warehouse: Path, tmp_path: Path
) -> None:
    path = with_currency(tiny_warehouse, tmp_path, "'CHF', null::decimal(13, 10), null::date")
    with open_warehouse(path) as warehouse:
        page = build_pages(warehouse, ["finops_summary"]).pages[0]
    text = text_of(page)
    assert "no rate of CHF that holds on the as-of date" in text.replace("\\", "")
    assert "$" in text
    assert "CHF\u00a0" not in text


def test_in_dollars_nothing_is_said() -> None:
    assert currency_said(USD) == ""


@pytest.mark.parametrize("value", ["eur", "EURO", "", None, 1, "E'R", "€"])
def test_what_is_no_code_of_a_currency_stops_a_build(value: object) -> None:
    (problem,) = variable_problems({"display_currency": value})
    assert "such as EUR" in problem
