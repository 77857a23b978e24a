{# one row per product x feature x task type called in the trailing 30 days: what its calls cost, and their part of the cost of the task #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

called as (

    select
        usage_daily.product_id,
        usage_daily.feature_id,
        usage_daily.task_type,
        coalesce(sum(usage_daily.effective_cost_usd), 0) as cost_usd,
        sum(coalesce(sum(usage_daily.effective_cost_usd), 0)) over (partition by usage_daily.task_type) as task_cost_usd
    from usage_daily
    inner join as_of on usage_daily.usage_date between as_of.window_start_date and as_of.as_of_date
    group by usage_daily.product_id, usage_daily.feature_id, usage_daily.task_type

),

final as (

    select
        product_id,
        feature_id,
        task_type,
        {{ money('cost_usd') }} as cost_usd,
        {{ ratio('cost_usd', 'task_cost_usd') }} as task_cost_share
    from called

)

select * from final
