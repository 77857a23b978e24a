{# What forecasts a scope misses at most 2 % more of its days than repeating last week: whoever plans by it is never better off without it. With
   fewer than 14 days that were looked ahead from nothing is known of the errors. #}

with accuracy as (

    select * from {{ ref('rpt_forecast_accuracy') }}
    where horizon = 'all days' and origins >= 14

),

compared as (

    select
        scope,
        scope_id,
        max(case when is_used then wape end) as wape,
        max(case when forecast_method = 'seasonal_naive' then wape end) as naive_wape
    from accuracy
    group by scope, scope_id

)

select * from compared
where wape > naive_wape * 1.02 + 0.000001
