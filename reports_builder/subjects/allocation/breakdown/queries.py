"""What is asked of the marts about owners of cost and prices of tokens."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def breakdown(warehouse: Warehouse, dimension: str) -> Evidence:
    """Cost of calls by the values of one dimension, the largest first."""
    return warehouse.evidence(
        """
        select
            case when dimension_value = 'unallocated unallocated' then 'unallocated' else dimension_value end
                as value,
            calls, uncosted_calls, spend_usd, prior_spend_usd, spend_share,
            case when prior_calls = 0 then 'infinity'::double else spend_change_share end as spend_change
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
            coalesce(names.customer_name, spend.dimension_value) as value,
            spend.calls, spend.uncosted_calls, spend.spend_usd, spend.prior_spend_usd, spend.spend_share,
            case when spend.prior_calls = 0 then 'infinity'::double else spend.spend_change_share end
                as spend_change
        from allocation.rpt_spend_breakdown as spend
        left join core.dim_customers as names on spend.dimension_value = names.customer_id
        where spend.dimension = 'customer' and spend.spend_rank <= 10
        order by spend.spend_rank
        """
    )


def total_tokens(warehouse: Warehouse) -> Evidence:
    """What tokens cost and how they are made up, over everything."""
    return warehouse.evidence(
        """
        select
            cost_per_1k_tokens_usd,
            prior_cost_per_1k_tokens_usd,
            cost_per_1k_tokens_usd / nullif(prior_cost_per_1k_tokens_usd::double, 0) - 1
                as price_change_share,
            output_input_ratio,
            cached_input_share,
            case
                when price_change_share is null then 'no earlier period to compare with'
                when price_change_share > 0 then 'a token costs more'
                when price_change_share < 0 then 'a token costs less' else 'the same'
            end as price_status
        from allocation.rpt_token_efficiency
        where dimension = 'total'
        """
    )


def tokens(warehouse: Warehouse, dimension: str) -> Evidence:
    """Token efficiency by the values of one dimension, the dearest token first."""
    return warehouse.evidence(
        """
        select
            replace(parts.dimension_value, 'unallocated unallocated', 'unallocated') as value,
            parts.cost_usd,
            parts.cost_per_1k_tokens_usd,
            parts.cost_per_1k_tokens_usd as dearest_usd,
            whole.cost_per_1k_tokens_usd as average_usd,
            parts.cost_per_1k_tokens_usd / nullif(whole.cost_per_1k_tokens_usd::double, 0) as times_average,
            parts.cost_per_1k_tokens_usd / nullif(parts.prior_cost_per_1k_tokens_usd::double, 0) - 1
                as price_change_share,
            parts.cost_per_call_usd,
            parts.tokens_per_call,
            parts.output_input_ratio,
            parts.cached_input_share,
            (parts.input_tokens + parts.output_tokens)
                / nullif((whole.input_tokens + whole.output_tokens)::double, 0) as token_share,
            parts.cost_usd / nullif(whole.cost_usd::double, 0) as cost_share
        from allocation.rpt_token_efficiency as parts
        inner join allocation.rpt_token_efficiency as whole on whole.dimension = 'total'
        where parts.dimension = :dimension
        order by parts.cost_per_1k_tokens_usd desc nulls last, parts.dimension_value
        """,
        dimension=dimension,
    )


def coverage(warehouse: Warehouse) -> Evidence:
    """How much of the cost, and of the calls, has an owner."""
    return warehouse.evidence(
        """
        select
            whole.customer_coverage_share,
            whole.team_coverage_share as with_team_share,
            whole.allocated_cost_usd - whole.cost_with_customer_usd as without_customer_usd,
            whole.allocated_cost_usd - whole.cost_with_team_usd as without_team_usd,
            gaps.affected_calls as without_customer_calls,
            gaps.affected_call_share as without_customer_call_share,
            case when without_customer_usd = 0 then 'complete' else 'incomplete' end as customer_status
        from allocation.rpt_cost_allocation as whole
        inner join core.rpt_data_quality as gaps on gaps.check_name = 'unallocated'
        where whole.rollup_level = 'total'
        """
    )


def organizations(warehouse: Warehouse) -> Evidence:
    """The ten organizations that cost most, with the share of all cost that they make."""
    return warehouse.evidence(
        """
        select
            organization_id,
            allocated_cost_usd as cost_usd,
            prior_allocated_cost_usd as prior_cost_usd,
            cost_change_share,
            cost_share,
            team_coverage_share,
            count(*) over () as all_organizations,
            least(count(*) over (), 10) as listed_organizations,
            sum(case when cost_rank <= 10 then cost_share end) over () as listed_share
        from (
            select *, row_number() over (order by allocated_cost_usd desc, organization_id) as cost_rank
            from allocation.rpt_cost_allocation
            where rollup_level = 'organization' and is_allocated
        )
        order by allocated_cost_usd desc, organization_id
        limit 10
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
            costs.organization_id,
            costs.product_id,
            coalesce(names.customer_name, costs.customer_id) as customer,
            costs.allocated_cost_usd as cost_usd,
            costs.prior_allocated_cost_usd as prior_cost_usd,
            costs.cost_change_share,
            costs.cost_share,
            costs.team_coverage_share
        from allocation.rpt_cost_allocation as costs
        left join core.dim_customers as names on costs.customer_id = names.customer_id
        where costs.rollup_level = 'customer'
        order by costs.allocated_cost_usd desc, costs.organization_id, costs.product_id, costs.customer_id
        """
    )


def gaps(warehouse: Warehouse) -> Evidence:
    """Every check of the data, the dearest gap first."""
    return warehouse.evidence(
        """
        select check_name as gap, affected_calls, affected_call_share, affected_cost_usd, affected_share
        from core.rpt_data_quality
        order by affected_cost_usd desc nulls last, affected_calls desc, check_name
        """
    )
