{# one row per UTC day with calls or charges: what the calls cost, and what all spend is; a view, since the day-grain facts are few enough to sum when
   somebody asks #}

{{ config(materialized=view_or_table()) }}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

charges as (

    select * from {{ ref('fct_charges') }}

),

used as (

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

),

charged as (

    select
        charge_date as usage_date,
        {{ money('sum(effective_cost_usd)') }} as all_spend_usd
    from charges
    where is_counted
    group by charge_date

),

final as (

    select
        coalesce(used.usage_date, charged.usage_date) as usage_date,
        coalesce(used.calls, 0) as calls,
        coalesce(used.failed_calls, 0) as failed_calls,
        coalesce(used.uncosted_calls, 0) as uncosted_calls,
        used.list_cost_usd,
        used.effective_cost_usd,
        used.billed_cost_usd,
        charged.all_spend_usd
    from used
    full outer join charged on used.usage_date = charged.usage_date

)

select * from final
