"""What pages say of a portfolio, of its tranches, of teams that commitments cover, and what the calculator chooses."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reports_builder.charts import svg
from reports_builder.model import Section
from reports_builder.subjects.rates.calculator import (
    ANY,
    WhatIf,
    terms_and_payments,
    what_if,
    what_if_section,
)
from reports_builder.subjects.rates.portfolio import coverage_reasons, portfolio_sections
from reports_builder.subjects.rates.team_coverage import team_coverage_section
from reports_builder.warehouse import open_warehouse
from tests.rates.test_commitment_words import Tiny

STEP = "'best' as level_name, 'Plan' as offer_name, false as is_illustrative, 'o' as offer_id"


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Tiny]:
    yield Tiny(tmp_path)


def rows_of(section: Section, table: int = 0) -> list[list[str]]:
    return [[str(cell) for cell in row] for row in section.tables[table].cells]


def test_a_portfolio_says_what_a_limit_keeps_out(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_commitment_portfolio",
        f"{STEP}, 'c5' as usage_group, 1 as step_rank, 0 as money_at_risk_usd, 'chosen' as reason, 0.25 as covered_share",
        f"{STEP}, 'm5' as usage_group, 2 as step_rank, 146 as money_at_risk_usd, 'chosen' as reason, 0.15 as covered_share",
        f"{STEP.replace('false', 'true')}, 'r5' as usage_group, 3 as step_rank, 200 as money_at_risk_usd, 'beyond the limit of risk' as reason",
        f"{STEP}, 't3' as usage_group, 5 as money_at_risk_usd, 'others for the same usage save more for their risk' as reason",
    )
    tiny.add(
        "rates.rpt_commitment_portfolio_summary",
        "80 as monthly_savings_usd, 146 as at_risk_usd, 0.5 as coverage_share, 0.1 as owned_coverage_share, 0.7 as target_coverage_share, 900 as eligible_monthly_usd, "
        "300 as risk_limit_usd, 89 as unlimited_monthly_savings_usd, 346 as unlimited_at_risk_usd, true as is_cut",
    )
    tiny.add(
        "rates.rpt_commitment_ladder",
        "true as is_total, date '2026-11-01' as month_start_date, 12 as delayed_savings_usd, 0.3 as signed_usd_per_hour, 0 as ended_usd_per_hour, 0.3 as hourly_commitment_usd, 900 as upfront_usd, 1500 as paid_usd, 1 as months_to_wait, true as is_illustrative, false as is_owned_end_known",
        "true as is_total, date '2027-02-01' as month_start_date, 3 as delayed_savings_usd, 0.2 as signed_usd_per_hour, 0 as ended_usd_per_hour, 0.5 as hourly_commitment_usd, 100 as upfront_usd, 300 as paid_usd",
        "true as is_total, date '2027-10-01' as month_start_date, 0 as delayed_savings_usd, 0 as signed_usd_per_hour, 0.3 as ended_usd_per_hour, 0.2 as hourly_commitment_usd, 0 as upfront_usd, 200 as paid_usd",
        "false as is_total, date '2026-11-01' as month_start_date, 'c5' as usage_group, 'Plan' as offer_name, false as is_illustrative, 900 as upfront_usd, 12 as delayed_savings_usd, 0.3 as signed_usd_per_hour, 9 as ended_usd_per_hour, 9 as hourly_commitment_usd",
    )
    with open_warehouse(tiny.path) as warehouse:
        chosen, ladder = portfolio_sections(warehouse)
    assert chosen.text[0].plain == (
        "Together they save $80 a month with $146 at risk as long as no machine goes, of at most $300. Of $900.00 a month that "
        "offers of clouds and on models could cover once the other actions are done, and what is owned, 10 % is covered now and 50 % with them; the target "
        "is 70 %. Without target and limit they would save $89 a month, with $346 at risk."
    )
    # A step that another replaces is no row, so that what the rows cover sums to the whole.
    assert [(row[0], row[-1]) for row in rows_of(chosen)] == [("c5", "25.0 %"), ("m5", "15.0 %")]
    assert [row[1:3] for row in rows_of(chosen, 1)] == [["r5", "Plan (example)"]]
    assert ladder.text[0].plain == (
        "An example, because offers in it are examples: sign nothing by it before you have quotes. The first tranche is in "
        "November 2026, when the actions on calls and machines that it rests on are done (1.0 month)."
    )
    assert ladder.text[1].plain == (
        "Signed in tranches, at most $0.30 of $0.50 an hour ends in one month. That costs $15 of savings that begin later. "
        "Shares are out of the same usage as those of the portfolio. Nothing is taken to be renewed, whatever is advised: what is "
        "owned now counts until its term ends. In all $2.0K is paid until "
        "October 2027, $1.0K of it on the days of signing. What rests on machines that are still to take their type is signed once a "
        "month of their hours is on the bill. The end of some of what is owned is not on record: it is taken to go on."
    )
    assert len(rows_of(ladder)) == 3
    assert rows_of(ladder, 1) == [["November 2026", "c5", "Plan", "$0.300", "$900.00"]]


def test_nothing_is_said_where_nothing_pays(tiny: Tiny) -> None:
    with open_warehouse(tiny.path) as warehouse:
        assert portfolio_sections(warehouse) == ()
        assert team_coverage_section(warehouse) == ()


def test_the_team_with_the_dearest_unused_commitment_stands_first(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_commitment_coverage_by_team",
        "'AWS' as provider_name, 'a' as team_id, 10 as covered_usd, 6 as used_cost_usd, 0 as unused_cost_usd, 4 as savings_usd, "
        "0.5 as coverage_share, 1 as utilization_share",
        "'AWS' as provider_name, 'b' as team_id, 0 as covered_usd, 0 as used_cost_usd, 2 as unused_cost_usd, -2 as savings_usd, 0 as utilization_share",
    )
    tiny.add(
        "rates.rpt_commitment_coverage_daily",
        *(
            f"date '{day}' as usage_date, '{provider}' as provider_name, '{team}' as team_id, {team == 'all'} as is_total, "
            f"{covered} as coverage_share, {used} as utilization_share"
            for day, provider, team, covered, used in (
                ("2026-07-01", "AWS", "all", 0.1, 0.2),
                ("2026-10-30", "AWS", "all", 0.3, 0.9),
                ("2026-10-31", "AWS", "all", 0.4, 0.8),
                ("2026-10-31", "AWS", "a", 0.5, 1),
                ("2026-10-31", "Microsoft", "all", 0, "null"),
            )
        ),
    )
    with open_warehouse(tiny.path) as warehouse:
        (section,) = team_coverage_section(warehouse)
    (figure,) = section.figures
    assert [(str(row["usage_date"]), row["coverage_share"]) for row in figure.evidence.records()] == [
        ("2026-10-30", 0.3),
        ("2026-10-31", 0.4),
    ]
    drawn = svg(figure)
    assert "AWS, covered" in drawn
    assert "AWS, used" in drawn
    assert rows_of(section) == [
        ["AWS", "b", "$0.00", "unknown", "$0.00", "$2.00", "0 %", "-$2.00"],
        ["AWS", "a", "$10.00", "50 %", "$6.00", "$0.00", "100 %", "+$4.00"],
    ]


def level(group: str, offer: str, saves: int, coverage: float, risk: float, **fields: object) -> str:
    shown = {
        "usage_group": group, "offer_id": offer, "offer_name": offer, "group_id": group, "alternatives": "AWS", "is_illustrative": False,
        "term_months": 12, "payment_option": "no upfront", "committed_units": saves, "monthly_savings_usd": saves, "coverage_share": coverage,
        "risk_share": risk, "obligation_usd": 1000, "upfront_cost_usd": 0, "money_at_risk_usd": 1000 * risk, "is_worthwhile": True,
        "is_recommended": False, "verdict": "another level of it saves more", **fields,
    }  # fmt: skip
    return ", ".join(f"{value!r} as {name}" for name, value in shown.items())


RECOMMENDED = {"is_recommended": True, "verdict": "recommended"}


def test_the_calculator_begins_with_what_the_engine_recommends(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_commitment_levels",
        level("c5", "year", 40, 0.5, 0.0, **RECOMMENDED),
        level("c5", "year", 60, 0.9, 0.3, verdict="beyond the limit of risk"),
        level("g5", "year", 900, 0.9, 0.3, is_worthwhile=False, verdict="measure first"),
    )
    with open_warehouse(tiny.path) as warehouse:
        section = what_if_section(warehouse, WhatIf(0, ANY, 100, 100))
        limited = what_if_section(warehouse, WhatIf(0, ANY, 95, 100))
    assert [(row[0], row[7], row[-1]) for row in rows_of(section)] == [("c5", "$40.00", "recommended")]
    assert section.text[0].plain.startswith(
        "This is what is recommended; the controls choose within limits of your own. They would save $40 a month"
    )
    assert [(row[0], row[7], row[-1]) for row in rows_of(limited)] == [
        ("c5", "$60.00", "beyond the limit of risk")
    ]
    assert "of them 0 are recommended. They would save $60" in limited.text[0].plain


def test_the_calculator_chooses_what_pays_within_what_is_allowed(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_commitment_levels",
        level("c5", "year", 40, 0.5, 0.0),
        level("c5", "year", 60, 0.9, 0.3),
        level("c5", "three years", 70, 0.8, 0.2, term_months=36, payment_option="all upfront", upfront_cost_usd=1000),
        level("m5", "year", 20, 0.6, 0.0, **RECOMMENDED),
        level("m5", "year", 99, 0.1, 0.0, is_worthwhile=False, verdict="usage is going"),
        level("all", "everything", 85, 0.7, 0.1, group_id="AWS"),
    )  # fmt: skip
    chosen = {
        WhatIf(0, ANY, 100, 100): [("m5", 20)],
        WhatIf(0, ANY, 100, 95): [("c5", 70), ("m5", 20)],
        WhatIf(12, ANY, 100, 100): [("all", 85)],
        WhatIf(0, "no upfront", 60, 100): [("c5", 40), ("m5", 20)],
        WhatIf(0, ANY, 100, 0): [("c5", 40), ("m5", 20)],
        WhatIf(36, ANY, 50, 100): [],
    }
    with open_warehouse(tiny.path) as warehouse:
        assert terms_and_payments(warehouse) == ((12, 36), ("all upfront", "no upfront"))
        for wanted, expected in chosen.items():
            rows = what_if(warehouse, wanted).records()
            assert [(row["usage_group"], row["monthly_savings_usd"]) for row in rows] == expected, wanted
        said = what_if_section(warehouse, WhatIf(0, ANY, 100, 95)).text[0].plain
        assert said == (
            "Of the levels that pay by themselves these save most within your limits; of them 1 are recommended. "
            "They would save $90 a month for a promise of $2.0K, of which $1.0K is paid on the first day. At risk is $200: "
            "what is paid for nothing if every hour uses only what nineteen of twenty use."
        )
        assert what_if_section(warehouse, WhatIf(36, ANY, 50, 100)).text[0].plain == (
            "No level of an offer pays within these limits."
        )


def test_what_is_not_covered_says_why_and_what_to_do(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_commitment_gaps",
        "'AWS' as provider_name, 'owned' as reason, true as is_judged, 2 as usage_groups, 50 as monthly_usd, 0.125 as judged_share, 'covered' as what_to_do",
        "'AWS' as provider_name, 'to sign' as reason, true as is_judged, 1 as usage_groups, 50 as monthly_usd, 0.125 as judged_share, 'sign it' as what_to_do",
        "'AWS' as provider_name, 'measure first' as reason, true as is_judged, 3 as usage_groups, 300 as monthly_usd, 0.75 as judged_share, 'measure' as what_to_do",
        "'AWS' as provider_name, 'other actions come first' as reason, false as is_judged, 500 as monthly_usd, 'carry them out' as what_to_do",
    )
    with open_warehouse(tiny.path) as warehouse:
        (section,) = coverage_reasons(warehouse)
    assert section.text[0].plain == (
        "With all that is owned and to be signed, 25 % of $400.00 a month is covered. Each other dollar has a reason, and none of them is "
        "to be signed to reach a target; 75 % waits until somebody measures the use of its machines. Beside it are $500.00 that other "
        "actions take first: commit to none of them."
    )
    assert [row[1] for row in rows_of(section)] == [
        "measure first",
        "owned",
        "to sign",
        "other actions come first",
    ]
