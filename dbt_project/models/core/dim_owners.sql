{# one row per owner x stretch of days: those of the seed owners, and teams that only charges name #}

with owner_levels as (

    select * from {{ ref('int_owner_levels') }}

),

owner_matches as (

    select * from {{ ref('int_owner_matches') }}

),

named_by_charges as (

    select
        team_id as owner_id,
        min(valid_from_date) as valid_from_date,
        max(valid_to_date) as valid_to_date
    from owner_matches
    where team_id not in (select owner_levels.owner_id from owner_levels)
    group by team_id

),

owners as (

    select
        owner_id,
        owner_type,
        owner_name,
        parent_owner_id,
        coalesce(business_unit_id, 'unallocated') as business_unit_id,
        team_id,
        project_id,
        user_id,
        coalesce(cost_centre, 'unallocated') as cost_centre,
        valid_from_date,
        valid_to_date
    from owner_levels
    union all
    select
        owner_id,
        'team' as owner_type,
        owner_id as owner_name,
        cast(null as string) as parent_owner_id,
        'unallocated' as business_unit_id,
        owner_id as team_id,
        cast(null as string) as project_id,
        cast(null as string) as user_id,
        'unallocated' as cost_centre,
        valid_from_date,
        valid_to_date
    from named_by_charges

),

final as (

    select
        owner_id,
        owner_type,
        owner_name,
        parent_owner_id,
        business_unit_id,
        team_id,
        project_id,
        user_id,
        cost_centre,
        valid_from_date,
        valid_to_date,
        valid_from_date = max(valid_from_date) over (partition by owner_id) as is_latest
    from owners

)

select * from final
