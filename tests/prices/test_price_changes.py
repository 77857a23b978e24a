"""Two releases of a price list as versions: changed prices hold from their day on, and nothing earlier is priced anew."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from tests.prices.pricing_workspace import Call, PricingWorkspace
from tests.real_files import real_file

OLD, NEW = "1.72.0", "1.77.7"
LAST_INSTANT = datetime(2025, 9, 30, 23, 59, 59, 999999)
FIRST_INSTANT = datetime(2025, 10, 1)
WAITING_DAY = datetime(2025, 9, 20, 12)


def load(pricing: PricingWorkspace, release: str, effective: str) -> str:
    source = real_file(f"litellm/model_prices_{release}.json")
    return pricing.update_prices("--from", str(source), "--release", release, "--effective", effective)


def costs(pricing: PricingWorkspace) -> dict[str, Decimal | None]:
    return dict(pricing.query("select call_id, list_cost_usd from core.fct_calls"))


def calls_at(instant: datetime, suffix: str) -> list[Call]:
    return [
        Call(f"o3 {suffix}", "openai", "o3", instant, 1_000, 100),
        Call(f"long {suffix}", "anthropic", "claude-sonnet-4-20250514", instant, 200_001),
    ]


@pytest.fixture(scope="module")
def pricing(tmp_path_factory: pytest.TempPathFactory) -> PricingWorkspace:
    """The old release, calls of September and what they cost; gpt-5 is not in that release."""
    made = PricingWorkspace.create(tmp_path_factory.mktemp("pricing"))
    load(made, OLD, "2025-06-01")
    made.write_calls(
        [
            *calls_at(LAST_INSTANT, "before"),
            Call("late", "openai", "gpt-5", WAITING_DAY, 1_000, 100, cost_usd=Decimal("0.5")),
        ]
    )
    made.build(remember=True)
    return made


def test_a_new_release_prices_what_follows_and_what_waited(pricing: PricingWorkspace) -> None:
    # 1,000 x 10 + 100 x 40 millionths of a dollar; 200,001 x 3; no price.
    september = {"o3 before": Decimal("0.014"), "long before": Decimal("0.600003"), "late": None}
    assert costs(pricing) == september
    book = (pricing.seeds / "price_book.csv").read_text(encoding="utf-8")

    said = load(pricing, NEW, "2025-10-01")

    assert "changed prices: 43 of 43 models" in said
    o3 = "input $10 -> $2, cached_input $2.5 -> $0.5, output $40 -> $8 per million"
    assert f"openai/o3 (standard) from 2025-10-01: {o3}" in said
    assert (pricing.seeds / "price_book.csv").read_text(encoding="utf-8").startswith(book)
    again = load(pricing, NEW, "2025-10-02")
    assert "changed prices: 0 of 0 models" in again and ": 0 rows added" in again

    pricing.write_calls(calls_at(FIRST_INSTANT, "after"))
    pricing.build(remember=True)

    # 1,000 x 2 + 100 x 8; above 200,000 input tokens the whole call at 6; gpt-5 at 1.25 and 10.
    october = {"o3 after": Decimal("0.0028"), "long after": Decimal("1.200006"), "late": Decimal("0.00225")}
    assert costs(pricing) == september | october
    assert pricing.query("select usage_date::text, list_cost_usd from core.fct_usage_daily order by all") == [
        ("2025-09-20", Decimal("0.00225")),
        ("2025-09-30", Decimal("0.014")),
        ("2025-09-30", Decimal("0.600003")),
        ("2025-10-01", Decimal("0.0028")),
        ("2025-10-01", Decimal("1.200006")),
    ]
    touched = "select day_date::text from intermediate.int_raw_days where is_touched order by 1"
    assert pricing.query(touched) == [("2025-09-20",), ("2025-10-01",)]
    restated = pricing.query(
        "select usage_date::text, billed_cost_usd, main_cause from core.rpt_charge_restatements"
    )
    assert restated == [("2025-09-20", Decimal("0.5"), "price")]

    pricing.build()
    assert pricing.query(touched) == []
