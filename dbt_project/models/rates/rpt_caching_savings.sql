{# one row per task type x provider x model: what closing the gap to the best peer's share of cached input would save #}

with task_savings as (

    select * from {{ ref('int_task_savings') }}

),

savings as (

    select
        task_type,
        provider,
        model,
        planned_provider,
        planned_model,
        input_tokens,
        cached_share,
        peer_cached_share,
        more_cached_tokens,
        current_cost_usd,
        caching_gross_usd as gross_monthly_savings_usd,
        {{ money('caching_gross_usd - caching_net_usd') }} as overlap_usd,
        caching_net_usd as net_monthly_savings_usd
    from task_savings

)

select * from savings
