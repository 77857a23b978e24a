{# one row per UTC day with calls: what they cost; a view, since the day-grain facts are few enough to sum when somebody asks #}

{{ config(materialized=view_or_table()) }}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

final as (

    select
        usage_date,
        cast(sum(calls) as bigint) as calls,
        cast(sum(failed_calls) as bigint) as failed_calls,
        cast(sum(uncosted_calls) as bigint) as uncosted_calls,
        {{ money('sum(list_cost_usd)') }} as list_cost_usd,
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd,
        {{ money('sum(billed_cost_usd)') }} as billed_cost_usd
    from usage_daily
    group by usage_date

)

select * from final
