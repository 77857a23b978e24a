"""When commitments that are owned end, as a page says it."""

from __future__ import annotations

from datetime import date

from reports_builder.subjects.rates.expiries import due, due_insight, due_said, expiries_section
from tests.reports.empty_marts import empty_marts, warehouse_of

RENEWALS = (
    "'no end' as commitment_id, 'find out what it covers' as advice",
    "'late' as commitment_id, date '2027-11-14' as ends_on, 364 as days_left, -10 as savings_usd, 100 as cost_usd, "
    "0.9 as utilization_share, 'let it end' as advice",
    "'soon' as commitment_id, date '2026-12-15' as ends_on, 30 as days_left, 40 as savings_usd, 100 as cost_usd, "
    "0.95 as utilization_share, 'renew it' as advice, 0.1 as hourly_cost_usd, 0.09 as renewed_hourly_usd, "
    "40 as renewed_monthly_savings_usd, -188 as first_year_usd, 'i-1 of web' as first_to_ask, 0.045 as renewed_hourly_if_off_usd, "
    "20 as renewed_monthly_savings_if_off_usd",
)
MART = "rates.rpt_commitment_renewals"


def test_the_next_to_end_stands_first() -> None:
    with empty_marts(MART, as_of=date(2026, 11, 15)) as connection:
        assert expiries_section(warehouse_of(connection)) == ()
        for renewal in RENEWALS:
            connection.execute(
                f"insert into {MART} by name select 'AWS' as provider_name, commitment_id as commitment_name, "
                f"false as is_renewed_automatically, * from (select {renewal})"
            )
        (section,) = expiries_section(warehouse_of(connection))
        (table,) = section.tables
        rows = [[str(cell) for cell in row] for row in table.cells]
    assert [row[1] for row in rows] == ["soon", "late", "no end"]
    assert rows[0][4:] == [
        "30", "no", "$100.00", "95 %", "+$40.00", "$0.10", "$0.0900", "$40.00", "-$188.00", "renew it", "i-1 of web", "$0.0450", "$20.00",
    ]  # fmt: skip
    # Without a machine to ask for, what is signed does not depend on an answer.
    assert rows[1][-3:] == ["none", "unknown", "unknown"]
    assert rows[2][3:5] == ["unknown", "unknown"]


def test_a_commitment_that_ends_soon_is_an_action_with_the_day_to_decide_by() -> None:
    soon = (
        "'AWS' as provider_name, '{0}' as commitment_id, '{0}' as commitment_name, 'Reserved Instance' as commitment_type, "
        "'platform-team' as team_id, date '2026-12-15' as ends_on, 30 as days_left, date '2026-12-01' as decide_by_date, "
        "false as is_renewed_automatically, 180 as cost_usd, 1 as utilization_share, true as is_to_decide, "
        "'Head of Finance' as owner_role, '1 day' as effort, "
    )
    with empty_marts(MART, as_of=date(2026, 11, 15)) as connection:
        assert due_insight(warehouse_of(connection)) == ()
        assert due_said(due(warehouse_of(connection))) == ()
        for row in (
            soon.format("a")
            + "'renew it' as advice, 0.24 as renewed_hourly_usd, 102 as renewed_monthly_savings_usd",
            soon.format("b") + "'too new to judge' as advice",
            RENEWALS[1] + ", false as is_to_decide",
        ):
            connection.execute(f"insert into {MART} by name select {row}")
        warehouse = warehouse_of(connection)
        (insight,) = due_insight(warehouse)
        [said] = (each.plain for each in due_said(due(warehouse)))
    assert said == (
        "The Reserved Instance of platform-team with AWS ends on 15 December 2026 and does not renew by itself: "
        "renew it, by 1 December 2026, else cost rises by $102 a month (owner: Head of Finance, 1 day)."
    )
    assert insight.recommendation.action.plain.startswith(
        "Decide on the Reserved Instance that ends on 15 December 2026: renew it, by 1 December 2026."
    )
    assert "too new to judge; decide by 1 December 2026" in insight.recommendation.action.plain
    assert (insight.recommendation.owner_role, insight.recommendation.effort) == ("Head of Finance", "1 day")
    assert len(insight.supporting.cells) == 2


def test_who_uses_it_and_what_is_open_to_its_machines_is_said_before_it_is_signed_again() -> None:
    with empty_marts(MART, as_of=date(2026, 11, 15)) as connection:
        connection.execute(
            f"insert into {MART} by name select 'AWS' as provider_name, 'a' as commitment_id, true as is_to_decide, 'renew it' as advice,"
            " date '2026-12-15' as ends_on, date '2026-12-01' as decide_by_date, false as is_renewed_automatically, 'web 50 %' as used_by,"
            " 3 as machines, 1 as machines_to_change, 'i-1 of web' as first_to_change, 1 as machines_to_ask, 'i-2 of data' as first_to_ask,"
            " 0.12 as asked_hourly_usd, 0.1209 as renewed_hourly_if_off_usd, 51 as renewed_monthly_savings_if_off_usd,"
            " 13 as unchanged_monthly_savings_if_off_usd, 102 as renewed_monthly_savings_usd, -188 as first_year_usd, -160 as first_year_if_off_usd"
        )
        (insight,) = due_insight(warehouse_of(connection))
    assert insight.problem.plain.endswith(
        "It is used by web 50 %. Of the 3 machines that it covers 1 can be ended, off at night, smaller or on spare capacity before (i-1 of "
        "web): what to sign again is sized as if they were. Of 1 of the 3 machines that it covers no tag says whether they may be off at "
        "night (i-2 of data); $0.120 an hour of it is theirs."
    )
    assert (
        "renew it, once you know whether i-2 of data may be off at night, by 1 December 2026. If so, sign $0.121 an hour again, saving "
        "$51 a month, -$160 in the first year; as advised it would save $13 a month."
        in insight.recommendation.action.plain
    )
    assert "In the first year it brings -$188, its work taken off." in insight.outcome.plain


def test_where_all_of_it_is_to_be_asked_for_none_is_signed_again() -> None:
    with empty_marts(MART, as_of=date(2026, 11, 15)) as connection:
        connection.execute(
            f"insert into {MART} by name select 'AWS' as provider_name, 'a' as commitment_id, true as is_to_decide, 'renew less of it' as advice,"
            " date '2026-12-15' as ends_on, date '2026-12-01' as decide_by_date, false as is_renewed_automatically, 0.2765 as renewed_hourly_usd,"
            " 2 as machines_to_ask, 'i-1 of web, i-2 of data' as first_to_ask, 0 as renewed_hourly_if_off_usd,"
            " -100 as unchanged_monthly_savings_if_off_usd, 77 as renewed_monthly_savings_usd"
        )
        (insight,) = due_insight(warehouse_of(connection))
    assert (
        "by 1 December 2026. If so, sign none of it again; as advised it would save -$100 a month."
        in insight.recommendation.action.plain
    )
