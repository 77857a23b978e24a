{# one row per provider x service category x text of tags x tag that the policy wants there: what is wrong with it, or null, and what
   its value is likely meant to be #}

with keys_found as (

    select * from {{ ref('int_tag_keys_found') }}

),

tag_keys as (

    select * from {{ ref('tag_keys') }}

),

tag_values as (

    select * from {{ ref('tag_values') }}

),

owners as (

    select * from {{ ref('owners') }}

),

owner_assignments as (

    select * from {{ ref('owner_assignments') }}

),

allowed as (

    select tag_key, allowed_value from tag_values
    union distinct
    select tag_keys.tag_key, owners.owner_id as allowed_value
    from tag_keys
    inner join owners on tag_keys.values_from = owners.owner_type
    union distinct
    select tag_keys.tag_key, owners.cost_centre as allowed_value
    from tag_keys
    inner join owners on tag_keys.values_from = 'cost_centre' and owners.cost_centre is not null
    union distinct
    select tag_keys.tag_key, owner_assignments.cost_centre as allowed_value
    from tag_keys
    inner join owner_assignments on tag_keys.values_from = 'cost_centre' and owner_assignments.cost_centre is not null

),

found_values as (

    select distinct tag_key, value_case, found_value from keys_found
    where found_key is not null

),

compared as (

    select
        found_values.tag_key,
        found_values.value_case,
        found_values.found_value,
        allowed.allowed_value,
        {{ is_allowed(
            "case found_values.value_case when 'any' then lower(found_values.found_value) else found_values.found_value end",
            in_case('allowed.allowed_value', 'found_values.value_case')
        ) }} as is_right,
        {{ is_allowed('lower(trim(found_values.found_value))', 'lower(allowed.allowed_value)') }} as is_same,
        {{ likeness('lower(trim(found_values.found_value))', 'lower(allowed.allowed_value)') }} as value_likeness
    from found_values
    inner join allowed on found_values.tag_key = allowed.tag_key

),

ranked as (

    select
        *,
        row_number() over (
            partition by tag_key, value_case, found_value order by value_likeness desc nulls last, allowed_value asc
        ) as likeness_rank
    from compared

),

{# A value with a `*` names no single value that could be meant. #}
measured as (

    select
        tag_key,
        value_case,
        found_value,
        bool_or(is_right) as is_right,
        bool_or(is_same) as is_same,
        max(case when is_same and {{ place_in_text('allowed_value', "'*'") }} = 0 then {{ in_case('allowed_value', 'value_case') }} end) as same_value,
        max(case when likeness_rank = 1 and {{ place_in_text('allowed_value', "'*'") }} = 0 then {{ in_case('allowed_value', 'value_case') }} end) as nearest_value,
        coalesce(max(case when likeness_rank = 1 then value_likeness end), 0) as nearest_likeness,
        coalesce(max(case when likeness_rank = 2 then value_likeness end), 0) as next_likeness
    from ranked
    group by tag_key, value_case, found_value

),

meant as (

    select
        *,
        case
            when is_right then found_value
            when is_same then coalesce(same_value, lower(trim(found_value)))
            when
                nearest_likeness >= {{ assumption('tag_value_likely_from') }}
                and nearest_likeness - next_likeness >= {{ assumption('tag_value_likely_lead') }}
                then nearest_value
        end as meant_value
    from measured

),

findings as (

    select
        keys_found.provider_name,
        keys_found.service_category,
        keys_found.tags,
        keys_found.tag_key,
        {{ in_case('keys_found.tag_key', "case when keys_found.key_case = 'lower' then 'lower' else 'exact' end") }} as right_key,
        keys_found.found_key,
        keys_found.found_value,
        case
            when keys_found.found_key is null then 'absent'
            when trim(keys_found.found_value) = '' and not keys_found.allows_empty then 'empty'
            when keys_found.spelling = 2 then 'key_case'
            when keys_found.spelling = 3 then 'key_alias'
            when keys_found.spelling = 4 then 'key_misspelt'
            when trim(keys_found.found_value) = '' or meant.tag_key is null or meant.is_right then null
            when meant.is_same then 'value_case'
            when meant.meant_value is not null then 'value_misspelt'
            else 'value_unknown'
        end as problem,
        case
            when trim(keys_found.found_value) = '' then null
            when meant.tag_key is null then trim(keys_found.found_value)
            else meant.meant_value
        end as meant_value
    from keys_found
    left join meant
        on
            keys_found.tag_key = meant.tag_key
            and keys_found.value_case = meant.value_case
            and keys_found.found_value = meant.found_value

),

final as (

    select
        provider_name,
        service_category,
        tags,
        tag_key,
        right_key,
        found_key,
        found_value,
        problem,
        case when problem is not null then meant_value end as likely_value
    from findings

)

select * from final
