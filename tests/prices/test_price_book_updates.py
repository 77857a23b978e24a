"""A release of a price list becomes rows: dated, by class, tier and size of input, appended and never edited."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dbt_project.landing.errors import UsageError
from dbt_project.landing.price_book.packages import release_of_file
from generator.cli import app


def model(**fields: Any) -> dict[str, Any]:
    return {"id": "m", "match": {"or": [{"equals": "M"}, {"starts_with": "m-20"}]}, **fields}


def price_list(*models: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"id": "p", "name": "P", "pricing_urls": ["https://p.example/prices"], "provider_match": {"contains": "pee"},
         "models": list(models)},
        {"id": "reseller", "name": "R", "fallback_model_providers": ["p"], "models": []},
    ]  # fmt: skip


def update(folder: Path, content: object, release: str, effective: str) -> str:
    source = folder / f"{release}.json"
    source.write_text(json.dumps(content), encoding="utf-8")
    arguments = [
        "--from",
        str(source),
        "--release",
        release,
        "--effective",
        effective,
        "--seeds",
        str(folder),
    ]
    done = CliRunner().invoke(app, ["prices", "update", *arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def rows(folder: Path) -> list[str]:
    return (folder / "price_book.csv").read_text(encoding="utf-8").splitlines()[1:]


def test_sizes_of_input_tiers_and_dates_become_rows(tmp_path: Path) -> None:
    tiered = {"base": 3, "tiers": [{"start": 200000, "price": 6}]}
    entry = model(
        prices=[
            {"prices": {"input_mtok": tiered, "cache_write_mtok": 3.75, "output_mtok": 15}},
            {"constraint": {"start_date": "2026-03-13"}, "prices": {"input_mtok": 2.5, "output_mtok": 15}},
        ],
        price_variants=[
            {"when": {"processing": "batch"}, "constraint": {"start_date": "2026-02-01"},
             "prices": {"input_mtok": 1.25}},
            {"when": {"route": "elsewhere"}, "prices": {"input_mtok": 9}},
        ],
    )  # fmt: skip
    update(tmp_path, price_list(entry), "1", "2026-11-01")
    source = "2026-11-01,1,https://p.example/prices"
    # A tier names only the prices that differ; the others are those of the standard tier at the time.
    assert rows(tmp_path) == [
        f"genai-prices,p,m,batch,0,2026-02-01 00:00:00,1.25,,3.75,15,{source},,",
        f"genai-prices,p,m,batch,0,2026-03-13 00:00:00,1.25,,,15,{source},,",
        f"genai-prices,p,m,standard,0,1970-01-01 00:00:00,3,,3.75,15,{source},,",
        f"genai-prices,p,m,standard,200001,1970-01-01 00:00:00,6,,3.75,15,{source},,",
        f"genai-prices,p,m,standard,0,2026-03-13 00:00:00,2.5,,,15,{source},,",
    ]
    assert (tmp_path / "price_book_names.csv").read_text(encoding="utf-8").splitlines()[1:] == [
        "genai-prices,p,,1,equals,p,",
        "genai-prices,p,,2,contains,pee,",
        "genai-prices,reseller,,3,equals,reseller,",
        "genai-prices,p,,4,equals,reseller,",
        "genai-prices,p,m,1,starts_with,m-20,",
    ]


def test_a_changed_price_is_appended_and_the_same_release_changes_nothing(tmp_path: Path) -> None:
    update(tmp_path, price_list(model(prices={"input_mtok": 3})), "1", "2026-01-01")
    before = rows(tmp_path)
    other = model(prices={"input_mtok": 7}) | {"id": "fresh"}
    changed = price_list(model(prices={"input_mtok": 2}), other)

    said = update(tmp_path, changed, "2", "2026-06-01")

    assert (
        "changed prices: 1 of 1 models\n  p/m (standard) from 2026-06-01: input $3 -> $2 per million" in said
    )
    assert rows(tmp_path) == [
        *before,
        # A model that was not listed before has no earlier price that it could change.
        "genai-prices,p,fresh,standard,0,1970-01-01 00:00:00,7,,,,2026-06-01,2,https://p.example/prices,,",
        "genai-prices,p,m,standard,0,2026-06-01 00:00:00,2,,,,2026-06-01,2,https://p.example/prices,,",
    ]
    whole = {path.name: path.read_bytes() for path in tmp_path.glob("*.csv")}
    assert "0 rows added" in update(tmp_path, changed, "2", "2026-07-01")
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.csv")} == whole


def test_prices_of_certain_hours_belong_to_the_dated_price_before_them(tmp_path: Path) -> None:
    by_hour = model(
        prices=[
            {"prices": {"input_mtok": 1}},
            {"constraint": {"start_date": "2026-03-01"}, "prices": {"input_mtok": 2}},
            {"constraint": {"start_time": "00:30:00Z", "end_time": "16:30:00Z"}, "prices": {"input_mtok": 4}},
            {"constraint": {"start_time": "23:00:00+02:00", "end_time": "00:30:00+02:00"}, "prices": {"input_mtok": 5}},
            {"constraint": {"start_date": "2026-09-01"}, "prices": {"input_mtok": 3}},
        ]
    )  # fmt: skip
    update(tmp_path, price_list(by_hour), "1", "2026-01-01")
    source = "2026-01-01,1,https://p.example/prices"
    assert rows(tmp_path) == [
        f"genai-prices,p,m,standard,0,1970-01-01 00:00:00,1,,,,{source},,",
        f"genai-prices,p,m,standard,0,2026-03-01 00:00:00,2,,,,{source},,",
        f"genai-prices,p,m,standard,0,2026-03-01 00:00:00,4,,,,{source},,00:30-16:30",
        f"genai-prices,p,m,standard,0,2026-03-01 00:00:00,5,,,,{source},,21:00-22:30",
        f"genai-prices,p,m,standard,0,2026-09-01 00:00:00,3,,,,{source},,",
    ]
    assert "0 rows added" in update(tmp_path, price_list(by_hour), "1", "2026-02-01")


def test_a_changed_price_of_certain_hours_is_named_with_them(tmp_path: Path) -> None:
    def peak(price: int) -> list[dict[str, Any]]:
        hours = {"start_time": "01:00:00Z", "end_time": "04:00:00Z"}
        return price_list(
            model(
                prices=[{"prices": {"input_mtok": 1}}, {"constraint": hours, "prices": {"input_mtok": price}}]
            )
        )

    update(tmp_path, peak(2), "1", "2026-01-01")
    said = update(tmp_path, peak(3), "2", "2026-06-01")
    assert "p/m (standard) from 2026-06-01: input at 01:00-04:00 UTC $2 -> $3 per million" in said


def test_a_map_states_days_and_hours(tmp_path: Path) -> None:
    off_peak = {
        "windows": [
            {"hours_utc": ["10:00-01:00", "04:00-06:00"], "weekdays": [1, 2, 3, "thu", "Friday"]},
            {"hours_utc": "00:00-00:00", "weekdays": [6, 7]},
        ],
        "input_cost_per_token": 1e-06,
    }
    entry = {"litellm_provider": "p", "input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06}
    abroad = {"hours_utc": "01:00-02:00", "weekdays": [1], "weekday_timezone": "Asia/Shanghai"}
    content = {"m": entry | {"off_peak_pricing": off_peak}, "n": entry | {"off_peak_pricing": abroad}}
    said = update(tmp_path, content, "1", "2026-01-01")
    source = "2026-01-01,1,"
    assert rows(tmp_path) == [
        f"litellm,p,m,standard,0,1970-01-01 00:00:00,2,,,8,{source},,",
        f"litellm,p,m,standard,0,1970-01-01 00:00:00,1,,,8,{source},1-5,10:00-01:00",
        f"litellm,p,m,standard,0,1970-01-01 00:00:00,1,,,8,{source},1-5,04:00-06:00",
        f"litellm,p,m,standard,0,1970-01-01 00:00:00,1,,,8,{source},6-7,00:00-00:00",
    ]
    assert (
        "left out: 1\n  p/n: its prices of other hours cannot be read, days of the week in Asia/Shanghai"
        in said
    )


def test_a_price_that_the_book_cannot_hold_is_named(tmp_path: Path) -> None:
    to_the_second = model(
        prices=[
            {"prices": {"input_mtok": 1}},
            {"constraint": {"start_time": "00:30:01Z", "end_time": "16:30:00Z"}, "prices": {"input_mtok": 2}},
        ]
    )
    said = update(tmp_path, price_list(to_the_second), "1", "2026-01-01")
    assert "left out: 1\n  p/m: its price depends on the time of day, 00:30:01 is no whole minute" in said
    assert not (tmp_path / "price_book.csv").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not json", "cannot read .* as JSON"),
        ('{"a": {"price": 1}}', "neither the price list of genai-prices nor LiteLLM's price map"),
        ('[{"id": "p", "models": [{"id": "m"}]}]', "cannot be read"),
    ],
)
def test_a_file_that_is_no_price_list_is_refused(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "prices.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        release_of_file(path, "1")
