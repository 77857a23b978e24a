"""The ledger of savings and the works that they are parts of: the one source of every saving."""

from dataclasses import replace

from reports_builder.assumptions import assumption
from reports_builder.evidence import Evidence, Prose, join, note, say
from reports_builder.insight_words import phrase
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
    "idle_machine": "End",
    "unattached_volume": "Delete",
    "stopped_volume": "Replace by snapshots",
    "off_hours": "Switch off",
    "right_size": "Move",
    "cheaper_type": "Move",
    "arm_type": "Move",
    "gpu_idle": "End or share",
    "spot": "Move",
    "storage_tier": "Move",
    "empty_bucket": "Delete",
    "volume_type": "Change",
}

# More than any ledger has: a total of some actions would part from that of all on another page.
_ALL = 10_000
# Pages that speak of everything list what matters most of it.
SHOWN = 10

NOTHING_TO_DO = "No open action is known to save enough to act on."


def ledger(warehouse: Warehouse, *kinds: str, rows: int = _ALL) -> Evidence:
    """The ``rows`` opportunities of these kinds (of all kinds when none is named) worth most a month.

    Left out are those whose work does not pay back in time, and those that rest on an example offer:
    nobody has quoted it, so it belongs in no total.
    """
    return warehouse.evidence(
        """
        select
            action_id, action_kind, subject, task_type, provider, model,
            net_monthly_savings_usd, low_monthly_savings_usd, high_monthly_savings_usd,
            gross_monthly_savings_usd, overlap_usd,
            assumption, owner_role, work_effort as effort, confidence, first_step
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


def works(warehouse: Warehouse, *kinds: str, rows: int = _ALL, of_first_year: int = _ALL) -> Evidence:
    """The ``rows`` pieces of work of these kinds that save most for their effort.

    Beside the first of all, only as many as ``of_first_year`` that the first year brings most of.
    """
    return warehouse.evidence(
        """
        select
            work_id, action_kind, subject, tasks, parts, provider, model,
            net_monthly_savings_usd, low_monthly_savings_usd, high_monthly_savings_usd,
            gross_monthly_savings_usd, overlap_usd,
            effort, effort_usd, payback_with_start_months, first_year_net_usd, pays_from_year,
            value_per_effort,
            is_first_of_its_kind, assumption, owner_role, confidence, first_step
        from rates.rpt_savings_actions
        where is_counted
            and (:all_kinds or action_kind in :kinds)
            and (first_year_rank <= :of_first_year or action_rank = 1)
        order by action_rank
        limit :rows
        """,
        all_kinds=not kinds,
        kinds=kinds or ("",),
        of_first_year=of_first_year,
        rows=rows,
    )


def total_of_works(warehouse: Warehouse, *kinds: str) -> Evidence:
    """What the counted works of these kinds save together, and what they take: one row."""
    return warehouse.evidence(
        """
        select
            count(*) as action_count,
            sum(net_monthly_savings_usd) as total_net_usd,
            sum(low_monthly_savings_usd) as total_low_usd,
            sum(high_monthly_savings_usd) as total_high_usd,
            sum(effort_usd) as total_effort_usd,
            sum(first_year_net_usd) as total_first_year_usd,
            sum(first_year_net_low_usd) as total_first_year_low_usd
        from rates.rpt_savings_actions
        where is_counted
            and (:all_kinds or action_kind in :kinds)
        """,
        all_kinds=not kinds,
        kinds=kinds or ("",),
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
    """What the works add up to that are left out because their effort does not come back in time."""
    small = warehouse.evidence(
        """
        select
            count(*) as small_actions,
            sum(net_monthly_savings_usd) as small_usd
        from rates.rpt_savings_actions
        where net_monthly_savings_usd > 0 and not is_counted and not is_illustrative
            and (:all_kinds or action_kind in :kinds)
        having count(*) > 0
        """,
        all_kinds=not kinds,
        kinds=kinds or ("",),
    )
    if not small.rows:
        return note("")
    return say(
        " Left out as not worth the work, since it would not come back within "
        "{action_payback_months_up_to:count} months of its start: {small_actions:count} more, "
        "{small_usd:usd_table} a month in all.",
        small,
        assumption(warehouse, "action_payback_months_up_to"),
    )


def _on_examples(warehouse: Warehouse) -> Prose:
    offers = examples(warehouse)
    if not offers.rows:
        return note("")
    return offers.say(
        " Not in this total: commitments on example offers, {example_offers:count} of them, worth "
        "{example_usd:usd_table} a month ({example_low_usd:usd_table} to {example_high_usd:usd_table}) if "
        "a provider quotes them and the actions above, which they are sized after, are done first."
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


def _slowdowns(warehouse: Warehouse) -> tuple[Evidence, ...]:
    """Recommended moves after which answers take longer than today, the largest change first."""
    slower = warehouse.evidence(
        """
        select
            to_model as slower_model, task_type as slower_task_type, from_model as quicker_model,
            nullif(greatest(latency_p50_change_ms, 0), 0) as slower_by_ms,
            nullif(greatest(latency_p95_change_ms, 0), 0) as slowest_by_ms
        from rates.rpt_model_switch_savings
        where is_recommended and greatest(latency_p50_change_ms, latency_p95_change_ms) > 0
        order by greatest(latency_p50_change_ms, latency_p95_change_ms) desc, task_type, from_model
        """
    )
    return tuple(slower.each())


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


def main_actions(warehouse: Warehouse) -> ActionPlan:
    """The work to begin with, those that bring most in the first year, and the sums of all."""
    rest = warehouse.evidence(
        """
        select count(*) as rest_actions, sum(net_monthly_savings_usd) as rest_usd
        from rates.rpt_savings_actions
        where is_counted and first_year_rank > :shown and action_rank > 1
        """,
        shown=SHOWN,
    )
    if not rest["rest_actions"]:
        return action_plan(warehouse)
    plan = action_plan(warehouse, of_first_year=SHOWN)
    others = rest.say(
        "Listed are the one to begin with and those that bring most in the first year; "
        "{rest_actions:count} more, "
        "{rest_usd:usd_table} a month, are in the analysis of savings (analyses/optimization.md). What "
        "follows is of all. "
    )
    return replace(plan, total=others + plan.total)


def action_plan(warehouse: Warehouse, *kinds: str, of_first_year: int = _ALL) -> ActionPlan:
    """The works of these kinds, the most valuable for their effort first, and their sums.

    Listed are the first, and as many as ``of_first_year`` of those that the first year brings most of.
    """
    planned = works(warehouse, *kinds, of_first_year=of_first_year)
    has_commitments = not kinds or "commitment" in kinds
    beside = _too_small(warehouse, *kinds) + (_on_examples(warehouse) if has_commitments else note(""))
    if not planned.rows:
        return ActionPlan((), note(NOTHING_TO_DO) + beside)
    total = total_of_works(warehouse, *kinds)
    terms = _commitments(warehouse) if has_commitments else {}
    slower = _slowdowns(warehouse) if not kinds or "model_switch" in kinds else ()
    decided = _decided(warehouse, *kinds)
    return ActionPlan(
        tuple(
            _action(
                row,
                terms.get(str(row["work_id"])),
                _slowest_of(slower, row),
                decided.get(str(row["work_id"])),
            )
            for row in planned.each()
        ),
        total.say(
            "Together they are worth **{total_net_usd:usd_table}** a month "
            "({total_low_usd:usd_table} to {total_high_usd:usd_table}), net of overlap: each is "
            "counted only on what the ones before it leave. Pay-back and first year are counted from today, "
            "and what is saved on calls goes with the customers that make them, as they leave now. "
        )
        + _first_and_later(warehouse, *kinds)
        + _part_of_all(warehouse, total)
        + _left_after_price(warehouse, *kinds)
        + beside,
    )


def _left_after_price(warehouse: Warehouse, *kinds: str) -> Prose:
    """What of these works is left where customers leave for the new price; nothing where none of it goes."""
    left = warehouse.evidence(
        """
        select sum(net_after_price_usd) as left_after_price_usd
        from rates.rpt_savings_actions
        where is_counted
            and (:all_kinds or action_kind in :kinds)
        having sum(net_after_price_usd) < sum(net_monthly_savings_usd)
        """,
        all_kinds=not kinds,
        kinds=kinds or ("",),
    )
    if not left.rows:
        return note("")
    return left.say(
        " All of that is on the calls of today. Once the price plan is in force "
        "**{left_after_price_usd:usd_table}** a month of it is left: what is saved on calls of customers "
        "that leave goes with them. What pays back only later is then judged again, on the calls that are "
        "left."
    )


def _first_and_later(warehouse: Warehouse, *kinds: str) -> Prose:
    """What the works that pay back soon cost and leave, and what those that take longer do."""
    within = assumption(warehouse, "action_first_within_months")
    said = {
        True: "Take first what has paid back within {action_first_within_months:count} months from today "
        "(pieces of work: {group_actions:count}): it costs {group_effort_usd:usd} once and leaves "
        "**{group_first_year_usd:usd}** in the first year ({group_first_year_low_usd:usd} at the low end).",
        False: "What pays back only later, by year {last_year:count} (pieces of work: "
        "{group_actions:count}), costs {group_effort_usd:usd} once and ends the first year with "
        "**{group_first_year_usd:usd}** ({group_first_year_low_usd:usd} at the low end).",
    }
    groups = {is_first: _works_paid_back(warehouse, *kinds, is_first=is_first) for is_first in said}
    return join([say(said[is_first], group, within) for is_first, group in groups.items() if group.rows])


def _works_paid_back(warehouse: Warehouse, *kinds: str, is_first: bool) -> Evidence:
    """The sums over counted works that pay back soon, or over the others; no row without any."""
    return warehouse.evidence(
        """
        select
            count(*) as group_actions,
            sum(effort_usd) as group_effort_usd,
            sum(first_year_net_usd) as group_first_year_usd,
            sum(first_year_net_low_usd) as group_first_year_low_usd,
            max(pays_from_year) as last_year
        from rates.rpt_savings_actions
        where is_counted and is_recommended_first = :is_first
            and (:all_kinds or action_kind in :kinds)
        having count(*) > 0
        """,
        is_first=is_first,
        all_kinds=not kinds,
        kinds=kinds or ("",),
    )


def _part_of_all(warehouse: Warehouse, total: Evidence) -> Prose:
    """Of which total this one is a part, where other pages name the larger one."""
    everything = total_of_works(warehouse)
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
        return KeyFigure("Savings open, a month", note("0"), status=note("nothing to do"))
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


def alike(kind: Evidence) -> Prose:
    """How many further works there are of the kind of the one that is named; nothing for the only one."""
    return kind.say(", and {further_works:count} more of this kind" if kind["further_works"] else "")


def slower_after(warehouse: Warehouse, row: Evidence) -> Prose:
    """What users wait longer after this action, as the end of a sentence; nothing when they do not."""
    return _waits(_slowest_of(_slowdowns(warehouse), row))


def _slowest_of(slower: tuple[Evidence, ...], row: Evidence) -> Evidence | None:
    """The largest slowdown among the moves of this action: those of its task, or of all of its tasks."""
    if row["action_kind"] != "model_switch":
        return None
    of_task = row["task_type"] if "task_type" in row.columns else None
    moves = (move for move in slower if move["slower_model"] == row["model"])
    return next((move for move in moves if of_task in (None, move["slower_task_type"])), None)


def _waits(slower: Evidence | None) -> Prose:
    if slower is None:
        return note("")
    return phrase("rates/_slower", slower)


def _decided(warehouse: Warehouse, *kinds: str) -> dict[str, Evidence]:
    """The works of which a part was decided before and is open still, by their id; the newest day of each."""
    found: list[Evidence] = []
    if not kinds or "model_switch" in kinds:
        found += warehouse.evidence(
            """
            select work_id as decided_work_id, decided_date
            from rates.rpt_model_switch_savings
            where is_recommended and decided_date is not null
            order by decided_date, work_id
            """
        ).each()
    if not kinds:
        found += warehouse.evidence(
            """
            select work_id as decided_work_id, decided_date
            from rates.rpt_usage_optimizations
            where decided_date is not null
            order by decided_date, work_id
            """
        ).each()
    return {str(row["decided_work_id"]): row for row in found}


def _decided_before(row: Evidence, decided: Evidence | None) -> Prose:
    if decided is None:
        return note("")
    part = "" if row["parts"] == 1 else "a part of it "
    return decided.say(f"; {part}decided before, for {{decided_date:day}}")


def _action(
    row: Evidence, terms: Evidence | None, slower: Evidence | None, decided: Evidence | None
) -> Action:
    return Action(
        action=_with_terms(row, terms) + _waits(slower) + _decided_before(row, decided),
        owner_role=str(row["owner_role"]),
        effort=str(row["effort"]),
        value=row.cell("net_monthly_savings_usd", "usd_table"),
        value_range=row.say("{low_monthly_savings_usd:usd_table} to {high_monthly_savings_usd:usd_table}"),
        payback=row.cell("payback_with_start_months", "months"),
        first_year=row.cell("first_year_net_usd", "usd_table"),
        pays_from_year=row.cell("pays_from_year", "count"),
        confidence=str(row["confidence"]),
        first_step=row.cell("first_step", "text"),
    )
