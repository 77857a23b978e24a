"""What is unknown of one call hides nothing of another: calls, hours and days cost the same, whatever classes lack a price."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest

from tests.prices.pricing_workspace import Call, PricingWorkspace

CLASSES = ("input", "cached_input", "cache_write", "output")
SUBSETS = [frozenset(name for bit, name in enumerate(CLASSES) if mask >> bit & 1) for mask in range(16)]
# The classes for which a price is agreed; with none there is no agreement.
AGREED = [frozenset[str](), frozenset({"input"}), frozenset({"cache_write", "output"}), frozenset(CLASSES)]
LIST = dict(zip(CLASSES, map(Decimal, ("3", "0.3", "3.75", "15")), strict=True))
TOKENS = dict(zip(CLASSES, (1000, 400, 70, 9), strict=True))
CHARGE = Decimal("0.5")
DAY = datetime(2026, 10, 1)


@dataclass(frozen=True)
class Case:
    """A model with some prices, and a call of it that uses some classes."""

    listed: frozenset[str]
    agreed: frozenset[str]
    used: frozenset[str]
    is_charged: bool

    @property
    def model(self) -> str:
        return "+".join(sorted(self.listed)) + " agreed " + "+".join(sorted(self.agreed))

    def cost(self, prices: dict[str, Decimal]) -> Decimal | None:
        """None where a class that is used has no price, and where the model has none at all."""
        if not prices or not self.used <= prices.keys():
            return None if self.used or not (self.listed or self.agreed) else Decimal(0)
        return sum((TOKENS[name] * prices[name] for name in self.used), Decimal(0)) / 1_000_000

    @property
    def list_cost(self) -> Decimal | None:
        return self.cost({name: LIST[name] for name in self.listed})

    @property
    def effective_cost(self) -> Decimal | None:
        prices = {name: LIST[name] for name in self.listed} | {name: LIST[name] / 2 for name in self.agreed}
        agreed = self.cost(prices) if self.agreed else None
        if agreed is not None:
            return agreed
        return CHARGE if self.is_charged else self.list_cost


CASES = [Case(*case) for case in product(SUBSETS, AGREED, SUBSETS, (False, True))]


@pytest.fixture(scope="module")
def pricing(tmp_path_factory: pytest.TempPathFactory) -> PricingWorkspace:
    made = PricingWorkspace.create(tmp_path_factory.mktemp("pricing"))
    listed, agreed = [], []
    for case in {case.model: case for case in CASES}.values():
        listed += [
            f"p,{case.model},standard,{name},{LIST[name]},2026-01-01 00:00:00,test,2026-01-01,,"
            for name in sorted(case.listed)
        ]
        agreed += [
            f"p,{case.model},standard,{name},{LIST[name] / 2},2026-01-01 00:00:00,9999-12-31 00:00:00,test,,"
            for name in sorted(case.agreed)
        ]  # fmt: skip
    # Prices that no call uses: of a model that has none, of one that is spelt otherwise, and of other providers and models.
    listed.append("P,mistyped,standard,input,1,2026-01-01 00:00:00,test,2026-01-01,,")
    listed.append("q,not called yet,standard,input,1,2026-01-01 00:00:00,test,2026-01-01,,")
    for model in ("Cached-Input agreed", "not called yet"):
        agreed.append(f"p,{model},standard,input,1,2026-01-01 00:00:00,9999-12-31 00:00:00,test,,")
    append(made.seeds / "model_prices.csv", listed)
    append(made.seeds / "price_overrides.csv", agreed)
    made.write_calls(
        [
            Call(
                f"c{number}", "p", case.model, DAY + timedelta(minutes=number % 90),
                input_tokens=sum(TOKENS[name] for name in case.used - {"output"}),
                output_tokens=TOKENS["output"] if "output" in case.used else 0,
                cached_input_tokens=TOKENS["cached_input"] if "cached_input" in case.used else 0,
                cache_write_input_tokens=TOKENS["cache_write"] if "cache_write" in case.used else 0,
                cost_usd=CHARGE if case.is_charged else None,
            )
            for number, case in enumerate(CASES)
        ]
    )  # fmt: skip
    made.build()
    return made


def append(path: Path, rows: list[str]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(row + "\n" for row in rows)


def test_each_call_costs_what_its_own_classes_cost(pricing: PricingWorkspace) -> None:
    found = {
        call_id: costs
        for call_id, *costs in pricing.query(
            "select call_id, list_cost_usd, effective_cost_usd, is_priced from core.fct_calls"
        )
    }
    expected = {
        f"c{number}": [case.list_cost, case.effective_cost, case.list_cost is not None]
        for number, case in enumerate(CASES)
    }
    assert found == expected


def test_days_and_hours_hold_the_sums_of_the_calls(pricing: PricingWorkspace) -> None:
    expected: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 5)
    for case in CASES:
        whole = expected[case.model]
        for position, amount in enumerate((case.list_cost, case.effective_cost)):
            whole[position] += amount or 0
            whole[position + 2] += amount is None
        whole[4] += CHARGE if case.list_cost is None and case.is_charged else 0
    sums = "coalesce(sum(list_cost_usd), 0), coalesce(sum(effective_cost_usd), 0)"
    daily = pricing.query(
        f"select model, {sums}, sum(unpriced_calls), sum(uncosted_calls), coalesce(sum(unpriced_billed_cost_usd), 0)"
        " from core.fct_usage_daily group by model"
    )
    assert {model: figures for model, *figures in daily} == expected
    hourly = pricing.query(f"select model, {sums} from intermediate.int_usage_slots group by model")
    assert {model: figures for model, *figures in hourly} == {
        model: figures[:2] for model, figures in expected.items()
    }


def test_own_prices_that_calls_name_otherwise_are_said(pricing: PricingWorkspace) -> None:
    done = pricing.workspace.dbt("test", "--select", "assert_own_prices_are_used")
    assert done.returncode == 0
    unpriced = {case.model for case in CASES if case.list_cost is None}
    assert f"WARN {len(unpriced) + 1} assert_own_prices_are_used" in done.stdout
