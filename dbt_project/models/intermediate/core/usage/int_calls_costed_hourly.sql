{# one row per UTC hour x provider x model x product x feature x team as the call names it x customer: what its calls cost #}

{{ config(materialized='incremental', unique_key='usage_date') }}

with calls as (

    select * from {{ ref('fct_calls') }}

),

hourly as (

    select
        usage_date,
        cast(extract(hour from called_at) as integer) as hour_of_day,
        provider,
        model,
        product_id,
        feature_id,
        team_id,
        customer_id,
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd
    from calls
    where {{ is_touched_day('usage_date') }}
    group by all

)

select * from hourly
