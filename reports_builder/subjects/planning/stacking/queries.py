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
            max(cost_before_usd) filter (where step = 'model') as cost_usd,
            max(savings_usd) filter (where step = 'model') as model_usd,
            max(savings_usd) filter (where step = 'prompt') as prompt_usd,
            max(savings_usd) filter (where step = 'cache' and is_known) as cache_usd,
            max(savings_usd) filter (where step = 'batch' and is_known) as batch_usd,
            max(cost_after_usd) filter (where step = 'batch') as left_usd,
            sum(savings_usd) / nullif(max(cost_before_usd) filter (where step = 'model'), 0) as saved_share,
            sum(alone_savings_usd) / nullif(max(cost_before_usd) filter (where step = 'model'), 0)
                as added_up_share
        from planning.rpt_stacked_savings
        group by subject_kind, subject
        order by subject_kind desc, cost_usd desc, subject
        """
    )
