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

{# A row without a product is for the feature in any product, also where a call names none. #}
centres as (

    select
        feature_id,
        team_id,
        team_name,
        cost_centre,
        nullif(nullif(trim(product_id), ''), '*') as product_id
    from cost_centres

),

{# One that no call has used yet stands with no product. #}
features as (

    select product_id, feature_id from used
    union distinct
    select product_id, feature_id from centres
    where product_id is not null
    union distinct
    select 'unallocated' as product_id, centres.feature_id from centres
    where centres.product_id is null and centres.feature_id not in (select used.feature_id from used)

),

described as (

    select
        features.product_id,
        features.feature_id,
        coalesce(own.team_id, any_product.team_id, 'unallocated') as team_id,
        coalesce(own.team_name, any_product.team_name, 'Unallocated') as team_name,
        coalesce(own.cost_centre, any_product.cost_centre, 'unallocated') as cost_centre,
        used.first_usage_date,
        used.last_usage_date
    from features
    left join used on features.product_id = used.product_id and features.feature_id = used.feature_id
    left join centres as own on features.product_id = own.product_id and features.feature_id = own.feature_id
    left join centres as any_product on features.feature_id = any_product.feature_id and any_product.product_id is null

)

select * from described
