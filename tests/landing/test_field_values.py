"""Single values: every common writing of a time, and what holds for any text whatsoever."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbt_project.landing.fields.values import (
    CANONICAL,
    as_count,
    as_text,
    canonical_instant,
    canonical_month,
    canonical_number,
    canonical_time,
)
from dbt_project.landing.formats.json_records import NotJsonError, json_rows


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-20 09:00:00 +0000",
        "2026-10-20 11:00:00 +02:00",
        "2026-10-20T09:00:00.000Z",
        "2026-10-20 09:00:00 UTC",
        "2026-10-20 09:00:00 Etc/UTC",
        "2026-10-20 09:00:00,000",
        "2026-10-20 09:00:00.0000000Z",
        "2026-10-20 9:00",
        "2026-10-20 14:30:00+0530",
        "2026-10-20T11:00:00+02:00[Europe/Berlin]",
        "2026-10-20 09:00:00.0 +0000 UTC m=+0.0001",
        "2026/10/20 09:00:00",
        "20261020T090000Z",
        "20261020090000",
        "Tue, 20 Oct 2026 09:00:00 GMT",
        "Tue, 20 Oct 2026 11:00:00 +0200",
        "Tuesday, 20-Oct-26 09:00:00 GMT",
        "Tue Oct 20 09:00:00 2026",
        "Tue Oct 20 09:00:00 UTC 2026",
        "Tue Oct 20 2026 11:00:00 GMT+0200 (Central European Summer Time)",
        "Oct 20, 2026, 9:00:00 AM",
        "20-OCT-2026 09:00:00",
        "1792486800",
        "1792486800.0",
        "1.7924868e9",
        "1792486800000",
        "1.7924868E+12",
        "1792486800000000",
        "1792486800000000000",
        "\ufeff2026-10-20T09:00:00Z\0",
    ],
)
def test_every_common_writing_of_a_time_is_read(text: str) -> None:
    assert canonical_instant(text) == "2026-10-20 09:00:00"


@pytest.mark.parametrize(
    "text",
    [
        "20/10/2026 09:00:00",
        "2026-10-20 09:00:00 EST",
        "2026-10-20 09:00:00 Europe/Berlin",
        "2026-02-30",
        "2026-13-01",
        "1.79249E+12",
        "0001-01-01T00:00:00+02:00",
        "9999-12-31T23:59:59-05:00",
        "soon",
        "12345",
    ],
)
def test_a_time_that_cannot_be_read_stays_text(text: str) -> None:
    assert canonical_instant(text) == text


def test_the_end_of_a_day_and_a_leap_second_are_the_next_moment() -> None:
    assert canonical_time("2026-10-31T24:00:00Z") == "2026-11-01 00:00:00"
    assert canonical_time("2026-12-31T23:59:60Z") == "2027-01-01 00:00:00"


def test_months_are_read_in_every_common_writing() -> None:
    texts = ("2026-10", "2026/10", "10/2026", "202610", "Oct 2026", "October 2026", "2026-10-31T12:00:00Z")
    assert {canonical_month(text) for text in texts} == {"2026-10-01"}
    assert canonical_month("Oct-26") == "Oct-26"


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-09-01T00:00:00+02:00", "2026-09-01"),
        ("2026-09-01 00:00:00+0530", "2026-09-01"),
        ("2026-09-01T00:00+14", "2026-09-01"),
        ("20260901T000000+0200", "2026-09-01"),
        ("Tue, 01 Sep 2026 00:00:00 +0200", "2026-09-01"),
        ("Sep 1, 2026 12:00:00 AM UTC+02:00", "2026-09-01"),
        ("09/01/2026 00:00:00 +02:00", "2026-09-01"),
        # West of Greenwich the first of the month in UTC may be the last of the month before.
        ("2026-08-31T23:00:00-07:00", "2026-08-01"),
        ("2026-09-30T23:59:59-11:00", "2026-09-01"),
        # Midnight in Berlin, Delhi and Tokyo, written in UTC.
        ("2026-08-31T22:00:00Z", "2026-09-01"),
        ("2026-08-31T18:30:00.000Z", "2026-09-01"),
        ("2026-12-31T15:00:00+00:00", "2027-01-01"),
        # The end of a month, a noon, and a clock without a zone are what they are.
        ("2026-08-31T23:59:59Z", "2026-08-01"),
        ("2026-08-31T12:00:00Z", "2026-08-01"),
        ("2026-08-31 22:00:00", "2026-08-01"),
        ("2026-08-30T22:00:00Z", "2026-08-01"),
        ("2026-09-01T00:00:00Z", "2026-09-01"),
    ],
)
def test_a_month_is_that_of_the_clock_it_was_written_by(text: str, month: str) -> None:
    assert canonical_month(text) == month


def test_a_comma_that_may_be_a_decimal_point_is_left_by_itself() -> None:
    texts = ("1,500", "0,125", "1,50", "1.234,56", "1.234.567", "EUR 5", "€5", "1'000", "5-")
    assert tuple(map(canonical_number, texts)) == texts
    assert canonical_number("1,234.56") == "1234.56"
    assert canonical_number("12,345,678") == "12345678"
    assert canonical_number("\u22125") == "-5"


def test_a_count_loses_zero_decimals_alone() -> None:
    assert [as_count(text) for text in ("13.0", "13.", "13", "13.5", None, "1.5e3")] == [
        "13", "13", "13", "13.5", None, "1.5e3",
    ]  # fmt: skip


@given(st.text(), st.sampled_from(sorted(CANONICAL)))
def test_no_text_raises_and_none_grows(text: str, kind: str) -> None:
    read = CANONICAL[kind](text)
    assert read is None or len(read) <= max(len(text), 130)


@given(st.text(alphabet="0123456789.,-+eE$€()' USDR", max_size=40))
def test_nothing_like_a_number_raises_or_grows(text: str) -> None:
    read = canonical_number(text)
    assert read is not None
    assert len(read) <= max(len(text), 130)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**27), max_value=10**27, places=12))
def test_a_plain_number_keeps_its_value_and_its_digits(number: Decimal) -> None:
    text = format(number, "f")
    assert canonical_number(text) == text
    assert canonical_number(format(number, "e")) is not None
    assert Decimal(canonical_number(format(number, "e")) or "") == number
    assert as_text(number) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_is_the_shortest_decimal_that_says_the_same(number: float) -> None:
    text = as_text(number)
    assert text is not None
    assert float(text) == number
    assert len(text) < 130


@given(
    st.datetimes(datetime(2000, 1, 2), datetime(2099, 1, 1)),
    st.integers(min_value=-14 * 60, max_value=14 * 60),
    st.sampled_from(["%Y-%m-%dT%H:%M:%S.%f%z", "%Y-%m-%d %H:%M:%S.%f %z", "%Y%m%dT%H%M%S.%f%z", "%Y/%m/%d %H:%M:%S.%f%z"]),
)  # fmt: skip
def test_a_time_with_an_offset_is_the_same_instant(moment: datetime, minutes: int, shape: str) -> None:
    local = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    utc = local.astimezone(UTC).replace(tzinfo=None)
    assert canonical_time(local.strftime(shape)) == str(utc)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(st.text(alphabet='{}[]":, \n1eE.-ab\ufeff\0', max_size=60))
def test_no_text_is_more_than_broken_json(text: str) -> None:
    try:
        rows = list(json_rows(StringIO(text)))
    except NotJsonError as error:
        assert "\n" not in str(error)
    else:
        assert all(problem is None or not record for _, record, problem in rows)


@given(
    st.lists(st.dictionaries(st.text(max_size=3), _JSON, max_size=4), min_size=1, max_size=5), st.booleans()
)
def test_records_are_the_same_in_lines_and_in_an_array(
    records: list[dict[str, object]], is_array: bool
) -> None:
    text = json.dumps(records, indent=1) if is_array else "\n".join(json.dumps(record) for record in records)
    rows = list(json_rows(StringIO(text)))
    assert [problem for _, _, problem in rows] == [None] * len(records)
    assert [record for _, record, _ in rows] == json.loads(
        json.dumps(records), parse_float=str, parse_constant=str
    )
