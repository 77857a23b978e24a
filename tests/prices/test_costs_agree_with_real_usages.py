"""What calls cost, held against 500 real usage bodies with the prices that the publisher of the price list computed."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.prices.pricing_workspace import Call, PricingWorkspace
from tests.real_files import real_file

# Before 1 September 2026, when one of the models became dearer: the prices in the file are from before.
AT = datetime(2026, 8, 15, 12)
CLASSES = ("input_tokens", "cache_read_tokens", "cache_write_tokens", "output_tokens")


class Priced(NamedTuple):
    """A usage that the file prices for a provider."""

    pair: str
    provider: str
    model: str
    usage: dict[str, int]
    input_usd: Decimal
    output_usd: Decimal


def priced_usages() -> list[Priced]:
    """Every pair of a usage and a provider for which the file states prices."""
    usages: list[dict[str, Any]] = json.loads(
        real_file("genai_prices/usages_first_500.json").read_text(encoding="utf-8")
    )
    return [
        Priced(
            f"{number}/{reading}/{position}", stated["provider_id"], usage["model"],
            extracted["usage"], Decimal(stated["input_price"]), Decimal(stated["output_price"]),
        )
        for number, usage in enumerate(usages)
        for reading, extracted in enumerate(usage["extracted"])
        for position, stated in enumerate(extracted["extractors"])
        if "input_price" in stated
    ]  # fmt: skip


def call(priced: Priced, suffix: str, output_tokens: int) -> Call:
    tokens = {name: priced.usage.get(name, 0) for name in CLASSES}
    return Call(
        priced.pair + suffix, priced.provider, priced.model, AT,
        input_tokens=tokens["input_tokens"],
        output_tokens=output_tokens,
        cached_input_tokens=tokens["cache_read_tokens"],
        cache_write_input_tokens=tokens["cache_write_tokens"],
    )  # fmt: skip


def reason(priced: Priced) -> str:
    """Tokens that the file prices by what they carry; a call record counts them, and does not tell them apart."""
    if priced.usage.get("input_audio_tokens"):
        return "audio in the input"
    if priced.model.endswith(("-image", "-image-preview")):
        return "image in the output"
    return "no reason known"


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Decimal | None]:
    """List cost of each call by its id, computed by the project."""
    price_list: Path = real_file("genai_prices/data.json")
    pricing = PricingWorkspace.create(tmp_path_factory.mktemp("pricing"))
    pricing.empty("model_prices.csv")
    pricing.update_prices("--from", str(price_list), "--release", "fixture", "--effective", "2026-08-01")
    # Two calls per pair, one of them without the output: together they give both prices.
    pricing.write_calls(
        [
            one
            for priced in priced_usages()
            for one in (
                call(priced, "/input", 0),
                call(priced, "/all", priced.usage.get("output_tokens", 0)),
            )
        ]
    )
    pricing.build()
    return dict(pricing.query("select call_id, list_cost_usd from core.fct_calls"))


def test_input_and_output_prices_agree_to_the_last_digit(costs: dict[str, Decimal | None]) -> None:
    found: Counter[str] = Counter()
    for priced in priced_usages():
        of_input, of_all = costs[priced.pair + "/input"], costs[priced.pair + "/all"]
        assert of_input is not None and of_all is not None, priced
        agrees = of_input == priced.input_usd and of_all - of_input == priced.output_usd
        found["agree" if agrees else reason(priced)] += 1
    assert found == {"agree": 1095, "audio in the input": 13, "image in the output": 5}
