{# one row per free allowance x segment of users (`all` is all of them), per 1,000 users who sign up #}

with segments as (

    select * from {{ ref('token_segments') }}

),

competitors as (

    select * from {{ ref('competitor_prices') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

steps as (

    {{ whole_numbers(0, 40) }}

),

assumed as (

    select
        {{ assumption('free_tier_token_price_usd') }} as token_price_usd,
        {{ assumption('free_tier_token_cost_usd') }} as token_cost_usd,
        {{ assumption('free_tier_paid_tokens') }} as paid_tokens,
        {{ assumption('free_tier_conversion_share') }} as conversion_share,
        {{ assumption('free_tier_reference_tokens') }} as reference_tokens,
        {{ assumption('free_tier_elasticity') }} as elasticity,
        {{ assumption('free_tier_elasticity_low') }} as elasticity_low,
        {{ assumption('free_tier_elasticity_high') }} as elasticity_high,
        {{ assumption('free_tier_free_months') }} as free_months,
        {{ assumption('free_tier_monthly_churn') }} as monthly_churn,
        {{ assumption('free_tier_acquisition_cost_usd') }} as acquisition_cost_usd,
        {{ assumption('free_tier_flat_share') }} as flat_share

),

{# From no free token to 10,000, in steps of 250. #}
covered as (

    select
        segments.segment,
        segments.customer_share,
        segments.tokens_per_month,
        steps.number * 250 as allowance_tokens,
        case when segments.tokens_per_month <= steps.number * 250 then 1.0 else 0.0 end as is_covered,
        least(segments.tokens_per_month, steps.number * 250) as free_tokens
    from segments
    cross join steps

),

{# Who is left short may begin to pay; who is covered has no reason to. The more of the product one has seen, the likelier. #}
converted as (

    select
        covered.*,
        assumed.*,
        (1 - covered.is_covered) * assumed.conversion_share as short_share,
        greatest(covered.allowance_tokens, 1) / assumed.reference_tokens as seen_ratio
    from covered
    cross join assumed

),

{# Powers differ in the last digits from engine to engine: users who pay are counted to the billionth. #}
per_segment as (

    select
        segment,
        allowance_tokens,
        1000 * customer_share as users,
        1000 * customer_share * tokens_per_month as wanted_tokens,
        1000 * customer_share * free_tokens as free_tokens,
        1000 * customer_share * is_covered as covered_users,
        1000 * customer_share * free_tokens * token_cost_usd * free_months as free_cost,
        round(1000 * customer_share * least(short_share * power(seen_ratio, elasticity), 1), 9) as payers,
        round(1000 * customer_share * least(short_share * power(seen_ratio, elasticity_low), short_share * power(seen_ratio, elasticity_high)), 9) as lower_payers,
        round(1000 * customer_share * least(greatest(short_share * power(seen_ratio, elasticity_low), short_share * power(seen_ratio, elasticity_high)), 1), 9) as upper_payers
    from converted

),

stacked as (

    select * from per_segment
    union all
    select
        'all' as segment,
        allowance_tokens,
        {{ stable_sum('users') }} as users,
        {{ stable_sum('wanted_tokens') }} as wanted_tokens,
        {{ stable_sum('free_tokens') }} as free_tokens,
        {{ stable_sum('covered_users') }} as covered_users,
        {{ stable_sum('free_cost') }} as free_cost,
        {{ stable_sum('payers') }} as payers,
        {{ stable_sum('lower_payers') }} as lower_payers,
        {{ stable_sum('upper_payers') }} as upper_payers
    from per_segment
    group by allowance_tokens

),

{# What a paying user brings over its life, less what winning it costs, less the free tokens of all. #}
valued as (

    select
        stacked.*,
        assumed.flat_share,
        assumed.token_cost_usd,
        stacked.payers * assumed.paid_tokens * assumed.token_price_usd as revenue,
        assumed.paid_tokens * (assumed.token_price_usd - assumed.token_cost_usd) as payer_margin,
        assumed.paid_tokens * (assumed.token_price_usd - assumed.token_cost_usd) / assumed.monthly_churn as lifetime_value,
        assumed.acquisition_cost_usd as sales_cost,
        assumed.acquisition_cost_usd + stacked.free_cost / nullif(stacked.payers, 0) as acquisition_cost
    from stacked
    cross join assumed

),

profits as (

    select
        *,
        payers * (lifetime_value - sales_cost) - free_cost as profit,
        lower_payers * (lifetime_value - sales_cost) - free_cost as lower_profit,
        upper_payers * (lifetime_value - sales_cost) - free_cost as upper_profit
    from valued

),

prices as (

    select
        competitors.competitor,
        max_by(competitors.usd_per_1k_tokens, competitors.valid_from_date) as usd_per_1k_tokens
    from competitors
    inner join as_of on competitors.valid_from_date <= as_of.as_of_date
    group by competitors.competitor

),

market as (

    select {{ ratio('1000 * max(assumed.token_price_usd)', 'sum(prices.usd_per_1k_tokens) / count(prices.usd_per_1k_tokens)') }} - 1 as price_position_share
    from assumed
    left join prices on true

),

judged as (

    select
        *,
        max(profit) over (partition by segment) as best_profit,
        max(lower_profit) over (partition by segment) as best_lower_profit
    from profits

),

final as (

    select
        cast(judged.allowance_tokens as integer) as allowance_tokens,
        judged.segment,
        round(judged.covered_users / judged.users, 9) as covered_user_share,
        round(judged.free_tokens / judged.wanted_tokens, 9) as covered_token_share,
        round(judged.payers / judged.users, 9) as conversion_share,
        round(judged.lower_payers / judged.users, 9) as lower_conversion_share,
        round(judged.upper_payers / judged.users, 9) as upper_conversion_share,
        {{ money_of_double('judged.free_cost') }} as free_cost_usd,
        {{ money_of_double('judged.revenue') }} as revenue_usd,
        {{ money_of_double('judged.profit') }} as profit_usd,
        {{ money_of_double('judged.lower_profit') }} as lower_profit_usd,
        {{ money_of_double('judged.upper_profit') }} as upper_profit_usd,
        {{ money_of_double('judged.acquisition_cost') }} as acquisition_cost_usd,
        {{ money_of_double('judged.lifetime_value') }} as lifetime_value_usd,
        round({{ ratio('judged.lifetime_value', 'judged.acquisition_cost') }}, 9) as lifetime_value_ratio,
        round({{ ratio('judged.acquisition_cost', 'judged.payer_margin') }}, 9) as payback_months,
        round(market.price_position_share, 9) as price_position_share,
        judged.profit = judged.best_profit as is_best,
        judged.profit >= judged.best_profit - judged.flat_share * abs(judged.best_profit) as is_as_good,
        judged.lower_profit = judged.best_lower_profit as is_best_at_worst,
        case
            when judged.profit = judged.best_profit then 'best'
            when judged.profit >= judged.best_profit - judged.flat_share * abs(judged.best_profit) then 'as good'
            when judged.lower_profit = judged.best_lower_profit then 'safest'
            else '-'
        end as verdict,
        {{ money_of_double('1000 * judged.token_cost_usd') }} as cost_per_1k_tokens_usd
    from judged
    cross join market

)

select * from final
