"""The ledger of savings as actions: the one source of every savings figure in the reports."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Action, ActionPlan
from reports_builder.warehouse import Warehouse

# The ledger names what an action is about; the sentence needs what to do with it.
_VERBS = {
    "model_switch": "Move",
    "inefficient_usage": "Move",
    "batch": "Send",
    "caching": "Introduce",
    "commitment": "Buy",
    "anomaly_fix": "Stop",
}

NOTHING_TO_DO = "Nothing needs doing: no open action saves money."


def ledger(warehouse: Warehouse, *kinds: str, rows: int = 10) -> Evidence:
    """The ``rows`` actions of these kinds (of all kinds when none is named) worth most a month.

    Actions that are worth nothing after overlap are left out.
    """
    return warehouse.evidence(
        """
        select
            action_id,
            action_kind,
            coalesce(replace(subject, task_type, replace(task_type, '_', ' ')), subject) as subject,
            task_type, provider, model,
            net_monthly_savings_usd, low_monthly_savings_usd, high_monthly_savings_usd,
            gross_monthly_savings_usd, overlap_usd,
            assumption, owner_role, effort, confidence, first_step
        from rates.rpt_savings_opportunities
        where net_monthly_savings_usd > 0 and (:all_kinds or action_kind in :kinds)
        order by net_monthly_savings_usd desc, action_id
        limit :rows
        """,
        all_kinds=not kinds,
        kinds=kinds or ("",),
        rows=rows,
    )


def _commitments(warehouse: Warehouse) -> dict[str, Evidence]:
    """The terms of the recommended commitments by the action of the ledger."""
    terms = warehouse.evidence(
        """
        select
            'commitment:' || offer_id as commitment_action_id, hourly_commitment_usd, upfront_cost_usd,
            is_illustrative
        from rates.rpt_commitment_options
        where is_recommended
        order by offer_id
        """
    )
    return {str(row["commitment_action_id"]): row for row in terms.each()}


def _with_terms(row: Evidence, terms: Evidence | None) -> Prose:
    """The action; a commitment with its level, and that its offer is no quote where it is none."""
    if terms is None:
        return named(row)
    level = terms.say(
        " at {hourly_commitment_usd:usd} an hour, which is {upfront_cost_usd:usd} at once"
        if terms["upfront_cost_usd"]
        else " at {hourly_commitment_usd:usd} an hour"
    )
    example = note("; the offer is an example, not a quote" if terms["is_illustrative"] else "")
    return named(row) + level + example


def action_plan(warehouse: Warehouse, *kinds: str, rows: int = 10) -> ActionPlan:
    """The ``rows`` most valuable actions of these kinds and what they are worth together."""
    opportunities = ledger(warehouse, *kinds, rows=rows)
    if not opportunities.rows:
        return ActionPlan((), note(NOTHING_TO_DO))
    total = total_savings(warehouse, opportunities)
    terms = _commitments(warehouse) if not kinds or "commitment" in kinds else {}
    return ActionPlan(
        tuple(_action(row, terms.get(str(row["action_id"]))) for row in opportunities.each()),
        total.say(
            "Together they are worth **{total_net_usd:usd_table}** a month "
            "({total_low_usd:usd_table} to {total_high_usd:usd_table}), net of overlap: each is "
            "counted only on what the ones before it leave."
        ),
    )


def total_savings(warehouse: Warehouse, opportunities: Evidence) -> Evidence:
    """The sum over these actions: total_net_usd, total_low_usd, total_high_usd, action_count."""
    return warehouse.evidence(
        """
        select
            count(*) as action_count,
            sum(net_monthly_savings_usd) as total_net_usd,
            sum(low_monthly_savings_usd) as total_low_usd,
            sum(high_monthly_savings_usd) as total_high_usd
        from rates.rpt_savings_opportunities
        where action_id in :actions
        """,
        actions=tuple(str(record["action_id"]) for record in opportunities.records()) or ("",),
    )


def named(row: Evidence, *, begins_sentence: bool = True) -> Prose:
    """The action of a ledger row as a verb and its object."""
    verb = _VERBS.get(str(row["action_kind"]))
    if verb is None:
        return row.cell("subject", "text")
    return row.say(f"{verb if begins_sentence else verb.lower()} {{subject:text}}")


def _action(row: Evidence, terms: Evidence | None) -> Action:
    return Action(
        action=_with_terms(row, terms),
        owner_role=str(row["owner_role"]),
        effort=str(row["effort"]),
        value=row.cell("net_monthly_savings_usd", "usd_table"),
        value_range=row.say("{low_monthly_savings_usd:usd_table} to {high_monthly_savings_usd:usd_table}"),
        confidence=str(row["confidence"]),
        first_step=row.cell("first_step", "text"),
    )
