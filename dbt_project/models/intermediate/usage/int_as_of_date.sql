{# one row: the day on which the marts stand, and the 30 days up to it beside the 30 days before #}

with usage_hourly as (

    select * from {{ ref('int_usage_hourly') }}

),

data_period as (

    select
        min(usage_date) as first_usage_date,
        max(usage_date) as last_usage_date,
        max(usage_hour_at) as last_hour_at
    from usage_hourly

),

{# The last day counts when it has a call in its last hour; otherwise it is still being filled and the day before counts. #}
chosen as (

    select
        {% if var('as_of_date') == 'latest' -%}
        case
            when last_hour_at < {{ start_of_day('last_usage_date + 1') }} - interval '1' hour and first_usage_date < last_usage_date
                then last_usage_date - 1
            else last_usage_date
        end as as_of_date,
        {%- else -%}
        cast('{{ var("as_of_date") }}' as date) as as_of_date,
        {%- endif %}
        first_usage_date,
        last_usage_date
    from data_period

),

windows as (

    select
        as_of_date,
        as_of_date - 29 as window_start_date,
        as_of_date - 30 as prior_window_end_date,
        as_of_date - 59 as prior_window_start_date,
        first_usage_date,
        last_usage_date,
        first_usage_date <= as_of_date - 59 as has_full_prior_period
    from chosen

)

select * from windows
