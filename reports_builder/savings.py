"""The ledger of savings as actions: the one source of every savings figure in the reports."""

from reports_builder.escaping import SqlValue, sql_literal
from reports_builder.evidence import Evidence, note, say
from reports_builder.model import Action, ActionPlan
from reports_builder.warehouse import Warehouse

LEDGER = "rates.rpt_savings_opportunities"

# What to do first, and how sure a saving of this kind is, by the kind of action. The reason for
# the confidence: a fix of what is seen in the bill is surer than a change of what a model answers.
_FIRST_STEP = {
    "model_switch": "Send a tenth of the calls to the cheaper model and compare answers for a week",
    "anomaly_fix": "Ask the customer's account owner whether the usage is meant",
    "commitment": "Ask the provider for a written offer at this level",
    "batch": "List the jobs that can wait a day",
    "caching": "Move the fixed part of the prompt to its beginning",
    "pricing": "Prepare the letter to the customers concerned",
}
_CONFIDENCE = {
    "anomaly_fix": "high: the cost is on the bill",
    "commitment": "medium: usage must stay",
    "batch": "high: same model at a lower rate",
    "caching": "medium: depends on prompts",
    "model_switch": "medium: quality was scored, not reviewed",
    "pricing": "low: customers may leave",
}


def ledger(warehouse: Warehouse, where: str = "true", **parameters: SqlValue) -> Evidence:
    """The open actions by net monthly value, those worth nothing after overlap left out.

    ``where`` narrows the ledger, for instance ``action_kind = 'model_switch'``.
    """
    return warehouse.evidence(
        f"""
        select
            action_id, action_kind, subject, task_type, provider, model,
            net_monthly_savings_usd, low_monthly_savings_usd, high_monthly_savings_usd,
            gross_monthly_savings_usd, overlap_usd, assumption, owner_role, effort
        from {LEDGER}
        where net_monthly_savings_usd > 0 and ({where})
        order by net_monthly_savings_usd desc, action_id
        """,
        **parameters,
    )


def action_plan(
    warehouse: Warehouse, where: str = "true", rows: int = 10, **parameters: SqlValue
) -> ActionPlan:
    """The ``rows`` most valuable actions and what all of them are worth together."""
    opportunities = ledger(warehouse, where, **parameters)
    identifiers = [str(record["action_id"]) for record in opportunities.records()[:rows]]
    if not identifiers:
        return ActionPlan((), note("Nothing needs doing: no open action saves money."))
    chosen = ", ".join(sql_literal(identifier) for identifier in identifiers)
    total = warehouse.evidence(
        f"""
        select
            sum(net_monthly_savings_usd) as total_net_usd,
            sum(low_monthly_savings_usd) as total_low_usd,
            sum(high_monthly_savings_usd) as total_high_usd
        from {LEDGER}
        where action_id in ({chosen})
        """
    )
    return ActionPlan(
        tuple(_action(row) for row in opportunities.each()[:rows]),
        say(
            "Together they are worth **{total_net_usd:usd_table}** a month "
            "({total_low_usd:usd_table} to {total_high_usd:usd_table}), net of overlap: each is "
            "counted only on what the ones before it leave.",
            total,
        ),
    )


def _action(row: Evidence) -> Action:
    kind = str(row["action_kind"])
    return Action(
        action=row.say("{action_kind:words}: {subject:text}"),
        owner_role=str(row["owner_role"]),
        effort=str(row["effort"]),
        value=row.cell("net_monthly_savings_usd", "usd_table"),
        value_range=row.say(
            "{low_monthly_savings_usd:usd_table} to {high_monthly_savings_usd:usd_table}"
        ),
        confidence=_CONFIDENCE.get(kind, "not rated"),
        first_step=note(_FIRST_STEP.get(kind, "Name an owner")),
    )
