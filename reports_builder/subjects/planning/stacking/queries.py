"""What is asked of the marts about savings that stand on one another."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def stacked(warehouse: Warehouse) -> Evidence:
    """Tasks, then content, the dearest first: what each step saves of what the ones before left."""
    return warehouse.evidence(
        """
        select
            subject_kind,
            subject,
            cost_usd,
            model_savings_usd,
            prompt_savings_usd,
            cache_savings_usd,
            batch_savings_usd,
            cost_after_usd,
            savings_share,
            added_up_share
        from planning.rpt_stacked_savings
        order by subject_kind desc, cost_usd desc, subject
        """
    )
