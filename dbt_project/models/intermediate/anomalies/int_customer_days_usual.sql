{# one row per customer x UTC day with something to compare it with: how far such days usually are from the expected #}

{# A customer's own usual deviation is trusted as its days allow: this many days of its peers weigh beside them. #}
{% set peer_days = 20 %}
{# The variance of a median of n values over that of one, times n: pi / 2. #}
{% set variance_of_median = 1.5708 %}

with levelled as (

    select * from {{ ref('int_customer_days_levelled') }}

),

{# What is usual among customers of about the same size on the day, as parts of their levels. #}
peers as (

    select
        usage_date,
        size_class,
        {{ percentile('own_cost_deviation / nullif(cost_level, 0)', 0.5) }} as cost_deviation_share,
        {{ percentile('own_calls_deviation / nullif(calls_level, 0)', 0.5) }} as calls_deviation_share
    from levelled
    where cost_level > 0 and calls_level > 0 and own_cost_deviation is not null and own_calls_deviation is not null
    group by usage_date, size_class

),

{# Variances are averaged, the customer's own by its days. A level of few days is itself uncertain. #}
usual as (

    select
        levelled.*,
        sqrt(
            (
                levelled.deviation_days * power(coalesce(levelled.own_cost_deviation, 0), 2)
                + {{ peer_days }} * power(coalesce(peers.cost_deviation_share * levelled.cost_level, levelled.own_cost_deviation, 0), 2)
            ) / (levelled.deviation_days + {{ peer_days }})
        ) as usual_cost_deviation,
        sqrt(
            (
                levelled.deviation_days * power(coalesce(levelled.own_calls_deviation, 0), 2)
                + {{ peer_days }} * power(coalesce(peers.calls_deviation_share * levelled.calls_level, levelled.own_calls_deviation, 0), 2)
            ) / (levelled.deviation_days + {{ peer_days }})
        ) as usual_calls_deviation,
        sqrt(1 + {{ variance_of_median }} / greatest(levelled.baseline_days, 1)) as uncertainty_of_level
    from levelled
    left join peers on levelled.usage_date = peers.usage_date and levelled.size_class = peers.size_class

)

select * from usual
