"""The market on which scenarios buy: seven providers, models from budget to premium, dated prices."""

from datetime import date

import numpy as np
import pytest

from generator.company.catalogue import MODELS, TASKS
from generator.company.market import PROVIDER_SHARES, specified_market, wide_market
from generator.company.prices import read_price_book
from generator.plan import Options, make_plan, midnight
from tests.generator.conftest import ROOT
from tests.generator.scenario_plans import LAST

SEEDS = ROOT / "dbt_project" / "seeds"


def test_seven_providers_share_the_calls_as_on_the_market():
    shares = {}
    for seed in (1, 2, 3):
        plan = make_plan(Options(500, 30, LAST, seed, ("base",)))
        customers = plan.segments.customer < 500
        for index in np.flatnonzero(customers).tolist():
            provider = MODELS[plan.segments.model[index]].provider
            shares[provider] = shares.get(provider, 0.0) + plan.segments.calls_per_day[index]
    total = sum(shares.values())
    assert set(shares) == set(PROVIDER_SHARES)
    for provider, share in PROVIDER_SHARES.items():
        assert shares[provider] / total == pytest.approx(share, abs=0.05), provider


def test_more_than_24_models_from_budget_to_premium_all_priced_from_the_books():
    prices = read_price_book(SEEDS / "demo_prices.csv", MODELS).at(midnight(LAST))
    standard = prices[0]
    assert len(MODELS) >= 24
    # Nano-dollars per token are thousandths of a dollar per million: 0.000075 and 0.075 USD per 1K.
    assert standard[:, 0].min() == 75
    assert standard[:, 2].max() == 75_000
    assert (standard >= 0).all()


@pytest.mark.parametrize(
    ("model", "day", "nano"),
    [
        ("mistral-large-4", date(2026, 10, 19), (680, 70, 2090)),
        ("mistral-large-4", date(2026, 10, 20), (1360, 140, 4180)),
        ("mistral-large-4", date(2026, 10, 29), (700, 70, 2100)),
        ("gpt-5.6-sol", date(2026, 8, 20), (5000, 500, 30_000)),
        ("gpt-5.6-sol", date(2026, 8, 21), (4000, 400, 20_000)),
        # No price for the cache: charged as input.
        ("gemini-2.0-flash-lite", date(2026, 8, 21), (75, 75, 300)),
        # Its own list, not the book's.
        ("gpt-4", date(2026, 8, 21), (30_000, 15_000, 60_000)),
    ],
)
def test_prices_are_those_of_the_day(model, day, nano):
    prices = read_price_book(SEEDS / "demo_prices.csv", MODELS).at(midnight(day))
    (index,) = [index for index, it in enumerate(MODELS) if it.model == model]
    assert tuple(prices[0, index].tolist()) == nano


def test_no_price_of_the_market_depends_on_a_size_that_prompts_reach():
    longest = max(task.input_cap for task in TASKS)
    book = (SEEDS / "price_book.csv").read_text().splitlines()
    keys = {model.price_key for model in MODELS if model.price_key}
    for line in book[1:]:
        _, provider, model, _, smallest, *_ = line.split(",")
        if (provider, model) in keys:
            assert int(smallest) == 0 or int(smallest) > longest, line


def test_markets_have_weights_for_every_task():
    for market in (specified_market(), wide_market()):
        assert market.weights.shape == (len(TASKS), market.models)
        np.testing.assert_allclose(market.edges()[:, -1], 1.0)
