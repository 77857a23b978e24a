{# one row per owner key x stretch of days: the owner that the first matching rule finds, and the owners above it #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

billed as (

    select * from {{ ref('int_owner_keys_billed') }}

),

owner_rules as (

    select * from {{ ref('owner_rules') }}

),

owner_assignments as (

    select * from {{ ref('owner_assignments') }}

),

owner_levels as (

    select * from {{ ref('int_owner_levels') }}

),

assignments as (

    select
        owner_rule,
        nullif(nullif(trim(match_key), ''), '*') as match_key,
        match_value,
        owner_id,
        cost_centre,
        valid_from_date,
        valid_to_date
    from owner_assignments

),

{# A feature without a call of its own has an owner too. #}
keys as (

    select team_id, product_id, feature_id from usage_daily
    union distinct
    select 'unallocated' as team_id, product_id, feature_id from usage_daily
    union distinct
    select
        'unallocated' as team_id,
        coalesce(assignments.match_key, 'unallocated') as product_id,
        assignments.match_value as feature_id
    from assignments
    inner join owner_rules on assignments.owner_rule = owner_rules.owner_rule
    where owner_rules.match_on = 'feature'

),

called as (

    select
        *,
        {{ owner_key('team_id', 'product_id', 'feature_id') }} as owner_key
    from keys

),

keyed as (

    select owner_key from called
    union distinct
    select owner_key from billed

),

{# A rule that takes listed owners alone takes any name where none is listed. #}
listed as (

    select max(case when owner_id <> 'unallocated' then 1 else 0 end) = 1 as are_owners_listed from owner_levels

),

{# What there is to look at, one row for each value. #}
looked_at as (

    select owner_key, 'call' as match_on, 'team' as match_key, team_id as match_value, 1 as nearness from called
    where team_id <> 'unallocated'
    union all
    select owner_key, 'feature' as match_on, product_id as match_key, feature_id as match_value, 1 as nearness from called
    union all
    select owner_key, 'product' as match_on, cast(null as string) as match_key, product_id as match_value, 1 as nearness from called
    union all
    select owner_key, match_on, match_key, match_value, nearness from billed

),

stretches as (

    select valid_from_date, valid_to_date from owner_levels
    where owner_id = 'unallocated'

),

found as (

    select
        looked_at.owner_key,
        stretches.valid_from_date,
        owner_rules.owner_rule,
        coalesce(assignments.owner_id, owner_levels.owner_id, trim(looked_at.match_value)) as owner_id,
        assignments.cost_centre,
        row_number() over (
            partition by looked_at.owner_key, stretches.valid_from_date
            order by
                owner_rules.rule_order,
                case when assignments.match_key is not null then 1 when assignments.owner_id is not null then 2 else 3 end,
                looked_at.nearness,
                looked_at.match_value,
                assignments.owner_id
        ) as match_rank
    from looked_at
    cross join stretches
    cross join listed
    inner join owner_rules
        on
            looked_at.match_on = owner_rules.match_on
            and (owner_rules.match_key is null or lower(owner_rules.match_key) = lower(looked_at.match_key))
    left join assignments
        on
            owner_rules.owner_rule = assignments.owner_rule
            and {{ is_same_value('looked_at.match_value', 'assignments.match_value') }}
            and (assignments.match_key is null or assignments.match_key = looked_at.match_key)
            and {{ holds_in('stretches', 'assignments') }}
    left join owner_levels
        on
            {{ is_same_value("case when owner_rules.names_owner <> 'false' then looked_at.match_value end", 'owner_levels.owner_id') }}
            and stretches.valid_from_date = owner_levels.valid_from_date
    where
        assignments.owner_id is not null
        or owner_levels.owner_id is not null
        or (
            trim(looked_at.match_value) <> ''
            and (owner_rules.names_owner = 'true' or (owner_rules.names_owner = 'listed' and not listed.are_owners_listed))
        )

),

{# A cost is booked on the account of the first rule that leads to the same owner and names one. #}
first_found as (

    select
        owner_key,
        valid_from_date,
        max(case when match_rank = 1 then owner_rule end) as owner_rule,
        max(case when match_rank = 1 then owner_id end) as owner_id,
        max_by(cost_centre, -match_rank) filter (where cost_centre is not null and owner_id = first_owner_id) as cost_centre
    from (
        select
            *,
            max(case when match_rank = 1 then owner_id end) over (partition by owner_key, valid_from_date) as first_owner_id
        from found
    ) as ranked
    group by owner_key, valid_from_date

),

{# An owner that the seed does not list is a team that goes by its id. #}
matched as (

    select
        keyed.owner_key,
        stretches.valid_from_date,
        stretches.valid_to_date,
        coalesce(first_found.owner_rule, 'default') as owner_rule,
        coalesce(first_found.owner_id, 'unallocated') as owner_id,
        coalesce(owner_levels.business_unit_id, 'unallocated') as business_unit_id,
        coalesce(case when owner_levels.owner_id is null then first_found.owner_id else owner_levels.team_id end, 'unallocated') as team_id,
        owner_levels.project_id,
        owner_levels.user_id,
        coalesce(first_found.cost_centre, owner_levels.cost_centre, 'unallocated') as cost_centre
    from keyed
    cross join stretches
    left join first_found
        on keyed.owner_key = first_found.owner_key and stretches.valid_from_date = first_found.valid_from_date
    left join owner_levels
        on first_found.owner_id = owner_levels.owner_id and stretches.valid_from_date = owner_levels.valid_from_date

)

select * from matched
