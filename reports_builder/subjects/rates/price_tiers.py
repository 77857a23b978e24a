"""Prices by volume: the tier that a month reached, when the next one pays, and what is free and unused."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Section, Table
from reports_builder.warehouse import Warehouse

_BUYING_UP = (
    Column("monthly_savings_usd", "Saves a month", "usd_table"),
    Column("low_savings_usd", "With less usage", "usd_table"),
    Column("high_savings_usd", "With more usage", "usd_table"),
    Column("effort", "Work"),
    Column("owner_role", "Decides"),
    Column("payback_months", "Pays back after its start", "months"),
)


def _tiers(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            provider_name, meter_name, region_id, consumed_unit, used_units, effective_cost_usd,
            paid_usd_per_unit, usd_per_unit, price_source, break_even_units, next_usd_per_unit,
            next_tier_reached_share, monthly_savings_usd, low_savings_usd, high_savings_usd, effort,
            owner_role, payback_months, verdict
        from rates.rpt_price_tiers
        where is_near_next_tier
        order by next_tier_reached_share desc nulls last, provider_name, meter_name, region_id
        """
    )


def _counted(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            count(*) as meters,
            count(*) filter (where is_near_next_tier) as near_meters,
            count(*) filter (where not is_payer_known) as unnamed_meters,
            max(month_start_date) as month_start_date,
            max(next_tier_reached_share) filter (where not is_near_next_tier) as furthest_share
        from rates.rpt_price_tiers
        """
    )


def _gaps(warehouse: Warehouse) -> Evidence:
    """Meters for which the bills charge otherwise than the seed says, and why most of it does; one row."""
    return warehouse.evidence(
        """
        select
            count(*) as gap_meters, sum(effective_cost_usd) as paid_usd, sum(tiered_cost_usd) as listed_usd,
            max(price_source) as price_source,
            max_by(price_gap_cause, coalesce(abs(price_gap_usd), 0)) as main_cause
        from rates.rpt_price_tiers
        where price_gap_cause <> 'none' and is_payer_known
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


def _nearness(counts: Evidence) -> Prose:
    """How many meters have something to decide; the others are one sentence."""
    said = counts.say(
        "In {month_start_date:month} {meters:count} meters had a price that depends on the volume (seed "
        "price_tiers), all accounts of a payer together."
    )
    far = (
        counts.say(" the furthest has used {furthest_share:percent} of what its next tier starts at.")
        if counts["furthest_share"] is not None
        else note("")
    )
    if counts["meters"] == counts["unnamed_meters"]:
        return said
    if not counts["near_meters"]:
        of_these = "those whose payer is known" if counts["unnamed_meters"] else "them"
        return (
            said
            + note(f" For none of {of_these} is there anything to decide")
            + (note(":") + far if far.plain else note("."))
        )
    return (
        said
        + counts.say(" {near_meters:count} are near their next tier.")
        + (note(" Of the others") + far if far.plain else note(""))
    )


def _unnamed_said(counts: Evidence) -> tuple[Prose, ...]:
    """Meters of lines without a payer: nothing is said of their tier."""
    if not counts["unnamed_meters"]:
        return ()
    return (
        counts.say(
            "For {unnamed_meters:count} of them bills name no payer (BillingAccountId), so that nobody knows "
            "whose volumes count together: their tier, and what the next one would save, is unknown."
        ),
    )


def _gaps_said(gaps: Evidence) -> tuple[Prose, ...]:
    """Why units times the price of the seed is not what the bills charge."""
    if not gaps["gap_meters"] or gaps["main_cause"] is None:
        return ()
    return (
        gaps.say(
            "For {gap_meters:count} of them the bills charge {paid_usd:usd_table}, where the prices of the "
            "seed ({price_source:text}) come to {listed_usd:usd_table}. Most of it: {main_cause:text}."
        ),
    )


def _near_table(meter: tuple[Column, ...], unit: Column, tiers: Evidence) -> Table:
    return Table(
        (
            *meter,
            Column("used_units", "Used", "count"),
            unit,
            Column("effective_cost_usd", "Cost on the bill", "usd_table"),
            Column("paid_usd_per_unit", "A unit on the bill", "usd_unit"),
            Column("usd_per_unit", "A unit of the seed", "usd_unit"),
            Column("price_source", "Price of the seed"),
            Column("break_even_units", "Next tier pays from", "count"),
            Column("next_usd_per_unit", "A unit there", "usd_unit"),
            Column("next_tier_reached_share", "Of its start", "percent"),
            Column("verdict", "Verdict"),
            *(_BUYING_UP if any(row["owner_role"] for row in tiers.records()) else ()),
        ),
        tiers,
        note("Nearest to their next tier first; in no total"),
        max_rows=20,
    )


def price_tier_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """The meters whose price depends on the volume; nothing where no bill has one."""
    tiers, free, counts = _tiers(warehouse), _free(warehouse), _counted(warehouse)
    if not counts["meters"]:
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
                _nearness(counts),
                *_unnamed_said(counts),
                *_gaps_said(_gaps(warehouse)),
            ),
            tables=(
                *((_near_table(meter, unit, tiers),) if tiers.rows else ()),
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
