"""Price rows that come, change and go after days were built: the next build ends where a full refresh ends, and redoes no other day."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.prices.pricing_workspace import Call, PricingWorkspace

OWN = {
    # Restated by the hour, for calls whose source says what it charged.
    "by the hour": ["input,2,2026-01-01,list,2026-01-01,,"],
    "written back": [],
    "corrected in place": ["input,2,2026-01-01,list,2026-01-01,,"],
    "taken away": ["input,2,2026-01-01,list,2026-01-01,,"],
    "searched": ["searches,10000,2026-01-01,list,2026-01-01,,", "input,0,2026-01-01,list,2026-01-01,,"],
    "for another": [],
    "from december": ["input,2,2026-01-01,list,2026-01-01,,"],
    "agreed": ["input,2,2026-01-01,list,2026-01-01,,"],
    "restated": ["input,2,2026-01-01,list,2026-01-01,,"],
    "no class": ["input,2,2026-01-01,list,2026-01-01,,", "cache_write,3,2026-01-01,list,2026-01-01,,"],
}
CHANGED = OWN | {
    "by the hour": [*OWN["by the hour"], "input,8,2026-01-01,list,2026-11-01,,09:00-12:00", "input,4,2026-01-01,list,2026-11-01,,"],
    "written back": ["input,5,2026-01-01,list,2026-01-01,,"],
    "corrected in place": ["input,3,2026-01-01,list,2026-01-01,,"],
    "taken away": [],
    "searched": [*OWN["searched"], "searches,30000,2026-01-01,list,2026-11-01,,"],
    # Nothing calls this one any more on the day on which its price begins, at noon.
    "for another": ["input,1,2026-10-07 12:00:00,list,2026-01-01,,"],
    "from december": [*OWN["from december"], "input,9,2026-12-01,list,2026-11-01,,"],
    "restated": [*OWN["restated"], "input,7,2026-01-01,list,2026-11-01,,"],
    "no class": ["input,2,2026-01-01,list,2026-01-01,,"],
}  # fmt: skip
BOOK = "litellm,p,sized,standard,{start},2026-01-01 00:00:00,{usd},,,4,{recorded},1,,,"
DAYS = {
    "by the hour": 1, "written back": 2, "corrected in place": 3, "taken away": 4, "sized": 5, "searched": 6, "bystander": 7,
    "deployment": 8, "from december": 9, "agreed": 10, "restated": 12, "no class": 13,
}  # fmt: skip
TABLES = (
    "core.fct_usage_daily", "core.fct_calls", "core.rpt_charge_restatements", "intermediate.int_usage_slots",
    "intermediate.int_calls_metered", "intermediate.int_metered_parts_priced",
)  # fmt: skip


def calls() -> list[Call]:
    made = [
        Call(
            f"{model} {hour}", "p", model, datetime(2026, 10, day, hour), 1000, cost_usd=Decimal("0.008"),
            cache_write_input_tokens=100 if model == "no class" and hour == 15 else 0,
            metered_units={"searches": 1} if model == "searched" else None,
        )
        for model, day in DAYS.items()
        for hour in (9, 15)
    ]  # fmt: skip
    return [
        *made,
        Call("long", "p", "sized", datetime(2026, 10, 5, 9), 300_000, cost_usd=Decimal("0.6")),
        Call("before", "p", "agreed", datetime(2026, 10, 11, 9), 1000),
        Call("for another", "p", "for another", datetime(2026, 10, 1, 9), 1000),
    ]


def write_prices(place: PricingWorkspace, own: dict[str, list[str]], *, later: bool) -> None:
    rows = [f"p,{model},standard,{row}" for model, stated in own.items() for row in stated]
    book = [BOOK.format(start=0, usd=1, recorded="2026-01-01")]
    if later:
        book += [
            BOOK.format(start=start, usd=usd, recorded="2026-11-01")
            for start, usd in {0: 1, 200_001: 2}.items()
        ]
    seeds = {
        "model_prices": rows,
        "price_book": book,
        "price_book_names": ["litellm,p,,1,equals,p,", "litellm,p,sized,1,equals,sized,"],
        "model_aliases": ["p,deployment,p,agreed"] if later else [],
        "price_overrides": ["p,agreed,standard,input,1,2026-10-10,2026-10-11,offer,,"] if later else [],
    }  # fmt: skip
    for seed, lines in seeds.items():
        place.empty(f"{seed}.csv")
        with (place.seeds / f"{seed}.csv").open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in lines)


def rows(place: PricingWorkspace) -> dict[str, list[Any]]:
    return {table: sorted(map(repr, place.query(f"from {table}"))) for table in TABLES}


def touched(place: PricingWorkspace) -> list[int]:
    return [
        day
        for (day,) in place.query(
            "select day(day_date) from intermediate.int_raw_days where is_touched order by 1"
        )
    ]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> PricingWorkspace:
    folder: Path = tmp_path_factory.mktemp("built_days")
    made = PricingWorkspace.create(folder)
    write_prices(made, OWN, later=False)
    made.write_calls(calls())
    made.build(metered=True, remember=True)
    return made


def test_a_build_after_new_prices_ends_where_a_full_refresh_ends(place: PricingWorkspace) -> None:
    at_first = rows(place)

    write_prices(place, CHANGED, later=True)
    place.build(metered=True, remember=True)

    # Not the days of a price that comes, of a correction that nothing stored hangs on, and before the agreement.
    assert touched(place) == [1, 2, 3, 4, 5, 6, 7, 8, 10, 13]
    found = rows(place)
    place.build("--full-refresh", metered=True, remember=True)
    assert {table for table, wanted in rows(place).items() if found[table] != wanted} == set()

    # 1,000 tokens at 8 and at 4 per million, as the list says now: charged 0.008 each.
    assert place.query(
        "select restated_list_cost_usd, difference_usd from core.rpt_charge_restatements where model = 'by the hour'"
    ) == [(Decimal("0.012"), Decimal("0.004"))]

    write_prices(place, OWN, later=False)
    place.build(metered=True, remember=True)
    assert {table for table, wanted in rows(place).items() if at_first[table] != wanted} == set()

    place.build(metered=True, remember=True)
    assert touched(place) == []
