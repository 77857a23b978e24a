{# one row per product x feature: those with a cost centre, and those seen in calls #}

with cost_centres as (

    select * from {{ ref('cost_centres') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

used as (

    select
        product_id,
        feature_id,
        min(usage_date) as first_usage_date,
        max(usage_date) as last_usage_date
    from usage_daily
    group by product_id, feature_id

),

described as (

    select
        coalesce(used.product_id, cost_centres.product_id) as product_id,
        coalesce(used.feature_id, cost_centres.feature_id) as feature_id,
        coalesce(cost_centres.team_id, 'unallocated') as team_id,
        coalesce(cost_centres.team_name, 'Unallocated') as team_name,
        coalesce(cost_centres.cost_centre, 'unallocated') as cost_centre,
        used.first_usage_date,
        used.last_usage_date
    from used
    full outer join cost_centres
        on used.product_id = cost_centres.product_id and used.feature_id = cost_centres.feature_id

)

select * from described
