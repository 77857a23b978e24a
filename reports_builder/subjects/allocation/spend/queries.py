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
            covered_days, days_in_month, unowned_cost_usd, unowned_share as unowned_share_of_all,
            owned_share, owned_target_share, unowned_cost_usd > 0 as has_unowned, is_owned_enough
        from allocation.rpt_owner_costs_monthly
        where rollup_level = 'total'
        order by month_start_date desc
        limit 1
        """
    )


def all_spend(warehouse: Warehouse) -> Evidence:
    """All spend of the period; no row where there is none beside AI and shared pools."""
    return warehouse.evidence(
        """
        select
            cost_usd, comparable_prior_cost_usd as prior_cost_usd, prior_cost_usd as stated_prior_cost_usd,
            calendar_usd, round(calendar_usd, 2) <> 0 as is_moved_by_calendar, cost_change_share,
            unowned_cost_usd, unowned_share, unowned_target_share, is_owned_enough
        from allocation.rpt_spend_by_category
        where service_category = 'all' and categories_beside_ai > 0
        """
    )


def largest_category(warehouse: Warehouse) -> Evidence:
    """The category that costs most; no row where there is none beside AI and shared pools."""
    return warehouse.evidence(
        """
        select service_category as largest_category, cost_usd as largest_cost_usd
        from allocation.rpt_spend_by_category
        where rank_beside_ai = 1 and categories_beside_ai > 0
        """
    )


def ai_share(warehouse: Warehouse) -> Evidence:
    """The part of AI in all spend."""
    return warehouse.evidence(
        """
        select cost_share as ai_share
        from allocation.rpt_spend_by_category
        where service_category = 'AI and Machine Learning'
        """
    )


def services(warehouse: Warehouse) -> Evidence:
    """Services of each provider with their cost, the dearest first; no row where AI is all spend."""
    return warehouse.evidence(
        """
        select provider_name, service_name, cost_usd, cost_share, provider_cost_usd
        from allocation.rpt_spend_by_service
        order by cost_rank
        """
    )


def categories(warehouse: Warehouse) -> Evidence:
    """Spend by service category, the largest first, and all of it at the end."""
    return warehouse.evidence(
        """
        select
            service_category, cost_usd, comparable_prior_cost_usd as prior_cost_usd, cost_change_share,
            cost_share, unowned_cost_usd, unowned_share
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
            rollup_level, owner_name, parent_owner_name,
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
    """Cost without a team by cause, the newest month first."""
    return warehouse.evidence(
        """
        select month_start_date, covered_days, days_in_month, cause, cost_usd, unowned_share
        from allocation.rpt_unowned_costs_monthly
        order by month_start_date desc, cost_usd desc, cause
        """
    )


def unowned_steps(warehouse: Warehouse) -> Evidence:
    """The causes of the newest month, the dearest first, each with what to do."""
    return warehouse.evidence(
        """
        select month_start_date, cause, next_step, cost_usd as cause_cost_usd, unowned_share
        from allocation.rpt_unowned_costs_monthly
        where is_latest
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
        select
            month_start_date, part, ai_cost_usd, infrastructure_cost_usd, storage_cost_usd, transfer_cost_usd,
            services_cost_usd, other_cost_usd, total_cost_usd, cost_share
        from allocation.rpt_tenant_chargeback_parts_monthly
        where is_latest
        order by part_order, part
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
            month_start_date, covered_days, days_in_month, cost_pool, driver, activity_cost_usd, driver_units,
            usd_per_driver_unit, unused_capacity_cost_usd, unused_share, cost_without_units_usd, customers
        from allocation.rpt_activity_costs
        order by month_start_date desc, activity_cost_usd desc, cost_pool, driver
        """
    )


def support_costs(warehouse: Warehouse) -> Evidence:
    """What support departments pass on to whom by three methods, the newest month and all of them first."""
    return warehouse.evidence(
        """
        select
            month_start_date, covered_days, days_in_month, cost_pool, target_value, direct_cost_usd,
            step_down_cost_usd, reciprocal_cost_usd, step_down_less_reciprocal_usd,
            step_down_less_reciprocal_share
        from allocation.rpt_support_costs_monthly
        order by month_start_date desc, step_order nulls first, target_column, target_value
        """
    )
