"""Machines, storage and GPUs: what could be had for less, what speaks against it, what nobody measured."""

from collections.abc import Mapping

from reports_builder.chart_kinds import ranked_bars
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.formatting import Value, day_short
from reports_builder.insight_words import insight
from reports_builder.model import Column, Figure, Insight, KeyFigure, Section, Table
from reports_builder.warehouse import Warehouse

VALUE_KEY = "Bar: expected value. Upright mark: the high end of its range."


def _because(row: Mapping[str, Value]) -> str:
    """What was seen of the resource, whether its price is an example, and whether it was decided before."""
    decided = row["decided_date"]
    return (
        f"{row['reason']}"
        + ("; at an example price, in no total" if row["is_illustrative"] else "")
        + (f"; decided before, for {day_short(decided)}" if decided else "")
    )


_KINDS = (
    Column("action_kind", "Action", "words"),
    Column("accepted", "Accepted", "count"),
    Column("monthly_savings_usd", "Saves a month", "usd_table"),
    Column("low_monthly_savings_usd", "Low", "usd_table"),
    Column("high_monthly_savings_usd", "High", "usd_table"),
    Column("overlap_usd", "Overlap", "usd_table"),
    Column("effort_usd", "Work, once", "usd_table"),
    Column("illustrative_monthly_savings_usd", "At example prices", "usd_table"),
    Column("rejected", "Rejected", "count"),
    Column("unknown", "Not known", "count"),
)
_RESOURCES = (
    Column("resource_id", "Resource"),
    Column("now", "Now"),
    Column("region_id", "Region"),
    Column("team_id", "Team"),
    Column("action_kind", "Action", "words"),
    Column("target", "To"),
    Column("scope_cost_usd", "Costs a month", "usd_table"),
    Column("possible_monthly_savings_usd", "Saves a month if done", "usd_table"),
    Column("monthly_savings_usd", "Of it counted", "usd_table"),
    Column("low_monthly_savings_usd", "Low", "usd_table"),
    Column("payback_with_start_months", "Pays back after", "months"),
    Column("reason", "Because", words=_because),
)
_UNKNOWN = (
    Column("team_id", "Team"),
    Column("action_kind", "Action", "words"),
    Column("reason_kind", "What is missing"),
    Column("resources", "Resources", "count"),
    Column("unknown_cost_usd", "They cost a month", "usd_table"),
)
_PLACES = (
    Column("resource_id", "Machine"),
    Column("provider_name", "Now with"),
    Column("option_provider_name", "Or with"),
    Column("gpu_model", "Card"),
    Column("usd_per_gpu_hour", "Card and hour", "usd_table"),
    Column("placement_score", "Score", "percent"),
    Column("base_savings_usd", "Saves a month", "usd_table"),
    Column("low_savings_usd", "Low", "usd_table"),
    Column("monthly_savings_usd", "High: all of it", "usd_table"),
    Column("migration_cost_usd", "The move", "usd_table"),
    Column("effort", "Work in it"),
    Column("owner_role", "Decides"),
    Column("payback_months", "Pays back after its start", "months"),
    Column("verdict", "Verdict"),
)
_REASONS = (
    Column("action_kind", "Action", "words"),
    Column("verdict", "Verdict"),
    Column("reason_kind", "Why"),
    Column("resources", "Resources", "count"),
    Column("scope_cost_usd", "They cost a month", "usd_table"),
)


def usage_totals(warehouse: Warehouse) -> Evidence:
    """What the resources cost that were judged, and what the accepted actions take off it: one row."""
    return warehouse.evidence(
        """
        select
            count(*) filter (where is_dearest_of_resource) as resources,
            coalesce(sum(scope_cost_usd) filter (where is_dearest_of_resource), 0) as resources_usd,
            count(*) filter (where verdict = 'accepted' and not is_illustrative) as accepted,
            count(*) filter (where verdict = 'unknown') as unknown,
            count(*) filter (where is_first_unknown_of_resource) as unknown_resources,
            coalesce(sum(scope_cost_usd) filter (where is_first_unknown_of_resource), 0) as unknown_usd,
            coalesce(sum(possible_monthly_savings_usd) filter (where not is_illustrative), 0)
                as usage_possible_usd,
            coalesce(sum(monthly_savings_usd) filter (where not is_illustrative), 0) as usage_net_usd,
            coalesce(sum(low_monthly_savings_usd) filter (where not is_illustrative), 0) as usage_low_usd,
            coalesce(sum(high_monthly_savings_usd) filter (where not is_illustrative), 0) as usage_high_usd,
            count(*) filter (where verdict = 'accepted' and is_illustrative) as at_example_prices,
            coalesce(sum(monthly_savings_usd) filter (where is_illustrative), 0) as at_example_prices_usd,
            usage_net_usd / nullif(resources_usd::double, 0) as usage_net_share
        from rates.rpt_usage_optimizations
        """
    )


def _kinds(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            replace(action_kind, '_', ' ') as action_kind, accepted_resources as accepted,
            monthly_savings_usd, low_monthly_savings_usd, high_monthly_savings_usd, overlap_usd, effort_usd,
            illustrative_monthly_savings_usd, rejected_resources as rejected, unknown_resources as unknown
        from rates.rpt_usage_optimization_kinds
        where rollup_level = 'kind'
        order by applied_order
        """
    )


def _resources(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            resource_id, coalesce(instance_type, storage_class, resource_type) as now, region_id, team_id,
            action_kind, target, scope_cost_usd, possible_monthly_savings_usd, monthly_savings_usd,
            low_monthly_savings_usd, payback_with_start_months, decided_date, is_illustrative, reason
        from rates.rpt_usage_optimizations
        where verdict = 'accepted'
        order by monthly_savings_usd desc, provider_name, resource_id, applied_order
        """
    )


def _reasons(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select action_kind, verdict, reason_kind, resources, scope_cost_usd
        from rates.rpt_usage_optimization_kinds
        where rollup_level = 'reason' and verdict <> 'accepted'
        order by verdict desc, scope_cost_usd desc, applied_order, reason_kind
        """
    )


def _unknown(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            replace(action_kind, '_', ' ') as action_kind, reason_kind, team_id, resources,
            scope_cost_usd as unknown_cost_usd
        from rates.rpt_usage_optimization_kinds
        where rollup_level = 'reason_and_team' and verdict = 'unknown'
        order by unknown_cost_usd desc nulls last, applied_order, reason_kind, team_id
        """
    )


def _places(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            resource_id, provider_name, option_provider_name, gpu_model, usd_per_gpu_hour, placement_score,
            base_savings_usd, low_savings_usd, monthly_savings_usd, migration_cost_usd, effort, owner_role,
            payback_months, verdict
        from rates.rpt_placement_options
        where has_alternative
        order by provider_name, resource_id, score_rank
        """
    )


def _moves(warehouse: Warehouse) -> Evidence:
    """The moves of machines with the same card that somebody has to decide on, one a machine; one row."""
    return warehouse.evidence(
        """
        select
            count(distinct resource_id) as placed,
            count(*) filter (where is_move_to_decide) as moves,
            sum(base_savings_usd) filter (where is_move_to_decide) as moves_save_usd,
            sum(low_savings_usd) filter (where is_move_to_decide) as moves_low_usd,
            sum(monthly_savings_usd) filter (where is_move_to_decide) as moves_high_usd,
            max(owner_role) as moves_owner_role,
            sum(migration_cost_usd) filter (where is_move_to_decide) as moves_take_usd,
            max(payback_months) filter (where is_move_to_decide) as moves_payback_months,
            max(lower_from_share) as lower_from_share
        from rates.rpt_placement_options
        where has_alternative
        """
    )


def _moves_said(moves: Evidence) -> tuple[Prose, ...]:
    if not moves["placed"]:
        return ()
    if not moves["moves"]:
        return (
            moves.say(
                "None of {placed:count} machines with GPUs should move to another provider of its card: a "
                "move is judged from a price on that is lower by more than {lower_from_share:percent}."
            ),
        )
    return (
        moves.say(
            "To decide by the {moves_owner_role:text}: {moves:count} of {placed:count} machines with GPUs "
            "could move to another provider of the same card for {moves_save_usd:usd} less a month "
            "({moves_low_usd:usd} to {moves_high_usd:usd}), each to the place with the highest score. The "
            "moves take {moves_take_usd:usd} once, back {moves_payback_months:months} after their start "
            "at the latest. "
            "It is in no total, because the machine may first be ended or shared (above); a move is judged "
            "from a price on that is lower by more than "
            "{lower_from_share:percent}."
        ),
    )


def usage_insight(warehouse: Warehouse) -> tuple[Insight, ...]:
    """What machines and storage could cost; nothing where no bill has any, or nothing is worth doing."""
    totals = usage_totals(warehouse)
    if not totals["accepted"]:
        return ()
    return (insight("rates/usage", totals, is_in_plan=True, supporting=Table(_KINDS, _kinds(warehouse))),)


def unknown_insight(warehouse: Warehouse) -> tuple[Insight, ...]:
    """What nobody measured or tagged, so that it is not known whether it could cost less; nothing without."""
    totals = usage_totals(warehouse)
    if not totals["unknown_resources"]:
        return ()
    unknown = _unknown(warehouse)
    return (
        insight(
            "rates/unknown",
            totals,
            largest=unknown,
            tolerances=_tolerances(warehouse),
            supporting=Table(_UNKNOWN, unknown),
        ),
    )


def _tolerances(warehouse: Warehouse) -> Evidence:
    """The tags by which a workload says what it bears, with their values."""
    return warehouse.evidence(
        """
        select string_agg(match_on || '=' || match_value, ', ' order by match_on, match_value) as tags
        from seeds.workload_tolerances
        """
    )


def usage_figure(warehouse: Warehouse) -> tuple[KeyFigure, ...]:
    """What the actions on machines and storage save; nothing without resources."""
    totals = usage_totals(warehouse)
    if not totals["resources"]:
        return ()
    return (
        KeyFigure(
            "Savings on machines and storage, a month",
            totals.cell("usage_net_usd", "usd_table"),
            status=totals.say("{usage_low_usd:usd} to {usage_high_usd:usd}; changes: {accepted:count}"),
        ),
    )


def usage_sections(warehouse: Warehouse) -> tuple[Section, ...]:
    """Each resource with its action, and why the others have none; nothing without resources."""
    totals, kinds = usage_totals(warehouse), _kinds(warehouse)
    chosen, places = _resources(warehouse), _places(warehouse)
    if not totals["resources"]:
        return ()
    return (
        Section(
            "Use less: machines, storage, GPUs",
            text=(_said(totals), *_moves_said(_moves(warehouse))),
            figures=_figures(kinds, totals),
            tables=(
                *((Table(_RESOURCES, chosen, note("What to do"), max_rows=40),) if chosen.rows else ()),
                Table(_REASONS, _reasons(warehouse), note("What is not done, and why"), max_rows=40),
                *(
                    (Table(_PLACES, places, note("The same card with another provider; in no total")),)
                    if places.rows
                    else ()
                ),
            ),
        ),
    )


def _said(totals: Evidence) -> Prose:
    said = totals.say(
        "{resources:count} resources cost {resources_usd:usd} on demand in the last 30 days of their bills; "
        "{accepted:count} changes would save {usage_net_usd:usd} a month ({usage_low_usd:usd} to "
        "{usage_high_usd:usd}). {unknown:count} answers are not known, because nobody measured what they "
        "depend on: they are no savings. `export optimizations` writes all of it, with owner and first step."
    )
    if not totals["at_example_prices"]:
        return said
    return said + totals.say(
        " {at_example_prices:count} more would save {at_example_prices_usd:usd} on spare capacity, at "
        "example prices that nobody has quoted: in no total until the seed `instance_prices` has those of "
        "your last month."
    )


def _figures(kinds: Evidence, totals: Evidence) -> tuple[Figure, ...]:
    if not totals["accepted"]:
        return ()
    title = totals.say("{accepted:count} changes of machines and storage save {usage_net_usd:usd} a month")
    return (
        Figure(
            "usage-savings",
            ranked_bars(
                kinds,
                label="action_kind",
                value="monthly_savings_usd",
                style="usd",
                axis_title="US dollars a month, on what the actions before it leave",
                marker="high_monthly_savings_usd",
            ),
            title,
            title + note(". A bar per kind of action, in the order in which they are applied."),
            kinds,
            height=60 + 24 * len(kinds.rows),
            key=VALUE_KEY,
        ),
    )
