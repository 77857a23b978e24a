"""The ledger of savings as actions: the one source of every savings figure in the reports."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Action, ActionPlan, KeyFigure
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

# More than any ledger has: a total of some actions would part from that of all on another page.
_ALL = 10_000

NOTHING_TO_DO = "No open action is known to save enough to act on."


def ledger(warehouse: Warehouse, *kinds: str, rows: int = _ALL) -> Evidence:
    """The ``rows`` actions of these kinds (of all kinds when none is named) worth most a month.

    Left out are actions that are worth less after overlap than the least worth doing, and those that
    rest on an example offer: nobody has quoted it, so it belongs in no total.
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
        where is_counted
            and (:all_kinds or action_kind in :kinds)
        order by net_monthly_savings_usd desc, action_id
        limit :rows
        """,
        all_kinds=not kinds,
        kinds=kinds or ("",),
        rows=rows,
    )


def examples(warehouse: Warehouse) -> Evidence:
    """What commitments would save if a provider quoted the example offers on file; no row without any."""
    return warehouse.evidence(
        """
        select
            count(*) as example_offers,
            sum(net_monthly_savings_usd) as example_usd,
            sum(low_monthly_savings_usd) as example_low_usd,
            sum(high_monthly_savings_usd) as example_high_usd
        from rates.rpt_savings_opportunities
        where is_illustrative and net_monthly_savings_usd > 0
        having count(*) > 0
        """
    )


def _too_small(warehouse: Warehouse, *kinds: str) -> Prose:
    """What the actions add up to that are left out because each saves too little."""
    small = warehouse.evidence(
        """
        select
            count(*) as small_actions,
            sum(net_monthly_savings_usd) as small_usd,
            max(limits.value) as smallest_usd
        from rates.rpt_savings_opportunities
        inner join seeds.assumptions as limits on limits.name = 'action_min_savings_usd'
        where net_monthly_savings_usd > 0 and not is_counted and not is_illustrative
            and (:all_kinds or action_kind in :kinds)
        having count(*) > 0
        """,
        all_kinds=not kinds,
        kinds=kinds or ("",),
    )
    if not small.rows:
        return note("")
    return small.say(
        " Left out as not worth the work: actions that save less than {smallest_usd:usd} a month each, "
        "{small_actions:count} of them, {small_usd:usd_table} in all."
    )


def _on_examples(warehouse: Warehouse) -> Prose:
    offers = examples(warehouse)
    if not offers.rows:
        return note("")
    return offers.say(
        " Not in this total: commitments on example offers, {example_offers:count} of them, worth "
        "{example_usd:usd_table} a month ({example_low_usd:usd_table} to {example_high_usd:usd_table}) if "
        "a provider quotes them and all calls named above have moved first."
    )


def _commitments(warehouse: Warehouse) -> dict[str, Evidence]:
    """The terms of the recommended commitments by the action of the ledger."""
    terms = warehouse.evidence(
        """
        select
            'commitment:' || offer_id as commitment_action_id, term_months, hourly_commitment_usd,
            upfront_cost_usd, break_even_utilization_share, utilization_share
        from rates.rpt_commitment_options
        where is_recommended
        order by offer_id
        """
    )
    return {str(row["commitment_action_id"]): row for row in terms.each()}


def _slowdowns(warehouse: Warehouse) -> dict[object, Evidence]:
    """Per task, the recommended switch after which half of the answers take longest beyond today."""
    slower = warehouse.evidence(
        """
        select
            task_type as slower_task_type,
            max(latency_p50_change_ms) as slower_by_ms,
            max_by(from_model, latency_p50_change_ms) as quicker_model
        from rates.rpt_model_switch_savings
        where is_recommended and latency_p50_change_ms > 0
        group by task_type
        order by task_type
        """
    )
    return {row["slower_task_type"]: row for row in slower.each()}


def _with_terms(row: Evidence, terms: Evidence | None) -> Prose:
    """The action; a commitment with what is signed, for how long, and from which use on it pays."""
    if terms is None:
        return named(row)
    upfront = terms.say(", {upfront_cost_usd:usd} of it at once") if terms["upfront_cost_usd"] else note("")
    return (
        named(row)
        + terms.say(": {hourly_commitment_usd:usd} an hour for {term_months:count} months")
        + upfront
        + terms.say(
            "; it pays from {break_even_utilization_share:percent} use on and would be "
            "{utilization_share:percent} used"
        )
    )


def action_plan(warehouse: Warehouse, *kinds: str) -> ActionPlan:
    """The actions of these kinds, the most valuable first, and what they are worth together."""
    opportunities = ledger(warehouse, *kinds)
    has_commitments = not kinds or "commitment" in kinds
    beside = _too_small(warehouse, *kinds) + (_on_examples(warehouse) if has_commitments else note(""))
    if not opportunities.rows:
        return ActionPlan((), note(NOTHING_TO_DO) + beside)
    total = total_savings(warehouse, opportunities)
    terms = _commitments(warehouse) if has_commitments else {}
    slower = _slowdowns(warehouse) if not kinds or "model_switch" in kinds else {}
    return ActionPlan(
        tuple(
            _action(
                row,
                terms.get(str(row["action_id"])),
                slower.get(row["task_type"]) if row["action_kind"] == "model_switch" else None,
            )
            for row in opportunities.each()
        ),
        total.say(
            "Together they are worth **{total_net_usd:usd_table}** a month "
            "({total_low_usd:usd_table} to {total_high_usd:usd_table}), net of overlap: each is "
            "counted only on what the ones before it leave. The cost of doing the work is not taken off."
        )
        + _part_of_all(warehouse, total)
        + beside,
    )


def _part_of_all(warehouse: Warehouse, total: Evidence) -> Prose:
    """Of which total this one is a part, where other pages name the larger one."""
    everything = total_savings(warehouse, ledger(warehouse))
    if everything["action_count"] == total["action_count"]:
        return note("")
    return everything.say(" They are part of the **{total_net_usd:usd_table}** that all open actions save.")


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


def savings_figure(saved: Evidence) -> KeyFigure:
    """What the open actions are worth together; ``saved`` has the columns of ``total_savings``."""
    if not saved["action_count"]:
        return KeyFigure("Savings open, a month", note("none"))
    return KeyFigure(
        "Savings open, a month",
        saved.cell("total_net_usd", "usd_table"),
        status=saved.say("{total_low_usd:usd} to {total_high_usd:usd}, after overlap"),
    )


def named(row: Evidence, *, begins_sentence: bool = True) -> Prose:
    """The action of a ledger row as a verb and its object."""
    verb = _VERBS.get(str(row["action_kind"]))
    if verb is None:
        return row.cell("subject", "text")
    return row.say(f"{verb if begins_sentence else verb.lower()} {{subject:text}}")


def slower_after(warehouse: Warehouse, row: Evidence) -> Prose:
    """What users wait longer after this action, as the end of a sentence; nothing when they do not."""
    slower = _slowdowns(warehouse).get(row["task_type"]) if row["action_kind"] == "model_switch" else None
    return _waits(slower)


def _waits(slower: Evidence | None) -> Prose:
    if slower is None:
        return note("")
    return slower.say(
        "; the median answer then takes {slower_by_ms:milliseconds} longer than on {quicker_model:text}"
    )


def _action(row: Evidence, terms: Evidence | None, slower: Evidence | None) -> Action:
    return Action(
        action=_with_terms(row, terms) + _waits(slower),
        owner_role=str(row["owner_role"]),
        effort=str(row["effort"]),
        value=row.cell("net_monthly_savings_usd", "usd_table"),
        value_range=row.say("{low_monthly_savings_usd:usd_table} to {high_monthly_savings_usd:usd_table}"),
        confidence=str(row["confidence"]),
        first_step=row.cell("first_step", "text"),
    )
