"""The few questions that the dashboard asks beyond those of the reports."""

from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse

# By the column of the usage mart, or of the customer that the usage belongs to.
_DIMENSIONS = {
    "organization": "case when customers.is_known then customers.organization_id else 'unallocated' end",
    "product": "replace(usage.product_id, '_', ' ')",
    "feature": "replace(usage.feature_id, '_', ' ')",
    "task": "replace(usage.task_type, '_', ' ')",
    "provider": "usage.provider",
    "model": "usage.model",
    "environment": "usage.environment",
    "tier": "coalesce(customers.subscription_tier, 'unknown')",
}


def spend_by(warehouse: Warehouse, dimension: str) -> Evidence:
    """Spend of the period by the values of one dimension, the ten largest, beside the period before."""
    value = _DIMENSIONS[dimension]
    return warehouse.evidence(
        f"""
        with parts as (
            select
                {value} as value,
                coalesce(sum(usage.effective_cost_usd) filter (where usage.usage_date >= :window_start), 0)
                    as cost_usd,
                sum(usage.effective_cost_usd) filter (where usage.usage_date < :window_start)
                    as prior_cost_usd,
                coalesce(sum(usage.calls) filter (where usage.usage_date >= :window_start), 0) as calls
            from core.fct_usage_daily as usage
            left join core.dim_customers as customers on usage.customer_id = customers.customer_id
            where usage.usage_date between :prior_start and :as_of
            group by {value}
        )
        select
            value,
            cost_usd,
            prior_cost_usd,
            calls,
            cost_usd / nullif(sum(cost_usd) over ()::double, 0) as cost_share,
            cost_usd / nullif(prior_cost_usd::double, 0) - 1 as cost_change,
            cost_usd / nullif(calls::double, 0) as cost_per_call_usd,
            count(*) over () as all_values
        from parts
        where calls > 0
        order by cost_usd desc, value
        limit 10
        """  # noqa: S608 - the dimension is a name of the table above
    )


def freshness(warehouse: Warehouse) -> Evidence:
    """How far the data reaches, and whether all that was read is accounted for."""
    return warehouse.evidence(
        """
        select
            max(usage_date) as last_date,
            sum(rows_read) as rows_read,
            sum(rows_rejected) as rows_rejected,
            sum(abs(difference_usd)) as lost_usd
        from core.rpt_reconciliation
        """
    )


def calls_in_period(warehouse: Warehouse) -> int:
    """How many calls pass the filters in the period."""
    rows = warehouse.evidence(
        """
        select coalesce(sum(calls), 0) as calls
        from core.fct_usage_daily
        where usage_date between :window_start and :as_of
        """
    ).rows
    return int(rows[0][0] or 0)  # type: ignore[arg-type]


def options(warehouse: NarrowedWarehouse) -> dict[str, tuple[str, ...]]:
    """Every value that a filter can be set to."""
    rows = warehouse.evidence(
        """
        select distinct
            'organization' as filter,
            case when is_known then organization_id else 'unallocated' end as value
        from core.dim_customers
        union all
        select distinct 'product', product_id from core.fct_usage_daily
        union all
        select distinct 'provider', provider from core.fct_usage_daily
        union all
        select distinct 'environment', environment from core.fct_usage_daily
        union all
        select distinct 'tier', subscription_tier from core.dim_customers
        order by filter, value
        """
    ).rows
    found: dict[str, list[str]] = {}
    for name, value in rows:
        if value is not None:
            found.setdefault(str(name), []).append(str(value))
    return {name: tuple(values) for name, values in found.items()}
