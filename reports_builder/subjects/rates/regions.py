"""The same machine in another region or at another provider: what it would cost there, and what it takes."""

from reports_builder.evidence import Evidence, note
from reports_builder.model import Column, Section, Table
from reports_builder.warehouse import Warehouse


def _counted(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            count(*) as machines,
            count(*) filter (where option_region_id is null) as unpriced_machines,
            count(*) filter (where move_machines is not null) as lower_machines,
            max(price_lower_share) as largest_lower_share,
            max(lower_from_share) as lower_from_share
        from rates.rpt_region_options
        where is_cheapest_region
        """
    )


def _moves(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            resource_id, instance_type, team_id, region_id, option_region_id, price_lower_share,
            monthly_cost_usd, monthly_savings_usd, move_machines, move_monthly_savings_usd,
            move_base_savings_usd, move_low_savings_usd, move_cost_usd, move_effort, owner_role,
            payback_months, verdict
        from rates.rpt_region_options
        where is_cheapest_region and move_machines is not null
        order by move_monthly_savings_usd desc, provider_name, team_id, monthly_savings_usd desc, resource_id
        """
    )


def _nearest(warehouse: Warehouse) -> Evidence:
    """Where another region is lower at all, although not by enough."""
    return warehouse.evidence(
        """
        select
            resource_id, instance_type, team_id, region_id, option_region_id, price_lower_share,
            monthly_cost_usd, monthly_savings_usd, lower_from_share
        from rates.rpt_region_options
        where is_lower and move_machines is null
        order by price_lower_share desc, monthly_savings_usd desc, provider_name, team_id, resource_id
        """
    )


def region_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Machines that are priced lower by enough in another region; nothing without machines on demand."""
    counts = _counted(warehouse)
    if not counts["machines"]:
        return ()
    said = counts.say(
        "Of {machines:count} machines on demand {lower_machines:count} cost less in another region of their "
        "provider by more than {lower_from_share:percent} of the list price, from where on a move is judged "
        "(arbitrage_from_share)"
        if counts["lower_machines"]
        else "None of {machines:count} machines on demand costs less in another region of its provider by "
        "more than {lower_from_share:percent} of the list price, from where on a move is judged "
        "(arbitrage_from_share)"
    )
    if counts["largest_lower_share"] is not None:
        said += counts.say("; the largest difference is {largest_lower_share:percent}")
    if counts["unpriced_machines"]:
        said += counts.say(
            ". For {unpriced_machines:count} no price in another region is on file (seed instance_prices)"
        )
    moves, nearest = _moves(warehouse), _nearest(warehouse)
    columns = (
        Column("resource_id", "Machine"),
        Column("instance_type", "Type"),
        Column("team_id", "Team"),
        Column("region_id", "Region"),
        Column("option_region_id", "Or in"),
        Column("price_lower_share", "Lower by", "percent"),
        Column("monthly_cost_usd", "Costs a month", "usd_table"),
        Column("monthly_savings_usd", "Saves a month", "usd_table"),
    )
    tables = (
        Table(
            (
                *columns,
                Column("move_machines", "Machines that move together", "count"),
                Column("move_base_savings_usd", "They save a month", "usd_table"),
                Column("move_low_savings_usd", "Low", "usd_table"),
                Column("move_monthly_savings_usd", "High: if all move", "usd_table"),
                Column("move_cost_usd", "The move", "usd_table"),
                Column("move_effort", "Work in it"),
                Column("owner_role", "Decides"),
                Column("payback_months", "Pays back after its start", "months"),
                Column("verdict", "Verdict"),
            ),
            moves,
            note("Machines of a team that move together; in no total"),
            max_rows=20,
        ),
    )
    return (
        Section(
            "The same machine in another region",
            text=(said + note("."),),
            tables=tables if moves.rows else _nearest_table(columns, nearest),
        ),
    )


def _nearest_table(columns: tuple[Column, ...], nearest: Evidence) -> tuple[Table, ...]:
    if not nearest.rows:
        return ()
    return (
        Table(
            (*columns, Column("lower_from_share", "Judged from", "percent")),
            nearest,
            note("Nearest to that limit; nothing to decide, in no total"),
            max_rows=5,
        ),
    )


_PROVIDERS = (
    Column("team_id", "Team"),
    Column("provider_name", "From"),
    Column("option_provider_name", "To"),
    Column("option_region_id", "Priced in"),
    Column("machines", "Machines", "count"),
    Column("move_machines", "Lower by enough", "count"),
    Column("move_regions", "In regions", "count"),
    Column("monthly_cost_usd", "All cost a month", "usd_table"),
    Column("base_savings_usd", "The move saves", "usd_table"),
    Column("low_savings_usd", "Low", "usd_table"),
    Column("monthly_savings_usd", "High: if all move", "usd_table"),
    Column("migration_cost_usd", "The move", "usd_table"),
    Column("effort", "Work in it"),
    Column("owner_role", "Decides"),
    Column("payback_months", "Pays back after", "months"),
    Column("placement_score", "Score there", "percent"),
    Column("current_score", "Score here", "percent"),
    Column("verdict", "Verdict"),
)


def provider_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """Teams whose machines without GPUs cost less by enough elsewhere; nothing without other prices."""
    counts = warehouse.evidence(
        """
        select
            count(*) as options, count(distinct team_id) as teams,
            count(*) filter (where move_machines > 0) as lower_options,
            count(*) filter (where verdict = 'worth a closer look') as open_options,
            coalesce(sum(base_savings_usd) filter (where verdict = 'worth a closer look'), 0) as open_usd,
            max(largest_lower_share) as largest_lower_share, max(lower_from_share) as lower_from_share
        from rates.rpt_provider_options
        """
    )
    if not counts["options"]:
        return ()
    moves = warehouse.evidence(
        """
        select
            team_id, provider_name, option_provider_name, option_region_id, machines, move_machines,
            move_regions, monthly_cost_usd, base_savings_usd, low_savings_usd, monthly_savings_usd,
            migration_cost_usd, effort, owner_role, payback_months, placement_score, current_score, verdict
        from rates.rpt_provider_options
        where move_machines > 0
        order by base_savings_usd desc, provider_name, team_id, option_provider_name
        """
    )
    said = counts.say(
        "For the machines without GPUs of {teams:count} teams another provider has types as large on file; "
        "the largest difference of list prices is {largest_lower_share:percent}, and a move is judged from "
        "{lower_from_share:percent} on (arbitrage_from_share). "
        + (
            "{open_options:count} of {options:count} moves are worth a closer look, for {open_usd:usd_table} "
            "a month; in no total, and not net of other actions on the machines. Ask first whether the data "
            "may lie where the price is on file."
            if counts["open_options"]
            else "None of {options:count} moves is worth a closer look."
        )
    )
    return (
        Section(
            "Machines without GPUs at another provider",
            text=(said,),
            tables=(Table(_PROVIDERS, moves, note("Machines of a team that move together"), max_rows=20),)
            if moves.rows
            else (),
        ),
    )
