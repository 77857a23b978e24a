{# The grain of core.fct_usage_daily. #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

repeated as (

    select
        usage_date, source_name, customer_id, organization_id, product_id, feature_id, task_type, team_id, provider, model,
        environment, region, service_tier, count(*) as row_count
    from usage_daily
    group by
        usage_date, source_name, customer_id, organization_id, product_id, feature_id, task_type, team_id, provider, model,
        environment, region, service_tier
    having count(*) > 1

)

select * from repeated
