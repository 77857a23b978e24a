{# one row per owner of the seed, and `unallocated`, x stretch of days between two changes of owners or their assignments #}

{% set levels = ['business_unit', 'team', 'project', 'user'] %}

with owners as (

    select * from {{ ref('owners') }}

),

owner_assignments as (

    select * from {{ ref('owner_assignments') }}

),

change_days as (

    select {{ first_day() }} as change_date
    union distinct
    select valid_from_date as change_date from owners
    union distinct
    select valid_to_date as change_date from owners
    union distinct
    select valid_from_date as change_date from owner_assignments
    union distinct
    select valid_to_date as change_date from owner_assignments

),

stretches as (

    select
        change_date as valid_from_date,
        coalesce(lead(change_date) over (order by change_date), {{ day_without_end() }}) as valid_to_date
    from change_days
    where change_date is not null and change_date < {{ day_without_end() }}

),

in_force as (

    select
        stretches.valid_from_date,
        stretches.valid_to_date,
        owners.owner_id,
        owners.owner_type,
        coalesce(owners.owner_name, owners.owner_id) as owner_name,
        owners.parent_owner_id,
        case when owners.owner_type = 'cost_centre' then owners.owner_id else owners.cost_centre end as cost_centre
    from stretches
    inner join owners on {{ holds_in('stretches', 'owners') }}
    union all
    select
        valid_from_date,
        valid_to_date,
        'unallocated' as owner_id,
        'team' as owner_type,
        'Unallocated' as owner_name,
        cast(null as string) as parent_owner_id,
        cast(null as string) as cost_centre
    from stretches

),

climbed as (

    select
        own.valid_from_date,
        own.valid_to_date,
        own.owner_id,
        own.owner_type,
        own.owner_name,
        own.parent_owner_id,
        {%- for level in levels %}
        coalesce(
            case when own.owner_type = '{{ level }}' then own.owner_id end,
            case when first_above.owner_type = '{{ level }}' then first_above.owner_id end,
            case when second_above.owner_type = '{{ level }}' then second_above.owner_id end,
            case when third_above.owner_type = '{{ level }}' then third_above.owner_id end
        ) as {{ level }}_id,
        {%- endfor %}
        coalesce(own.cost_centre, first_above.cost_centre, second_above.cost_centre, third_above.cost_centre) as cost_centre
    from in_force as own
    left join in_force as first_above
        on own.parent_owner_id = first_above.owner_id and own.valid_from_date = first_above.valid_from_date
    left join in_force as second_above
        on first_above.parent_owner_id = second_above.owner_id and own.valid_from_date = second_above.valid_from_date
    left join in_force as third_above
        on second_above.parent_owner_id = third_above.owner_id and own.valid_from_date = third_above.valid_from_date

)

select * from climbed
