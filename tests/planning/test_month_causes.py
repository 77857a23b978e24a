"""What changed a month on the one before: bills whose truth is known, taken apart by the models from the ledger on."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

import duckdb
import pytest

from tests.planning.rendering import render

PARTS = ("days", "price", "volume", "mix", "efficiency", "new", "lost", "other_costs")
Truth = dict[str, Decimal]
Line = tuple[date, str | None, str, str | None, Decimal, Decimal]
MONTHS = [(date(2026, 9, 1), date(2026, 10, 1)), (date(2026, 1, 1), date(2026, 2, 1)), (date(2026, 2, 1), date(2026, 3, 1))]  # fmt: skip


def days_of(month: date) -> list[date]:
    return [
        day for day in (month + timedelta(days=number) for number in range(31)) if day.month == month.month
    ]


def is_workday(day: date) -> bool:
    return day.isoweekday() < 6


class Bill:
    """Lines of two months, and what each resource changed for which reason."""

    def __init__(self, before: date, month: date, seed: int) -> None:
        self.before, self.month = days_of(before), days_of(month)
        self.more = Decimal(len(self.month) - len(self.before))
        self.chance = random.Random(seed)
        self.lines: list[Line] = []
        self.truth: dict[str, Truth] = defaultdict(Truth)

    def rate(self) -> Decimal:
        return Decimal(self.chance.randint(1, 900)).scaleb(-2)

    def run(self, name: str, days: list[date], rate: Decimal, hours: int = 24, meter: str = "large") -> None:
        self.lines += [(day, name, meter, "Hrs", Decimal(hours), rate * hours) for day in days]

    def always_on(self, name: str) -> None:
        rate = self.rate()
        self.run(name, self.before + self.month, rate)
        self.truth[name] = {"days": rate * 24 * self.more}

    def on_workdays(self, name: str) -> None:
        rate = self.rate()
        before, month = list(filter(is_workday, self.before)), list(filter(is_workday, self.month))
        self.run(name, before + month, rate, 10)
        self.truth[name] = {"days": rate * 10 * (len(month) - len(before))}

    def dearer(self, name: str) -> None:
        rate, rise = self.rate(), self.rate()
        self.run(name, self.before, rate)
        self.run(name, self.month, rate + rise)
        self.truth[name] = {"days": rate * 24 * self.more, "price": rise * 24 * len(self.month)}

    def off_at_night(self, name: str) -> None:
        rate = self.rate()
        self.run(name, self.before, rate)
        self.run(name, self.month, rate, 11)
        self.truth[name] = {"days": rate * 24 * self.more, "volume": -rate * 13 * len(self.month)}

    def made_larger(self, name: str) -> None:
        small, large = self.rate(), self.rate()
        self.run(name, self.before, small, meter="small")
        self.run(name, self.month, large)
        self.truth[name] = {"days": small * 24 * self.more, "mix": (large - small) * 24 * len(self.month)}

    def ended(self, name: str) -> None:
        rate, last = self.rate(), self.chance.randint(7, len(self.before))
        self.run(name, self.before[:last], rate)
        self.truth[name] = {"lost": -rate * 24 * last}

    def began(self, name: str) -> None:
        rate, first = self.rate(), self.chance.randint(0, 20)
        self.run(name, self.month[first:], rate)
        self.truth[name] = {"new": rate * 24 * (len(self.month) - first)}

    def stopped_in_the_month(self, name: str) -> None:
        rate, last = self.rate(), self.chance.randint(1, 20)
        self.run(name, self.before + self.month[:last], rate)
        self.truth[name] = {"volume": rate * 24 * (last - len(self.before))}

    def same_bill(self, name: str) -> None:
        """A price by the month, spread over its hours."""
        cost = self.rate() * 100
        for days in (self.before, self.month):
            self.run(name, days, (cost / len(days) / 24).quantize(Decimal("1e-9")))

    def disk(self, name: str) -> None:
        """Gigabytes by the month: larger, and a day's part of the price is the days'."""
        rate = self.rate()
        for days, size in ((self.before, 40), (self.month, 60)):
            share = Decimal(size) / len(days)
            self.lines += [(day, name, "disk", "GB-Mo", share, round(rate * share, 12)) for day in days]
        days = rate * 40 * (Decimal(len(self.month)) / len(self.before) - 1)
        self.truth[name] = {"days": days, "volume": rate * 20 - days}

    def support(self, name: str) -> None:
        """A fee by the day, and one that is charged once."""
        rate = self.rate()
        self.lines += [(day, None, name, None, Decimal(0), rate) for day in self.before + self.month]
        self.truth[name] = {"days": rate * self.more}
        once = name + " once"
        self.lines += [(days[3], None, once, None, Decimal(0), cost) for days, cost in ((self.before, rate), (self.month, rate * 3))]  # fmt: skip
        self.truth[once] = {"other_costs": rate * 2}


KINDS: list[Callable[[Bill, str], None]] = [
    Bill.always_on, Bill.on_workdays, Bill.dearer, Bill.off_at_night, Bill.made_larger, Bill.ended, Bill.began,
    Bill.stopped_in_the_month, Bill.same_bill, Bill.disk, Bill.support,
]  # fmt: skip


@pytest.fixture
def ledger() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        owners = "organization_id varchar, business_unit_id varchar, project_id varchar, user_id varchar, cost_centre varchar"
        connection.execute(
            f"""
            create table fct_charges (charge_date date, is_counted boolean, source varchar, provider varchar, provider_name varchar,
                charge_category varchar, cost_component varchar, region_id varchar, is_direct boolean, team_id varchar, customer_id varchar,
                product_id varchar, feature_id varchar, service_name varchar, resource_id varchar, sku_meter varchar, sku_id varchar,
                consumed_unit varchar, consumed_quantity decimal(38, 15), pricing_unit varchar, pricing_quantity decimal(38, 15),
                effective_cost_usd decimal(28, 12), model varchar, {owners});
            create table int_usage_owned_daily (usage_date date, team_id varchar, customer_id varchar, product_id varchar, feature_id varchar,
                provider varchar, model varchar, calls bigint, uncosted_calls bigint, uncosted_tokens bigint, input_tokens bigint,
                output_tokens bigint, effective_cost_usd decimal(28, 12), {owners});
            create table ai_services (provider varchar, service_name varchar);
            create table int_budgets (scope varchar, scope_id varchar, period varchar, period_start_date date, period_end_date date);
            create table dim_dates as select cast(d as date) as date_day, cast(date_trunc('month', d) as date) as month_start_date,
                isodow(d) as iso_weekday from generate_series(timestamp '2026-01-01', timestamp '2026-12-31', interval 1 day) as s (d);
            """
        )
        yield connection


def taken_apart(ledger: duckdb.DuckDBPyConnection, bill: Bill, as_of: date) -> dict[str, Truth]:
    """The parts of the company's month by resource, of one without by its meter, from the models themselves."""
    ledger.execute(
        "create table int_as_of_date as select ?::date as first_usage_date, ?::date as as_of_date",
        [bill.before[0], as_of],
    )
    ledger.executemany(
        """
        insert into fct_charges by name select ?::date as charge_date, ? as resource_id, ?::varchar as service_name, ?::varchar as consumed_unit,
            ?::decimal(38, 15) as consumed_quantity, ?::decimal(28, 12) as effective_cost_usd, ?::varchar as sku_meter, true as is_counted, 'aws_cur' as source,
            'AWS' as provider_name, case when consumed_unit is null then 'Purchase' else 'Usage' end as charge_category,
            'infrastructure' as cost_component, true as is_direct, 't' as team_id
        """,
        [
            (day, name, "EC2" if name else meter, unit, quantity, cost, meter)
            for day, name, meter, unit, quantity, cost in bill.lines
        ],
    )
    for model in ("int_usage_items_by_weekday", "int_usage_items_monthly"):
        ledger.execute(f"create table {model} as {render(model)}")
    sums = ", ".join(f"sum({part}_usd)" for part in PARTS)
    rows = ledger.execute(
        f"""
        select coalesce(resource_id, service_name), {sums} from ({render("int_cost_changes_decomposed")})
        where scope = 'total' and month_start_date = ? group by 1
        """,
        [bill.month[0]],
    ).fetchall()
    return {name: dict(zip(PARTS, parts, strict=True)) for name, *parts in rows}


@pytest.mark.parametrize(("before", "month"), MONTHS, ids=["Oct", "Feb", "Mar"])
def test_each_resource_changed_for_the_reason_that_it_had(
    ledger: duckdb.DuckDBPyConnection, before: date, month: date
) -> None:
    bill = Bill(before, month, seed=month.month)
    for number in range(40):
        kind = KINDS[number % len(KINDS)]
        kind(bill, f"{kind.__name__}-{number}")
    found = taken_apart(ledger, bill, bill.month[-1])
    names = {name or meter for _, name, meter, *_ in bill.lines}
    assert set(found) == names
    for name in names:
        for part in PARTS:
            expected = bill.truth[name].get(part, Decimal(0)) if name in bill.truth else Decimal(0)
            assert abs(found[name][part] - expected) < Decimal("1e-6"), (name, part)
    costs = {
        days[0]: sum((cost for day, *_, cost in bill.lines if day in days), Decimal(0))
        for days in (bill.before, bill.month)
    }
    everything = sum((sum(parts.values(), Decimal(0)) for parts in found.values()), Decimal(0))
    assert everything == costs[month] - costs[before]


def test_of_a_running_month_no_part_is_the_calendars(ledger: duckdb.DuckDBPyConnection) -> None:
    bill = Bill(date(2026, 9, 1), date(2026, 10, 1), seed=1)
    bill.always_on("machine")
    found = taken_apart(ledger, bill, date(2026, 10, 20))
    assert set(found["machine"].values()) == {Decimal(0)}


def test_machines_of_a_day_are_compared_together(ledger: duckdb.DuckDBPyConnection) -> None:
    bill = Bill(date(2026, 9, 1), date(2026, 10, 1), seed=1)
    for number, day in enumerate(bill.before + bill.month):
        bill.run(f"spot-{number}", [day], Decimal(2))
    found = taken_apart(ledger, bill, bill.month[-1])
    assert found == {"EC2": dict.fromkeys(PARTS, Decimal(0)) | {"days": Decimal(48)}}
