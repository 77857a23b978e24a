"""Unusual days of a real series with known events, found by the SQL of the model."""

from __future__ import annotations

import csv
import json
from datetime import date

import duckdb
import pytest

from tests.planning.rendering import render
from tests.real_files import real_file


def flagged(file_name: str, scale: int = 1) -> set[date]:
    """The days of a series of NAB, its values times a scale, that the model calls unusual."""
    with real_file(f"planning/anomaly/{file_name}").open(newline="") as file:
        rows = [
            (row["date"], float(row["value"]) * scale)
            for row in csv.DictReader(file)
            if row["is_complete"] == "1"
        ]
    with duckdb.connect() as connection:
        connection.execute(
            """
            create table int_series_costs_daily (
                scope varchar, scope_id varchar, is_direct boolean, usage_date date, cost_usd decimal(28, 12)
            );
            create table int_series_costs_hourly (
                scope varchar, scope_id varchar, hour_of_day integer, usage_date date, cost_usd decimal(28, 12)
            );
            create table assumptions as select * from (values
                ('anomaly_min_history_days', 14), ('anomaly_min_score', 6), ('anomaly_min_excess_usd', 0.5), ('anomaly_hourly_days', 2)
            ) as assumptions (name, value)
            """
        )
        connection.executemany(
            "insert into int_series_costs_daily values ('total', 'total', true, ?, ?)", rows
        )
        found = connection.execute(f"select usage_date from ({render('int_series_unusual')})").fetchall()
    return {day for (day,) in found}


def test_four_of_five_known_events_are_found_with_at_most_two_false_days() -> None:
    labels = json.loads(real_file("planning/anomaly/labels.json").read_text())
    [taxi] = [label for label in labels if label["file"] == "nyc_taxi_daily.csv"]
    windows = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in taxi["windows"]]
    days = flagged("nyc_taxi_daily.csv")
    found = [any(first <= day <= last for day in days) for first, last in windows]
    false = [day for day in days if not any(first <= day <= last for first, last in windows)]
    assert sum(found) >= 4
    assert len(false) <= 2


@pytest.mark.parametrize(
    "file_name",
    [
        "twitter_aapl_daily.csv",
        "twitter_crm_daily.csv",
        "twitter_fb_daily.csv",
        "twitter_ibm_daily.csv",
        "twitter_pfe_daily.csv",
        "ad_exchange2_cpc_daily.csv",
        "ad_exchange3_cpc_daily.csv",
        "ad_exchange4_cpc_daily.csv",
    ],
)
def test_series_whose_known_events_are_gone_by_the_day_raise_no_alarm(file_name: str) -> None:
    # What was labelled lasted minutes: summed or averaged over a day nothing of it is left.
    # A click costs cents: times a thousand, so that what is too little to be looked at hides nothing.
    assert not flagged(file_name, 1000 if file_name.startswith("ad_") else 1)
