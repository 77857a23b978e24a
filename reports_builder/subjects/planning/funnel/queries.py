"""What is asked of the marts about customers who began without a fee."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def funnel(warehouse: Warehouse) -> Evidence:
    """All of them, then by segment, then by month of sign-up; no row where there is no free plan."""
    return warehouse.evidence(
        """
        select
            segment,
            cohort,
            signed_up,
            unobserved_customers,
            active,
            reached_allowance,
            unknown_allowance,
            converted,
            converted_after_allowance,
            left_unpaid,
            still_free,
            is_settled,
            active_share,
            reached_share,
            converted_share,
            lower_converted_share,
            upper_converted_share,
            converted_after_allowance_share,
            lower_converted_after_allowance_share,
            upper_converted_after_allowance_share,
            free_cost_usd,
            allowance_tokens,
            assumed_conversion_share
        from planning.rpt_conversion_funnel
        where segment = 'all' or cohort = 'all'
        order by cohort <> 'all', segment <> 'all', segment, cohort
        """
    )
