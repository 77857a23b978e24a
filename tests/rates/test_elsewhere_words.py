"""What pages say of own GPUs beside an API, of other regions, and of prices by volume."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reports_builder.subjects.rates.price_tiers import price_tier_section
from reports_builder.subjects.rates.regions import provider_section, region_section
from reports_builder.subjects.rates.self_hosting import self_hosting_section
from reports_builder.warehouse import open_warehouse
from tests.rates.test_commitment_words import Tiny
from tests.rates.test_portfolio_words import rows_of

POOL = "'A a1' as pool, 'small' as self_hosted_model, 3 as usd_per_million_tokens"
MACHINE = "0.15 as lower_from_share, 'A' as provider_name, true as is_cheapest_region, 'r1' as region_id"
METER = "true as is_payer_known, 'A' as provider_name, date '2026-10-01' as month_start_date, 'GB' as consumed_unit, 60 as used_units"


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[Tiny]:
    yield Tiny(tmp_path)


def test_own_gpus_stand_beside_the_dearest_api_model_and_say_what_is_assumed(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_self_hosting_options",
        f"{POOL}, 'assumed throughput' as basis, 'gpt' as api_model, true as is_dearest_api_model, 24 as recorded_days, 30 as paid_days,"
        " 928.8 as monthly_cost_usd, 1087.2 as api_cost_usd, 219.7 as free_hours,"
        " 'lower price a token at an assumed throughput; quality for these tasks unknown' as verdict",
        f"{POOL}, 'assumed throughput' as basis, 'cheap' as api_model, false as is_dearest_api_model, 'the API costs less, even at full load' as verdict",
        f"{POOL}, 'recorded calls' as basis, null as api_model, true as is_dearest_api_model, 'no API model is in use for its tasks' as verdict",
    )
    with open_warehouse(tiny.path) as warehouse:
        (section,) = self_hosting_section(warehouse)
    assert section.text[0].plain == (
        "A card is paid by the hour, an API by the token. Of 2 pairs of own cards and an API model in use, none shows that own "
        "cards cost less. In 1 a token has a lower price on them, and nobody knows the quality of the answers: no saving. 2 rest "
        "on an assumed throughput of the cards (seed serving_throughputs): no call to the model is recorded, so its quality for "
        "these tasks is unknown."
    )
    assert [row[2:5] for row in rows_of(section)] == [
        ["recorded calls", "unknown", "unknown"],
        ["assumed throughput", "unknown", "gpt"],
    ]
    # What a copy costs, and over how many days it is known when cards are free.
    assert rows_of(section)[1][7:12] == ["$928.80", "$1,087.20", "220", "24", "30"]


def test_regions_list_the_machines_that_move_and_count_those_without_a_price(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_region_options",
        f"{MACHINE}, 'i-1' as resource_id, 'r2' as option_region_id, 0.25 as price_lower_share, 2 as move_machines, 'worth a closer look' as verdict, "
        "100 as move_monthly_savings_usd, 75 as move_base_savings_usd, 50 as move_low_savings_usd, 300 as move_cost_usd, '2.5 days' as move_effort, "
        "'Head of Engineering' as owner_role, 4 as payback_months",
        f"{MACHINE}, 'i-2' as resource_id, 'r2' as option_region_id, 0.1 as price_lower_share, null as move_machines, 'the price is not lower by enough' as verdict",
        f"{MACHINE}, 'i-3' as resource_id, null as option_region_id, null as price_lower_share, null as move_machines, 'no price' as verdict",
        f"{MACHINE.replace('true', 'false')}, 'i-1' as resource_id, 'r3' as option_region_id, 0.2 as price_lower_share, 1 as move_machines, 'worth a closer look' as verdict",
    )
    with open_warehouse(tiny.path) as warehouse:
        (section,) = region_section(warehouse)
    assert section.text[0].plain == (
        "Of 3 machines on demand 1 cost less in another region of their provider by more than 15 % of the list price, from where "
        "on a move is judged (arbitrage_from_share); the largest difference is 25 %. For 1 no price in another region is on file "
        "(seed instance_prices)."
    )
    assert [row[0] for row in rows_of(section)] == ["i-1"]
    # What is likely, the range, the move, its work, who decides, and when it has come back.
    assert rows_of(section)[0][9:] == [
        *("$75.00", "$50.00", "$100.00", "$300.00", "2.5 days", "Head of Engineering", "4.0 months"),
        "worth a closer look",
    ]


def test_regions_without_a_move_list_the_nearest_with_the_limit(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_region_options",
        f"{MACHINE}, true as is_lower, 'i-2' as resource_id, 'r2' as option_region_id, 0.1 as price_lower_share, null as move_machines",
        f"{MACHINE}, false as is_lower, 'i-3' as resource_id, 'r2' as option_region_id, -0.1 as price_lower_share, null as move_machines",
    )
    with open_warehouse(tiny.path) as warehouse:
        (section,) = region_section(warehouse)
    assert section.text[0].plain == (
        "None of 2 machines on demand costs less in another region of its provider by more than 15 % of the list price, from "
        "where on a move is judged (arbitrage_from_share); the largest difference is 10 %."
    )
    assert [[row[0], row[5], row[8]] for row in rows_of(section)] == [["i-2", "10 %", "15 %"]]


def test_a_move_to_another_provider_is_said_with_what_to_ask_first(tiny: Tiny) -> None:
    row = (
        "'AWS' as provider_name, '{0}' as team_id, '{1}' as option_provider_name, 3 as machines, 3 as priced_machines, {2} as move_machines, 2 as move_regions, "
        "500 as monthly_cost_usd, 0.25 as largest_lower_share, 0.15 as lower_from_share, {3} as base_savings_usd, '{4}' as verdict"
    )
    tiny.add(
        "rates.rpt_provider_options",
        row.format("web", "Google Cloud", 2, "90", "worth a closer look"),
        row.format("data", "Google Cloud", 1, "9", "the move would not come back in time"),
        row.format("web", "Microsoft", 0, "null", "the price is not lower by enough"),
    )
    with open_warehouse(tiny.path) as warehouse:
        (section,) = provider_section(warehouse)
    assert section.text[0].plain == (
        "For the machines without GPUs of 2 teams another provider has types as large on file; the largest difference of list prices is 25 %, "
        "and a move is judged from 15 % on (arbitrage_from_share). 1 of 3 moves are worth a closer look, for $90.00 a month; in no total, and not "
        "net of other actions on the machines. Ask first whether the data may lie where the price is on file."
    )
    assert [row[0] for row in rows_of(section)] == ["web", "data"]


def test_a_free_tier_is_listed_with_what_nobody_used_of_it_and_others_are_not(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_price_tiers",
        f"{METER}, false as is_near_next_tier, 'none' as price_gap_cause, 'out' as meter_name, 100 as free_units, 40 as unused_free_units, 3.6 as unused_free_usd, 0.6 as next_tier_reached_share",
        f"{METER}, true as is_near_next_tier, 'a discount or credit on the bill' as price_gap_cause, 'as listed in 2024' as price_source, "
        "90 as effective_cost_usd, 100 as tiered_cost_usd, 'store' as meter_name, null as free_units, null as unused_free_units, null as unused_free_usd, 0.9 as next_tier_reached_share",
    )
    with open_warehouse(tiny.path) as warehouse:
        (section,) = price_tier_section(warehouse)
    assert [text.plain for text in section.text] == [
        "In October 2026 2 meters had a price that depends on the volume (seed price_tiers), all accounts of a payer together. "
        "1 are near their next tier. Of the others the furthest has used 60 % of what its next tier starts at.",
        "For 1 of them the bills charge $90.00, where the prices of the seed (as listed in 2024) come to $100.00. Most of "
        "it: a discount or credit on the bill.",
    ]
    assert [row[1] for row in rows_of(section)] == ["store"]
    assert [row[-1] for row in rows_of(section)] == ["unknown"], "without a decision no column asks for one"
    assert [row[1:] for row in rows_of(section, 1)] == [["out", "unknown", "100", "40", "GB", "$3.60"]]


def test_buying_up_to_a_tier_says_what_it_brings_and_who_decides(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_price_tiers",
        f"{METER}, true as is_near_next_tier, 'none' as price_gap_cause, 'seats' as meter_name, 0.9 as next_tier_reached_share, 10 as monthly_savings_usd, "
        "-8 as low_savings_usd, 21.6 as high_savings_usd, '1 day' as effort, 'Head of Finance' as owner_role, 5 as payback_months",
    )
    with open_warehouse(tiny.path) as warehouse:
        (section,) = price_tier_section(warehouse)
    assert rows_of(section)[0][-6:] == [
        "$10.00",
        "-$8.00",
        "$21.60",
        "1 day",
        "Head of Finance",
        "5.0 months",
    ]


def test_a_payer_that_no_bill_names_is_promised_no_tier(tiny: Tiny) -> None:
    tiny.add(
        "rates.rpt_price_tiers",
        f"{METER.replace('true', 'false')}, false as is_near_next_tier, 'unknown: the bill names no payer' as price_gap_cause, 'store' as meter_name, "
        "90 as effective_cost_usd, 'unknown: the bill names no payer' as verdict",
    )
    with open_warehouse(tiny.path) as warehouse:
        (section,) = price_tier_section(warehouse)
    assert [text.plain for text in section.text] == [
        "In October 2026 1 meters had a price that depends on the volume (seed price_tiers), all accounts of a payer together.",
        "For 1 of them bills name no payer (BillingAccountId), so that nobody knows whose volumes count together: their tier, "
        "and what the next one would save, is unknown.",
    ]
    assert section.tables == ()
    tiny.add(
        "rates.rpt_price_tiers",
        f"{METER}, false as is_near_next_tier, 'none' as price_gap_cause, 'out' as meter_name, 0.6 as next_tier_reached_share",
    )
    with open_warehouse(tiny.path) as warehouse:
        (section,) = price_tier_section(warehouse)
    assert (
        "For none of those whose payer is known is there anything to decide: the furthest has used 60 %"
        in section.text[0].plain
    )


def test_nothing_is_said_without_cards_machines_and_meters(tiny: Tiny) -> None:
    with open_warehouse(tiny.path) as warehouse:
        assert not [
            *self_hosting_section(warehouse),
            *region_section(warehouse),
            *price_tier_section(warehouse),
        ]
