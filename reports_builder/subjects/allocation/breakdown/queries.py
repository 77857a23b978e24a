"""What is asked of the marts about owners of cost and prices of tokens."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def breakdown(warehouse: Warehouse, dimension: str) -> Evidence:
    """Cost of calls by the values of one dimension, the largest first."""
    return warehouse.evidence(
        """
        select
            dimension_name as value, calls, uncosted_calls, spend_usd, prior_spend_usd, spend_share,
            spend_change_or_new_share as spend_change
        from allocation.rpt_spend_breakdown
        where dimension = :dimension
        order by spend_rank
        """,
        dimension=dimension,
    )


def customers(warehouse: Warehouse) -> Evidence:
    """The ten customers whose calls cost most."""
    return warehouse.evidence(
        """
        select
            dimension_name as value, calls, uncosted_calls, spend_usd, prior_spend_usd, spend_share,
            spend_change_or_new_share as spend_change
        from allocation.rpt_spend_breakdown
        where dimension = 'customer' and spend_rank <= 10
        order by spend_rank
        """
    )


def total_tokens(warehouse: Warehouse) -> Evidence:
    """What tokens cost and how they are made up, over everything."""
    return warehouse.evidence(
        """
        select
            cost_per_1k_tokens_usd,
            prior_cost_per_1k_tokens_usd,
            cost_per_1k_tokens_change_share as price_change_share,
            output_input_ratio,
            cached_input_share,
            prior_cached_input_share
        from allocation.rpt_token_efficiency
        where dimension = 'total'
        """
    )


def tokens(warehouse: Warehouse, dimension: str) -> Evidence:
    """Token efficiency by the values of one dimension, the dearest token first."""
    return warehouse.evidence(
        """
        select
            replace(dimension_value, 'unallocated unallocated', 'unallocated') as value,
            feature_id,
            replace(feature_id, '_', ' ') as short_name,
            cost_usd,
            cost_per_1k_tokens_usd,
            cost_per_1k_tokens_usd as dearest_usd,
            average_cost_per_1k_tokens_usd as average_usd,
            cost_per_1k_tokens_to_average as times_average,
            cost_per_1k_tokens_change_share as price_change_share,
            cost_per_call_usd,
            tokens_per_call,
            output_input_ratio,
            cached_input_share,
            token_share,
            cost_share
        from allocation.rpt_token_efficiency
        where dimension = :dimension
        order by cost_per_1k_tokens_usd desc nulls last, dimension_value
        """,
        dimension=dimension,
    )


def coverage(warehouse: Warehouse) -> Evidence:
    """How much of the cost has an owner."""
    return warehouse.evidence(
        """
        select
            customer_coverage_share,
            team_coverage_share as with_team_share,
            cost_without_customer_usd as without_customer_usd,
            cost_without_team_usd as without_team_usd
        from allocation.rpt_cost_allocation
        where rollup_level = 'total'
        """
    )


def calls_without_customer(warehouse: Warehouse) -> Evidence:
    """How many calls have no customer on record."""
    return warehouse.evidence(
        """
        select
            affected_calls as without_customer_calls, affected_call_share as without_customer_call_share
        from core.rpt_data_quality
        where check_name = 'unallocated'
        """
    )


def organizations(warehouse: Warehouse) -> Evidence:
    """The ten organizations that cost most."""
    return warehouse.evidence(
        """
        select
            organization_id,
            allocated_cost_usd as cost_usd,
            prior_allocated_cost_usd as prior_cost_usd,
            cost_change_share,
            cost_share,
            team_coverage_share
        from allocation.rpt_cost_allocation
        where rollup_level = 'organization' and is_allocated and cost_rank <= 10
        order by cost_rank
        """
    )


def organizations_in_all(warehouse: Warehouse) -> Evidence:
    """How many organizations there are, and which share of all cost these ten make; one row."""
    return warehouse.evidence(
        """
        select
            count(*) as all_organizations,
            count(*) filter (where cost_rank <= 10) as listed_organizations,
            sum(cost_share) filter (where cost_rank <= 10) as listed_share
        from allocation.rpt_cost_allocation
        where rollup_level = 'organization' and is_allocated
        """
    )


def organization_products(warehouse: Warehouse) -> Evidence:
    """The dearest products of organizations."""
    return warehouse.evidence(
        """
        select
            organization_id, product_id, allocated_cost_usd as cost_usd,
            prior_allocated_cost_usd as prior_cost_usd, cost_change_share, cost_share, team_coverage_share
        from allocation.rpt_cost_allocation
        where rollup_level = 'product'
        order by allocated_cost_usd desc, organization_id, product_id
        """
    )


def organization_customers(warehouse: Warehouse) -> Evidence:
    """The dearest uses of a product by a customer."""
    return warehouse.evidence(
        """
        select
            organization_id, product_id, customer_name as customer, allocated_cost_usd as cost_usd,
            prior_allocated_cost_usd as prior_cost_usd, cost_change_share, cost_share, team_coverage_share
        from allocation.rpt_cost_allocation
        where rollup_level = 'customer'
        order by allocated_cost_usd desc, organization_id, product_id, customer_id
        """
    )


def gaps(warehouse: Warehouse) -> Evidence:
    """The gaps that the checks of the data found, the dearest first."""
    return warehouse.evidence(
        """
        select check_name as gap, affected_calls, affected_call_share, affected_cost_usd, affected_share
        from core.rpt_data_quality
        where affected_calls > 0 or affected_cost_usd <> 0
        order by affected_cost_usd desc nulls last, affected_calls desc, check_name
        """
    )
