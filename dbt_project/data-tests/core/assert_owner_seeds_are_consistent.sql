{# An owner is one thing at a time, stands below an owner that exists and is of a higher level, and a value belongs to one owner at a time. #}

with owners as (

    select * from {{ ref('owners') }}

),

owner_assignments as (

    select * from {{ ref('owner_assignments') }}

),

problems as (

    select 'two rows of ' || own.owner_id || ' hold on one day' as problem
    from owners as own
    inner join owners as other
        on
            own.owner_id = other.owner_id
            and coalesce(own.valid_from_date, {{ first_day() }}) < coalesce(other.valid_from_date, {{ first_day() }})
            and coalesce(other.valid_from_date, {{ first_day() }}) < coalesce(own.valid_to_date, {{ day_without_end() }})
    union all
    select owner_id || ' has two rows that begin on one day' as problem
    from owners
    group by owner_id, coalesce(valid_from_date, {{ first_day() }})
    having count(*) > 1
    union all
    select owner_id || ' is of two kinds' as problem
    from owners
    group by owner_id
    having count(distinct owner_type) > 1
    union all
    select owner_id || ' stands below ' || parent_owner_id || ', which is no owner above a ' || owner_type as problem
    from owners
    where
        parent_owner_id is not null
        and not exists (
            select 1 from owners as above
            where
                above.owner_id = owners.parent_owner_id
                and (
                    owners.owner_type = 'user' and above.owner_type in ('project', 'team', 'business_unit')
                    or owners.owner_type = 'project' and above.owner_type in ('team', 'business_unit')
                    or owners.owner_type = 'team' and above.owner_type = 'business_unit'
                    or owners.owner_type = 'cost_centre' and above.owner_type = 'cost_centre'
                )
        )
    union all
    select own.match_value || ' of rule ' || own.owner_rule || ' has two owners on one day' as problem
    from owner_assignments as own
    inner join owner_assignments as other
        on
            own.owner_rule = other.owner_rule
            and coalesce(own.match_key, '*') = coalesce(other.match_key, '*')
            and own.match_value = other.match_value
            and (
                coalesce(own.valid_from_date, {{ first_day() }}) < coalesce(other.valid_from_date, {{ first_day() }})
                and coalesce(other.valid_from_date, {{ first_day() }}) < coalesce(own.valid_to_date, {{ day_without_end() }})
                or own.valid_from_date is not distinct from other.valid_from_date and own.owner_id < other.owner_id
            )
    union all
    select owner_id || ' is reserved for what has no owner' as problem
    from owners
    where owner_id = 'unallocated'

)

select * from problems
