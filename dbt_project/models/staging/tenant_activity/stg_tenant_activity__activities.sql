{# one row per line of the activity of tenants, with the reason for which it cannot count, or null #}

with activities as (

    select * from {{ source('tenant_activity', 'activities') }}

),

typed as (

    select
        file_name,
        cast(line_number as bigint) as line_number,
        cast(try_cast(day as timestamp) as date) as activity_date,
        tenant as customer_id,
        activity,
        driver,
        try_cast(units as decimal(24, 6)) as units,
        case
            when line_problem is not null then line_problem
            when try_cast(day as timestamp) is null then 'day_malformed'
            when tenant is null then 'tenant_missing'
            when activity is null then 'activity_missing'
            when driver is null then 'driver_missing'
            when units is null then 'units_missing'
            when try_cast(units as decimal(24, 6)) is null then 'units_malformed'
            when try_cast(units as decimal(24, 6)) < 0 then 'units_negative'
        end as rejection_reason,
        raw_record
    from activities

)

select * from typed
