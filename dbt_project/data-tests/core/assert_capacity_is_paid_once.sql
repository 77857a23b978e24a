{# A capacity has one price at a time, and is of one model: two would be paid twice, or leave open who used it. #}

with capacities as (

    select
        *,
        lead(valid_from) over (partition by capacity_id order by valid_from) as next_valid_from,
        min(lower(provider || '/' || model || '/' || service_tier)) over (partition by capacity_id) as first_served,
        max(lower(provider || '/' || model || '/' || service_tier)) over (partition by capacity_id) as last_served
    from {{ ref('provisioned_throughput') }}

)

select
    capacity_id,
    valid_from,
    valid_to,
    next_valid_from
from capacities
where
    valid_to <= valid_from
    or coalesce(valid_to, cast('9999-12-31' as timestamp)) > next_valid_from
    or first_served <> last_served
    or units < 0
    or usd_per_unit_hour < 0
