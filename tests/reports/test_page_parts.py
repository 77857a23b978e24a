"""The parts of a page that hold rules of their own."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from reports_builder import charts
from reports_builder.chart_kinds import daily_trend, labelled_points, ranked_bars
from reports_builder.confidence import confidence
from reports_builder.evidence import Evidence, literal, note
from reports_builder.formatting import Value
from reports_builder.model import (
    ActionPlan,
    Column,
    Confidence,
    ConfidenceItem,
    Figure,
    KeyFigure,
    Page,
    Section,
    Table,
    TextHistogram,
    cite,
    compared,
)
from reports_builder.pages import finops_summary
from reports_builder.render import render
from reports_builder.savings import NOTHING_TO_DO, action_plan
from reports_builder.subjects.allocation.teams.statements import month_budget_figure
from reports_builder.subjects.core.queries import spend
from reports_builder.subjects.core.statements import ledger_said
from reports_builder.subjects.pricing.statements import other_fees_said
from reports_builder.warehouse import Period, open_warehouse
from tests.reports.warehouse_fixture import DEFAULT_ROWS, build_warehouse, usage_row


def evidence(columns: tuple[str, ...], *rows: tuple[Value, ...]) -> Evidence:
    return Evidence("select ...;", columns, rows)


def test_a_long_table_shows_ten_rows_and_counts_the_rest() -> None:
    table = Table((Column("n", "N", "count"),), evidence(("n",), *((n,) for n in range(13))))
    assert len(table.cells) == 10
    assert table.rows_left_out == 3


def test_text_histogram_scales_its_bars_and_keeps_small_buckets_visible() -> None:
    buckets = evidence(("band", "customers"), ("loss", 1), ("0 to 50", 100), ("above", 0))
    histogram = TextHistogram(note("Margins"), buckets, "band", "customers", "customers", width=20)
    assert histogram.lines == (
        "loss     █ 1",
        "0 to 50  " + "█" * 20 + " 100",
        "above     0",
    )


def test_a_key_figure_shows_a_dash_where_there_is_nothing_to_compare() -> None:
    cells = KeyFigure("a|b", note("now")).cells
    assert [cell.markdown for cell in cells] == [r"a\|b", "now", "-", "-", "-", "-"]


def test_a_query_behind_several_figures_is_cited_once() -> None:
    spend = evidence(("spend_usd",), (Decimal(5),))
    (citation,) = cite([spend.cell("spend_usd", "usd"), spend.cell("spend_usd", "usd"), note("x")])
    assert [quote.exact for quote in citation.quotes] == ["5"]


def test_nothing_to_do_is_said_in_one_line(tmp_path: Path) -> None:
    path = build_warehouse(tmp_path / "finops.duckdb", savings=False)
    with open_warehouse(path) as warehouse:
        plan = action_plan(warehouse)
    assert plan == ActionPlan((), note(NOTHING_TO_DO))


def test_the_plan_adds_up_the_listed_actions_only(tiny_warehouse: Path) -> None:
    with open_warehouse(tiny_warehouse) as warehouse:
        plan = action_plan(warehouse)
        none_of_this_kind = action_plan(warehouse, "commitment")
    assert [action.value.plain for action in plan.actions] == ["$120.00"]
    assert plan.total.plain.startswith("Together they are worth $120.00 a month ($80.00 to $140.00)")
    assert none_of_this_kind.actions == ()


def test_an_example_offer_stands_beside_the_total(tiny_warehouse: Path) -> None:
    with open_warehouse(tiny_warehouse) as warehouse:
        plan = action_plan(warehouse)
        without_commitments = action_plan(warehouse, "model_switch")
    assert "Not in this total" in plan.total.plain and "$40.00 a month" in plan.total.plain
    assert "Not in this total" not in without_commitments.total.plain


def test_what_is_too_small_for_the_work_is_said_and_not_planned(tiny_warehouse: Path) -> None:
    with open_warehouse(tiny_warehouse) as warehouse:
        plan = action_plan(warehouse)
        of_another_kind = action_plan(warehouse, "model_switch")
    assert (
        "would not come back within 24 months of its start: 1 more, $2.00 a month in all" in plan.total.plain
    )
    assert "Left out" not in of_another_kind.total.plain


def test_models_without_a_list_price_are_named_with_their_cost(tmp_path: Path) -> None:
    unpriced = [
        usage_row("2026-10-30", "cust_0001", f"own-{cost}", str(cost), unpriced=True) for cost in (5, 6, 7, 8)
    ]
    priced = build_warehouse(tmp_path / "priced.duckdb")
    for rows, said in (
        (unpriced[:2], "20 calls is unknown, which were charged $11.00 (models: own-6, own-5)"),
        (
            unpriced,
            "40 calls is unknown, which were charged $26.00 (models: 4, the dearest own-8, own-7, own-6)",
        ),
    ):
        path = build_warehouse(tmp_path / f"{len(rows)}.duckdb", [*DEFAULT_ROWS, *rows])
        with open_warehouse(path) as warehouse:
            coverage = confidence(warehouse).coverage.plain
            assert said in coverage
            assert "add it to the seed model_prices; 0 says that the model is free" in coverage
    with open_warehouse(priced) as warehouse:
        assert "list cost" not in confidence(warehouse).coverage.plain


def test_what_is_left_out_is_said(tmp_path: Path) -> None:
    path = build_warehouse(tmp_path / "finops.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "insert into core.rejected_records (source, reason, raw_record) values"
            " ('calls', 'call_id_missing', '{}'), ('customers', 'signup_date_malformed', '{}'),"
            " ('invoices', 'amount_malformed', '{}'), ('invoices', 'amount_malformed', '{}')"
        )
        connection.execute(
            "insert into core.rpt_data_quality (check_name, affected_calls, details) values"
            " ('files_of_no_source', 2, 'Entry lite-llm is not read.'), ('files_switched_off', 1, 'Left alone.')"
        )
    with open_warehouse(path) as warehouse:
        said = confidence(warehouse).coverage.plain
    assert "Rejected rows of the customer list: 1 (signup_date_malformed)" in said
    assert "Rejected lines of invoices: 2 (amount_malformed)" in said
    assert "Entry lite-llm is not read." in said and "Left alone." not in said


def test_a_model_whose_calls_all_lack_token_counts_needs_no_price(tmp_path: Path) -> None:
    path = build_warehouse(
        tmp_path / "finops.duckdb",
        [*DEFAULT_ROWS, usage_row("2026-10-30", "cust_0001", "alias", "0", unpriced=True)],
    )
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "update efficiency.rpt_model_usage set is_price_missing = false where model = 'alias'"
        )
    with open_warehouse(path) as warehouse:
        said = confidence(warehouse).coverage.plain
    assert "The list cost of 10 calls is unknown." in said and "alias" not in said


def test_sources_that_are_behind_or_ahead_are_named_with_their_last_day(tmp_path: Path) -> None:
    path = build_warehouse(tmp_path / "finops.duckdb")
    with open_warehouse(path) as warehouse:
        assert "ource" not in confidence(warehouse).coverage.plain
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "insert into core.rpt_source_freshness (source, last_date, days_behind, is_stale, is_ahead, is_of_bills) values"
            " ('otel', '2027-10-31', 0, false, true, false), ('litellm', '2026-10-28', 3, true, false, false),"
            " ('focus', '2026-09-30', 31, false, false, true)"
        )
    with open_warehouse(path) as warehouse:
        found = confidence(warehouse)
    said = found.coverage.plain
    assert {item.label: item.value.plain for item in found.items}["Bills reach until"] == "focus 2026-09-30"
    assert (
        " Source litellm is 3 days behind: its data ends on 28 October 2026."
        " Source otel is ahead: it has records up to 31 October 2027."
    ) in said
    assert "focus" not in said and "calls" not in said


@pytest.mark.parametrize(("first", "known"), [(date(2026, 9, 2), True), (date(2026, 9, 3), False)])
def test_a_comparison_needs_data_over_the_whole_earlier_window(first: date, known: bool) -> None:
    period = Period(date(2026, 10, 31), date(2026, 10, 2), date(2026, 9, 2), date(2026, 10, 1), first)
    assert period.days == 30
    assert period.has_prior is known


def test_charts_of_no_rows_and_of_unknown_values_can_be_drawn() -> None:
    bars = ("name", "cost_usd", "paid_usd", "is_bad")
    for rows in ((), ((None, None, None, None),), (("a", Decimal(5), Decimal(2), True),)):
        rows_given = evidence(bars, *rows)
        chart = ranked_bars(
            rows_given,
            label="name",
            value="cost_usd",
            style="usd",
            axis_title="US dollars",
            highlight="is_bad",
            marker="paid_usd",
            end_label=("cost, paid", "paid_usd"),
        )
        drawn = charts.svg(Figure("f", chart, note("Message"), note("Alternative"), rows_given))
        assert "Message" in drawn and 'aria-label="Alternative"' in drawn


def test_labels_of_marks_are_written_out() -> None:
    rows = evidence(
        ("name", "cost_usd", "quality"),
        ("one", Decimal("0.01"), 0.90),
        ("two", Decimal("0.011"), 0.90),
        ("three", Decimal("0.08"), 0.95),
    )
    chart = labelled_points(
        rows, x="cost_usd", y="quality", label="name", x_title="US dollars per call", y_title="Quality"
    )
    drawn = charts.svg(Figure("f", chart, note("Message"), note("Alternative"), rows))
    for name in ("one", "two", "three", "US dollars per call"):
        assert f">{name}<" in drawn


def test_a_trend_shows_its_forecast_and_interval() -> None:
    past = evidence(("day", "usd"), (date(2026, 10, 30), Decimal(5)), (date(2026, 10, 31), Decimal(6)))
    ahead = evidence(
        ("day", "forecast_usd", "lower_usd", "upper_usd"),
        (date(2026, 11, 1), Decimal(6), Decimal(5), Decimal(8)),
        (date(2026, 11, 2), Decimal(6), Decimal(5), Decimal(8)),
    )
    for forecast, named in ((None, False), (ahead, True)):
        chart = daily_trend(past, forecast, day="day", value="usd", axis_title="US dollars a day")
        drawn = charts.svg(Figure("f", chart, note("Message"), note("Alternative"), past))
        assert ("forecast and its interval" in drawn) is named


def test_text_that_an_author_hands_over_plainly_is_escaped(tiny_warehouse: Path) -> None:
    nasty = "<b>a|b</b>"
    with open_warehouse(tiny_warehouse) as warehouse:
        numbers = warehouse.evidence("select 1 as n from core.fct_usage_daily limit 1")
        page = Page(
            path="x.md",
            title=nasty,
            period=warehouse.period,
            question=literal(nasty),
            answer=(numbers.say("{n:count}"),),
            key_figures=(KeyFigure(nasty, numbers.cell("n", "count")),),
            figures=(),
            insights=(),
            plan=None,
            confidence=Confidence(note("All."), (ConfidenceItem(nasty, note("x"), nasty),)),
            sections=(Section(nasty, tables=(Table((Column("n", nasty, "count"),), numbers),)),),
        )
    ((_, content),) = render((page,))
    text = content.decode()
    assert nasty not in text
    assert text.count(r"&lt;b&gt;a\|b&lt;/b&gt;") == 7


def test_chart_values_are_clean_and_steady() -> None:
    assert charts.chart_value("a\u202eb") == "ab"
    assert charts.chart_value(0.1 + 0.2) == 0.3
    assert charts.chart_value(float("nan")) is None
    assert charts.chart_value(Decimal("1.000000000001")) == 1.0
    assert charts.chart_value(date(2026, 10, 31)) == "2026-10-31T00:00:00", "the same day everywhere"


@pytest.mark.parametrize(
    ("start", "length", "before"),
    [(date(2026, 10, 2), "30 days", "the 30 days before"), (date(2026, 10, 31), "1 day", "the day before")],
)
def test_a_period_says_its_length_and_what_it_is_compared_with(start: date, length: str, before: str) -> None:
    period = Period(date(2026, 10, 31), start, date(2026, 9, 2), date(2026, 10, 1), date(2026, 7, 4))
    assert (period.length, period.before) == (length, before)


def test_a_figure_stands_beside_that_of_the_window_before() -> None:
    spend = evidence(("spend_usd", "prior_spend_usd", "growth"), (Decimal(12), Decimal(10), 0.2))
    figure = compared(spend, "Spend", "spend_usd", "usd_table", change="growth", status=note("higher"))
    assert [cell.plain for cell in figure.cells] == ["Spend", "$12.00", "$10.00", "up 20 %", "-", "higher"]
    assert compared(spend, "Spend", "spend_usd", "usd_table").change is None


def test_budgets_of_teams_that_no_cost_reaches_are_no_target() -> None:
    columns = ("month_start_date", "budgeted_actual_usd", "budget_usd", "is_reached", "teams", "teams_over")
    for is_reached, target in ((True, "$50.00"), (False, "-")):
        row = (date(2026, 10, 1), Decimal(9), Decimal(50), is_reached, 1, 0)
        assert month_budget_figure(evidence(columns, row)).cells[4].plain == target


@pytest.mark.parametrize(("gap", "is_warned"), [(None, False), (0.049, False), (0.05, True), (2.16, True)])
def test_a_price_list_that_nobody_pays_by_is_told_before_a_proposal(
    gap: float | None, is_warned: bool
) -> None:
    columns = ("today_revenue_usd", "paid_usd", "list_gap_share")
    said = other_fees_said(evidence(columns, (Decimal("154.50"), Decimal("48.90"), gap)))
    assert bool(said) == is_warned
    if is_warned:
        assert "have brought $154.50, but customers bring in $48.90" in said[0].plain


def test_what_customers_of_unknown_cost_stand_for_is_said(tmp_path: Path) -> None:
    """200 + 5 of those that stayed, and 300 - 50 of those whose cost is unknown in one of both periods."""
    path = build_warehouse(tmp_path / "finops.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute("delete from margin.rpt_customer_spend")
        connection.execute("""
            insert into margin.rpt_customer_spend
            (customer_id, customer_name, cost_change_usd, known_change_usd, change_kind) values
            ('new', 'new', 100, 100, 'started'), ('gone', 'gone', -40, -40, 'stopped'),
            ('cust_0001', 'Acme | Co', 200, 200, 'stayed'), ('free', 'free', 5, 5, 'stayed'),
            ('dark', 'dark', null, 300, 'unknown'), ('dim', 'dim', null, -50, 'unknown')""")
    with open_warehouse(path) as warehouse:
        answer = finops_summary.build(warehouse).answer
    assert any(
        "Customers that started added $100, customers that stopped took away $40, and those with calls in both "
        "periods cost "
        "$205 more; customers whose cost in one of the periods is unknown stand for $250 more; the largest "
        "single change is Acme | Co, up $200." in sentence.plain
        for sentence in answer
    )


def test_a_call_of_unknown_cost_does_not_make_calls_cheaper(tmp_path: Path) -> None:
    path = build_warehouse(
        tmp_path / "finops.duckdb", [*DEFAULT_ROWS, usage_row("2026-10-30", "cust_0001", "own", "null")]
    )
    with open_warehouse(path) as warehouse:
        # 1,600 dollars for the 30 calls whose cost is known, of 40.
        assert round(float(str(spend(warehouse)["usd_per_thousand_calls"])), 2) == 53333.33


def test_a_bill_beside_calls_is_compared_on_the_page(tmp_path: Path) -> None:
    """Which of both counts, and by how much they differ; where the cost of the calls is unknown, so is that."""
    path = build_warehouse(tmp_path / "bills.duckdb")
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "insert into core.rpt_invoice_variance (provider_name, billing_month_start_date, invoices, usage_cost_usd, bill_cost_usd,"
            " bill_difference_usd, counts) values ('OpenAI', '2026-10-01', 0, 86, 95, 9, 'usage'),"
            " ('Mistral', '2026-10-01', 0, null, 40, null, 'bill'), ('Cohere', '2026-10-01', 0, null, null, null, null)"
        )
    with open_warehouse(path) as warehouse:
        (item,) = [item for item in confidence(warehouse).items if item.label.startswith("Bills")]
    assert item.value.plain == (
        "Mistral, October 2026: unknown by the calls, $40.00 on the bill, difference unknown; the bill counts. "
        "OpenAI, October 2026: $86.00 by the calls, $95.00 on the bill, +$9.00; the calls count"
    )


def test_what_the_ledger_has_beside_the_calls_is_said(tmp_path: Path) -> None:
    path = build_warehouse(tmp_path / "finops.duckdb")

    def said() -> list[str]:
        with open_warehouse(path) as warehouse:
            return [prose.plain for prose in ledger_said(warehouse)]

    def charge(rows: str) -> None:
        with duckdb.connect(str(path)) as connection:
            columns = "cost_pool, is_usage, cost_usd, is_beyond_calls, pool_rank"
            connection.execute(f"insert into core.rpt_charges_by_pool ({columns}) values {rows}")

    charge("('llm_usage', true, 3500, false, null)")
    assert said() == []
    charge(
        "('provisioned east', false, 14700, true, 1), ('billed_services', false, 20, true, 2), ('a', false, 2, true, 3),"
        " ('b', false, 1, true, 4)"
    )
    assert said() == [
        "The ledger holds $18.2K for these days: $3.5K for calls (as they, or the bill that counts for them, say) and $14.7K that no"
        " call shows (provisioned east, billed services, a, 1 more). Spend by model, feature and task is that of the calls."
    ]
