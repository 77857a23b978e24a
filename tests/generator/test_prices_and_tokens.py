"""Prices by the instant, costs by hand, and the means that calibration relies on."""

from datetime import date, datetime

import numpy as np
import pytest

from generator.calls.costing import Usage, list_cost_nano
from generator.calls.traffic import draw_calls
from generator.company.catalogue import MODEL_INDEX, TASK_INDEX
from generator.company.prices import read_price_book
from generator.company.segments import Segments
from generator.errors import UsageError
from generator.patterns.tokens import TABLE_SIZE, input_table
from generator.plan import SEEDS, Options, make_plan

HEADER = "provider,model,service_tier,token_class,usd_per_million_tokens,valid_from,price_source\n"


def seed_with(tmp_path, *rows: str):
    path = tmp_path / "demo_prices.csv"
    path.write_text((SEEDS / "demo_prices.csv").read_text() + "".join(row + "\n" for row in rows))
    return path


def one_segment(model: str) -> Segments:
    whole = {name: np.zeros(1, dtype=np.int64) for name in Segments.__slots__}
    return Segments(**(whole | {"model": np.array([MODEL_INDEX[model]])}))


def test_a_call_costs_its_tokens_by_class():
    prices = read_price_book(SEEDS / "demo_prices.csv")
    usage = Usage(np.array([0]), np.array([1000]), np.array([400]), np.array([50]))
    cost = list_cost_nano(prices, date(2026, 1, 1), one_segment("claude-sonnet-4"), np.array([1]), usage)
    # 600 x 3 + 400 x 0.3 + 50 x 15 = 2,670 millionths of a dollar
    assert cost.tolist() == [2_670_000]


def test_a_price_change_holds_from_its_very_microsecond(tmp_path):
    path = seed_with(tmp_path, "openai,gpt-4,standard,input,20,2026-05-01 12:00:00,test")
    prices = read_price_book(path)
    noon = int((datetime(2026, 5, 1, 12) - datetime(1970, 1, 1)).total_seconds()) * 1_000_000
    usage = Usage(np.array([noon - 1, noon]), np.array([10, 10]), np.array([0, 0]), np.array([0, 0]))
    cost = list_cost_nano(prices, date(2026, 5, 1), one_segment("gpt-4"), np.array([2]), usage)
    assert cost.tolist() == [300_000, 200_000]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("openai,gpt-4,standard,input,free,2026-01-01 00:00:00,x", "line 38: not a price"),
        ("openai,gpt-4,standard,input,0.0001,2026-01-01 00:00:00,x", "line 38: a price needs"),
        ("openai,gpt-4,standard,input,1,someday,x", "line 38: not a price"),
    ],
)
def test_a_bad_price_names_its_line(tmp_path, row, complaint):
    with pytest.raises(UsageError, match=complaint):
        read_price_book(seed_with(tmp_path, row))


def test_a_model_without_price_is_named(tmp_path):
    path = tmp_path / "demo_prices.csv"
    path.write_text(HEADER + "openai,gpt-4,standard,input,30,2024-01-01 00:00:00,x\n")
    with pytest.raises(UsageError, match="no standard cached_input price of gpt-4 on 2026-01-01"):
        read_price_book(path).at(datetime(2026, 1, 1))


def test_mean_tokens_are_the_mean_of_the_table_cut_off_at_the_cap():
    table = input_table()
    for task, scale, cap in (("chat", 1.3, 2000.0), ("agent", 0.7, 1e9), ("classification", 5.0, 100.0)):
        index = TASK_INDEX[task]
        drawn = table.drawn[index * TABLE_SIZE : (index + 1) * TABLE_SIZE].astype(float)
        expected = np.minimum(scale * drawn, cap).mean()
        mean = table.mean(np.array([index]), np.array([scale]), np.array([cap]))[0]
        assert mean == pytest.approx(expected, rel=1e-6)


def test_calls_and_cost_meet_their_expectation():
    plan = make_plan(Options(300, 7, date(2026, 10, 25), 5))
    calls = spent = expected_calls = expected_cost = 0.0
    for day in plan.options.dates():
        normal = plan.normal_calls(day, plan.segments)
        expected_calls += normal.sum()
        expected_cost += (normal * plan.segments.cost_nano_per_call(plan.prices.nano_usd[-1])).sum()
        for block in plan.blocks:
            drawn = draw_calls(plan, day, block)
            is_normal = np.repeat(drawn.anomaly < 0, drawn.rows_per_segment)
            calls += is_normal.sum()
            spent += drawn.cost_nano_usd[is_normal].sum()
    assert calls == pytest.approx(expected_calls, rel=0.02)
    assert spent == pytest.approx(expected_cost, rel=0.03)
