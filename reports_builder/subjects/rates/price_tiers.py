"""Prices by volume: the tier that a month reached, when the next one pays, and what is free and unused."""

from reports_builder.evidence import Evidence, note
from reports_builder.model import Column, Section, Table
from reports_builder.warehouse import Warehouse


def _tiers(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            provider_name, meter_name, region_id, month_start_date, consumed_unit, used_units,
            effective_cost_usd, usd_per_unit, break_even_units, next_usd_per_unit, next_tier_reached_share,
            verdict
        from rates.rpt_price_tiers
        order by next_tier_reached_share desc nulls last, provider_name, meter_name, region_id
        """
    )


def _free(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            provider_name, meter_name, region_id, consumed_unit, free_units, unused_free_units,
            unused_free_usd
        from rates.rpt_price_tiers
        where free_units is not null
        order by unused_free_usd desc, provider_name, meter_name, region_id
        """
    )


def price_tier_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """The meters whose price depends on the volume; nothing where no bill has one."""
    tiers, free = _tiers(warehouse), _free(warehouse)
    if not tiers.rows:
        return ()
    meter = (
        Column("provider_name", "Provider"),
        Column("meter_name", "Meter"),
        Column("region_id", "Region"),
    )
    unit = Column("consumed_unit", "Unit")
    return (
        Section(
            "Prices by volume and free tiers",
            text=(
                tiers.say(
                    "What {month_start_date:month} used of each meter whose price depends on the volume "
                    "(seed price_tiers), all accounts of a payer together. The next tier pays from the "
                    "volume that stands beside it."
                ),
            ),
            tables=(
                Table(
                    (
                        *meter,
                        Column("used_units", "Used", "count"),
                        unit,
                        Column("effective_cost_usd", "Cost", "usd_table"),
                        Column("usd_per_unit", "A unit", "usd_unit"),
                        Column("break_even_units", "Next tier pays from", "count"),
                        Column("next_usd_per_unit", "A unit there", "usd_unit"),
                        Column("next_tier_reached_share", "Of its start", "percent"),
                        Column("verdict", "Verdict"),
                    ),
                    tiers,
                    note("Nearest to their next tier first; in no total"),
                    max_rows=20,
                ),
                *(
                    (
                        Table(
                            (
                                *meter,
                                Column("free_units", "Free a month", "count"),
                                Column("unused_free_units", "Not used", "count"),
                                unit,
                                Column("unused_free_usd", "Worth", "usd_table"),
                            ),
                            free,
                            note("What is free, and what of it nobody used"),
                            max_rows=20,
                        ),
                    )
                    if free.rows
                    else ()
                ),
            ),
        ),
    )
