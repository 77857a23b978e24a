"""What pages say of own GPUs beside an API, of other regions, and of prices by volume."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reports_builder.subjects.rates.price_tiers import price_tier_section
from reports_builder.subjects.rates.regions import region_section
from reports_builder.subjects.rates.self_hosting import self_hosting_section
from reports_builder.warehouse import open_warehouse
from tests.rates.test_commitment_words import Tiny
from tests.rates.test_portfolio_words import rows_of

POOL = "'A a1' as pool, 'small' as self_hosted_model, 3 as usd_per_million_tokens"
MACHINE = "'A' as provider_name, true as is_cheapest_region, 'r1' as region_id"
METER = "'A' as provider_name, date '2026-10-01' as month_start_date, 'GB' as consumed_unit, 60 as used_units"


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Tiny]:
    yield Tiny(tmp_path)


def test_own_gpus_stand_beside_the_dearest_api_model_and_say_what_is_assumed(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_self_hosting_options",
        f"{POOL}, 'assumed throughput' as basis, 'gpt' as api_model, true as is_dearest_api_model,"
        " 'own cards cost less, if the model is good enough' as verdict",
        f"{POOL}, 'assumed throughput' as basis, 'cheap' as api_model, false as is_dearest_api_model, 'the API costs less, even at full load' as verdict",
        f"{POOL}, 'recorded calls' as basis, null as api_model, true as is_dearest_api_model, 'no API model is in use for its tasks' as verdict",
    )
    with open_warehouse(tiny.path) as warehouse:
        (section,) = self_hosting_section(warehouse)
    assert section.text[0].plain == (
        "A card is paid by the hour, an API by the token. Of 2 pairs of own cards and an API model in use, the own cards cost "
        "less in 1. Of these 2 rest on an assumed throughput of the cards (seed serving_throughputs): no call to the model is "
        "recorded, and nobody has measured whether it is good enough."
    )
    assert [row[2:4] for row in rows_of(section)] == [
        ["recorded calls", "unknown"],
        ["assumed throughput", "gpt"],
    ]


def test_regions_list_the_machines_that_move_and_count_those_without_a_price(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_region_options",
        f"{MACHINE}, 'i-1' as resource_id, 'r2' as option_region_id, 0.25 as price_lower_share, 2 as move_machines, 'worth a closer look' as verdict",
        f"{MACHINE}, 'i-2' as resource_id, 'r2' as option_region_id, 0.1 as price_lower_share, null as move_machines, 'the price is not lower by enough' as verdict",
        f"{MACHINE}, 'i-3' as resource_id, null as option_region_id, null as price_lower_share, null as move_machines, 'no price' as verdict",
        f"{MACHINE.replace('true', 'false')}, 'i-1' as resource_id, 'r3' as option_region_id, 0.2 as price_lower_share, 1 as move_machines, 'worth a closer look' as verdict",
    )
    with open_warehouse(tiny.path) as warehouse:
        (section,) = region_section(warehouse)
    assert section.text[0].plain == (
        "Of 3 machines on demand 1 cost less by enough to look at in another region of their provider; the largest difference "
        "is 25 % of the list price. For 1 no price in another region is on file (seed instance_prices)."
    )
    assert [row[0] for row in rows_of(section)] == ["i-1"]


def test_a_free_tier_is_listed_with_what_nobody_used_of_it_and_others_are_not(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_price_tiers",
        f"{METER}, 'out' as meter_name, 100 as free_units, 40 as unused_free_units, 3.6 as unused_free_usd, 0.6 as next_tier_reached_share",
        f"{METER}, 'store' as meter_name, null as free_units, null as unused_free_units, null as unused_free_usd, 0.9 as next_tier_reached_share",
    )
    with open_warehouse(tiny.path) as warehouse:
        (section,) = price_tier_section(warehouse)
    assert "What October 2026 used" in section.text[0].plain
    assert [row[1] for row in rows_of(section)] == ["store", "out"]
    assert [row[1:] for row in rows_of(section, 1)] == [["out", "unknown", "100", "40", "GB", "$3.60"]]


def test_nothing_is_said_without_cards_machines_and_meters(tiny: Tiny) -> None:
    with open_warehouse(tiny.path) as warehouse:
        assert not [
            *self_hosting_section(warehouse),
            *region_section(warehouse),
            *price_tier_section(warehouse),
        ]
