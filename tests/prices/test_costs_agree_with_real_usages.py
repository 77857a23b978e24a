"""What calls cost, held against 500 real usage bodies with the prices that the publisher of the price list computed."""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.prices.pricing_workspace import Call, PricingWorkspace
from tests.real_files import real_file
from tests.workspace import ROOT

# Before 1 September 2026, when one of the models became dearer: the prices in the file are from before.
AT = datetime(2026, 8, 15, 12)
# Names of parts in the file, and of the meters that carry them here.
METERS_IN = {
    "input_audio_tokens": "input_audio_tokens",
    "input_image_tokens": "input_image_tokens",
    "cache_audio_read_tokens": "cached_input_audio_tokens",
    "cache_write_1h_tokens": "cache_write_1h_tokens",
}
METERS_OUT = {
    name: name for name in ("output_audio_tokens", "output_image_tokens", "output_reasoning_tokens")
}
IMAGE_MODEL = re.compile(r"genai-prices,google,gemini-[^,]*image[^,]*,")
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


def call(priced: Priced, suffix: str, *, with_output: bool) -> Call:
    tokens = {name: priced.usage.get(name, 0) for name in CLASSES}
    names = METERS_IN | (METERS_OUT if with_output else {})
    return Call(
        priced.pair + suffix, priced.provider, priced.model, AT,
        input_tokens=tokens["input_tokens"],
        output_tokens=tokens["output_tokens"] if with_output else 0,
        cached_input_tokens=tokens["cache_read_tokens"],
        cache_write_input_tokens=tokens["cache_write_tokens"],
        metered_units={meter: priced.usage[name] for name, meter in names.items() if priced.usage.get(name)},
    )  # fmt: skip


def take_image_models_of_our_book(seed: Path) -> None:
    """The list in the folder names one price for all output of these models, the usages' prices are of a later one."""
    ours = (ROOT / "dbt_project" / "seeds" / seed.name).read_text(encoding="utf-8").splitlines()
    kept = [line for line in seed.read_text(encoding="utf-8").splitlines() if not IMAGE_MODEL.match(line)]
    seed.write_text("\n".join([*kept, *filter(IMAGE_MODEL.match, ours)]) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Decimal | None]:
    """List cost of each call by its id, computed by the project."""
    price_list: Path = real_file("genai_prices/data.json")
    pricing = PricingWorkspace.create(tmp_path_factory.mktemp("pricing"))
    pricing.empty("model_prices.csv")
    pricing.update_prices("--from", str(price_list), "--release", "fixture", "--effective", "2026-08-01")
    for seed in ("price_book.csv", "price_book_meters.csv"):
        take_image_models_of_our_book(pricing.seeds / seed)
    # Two calls per pair, one of them without the output: together they give both prices.
    pricing.write_calls(
        [
            one
            for priced in priced_usages()
            for one in (
                call(priced, "/input", with_output=False),
                call(priced, "/all", with_output=True),
            )
        ]
    )
    pricing.build(metered=True)
    return dict(pricing.query("select call_id, list_cost_usd from core.fct_calls"))


def test_input_and_output_prices_agree_to_the_last_digit(costs: dict[str, Decimal | None]) -> None:
    differing = []
    for priced in priced_usages():
        of_input, of_all = costs[priced.pair + "/input"], costs[priced.pair + "/all"]
        found = (of_input, None if of_input is None or of_all is None else of_all - of_input)
        if found != (priced.input_usd, priced.output_usd):
            differing.append((priced, found))
    assert not differing, differing[:5]
    metered = [name for priced in priced_usages() for name in priced.usage if name in METERS_IN | METERS_OUT]
    assert Counter(metered) > Counter(input_audio_tokens=12, input_image_tokens=12, output_image_tokens=3)
