{# one row per customer x product x feature x day with calls: the credits of its successful calls #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

credit_rates as (

    select
        *,
        lead(from_usd_per_million_output_tokens) over (order by from_usd_per_million_output_tokens) as next_from_usd
    from {{ ref('plan_credit_rates') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

model_prices as (

    select
        price_periods.provider,
        price_periods.model,
        cast(price_periods.list_usd_per_output_token * 1000000 as decimal(18, 6)) as usd_per_million_output_tokens
    from price_periods
    inner join as_of on {{ holds_at_end_of('as_of.as_of_date') }} and price_periods.service_tier = 'standard'

),

{# Outcomes are counted by row: where calls failed, the tokens of each class are reduced alike. #}
used as (

    select
        usage_daily.usage_date,
        usage_daily.customer_id,
        usage_daily.product_id,
        usage_daily.feature_id,
        {{ ratio('usage_daily.input_tokens + usage_daily.output_tokens - usage_daily.failed_tokens', 'usage_daily.input_tokens + usage_daily.output_tokens') }}
            as successful_share,
        usage_daily.input_tokens - coalesce(usage_daily.cached_input_tokens, 0) as fresh_input_tokens,
        coalesce(usage_daily.cached_input_tokens, 0) as cached_input_tokens,
        usage_daily.output_tokens,
        coalesce(model_prices.usd_per_million_output_tokens, 0) as usd_per_million_output_tokens
    from usage_daily
    left join model_prices on usage_daily.provider = model_prices.provider and usage_daily.model = model_prices.model

),

weighted as (

    select
        used.usage_date,
        used.customer_id,
        used.product_id,
        used.feature_id,
        {{ decimal_of_double(
            'used.successful_share * (used.fresh_input_tokens * cast(credit_rates.credits_per_1k_input_tokens as double)'
            ~ ' + used.cached_input_tokens * cast(credit_rates.credits_per_1k_cached_input_tokens as double)'
            ~ ' + used.output_tokens * cast(credit_rates.credits_per_1k_output_tokens as double)) / 1000', 'decimal(28, 6)'
        ) }} as credits
    from used
    inner join credit_rates
        on
            used.usd_per_million_output_tokens >= credit_rates.from_usd_per_million_output_tokens
            and (credit_rates.next_from_usd is null or used.usd_per_million_output_tokens < credit_rates.next_from_usd)

),

summed as (

    select
        usage_date,
        customer_id,
        product_id,
        feature_id,
        cast(coalesce(sum(credits), 0) as decimal(28, 6)) as billable_credits
    from weighted
    group by usage_date, customer_id, product_id, feature_id

)

select * from summed
