"""What is asked of the marts about free tokens and lifetimes."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def allowances(warehouse: Warehouse) -> Evidence:
    """Allowances of all users from none to 4,000 tokens, in steps of 250."""
    return warehouse.evidence(
        """
        select
            allowance_tokens,
            covered_user_share,
            covered_token_share,
            conversion_share,
            conversion_source,
            free_cost_usd,
            profit_usd,
            lower_profit_usd,
            upper_profit_usd,
            lifetime_value_ratio,
            payback_months,
            verdict,
            cost_per_1k_tokens_usd as assumed_cost_per_1k_usd
        from planning.rpt_token_economics
        where segment = 'all' and allowance_tokens <= 4000
        order by allowance_tokens
        """
    )


def best_allowances(warehouse: Warehouse) -> Evidence:
    """The allowance that is worth most, those as good, the best if it goes badly, and the price; one row."""
    return warehouse.evidence(
        """
        select
            min(allowance_tokens) filter (where is_best) as best_tokens,
            max(profit_usd) filter (where is_best) as best_profit_usd,
            count(*) filter (where is_as_good and not is_best) as as_good,
            min(allowance_tokens) filter (where is_as_good) as least_as_good_tokens,
            max(allowance_tokens) filter (where is_as_good) as most_as_good_tokens,
            min(allowance_tokens) filter (where is_best_at_worst) as best_at_worst_tokens,
            max(lower_profit_usd) filter (where is_best_at_worst) as worst_profit_usd,
            count(*) filter (where conversion_source = 'experiment') as tried,
            abs(max(price_position_share)) as price_distance_share,
            max(price_position_share) < 0 as is_priced_below
        from planning.rpt_token_economics
        where segment = 'all'
        """
    )


def claims(warehouse: Warehouse) -> Evidence:
    """Figures that were printed of free tokens, with what follows in their place."""
    return warehouse.evidence(
        """
        select note, unit, claimed_value as claimed, value as computed, status
        from planning.rpt_token_claims
        order by status = 'follows', status = 'not a figure', claim_id
        """
    )


def measured_tokens(warehouse: Warehouse) -> Evidence:
    """What tokens of calls cost, and how many a call takes."""
    return warehouse.evidence(
        """
        select
            sum(effective_cost_usd) / nullif(sum(input_tokens + output_tokens), 0) * 1000
                as cost_per_1k_tokens_usd,
            sum(input_tokens + output_tokens) / nullif(sum(calls), 0) as tokens_per_call
        from core.fct_usage_daily
        where usage_date between :start and :as_of
        """,
        start=warehouse.period.start,
    )


def lifetimes(warehouse: Warehouse) -> Evidence:
    """How long customers stay and what that is worth, by tier."""
    return warehouse.evidence(
        """
        select
            subscription_tier,
            departures,
            is_small_sample,
            first_month_retention_share,
            first_year_survival_share,
            lifetime_months,
            lower_lifetime_months,
            upper_lifetime_months,
            constant_churn_lifetime_months,
            lifetime_value_usd,
            lower_lifetime_value_usd,
            upper_lifetime_value_usd
        from margin.rpt_retention_fits
        order by subscription_tier <> 'all', subscription_tier
        """
    )


def retention_by_month(warehouse: Warehouse) -> Evidence:
    """Who of new customers is still there after so many months, and what one brings in until then."""
    return warehouse.evidence(
        """
        select
            month_of_life,
            survival_share,
            lower_survival_share,
            upper_survival_share,
            revenue_usd,
            revenue_so_far_usd,
            lower_revenue_so_far_usd,
            upper_revenue_so_far_usd
        from margin.rpt_retention_projections_monthly
        where subscription_tier = 'all' and month_of_life in (1, 2, 3, 6, 9, 12, 18, 24)
        order by month_of_life
        """
    )


def tier_break_evens(warehouse: Warehouse) -> Evidence:
    """At how many calls a month the fee of each tier is used up, the smallest fee first."""
    return warehouse.evidence(
        """
        select
            subscription_tier,
            monthly_fee_usd,
            cost_per_call_usd,
            break_even_calls,
            lower_break_even_calls,
            upper_break_even_calls,
            median_calls,
            customers,
            customers_beyond,
            customers_beyond_share
        from planning.rpt_tier_break_evens
        order by monthly_fee_usd, subscription_tier
        """
    )


def content(warehouse: Warehouse) -> Evidence:
    """What a piece of each type of content costs, the dearest month first, all of them last."""
    return warehouse.evidence(
        """
        select
            content_type,
            coalesce(model, '-') as model,
            pieces_per_month,
            cost_per_piece_usd,
            monthly_cost_usd,
            price_source
        from planning.rpt_content_costs
        order by content_type = 'all', monthly_cost_usd desc nulls last, content_type
        """
    )


def choices(warehouse: Warehouse) -> Evidence:
    """Which model to take for each task under each budget."""
    return warehouse.evidence(
        """
        select task_type, budget, provider, model, cost_per_call_usd, quality_score_avg, quality_floor
        from planning.rpt_model_choices
        where content_type is null
        order by task_type, cost_per_call_usd, budget
        """
    )


def content_choices(warehouse: Warehouse) -> Evidence:
    """Which model to take for each type of content under each budget."""
    return warehouse.evidence(
        """
        select
            content_type,
            budget,
            model,
            task_type,
            quality_score_avg,
            quality_floor,
            cost_per_piece_usd,
            monthly_cost_usd,
            change_from_plan_usd
        from planning.rpt_model_choices
        where content_type <> 'all'
        order by content_type, monthly_cost_usd, budget
        """
    )


def content_budgets(warehouse: Warehouse) -> Evidence:
    """What all content of the plan costs a month under each budget; nothing where a type has no choice."""
    return warehouse.evidence(
        """
        select budget, pieces_per_month, monthly_cost_usd, change_from_plan_usd
        from planning.rpt_model_choices
        where content_type = 'all'
        order by monthly_cost_usd, budget
        """
    )
