"""What is said of commitments: what they promise in all, what is to be measured first, and what nobody has quoted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from reports_builder.subjects.rates import queries as ask
from reports_builder.subjects.rates.cloud_commitments import (
    cloud_commitment_insight,
    cloud_commitment_sections,
    signing,
    totals,
    what_clouds_save,
)
from reports_builder.subjects.rates.insights import commitments as commitment_insights
from reports_builder.subjects.rates.realized import realized_sections
from reports_builder.subjects.rates.statements import (
    after_the_price_plan,
    commitment_section,
    offers_that_pay,
    what_commitments_save,
    what_was_examined,
)
from reports_builder.warehouse import Warehouse, open_warehouse
from tests.reports.warehouse_fixture import build_warehouse

PART = (
    "false as is_on_models, 'o' as offer_id, 'Three years' as offer_name, 36 as term_months, 100 as upfront_cost_usd, "
    "10 as monthly_payment_usd, 460 as obligation_usd, "
    "'high' as confidence, 50 as stable_monthly_savings_usd, 40 as backtested_monthly_savings_usd"
)
SIGNED = f"{PART}, true as is_recommended, false as is_to_be_measured, 'recommended' as reason"
UNMEASURED = f"{PART}, false as is_recommended, true as is_to_be_measured, 'measure first' as reason"
EXAMPLE, QUOTE = "true as is_illustrative", "false as is_illustrative"
YEAR = (
    "'A year' as one_year_offer_name, 45 as one_year_monthly_savings_usd, 400 as one_year_obligation_usd, "
    "15 as longer_term_monthly_savings_usd, 60 as longer_term_obligation_usd"
)


class Tiny:
    """The fixture warehouse with rows of one's own."""

    def __init__(self, folder: Path) -> None:
        self.path = build_warehouse(folder / "finops.duckdb")

    def add(self, table: str, *rows: str) -> None:
        with duckdb.connect(str(self.path)) as connection:
            for row in rows:
                connection.execute(f"insert into {table} by name select {row}")

    def commitments(self, *rows: str) -> None:
        self.add("rates.rpt_commitment_recommendations", *rows)
        self.add(
            "rates.rpt_commitment_orders",
            "'to sign' as row_kind, false as is_on_models, date '2026-12-01' as first_signing_date, date '2027-03-01' as last_signing_date,"
            " date '2030-02-28' as last_term_ends_on",
        )


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Tiny]:
    yield Tiny(tmp_path)


def sections_said(warehouse: Warehouse) -> str:
    sections = cloud_commitment_sections(warehouse)
    captions = [
        table.caption.plain for section in sections for table in section.tables if table.caption is not None
    ]
    cells = [
        str(cell) for section in sections for table in section.tables for row in table.cells for cell in row
    ]
    return "\n".join([*(text.plain for section in sections for text in section.text), *captions, *cells])


def test_what_is_promised_is_said_beside_what_it_saves(tiny: Tiny) -> None:
    tiny.commitments(
        f"{SIGNED}, {QUOTE}, {YEAR}, 'c5' as usage_group, 60 as monthly_savings_usd",
        f"{SIGNED}, {QUOTE}, 'm5' as usage_group, 40 as monthly_savings_usd, 'i-7' as only_resource_id",
    )
    with open_warehouse(tiny.path) as warehouse:
        assert what_clouds_save(totals(warehouse), signing(warehouse)).plain == (
            "to clouds they would save $100 a month, for a promise of $920 until February 2030; "
        )
        (insight,) = cloud_commitment_insight(warehouse)
        said = sections_said(warehouse)
    assert (
        "a promise of $920 until February 2030: $200 on the days of signing, from December 2026 to March 2027, and $20 a month once all"
        in insight.ubr_impact.plain
    )
    assert "save $15 a month more, and promise $60 more" in insight.outcome.plain
    assert insight.recommendation.action.plain.startswith("Begin with Three years for c5")
    assert "What to sign" in said
    assert "On one resource alone: 1 of them" in said
    assert "only i-7" in said
    assert "A year" in said


def test_what_hangs_on_an_answer_a_move_or_one_machine_is_said_before_it_is_signed(tiny: Tiny) -> None:
    tiny.commitments(
        f"{SIGNED}, {QUOTE}, 'c5' as usage_group, 73 as monthly_savings_usd, 1 as machines, 'i-1' as only_resource_id, 1 as machines_to_ask, "
        "'i-1 of web' as first_to_ask, -5 as monthly_savings_if_off_usd, 0 as machines_to_move, -49 as monthly_savings_without_largest_usd, -49 as monthly_savings_low_usd, 1500 as largest_machine_obligation_usd, "
        "0 as simulated_share",
        f"{SIGNED}, {QUOTE}, 't3a' as usage_group, 97 as monthly_savings_usd, 3 as machines, 0 as machines_to_ask, 2 as machines_to_move, "
        "'i-2 of web to t3a.large' as first_to_move, 43 as monthly_savings_if_not_moved_usd, 42 as monthly_savings_without_largest_usd, 42 as monthly_savings_low_usd, 800 as largest_machine_obligation_usd, 1 as simulated_share",
    )
    with open_warehouse(tiny.path) as warehouse:
        assert what_clouds_save(totals(warehouse), signing(warehouse)).plain.startswith(
            "to clouds they would save $170 a month ($92 if the machines to be asked for are off at night), for a promise"
        )
        (insight,) = cloud_commitment_insight(warehouse)
        (section,) = cloud_commitment_sections(warehouse)
    said = (
        "Of 1 of the machines behind them no tag says whether they may be off at night: if all were, it would save $92 a month, so ask first. "
        "$97 of it, in 1 of 2, is simulated, for machines still to take their type: sign after a month of their hours. If the largest of each "
        "does not move, all together save $116. $0 a month waits for neither. In the worst of these cases for each, its largest machine gone "
        "among them, they save -$7 a month, and $2.3K is paid for nothing until the terms end."
    )
    assert said in insight.problem.plain
    assert "partly simulated" in insight.outcome.plain
    assert any(said in text.plain for text in section.text)
    tables = {table.caption.plain[:10]: table for table in section.tables if table.caption}
    rows = [[str(cell) for cell in row] for row in tables["Before you"].cells]
    assert rows == [
        ["t3a", "3 machines", "unknown", "$97.00", "$42.00", "$800.00", "none", "$97.00", "i-2 of web to t3a.large", "$43.00"],
        ["c5", "only i-1", "unknown", "$73.00", "-$49.00", "$1,500.00", "i-1 of web", "-$5.00", "none", "$73.00"],
    ]  # fmt: skip
    assert [str(row[0]) for row in tables["How sure i"].cells] == ["c5"]
    assert [str(row[0]) for row in tables["The same o"].cells] == ["t3a"]
    assert "Backtest" not in [column.heading for column in tables["The same o"].columns]


def test_what_nobody_measured_is_in_no_sum(tiny: Tiny) -> None:
    tiny.commitments(
        f"{SIGNED}, {QUOTE}, 'c5' as usage_group, 60 as monthly_savings_usd",
        f"{UNMEASURED}, {QUOTE}, 'g4dn' as usage_group, 500 as monthly_savings_usd, 'ai' as only_resource_id",
    )
    with open_warehouse(tiny.path) as warehouse:
        (insight,) = cloud_commitment_insight(warehouse)
        said = sections_said(warehouse)
    assert insight.title.plain == "Commitments to clouds would save $60 a month"
    assert "Not in the sum: 1 that would save $500 a month" in insight.problem.plain
    assert "g4dn" not in str(insight.supporting.cells)
    assert "Measure these first" in said
    assert "only ai" in said


def test_examples_are_quotes_to_ask_for_and_nothing_to_sign(tiny: Tiny) -> None:
    tiny.commitments(f"{SIGNED}, {EXAMPLE}, 'c5' as usage_group, 60 as monthly_savings_usd")
    with open_warehouse(tiny.path) as warehouse:
        (insight,) = cloud_commitment_insight(warehouse)
        said = sections_said(warehouse)
        commitments = what_commitments_save(
            ask.recommended_offer(warehouse),
            ask.offer_beyond_limits(warehouse),
            ask.offer_counts(warehouse),
            totals(warehouse),
            signing(warehouse),
        ).plain
    assert insight.title.plain.startswith("Ask quotes for commitments to clouds")
    assert "Until then sign nothing" in insight.recommendation.action.plain
    assert "Ask quotes for these" in said
    assert "What to sign" not in said
    assert "Three years (example)" in said
    assert "to clouds they would save $60" in commitments
    assert "on models" in commitments
    assert "ask for quotes" in commitments


def test_hours_of_machines_without_a_type_are_named_as_not_judged(tiny: Tiny) -> None:
    total = "date '2026-10-01' as month_start_date, 'all' as commitment_id, true as is_total, 0 as coverage_share, 0 as unused_cost_usd"
    tiny.add(
        "rates.rpt_commitment_coverage",
        f"{total}, 'AWS' as provider_name, 40 as untyped_usd",
        f"{total}, 'Microsoft' as provider_name, 0 as untyped_usd",
    )
    with open_warehouse(tiny.path) as warehouse:
        (section,) = cloud_commitment_sections(warehouse)
    assert [text.plain for text in section.text if "Not judged" in text.plain] == [
        "Not judged: $40 with AWS in October 2026, by the hour and of services whose machines can be reserved, "
        "on lines that name no type of machine."
    ]


OFFER = (
    "'openai' as provider, 'after_actions' as usage_basis, 'optimal' as level_kind, 12 as term_months, true as is_illustrative, "
    "0.5 as hourly_commitment_usd, 4380 as obligation_usd, 1 as committed_units, true as is_level_to_judge"
)


def test_offers_that_exclude_one_another_are_not_counted_together(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_commitment_options",
        f"{OFFER}, 'a' as offer_id, 'A' as offer_name, 'recommended' as verdict, true as is_recommended, 60 as net_monthly_savings_usd, "
        "0.7 as usage_share_after_price_plan, -12 as net_monthly_savings_after_price_plan_usd, 33 as savings_without_contract_usd",
        f"{OFFER}, 'b' as offer_id, 'B' as offer_name, 'ranked lower after weights for term and payment' as verdict, false as is_recommended, "
        "61 as net_monthly_savings_usd",
        f"{OFFER}, 'c' as offer_id, 'C' as offer_name, 'does not pay' as verdict, false as is_recommended, -5 as net_monthly_savings_usd",
    )
    with open_warehouse(tiny.path) as warehouse:
        counts, offer = ask.offer_counts(warehouse), ask.recommended_offer(warehouse)
        assert offers_that_pay(counts).plain == (
            "2 of 3 example commitment offers would pay; as they exclude one another, at most 1 can be signed"
        )
        assert after_the_price_plan(offer).plain == (
            "; if the price plan leaves as much of that usage as of all AI cost, 70 %, it would lose $12 a month"
        )
        offers = ask.offers(warehouse, "after_actions", paying=True)
        assert [row["offer_id"] for row in offers.records()] == ["a", "b"]
        (insight,) = commitment_insights(
            offer,
            ask.offer_beyond_limits(warehouse),
            counts,
            ask.owned_terms(warehouse),
            offers,
            look_backs=ask.look_backs(warehouse),
        )
    assert "a promise of $4.4K in all" in insight.ubr_impact.plain
    assert (
        "Without a promise, the batch service and caching could save $33 a month of the same usage"
        in insight.outcome.plain
    )
    assert insight.supporting.caption is not None
    assert "1 of 3 offers would save nothing" in insight.supporting.caption.plain


BEYOND = (
    f"{OFFER}, 'a' as offer_id, 'A' as offer_name, 'beyond the limit of risk' as verdict, false as is_recommended, true as is_beyond_limits, "
    "66 as net_monthly_savings_usd, 2213 as money_at_risk_usd, 2000 as risk_limit_usd"
)
ALLOWED = (
    f"{OFFER.replace('optimal', 'stable').replace('0.5 as', '0.07 as').replace('true as is_level_to_judge', 'false as is_level_to_judge')}, "
    "'a' as offer_id, 'A' as offer_name, 'recommended' as verdict, true as is_recommended, false as is_beyond_limits, "
    "12.6 as net_monthly_savings_usd, 0 as money_at_risk_usd, 2000 as risk_limit_usd"
)


@pytest.mark.parametrize(
    ("rows", "title", "action"),
    [
        ((BEYOND, ALLOWED), "within the limits of the portfolio $12.60 a month", "quote $0.07 an hour"),
        ((BEYOND,), "none is recommended: beyond the limit of risk", "Stay on demand"),
    ],
)
def test_the_level_that_the_limits_allow_is_recommended_and_no_other(
    tiny: Tiny, rows: tuple[str, ...], title: str, action: str
) -> None:
    tiny.add("rates.rpt_commitment_options", *rows)
    tiny.add("rates.rpt_commitment_renewals", "'AWS' as provider_name, 'ri' as commitment_id")
    with open_warehouse(tiny.path) as warehouse:
        offer, beyond = ask.recommended_offer(warehouse), ask.offer_beyond_limits(warehouse)
        counts = ask.offer_counts(warehouse)
        offers = ask.offers(warehouse, "after_actions", paying=True)
        (insight,) = commitment_insights(
            offer,
            beyond,
            counts,
            ask.owned_terms(warehouse),
            offers,
            look_backs=ask.look_backs(warehouse),
        )
        said = what_commitments_save(offer, beyond, counts, totals(warehouse), signing(warehouse)).plain
    assert insight.title.plain.endswith(title)
    assert action in insight.recommendation.action.plain
    assert "$0.50" not in insight.recommendation.action.plain
    assert (
        "Not recommended: $0.50 an hour with openai would save $66 a month with $2.2K at risk"
        in insight.outcome.plain
    )
    assert insight.problem.plain.startswith(
        "Calls to models are paid on demand; the commitments that are owned (1) are on bills of clouds."
    )
    assert "not recommended are $0.50 an hour for $66 a month, with $2.2K at risk" in said
    assert {row["verdict"] for row in offers.records()} == {
        row.split("as offer_name, '")[1].split("'")[0] for row in rows
    }


def test_an_offer_whose_work_costs_more_than_it_saves_is_said_and_not_recommended(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_commitment_options",
        BEYOND.replace("beyond the limit of risk", "its contract saves less than its work costs"),
    )
    with open_warehouse(tiny.path) as warehouse:
        offer, beyond = ask.recommended_offer(warehouse), ask.offer_beyond_limits(warehouse)
        counts = ask.offer_counts(warehouse)
        (insight,) = commitment_insights(
            offer,
            beyond,
            counts,
            ask.owned_terms(warehouse),
            ask.offers(warehouse, "after_actions"),
            look_backs=ask.look_backs(warehouse),
        )
    assert insight.title.plain.endswith(
        "1 of 1 example commitment offers would pay; none is recommended: its contract saves less than its work costs"
    )
    assert "with $2.2K at risk; its contract saves less than its work costs." in insight.outcome.plain
    assert "all commitments together" not in insight.outcome.plain


TESTED = (
    "true as is_on_models, 'a' as offer_id, 'A' as offer_name, true as is_illustrative, 0.07 as committed_units, "
    "12.6 as monthly_savings_usd, 11 as monthly_savings_last_60_usd, 10 as monthly_savings_last_90_usd, true as is_recommended"
)


@pytest.mark.parametrize(
    ("tested", "said", "unsaid"),
    [
        (
            "1 as history_share, 0.6 as backtested_units, 64 as backtested_monthly_savings_usd, 'high' as confidence",
            "saves $11 a month on the last 60 days and $10 on the last 90. What the first two thirds of these days would have chosen, "
            "0.60 units (of spend: dollars an hour), saved $64 a month in the last third. Confidence: high.",
            "as far as they are known",
        ),
        (
            "0.5 as history_share, 'medium' as confidence",
            "as far as they are known. There is no backtest: nothing was used in the days that would have chosen a level. Confidence: medium.",
            "$0",
        ),
        (
            "1 as history_share, 0 as backtested_units, 0 as backtested_monthly_savings_usd, 'medium' as confidence",
            "The first two thirds of these days would have chosen no commitment at all.",
            "no backtest",
        ),
    ],
)
def test_how_sure_an_offer_on_models_is_stands_beside_it(
    tiny: Tiny, tested: str, said: str, unsaid: str
) -> None:
    tiny.add("rates.rpt_commitment_options", ALLOWED)
    tiny.commitments(
        f"{TESTED}, {tested}",
        f"{TESTED.replace('true as is_on_models', 'false as is_on_models')}, {tested}",
    )
    with open_warehouse(tiny.path) as warehouse:
        offer = ask.recommended_offer(warehouse)
        (insight,) = commitment_insights(
            offer,
            ask.offer_beyond_limits(warehouse),
            ask.offer_counts(warehouse),
            ask.owned_terms(warehouse),
            ask.offers(warehouse, "after_actions", paying=True),
            look_backs=ask.look_backs(warehouse),
        )
        (section,) = commitment_section(warehouse, offer)
    assert said in insight.outcome.plain
    assert unsaid not in insight.outcome.plain
    assert "Without a promise" not in insight.outcome.plain
    (table,) = section.tables
    assert len(table.cells) == 1


@pytest.mark.parametrize(
    ("all_spend", "words"),
    [
        (1800, "Of all spend, $1.8K, $1.6K was examined for savings; $200 was not"),
        (1500, "All spend of the period was $1.5K; what was examined for savings is more, $1.6K"),
    ],
)
def test_all_spend_leads_to_what_was_examined(tiny: Tiny, all_spend: int, words: str) -> None:
    with duckdb.connect(str(tiny.path)) as connection:
        connection.execute("delete from rates.rpt_savings_waterfall")
    tiny.add(
        "rates.rpt_savings_waterfall",
        f"0 as step_order, 1600 as spend_usd, {all_spend} as all_spend_usd, {all_spend} - 1600 as not_examined_usd",
    )
    with open_warehouse(tiny.path) as warehouse:
        (said,) = what_was_examined(ask.bridge(warehouse))
    assert said.plain.startswith(words)


def test_what_was_saved_and_what_has_no_list_price_come_to_all_spend(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_savings_realized_monthly",
        "date '2026-10-01' as month_start_date, 1 as step_order, 'caching' as kind, 120 as list_cost_usd, 120 as cost_before_usd, "
        "20 as savings_usd, 100 as cost_after_usd, 100 as effective_cost_usd, 30.5 as unknown_cost_usd, "
        "20.5 as unlisted_usage_usd, 1 as unlisted_resources, 'Lambda' as unlisted_providers, 130.5 as all_spend_usd, 20 as month_savings_usd, true as is_latest",
        "date '2026-10-01' as month_start_date, 7 as step_order, 'unused_commitments' as kind, -5 as savings_usd, true as is_latest",
        "date '2026-10-01' as month_start_date, 8 as step_order, 'credits' as kind, 3 as savings_usd, true as is_latest",
    )
    with open_warehouse(tiny.path) as warehouse:
        (section,) = realized_sections(warehouse)
    said = section.text[0].plain
    assert "In that are -$5.00 for commitments that nobody used and $3.00 of credits." in said
    assert "$30.50, $20.50 of it for one resource of Lambda whose bills state no list price" in said
    assert "all spend of the month is $130.50" in said


@pytest.mark.parametrize(
    ("of_all", "said"),
    [
        (
            "2 as measured_decisions, 80 as all_predicted_usd, 60.4 as all_realized_usd, 0.755 as all_realized_share, 0 as missed_decisions",
            "Of the savings that were decided, 3 are tracked, and 2 are measured: until now $80.00 were expected of "
            "these, and $60.40 came (76 %).",
        ),
        (
            "2 as measured_decisions, 80 as all_predicted_usd, 60.4 as all_realized_usd, 0.755 as all_realized_share, 1 as missed_decisions, "
            "19.6 as all_missed_usd",
            "Of the savings that were decided, 3 are tracked, and 2 are measured: until now $80.00 were expected of "
            "these, and $60.40 came (76 %). 1 of them were not carried out, and $19.60 of it is missed.",
        ),
        (
            "0 as measured_decisions",
            "Savings that were decided and are tracked: 3; nothing is known of them yet.",
        ),
    ],
)
def test_what_came_of_decided_savings_is_said_beside_what_was_expected(
    tiny: Tiny, of_all: str, said: str
) -> None:
    tiny.add(
        "rates.rpt_savings_realized_monthly",
        "date '2026-10-01' as month_start_date, 1 as step_order, 'caching' as kind, 120 as list_cost_usd, 120 as cost_before_usd, "
        "20 as savings_usd, 100 as cost_after_usd, 100 as effective_cost_usd, 130.5 as all_spend_usd, 20 as month_savings_usd, true as is_latest",
    )
    tiny.add(
        "rates.rpt_savings_tracked",
        f"'end i-1' as tracking_id, 'idle_machine' as action_kind, date '2026-10-01' as accepted_date, 3 as decisions, {of_all}",
    )
    with open_warehouse(tiny.path) as warehouse:
        (section,) = realized_sections(warehouse)
    assert section.text[1].plain == said
