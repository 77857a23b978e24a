"""What has come since a reader was here before: by account, and only where there is one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from reports_builder.dashboard.visits import Visit, news, place_of, visit_before
from tests.reports.empty_marts import empty_marts, warehouse_of

NOW = datetime(2026, 10, 31, 9, 0, tzinfo=UTC)
LAST_WEEK = Visit(NOW - timedelta(days=7), date(2026, 10, 24))
MARTS = ("anomalies.rpt_open_alerts", "core.rpt_spend_daily", "core.dim_customers")


def test_the_visit_before_is_the_last_that_is_not_this_one(tmp_path: Path) -> None:
    warehouse = tmp_path / "finops.duckdb"

    def drawn(at: datetime, account: str = "cfo@example.com") -> Visit | None:
        return visit_before(warehouse, account, at.date(), at)

    assert drawn(LAST_WEEK.at) is None, "nobody was here before"
    assert drawn(LAST_WEEK.at + timedelta(hours=7)) is None, "the same visit"
    began = LAST_WEEK.at + timedelta(hours=7)
    assert drawn(NOW) == Visit(began, began.date())
    assert drawn(NOW + timedelta(minutes=1)) == Visit(began, began.date()), (
        "a page that is drawn again is no visit"
    )
    assert drawn(NOW, "CFO@example.com") is not None, "an address is one account in any case"
    assert drawn(NOW, "ceo@example.com") is None
    assert drawn(NOW, "") is None
    assert [path.name for path in (tmp_path / "visits").glob("*cfo*")] == []
    assert len(list((tmp_path / "visits").iterdir())) == 2


def test_a_file_that_cannot_be_read_is_a_first_visit(tmp_path: Path) -> None:
    warehouse = tmp_path / "finops.duckdb"
    place = place_of(warehouse, "a")
    place.parent.mkdir()
    place.write_text('{"before": null, "last"')
    assert visit_before(warehouse, "a", NOW.date(), NOW) is None
    assert visit_before(warehouse, "a", NOW.date(), NOW + timedelta(days=1)) == Visit(NOW, NOW.date())


def test_news_are_what_came_after_that_visit_up_to_the_last_day() -> None:
    with empty_marts(*MARTS, as_of=date(2026, 10, 31)) as connection:
        assert (
            news(warehouse_of(connection), LAST_WEEK).plain
            == "Since your last visit on 24 October 2026: nothing new."
        )
        for row in (
            "'a' as alert_id, 'critical' as severity, timestamp '2026-10-25 01:00:00' as fired_at",
            "'b' as alert_id, 'info' as severity, timestamp '2026-10-25 01:00:00' as fired_at",
            "'c' as alert_id, 'critical' as severity, timestamp '2026-10-24 08:59:59' as fired_at",
            "'d' as alert_id, 'critical' as severity, null as fired_at",
        ):
            connection.execute(f"insert into anomalies.rpt_open_alerts by name select {row}")
        for day, usd in (("24", 99), ("25", 40), ("31", 2)):
            connection.execute(
                f"insert into core.rpt_spend_daily by name select date '2026-10-{day}' as usage_date, {usd} as all_spend_usd"
            )
        for row in (
            "date '2026-10-25' as signup_date, null::date as churned_date",
            "date '2026-10-01' as signup_date, date '2026-10-31' as churned_date",
            "date '2026-11-02' as signup_date, null::date as churned_date",
        ):
            connection.execute(f"insert into core.dim_customers by name select true as is_known, {row}")
        assert news(warehouse_of(connection), LAST_WEEK).plain == (
            "Since your last visit on 24 October 2026: 2 more open alerts, 1 critical; 2 more days of data, with all spend $42; "
            "customers that began: 1, that left: 1."
        )
