{# one row per customer x product x feature x trivial task x premium model, trailing 30 days: its cost, and that on a model that would do #}

with premium_usage as (

    select * from {{ ref('int_premium_usage_of_trivial_tasks') }}

),

switches as (

    select * from {{ ref('int_model_switches_assessed') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# The model to move to: within the quality limits if there is one, else the cheapest whose quality is not known well enough. #}
targets as (

    select
        task_type,
        from_provider,
        from_model,
        to_provider,
        to_model,
        verdict,
        quality_change,
        row_number() over (
            partition by task_type, from_provider, from_model
            order by case when is_acceptable then 0 else 1 end asc, savings_usd desc, to_provider asc, to_model asc
        ) as preference
    from switches
    where verdict in ('acceptable', 'quality not measured', 'too few scores')

),

current_prices as (

    select price_periods.*
    from price_periods
    inner join as_of on {{ holds_at_end_of('as_of.as_of_date') }}

),

repriced as (

    select
        usage.*,
        targets.to_provider,
        targets.to_model,
        targets.verdict,
        targets.quality_change,
        {{ contracted_cost() }} as cost_after_usd
    from premium_usage as usage
    left join targets
        on usage.task_type = targets.task_type and usage.provider = targets.from_provider and usage.model = targets.from_model and targets.preference = 1
    left join current_prices as prices
        on targets.to_provider = prices.provider and targets.to_model = prices.model and usage.service_tier = prices.service_tier

),

summed as (

    select
        customer_id,
        product_id,
        feature_id,
        task_type,
        provider,
        model,
        to_provider as suggested_provider,
        to_model as suggested_model,
        verdict as suggestion_verdict,
        quality_change,
        min(first_usage_date) as first_usage_date,
        cast(sum(calls) as bigint) as calls,
        {{ money('sum(effective_cost_usd)') }} as cost_usd,
        case when count(cost_after_usd) = count(*) then {{ money('sum(cost_after_usd)') }} end as cost_after_usd
    from repriced
    group by all

),

valued as (

    select
        *,
        {{ money('cost_usd - cost_after_usd') }} as monthly_savings_usd,
        {{ money('cost_usd - cost_after_usd * ' ~ decimal_of_double('1 + ' ~ assumption('model_switch_token_variation'), 'decimal(9, 6)')) }} as monthly_savings_low_usd,
        {{ money('cost_usd - cost_after_usd * ' ~ decimal_of_double('1 - ' ~ assumption('model_switch_token_variation'), 'decimal(9, 6)')) }} as monthly_savings_high_usd
    from summed

)

select * from valued
