{# one row per free allowance x segment of users (`all` is all of them), per 1,000 users who sign up #}

with users as (

    select * from {{ ref('int_allowance_users') }}

),

competitors as (

    select * from {{ ref('competitor_prices') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

assumed as (

    select
        {{ assumption('free_tier_token_price_usd') }} as token_price_usd,
        {{ assumption('free_tier_token_cost_usd') }} as token_cost_usd,
        {{ assumption('free_tier_paid_tokens') }} as paid_tokens,
        {{ assumption('free_tier_monthly_churn') }} as monthly_churn,
        {{ assumption('free_tier_acquisition_cost_usd') }} as acquisition_cost_usd,
        {{ assumption('free_tier_flat_share') }} as flat_share

),

{# What a paying user brings over its life, less what winning it costs, less the free tokens of all. #}
valued as (

    select
        users.*,
        assumed.flat_share,
        assumed.token_cost_usd,
        users.payers * assumed.paid_tokens * assumed.token_price_usd as revenue,
        assumed.paid_tokens * (assumed.token_price_usd - assumed.token_cost_usd) as payer_margin,
        assumed.paid_tokens * (assumed.token_price_usd - assumed.token_cost_usd) / assumed.monthly_churn as lifetime_value,
        assumed.acquisition_cost_usd as sales_cost,
        assumed.acquisition_cost_usd + users.free_cost / nullif(users.payers, 0) as acquisition_cost
    from users
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

{# Where allowances were tried, they are compared with each other, and not with what is assumed of the rest. #}
compared as (

    select
        *,
        conversion_source = max(conversion_source) over (partition by segment) as is_compared
    from profits

),

judged as (

    select
        *,
        max(case when is_compared then profit end) over (partition by segment) as best_profit,
        max(case when is_compared then lower_profit end) over (partition by segment) as best_lower_profit
    from compared

),

marked as (

    select
        *,
        is_compared and profit = best_profit as is_best,
        is_compared and profit >= best_profit - flat_share * abs(best_profit) as is_as_good,
        is_compared and lower_profit = best_lower_profit as is_best_at_worst
    from judged

),

final as (

    select
        cast(marked.allowance_tokens as integer) as allowance_tokens,
        marked.segment,
        round(marked.covered_users / marked.users, 9) as covered_user_share,
        round(marked.free_tokens / marked.wanted_tokens, 9) as covered_token_share,
        round(marked.payers / marked.users, 9) as conversion_share,
        round(marked.lower_payers / marked.users, 9) as lower_conversion_share,
        round(marked.upper_payers / marked.users, 9) as upper_conversion_share,
        {{ money_of_double('marked.free_cost') }} as free_cost_usd,
        {{ money_of_double('marked.revenue') }} as revenue_usd,
        {{ money_of_double('marked.profit') }} as profit_usd,
        {{ money_of_double('marked.lower_profit') }} as lower_profit_usd,
        {{ money_of_double('marked.upper_profit') }} as upper_profit_usd,
        {{ money_of_double('marked.acquisition_cost') }} as acquisition_cost_usd,
        {{ money_of_double('marked.lifetime_value') }} as lifetime_value_usd,
        round({{ ratio('marked.lifetime_value', 'marked.acquisition_cost') }}, 9) as lifetime_value_ratio,
        round({{ ratio('marked.acquisition_cost', 'marked.payer_margin') }}, 9) as payback_months,
        round(market.price_position_share, 9) as price_position_share,
        marked.conversion_source,
        marked.is_best,
        marked.is_as_good,
        marked.is_best_at_worst,
        case
            when marked.is_best and marked.is_best_at_worst then 'best, at worst too'
            when marked.is_best then 'best'
            when marked.is_as_good and marked.is_best_at_worst then 'as good, best at worst'
            when marked.is_as_good then 'as good'
            when marked.is_best_at_worst then 'best at worst'
            when not marked.is_compared then 'not tried'
            else 'worth less'
        end as verdict,
        {{ money_of_double('1000 * marked.token_cost_usd') }} as cost_per_1k_tokens_usd
    from marked
    cross join market

)

select * from final
