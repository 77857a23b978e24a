{# one row per product x feature: those that an owner is assigned to, and those seen in calls #}

with owner_assignments as (

    select * from {{ ref('owner_assignments') }}

),

owner_rules as (

    select * from {{ ref('owner_rules') }}

),

owner_matches as (

    select * from {{ ref('int_owner_matches') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

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

assigned as (

    select distinct
        nullif(nullif(trim(owner_assignments.match_key), ''), '*') as product_id,
        owner_assignments.match_value as feature_id
    from owner_assignments
    inner join owner_rules on owner_assignments.owner_rule = owner_rules.owner_rule
    where owner_rules.match_on = 'feature'

),

{# One that no call has used yet stands with no product. #}
features as (

    select product_id, feature_id from used
    union distinct
    select product_id, feature_id from assigned
    where product_id is not null
    union distinct
    select 'unallocated' as product_id, assigned.feature_id from assigned
    where assigned.product_id is null and assigned.feature_id not in (select used.feature_id from used)

),

described as (

    select
        features.product_id,
        features.feature_id,
        owner_matches.team_id,
        owners.owner_name as team_name,
        owner_matches.cost_centre,
        used.first_usage_date,
        used.last_usage_date
    from features
    inner join owner_matches
        on
            {{ owner_key("'unallocated'", 'features.product_id', 'features.feature_id') }} = owner_matches.owner_key
            and owner_matches.valid_to_date = {{ day_without_end() }}
    left join used on features.product_id = used.product_id and features.feature_id = used.feature_id
    left join owners on owner_matches.team_id = owners.owner_id and owners.is_latest

)

select * from described
