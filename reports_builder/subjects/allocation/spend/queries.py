"""The questions that the analysis of all spend puts to the marts."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def month(warehouse: Warehouse) -> Evidence:
    """The newest month: its cost, and what of it no team answers for."""
    return warehouse.evidence(
        """
        select
            month_start_date, total_cost_usd, ai_cost_usd, shared_cost_usd, prior_month_cost_usd,
            cast(month_start_date - interval 1 month as date) as prior_month_start_date,
            covered_days, days_in_month, unowned_cost_usd, 1 - owned_share as unowned_share_of_all,
            owned_share, owned_target_share, unowned_cost_usd > 0 as has_unowned, is_owned_enough
        from allocation.rpt_owner_costs_monthly
        where rollup_level = 'total'
        order by month_start_date desc
        limit 1
        """
    )


def all_spend(warehouse: Warehouse) -> Evidence:
    """All spend of the period and its largest part; no row where there is none beside AI and shared pools."""
    return warehouse.evidence(
        """
        select
            whole.cost_usd,
            whole.prior_cost_usd,
            whole.cost_change_share,
            whole.unowned_cost_usd,
            whole.unowned_share,
            whole.unowned_target_share,
            case when whole.is_owned_enough then 'within the target' else 'too much' end as owned_status,
            case
                when whole.cost_change_share > 0 then 'higher' when whole.cost_change_share < 0 then 'lower'
            end as spend_status,
            ai.cost_share as ai_share,
            largest.service_category as largest_category,
            largest.cost_usd as largest_cost_usd
        from allocation.rpt_spend_by_category as whole
        inner join allocation.rpt_spend_by_category as largest
            on whole.service_category = 'all'
            and largest.service_category not in ('all', 'AI and Machine Learning', 'Shared costs')
        left join allocation.rpt_spend_by_category as ai on ai.service_category = 'AI and Machine Learning'
        order by largest.cost_usd desc, largest.service_category
        limit 1
        """
    )


def categories(warehouse: Warehouse) -> Evidence:
    """Spend by service category, the largest first, and all of it at the end."""
    return warehouse.evidence(
        """
        select
            case service_category when 'all' then 'All spend' else service_category end as category,
            cost_usd, prior_cost_usd, cost_change_share, cost_share, unowned_cost_usd, unowned_share
        from allocation.rpt_spend_by_category
        order by service_category = 'all', cost_usd desc, service_category
        """
    )


def components(warehouse: Warehouse) -> Evidence:
    """Cost by component, the newest month first."""
    return warehouse.evidence(
        """
        select
            month_start_date, covered_days, days_in_month, ai_cost_usd, infrastructure_cost_usd,
            storage_cost_usd, transfer_cost_usd, services_cost_usd, other_cost_usd, shared_cost_usd,
            total_cost_usd, owned_share
        from allocation.rpt_owner_costs_monthly
        where rollup_level = 'total'
        order by month_start_date desc
        """
    )


def owners(warehouse: Warehouse, level: str) -> Evidence:
    """All spend of the newest month, then the owners of a level, the dearest first."""
    return warehouse.evidence(
        """
        select
            case rollup_level when 'total' then 'All spend' else owner_name end as owner_name,
            case rollup_level when 'total' then '-' else parent_owner_name end as parent_owner_name,
            rollup_level <> 'total' and owner_id <> 'unallocated' as is_owner,
            ai_cost_usd, infrastructure_cost_usd, storage_cost_usd,
            transfer_cost_usd,
            services_cost_usd, other_cost_usd, shared_cost_usd, total_cost_usd, cost_share,
            prior_month_cost_usd
        from allocation.rpt_owner_costs_monthly
        where rollup_level in ('total', :level) and is_latest
        order by rollup_level = 'total' desc, total_cost_usd desc, owner_id, parent_owner_id
        """,
        level=level,
    )


def dearest_teams(warehouse: Warehouse) -> Evidence:
    """The teams of the newest month, the dearest first."""
    return warehouse.evidence(
        """
        select owner_name, total_cost_usd, prior_month_cost_usd
        from allocation.rpt_owner_costs_monthly
        where rollup_level = 'team' and is_latest
        order by total_cost_usd desc, owner_id, parent_owner_id
        """
    )


def unowned(warehouse: Warehouse) -> Evidence:
    """Why cost has no team, the newest month first and in it the dearest cause."""
    return warehouse.evidence(
        """
        select
            causes.month_start_date, months.covered_days, months.days_in_month, causes.cause, causes.cost_usd,
            causes.unowned_share
        from allocation.rpt_unowned_costs_monthly as causes
        left join allocation.rpt_owner_costs_monthly as months
            on causes.month_start_date = months.month_start_date and months.rollup_level = 'total'
        order by causes.month_start_date desc, causes.cost_usd desc, causes.cause
        """
    )


def unowned_steps(warehouse: Warehouse) -> Evidence:
    """The causes of the newest month, the dearest first, each with what to do."""
    return warehouse.evidence(
        """
        select month_start_date, cause, next_step, cost_usd as cause_cost_usd, unowned_share
        from allocation.rpt_unowned_costs_monthly
        where month_start_date = (select max(month_start_date) from allocation.rpt_unowned_costs_monthly)
        order by cost_usd desc, cause
        """
    )


def tenants(warehouse: Warehouse) -> Evidence:
    """Customers of the newest month, the dearest first."""
    return warehouse.evidence(
        """
        select
            month_start_date, customer_name, ai_cost_usd, infrastructure_cost_usd, storage_cost_usd,
            transfer_cost_usd, services_cost_usd, other_cost_usd, total_cost_usd, cost_per_call_usd,
            cost_per_1k_tokens_usd, daily_cost_change_share, largest_increase, efficiency_score
        from allocation.rpt_tenant_chargebacks_monthly
        where is_latest and is_customer
        order by total_cost_usd desc, customer_id
        """
    )


def tenants_and_rest(warehouse: Warehouse) -> Evidence:
    """All customers of the newest month, what has none, and the ledger's total at the end."""
    return warehouse.evidence(
        """
        with parts as (
            select
                * exclude (customer_name),
                case when is_customer then 'All customers' else customer_name end as part
            from allocation.rpt_tenant_chargebacks_monthly
            where is_latest
        )
        select
            any_value(month_start_date) as month_start_date,
            coalesce(part, 'All spend') as part,
            sum(ai_cost_usd) as ai_cost_usd,
            sum(infrastructure_cost_usd) as infrastructure_cost_usd,
            sum(storage_cost_usd) as storage_cost_usd,
            sum(transfer_cost_usd) as transfer_cost_usd,
            sum(services_cost_usd) as services_cost_usd,
            sum(other_cost_usd) as other_cost_usd,
            sum(total_cost_usd) as total_cost_usd,
            sum(cost_share) as cost_share
        from parts
        group by grouping sets ((part), ())
        having count(*) > 0
        order by grouping(part), bool_or(is_customer) desc, part
        """
    )


def dearest_tenants(warehouse: Warehouse) -> Evidence:
    """The ten dearest customers of the newest month."""
    return warehouse.evidence(
        """
        select customer_name, total_cost_usd, prior_month_cost_usd
        from allocation.rpt_tenant_chargebacks_monthly
        where is_latest and is_customer
        order by total_cost_usd desc, customer_id
        limit 10
        """
    )


def activities(warehouse: Warehouse) -> Evidence:
    """What shared pools cost by activity, the newest month first."""
    return warehouse.evidence(
        """
        select
            activities.month_start_date, months.covered_days, months.days_in_month, activities.cost_pool,
            activities.driver, activities.activity_cost_usd, activities.driver_units,
            activities.usd_per_driver_unit, activities.unused_capacity_cost_usd, activities.unused_share,
            activities.cost_without_units_usd, activities.customers
        from allocation.rpt_activity_costs as activities
        left join allocation.rpt_owner_costs_monthly as months
            on activities.month_start_date = months.month_start_date and months.rollup_level = 'total'
        order by
            activities.month_start_date desc, activities.activity_cost_usd desc, activities.cost_pool,
            activities.driver
        """
    )


def support_costs(warehouse: Warehouse) -> Evidence:
    """What support departments pass on to whom by three methods, the newest month and all of them first."""
    return warehouse.evidence(
        """
        select
            passed.month_start_date, months.covered_days, months.days_in_month, passed.cost_pool,
            passed.target_value, passed.direct_cost_usd, passed.step_down_cost_usd,
            passed.reciprocal_cost_usd,
            passed.step_down_less_reciprocal_usd, passed.step_down_less_reciprocal_share
        from allocation.rpt_support_costs_monthly as passed
        left join allocation.rpt_owner_costs_monthly as months
            on passed.month_start_date = months.month_start_date and months.rollup_level = 'total'
        order by
            passed.month_start_date desc, passed.step_order nulls first, passed.target_column,
            passed.target_value
        """
    )
