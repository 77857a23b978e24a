{# one row per provider x service category x text of tags x tag that the policy wants there: the tag that is found for it, if any #}

with resources as (

    select * from {{ ref('int_resources_tagged_monthly') }}

),

tag_keys as (

    select * from {{ ref('tag_keys') }}

),

tag_names as (

    select * from {{ ref('tag_names') }}

),

case_rules as (

    select * from {{ ref('tag_case_rules') }}

),

{# A name that means one tag is no misspelling of another. #}
known_names as (

    select lower(tag_key) as plain_key from tag_keys
    union distinct
    select lower(trim(name)) as plain_key from tag_names

),

texts as (

    select distinct
        provider_name,
        coalesce(service_category, '') as service_category,
        coalesce(tags, '') as tags
    from resources
    where resource_id is not null

),

{# The rule of the provider counts before that of all. #}
judged_by as (

    select
        texts.provider_name,
        texts.service_category,
        texts.tags,
        max_by(case_rules.key_case, length(case_rules.provider_name)) as key_case,
        max_by(case_rules.value_case, length(case_rules.provider_name)) as value_case
    from texts
    inner join case_rules on case_rules.provider_name in (texts.provider_name, '*')
    group by texts.provider_name, texts.service_category, texts.tags

),

pairs as (

    select
        tags,
        {{ json_object_rows('tags') }} as pair
    from (select distinct tags from texts) as tagged
    where tags <> ''

),

found as (

    select
        pairs.tags,
        pairs.pair.key as found_key,
        coalesce(pairs.pair.value, '') as found_value,
        lower(trim(pairs.pair.key)) as plain_key,
        max(case when tag_names.meaning = 'exempts' then 1 else 0 end) as exempts
    from pairs
    left join tag_names
        on tag_names.meaning in ('ignored', 'exempts') and {{ is_allowed('pairs.pair.key', 'tag_names.name') }}
    group by pairs.tags, pairs.pair.key, pairs.pair.value
    having max(case when tag_names.meaning = 'ignored' then 1 else 0 end) = 0 or max(case when tag_names.meaning = 'exempts' then 1 else 0 end) = 1

),

exempt as (

    select distinct tags from found
    where exempts = 1

),

wanted as (

    select distinct
        judged_by.provider_name,
        judged_by.service_category,
        judged_by.tags,
        judged_by.key_case,
        judged_by.value_case,
        tag_keys.tag_key,
        tag_keys.allows_empty,
        tag_keys.values_from
    from judged_by
    inner join tag_keys
        on
            tag_keys.provider_name in (judged_by.provider_name, '*')
            and tag_keys.service_category in (judged_by.service_category, '*')
    where judged_by.tags not in (select exempt.tags from exempt)

),

{# 1 as it must be spelled, 2 with other capitals or blanks, 3 an alias, 4 misspelt. #}
spelled as (

    select
        wanted.provider_name,
        wanted.service_category,
        wanted.tags,
        wanted.tag_key,
        found.found_key,
        found.found_value,
        case
            when found.found_key = {{ in_case('wanted.tag_key', "case when wanted.key_case = 'lower' then 'lower' else 'exact' end") }} then 1
            when wanted.key_case = 'any' and lower(found.found_key) = lower(wanted.tag_key) then 1
            when found.plain_key = lower(wanted.tag_key) then 2
            when tag_names.name is not null then 3
            else 4
        end as spelling,
        {{ likeness('found.plain_key', 'lower(wanted.tag_key)') }} as key_likeness
    from wanted
    inner join found on wanted.tags = found.tags
    left join tag_names
        on tag_names.meaning = 'alias' and wanted.tag_key = tag_names.tag_key and found.plain_key = lower(trim(tag_names.name))
    where
        found.plain_key = lower(wanted.tag_key)
        or tag_names.name is not null
        or (
            {{ likeness('found.plain_key', 'lower(wanted.tag_key)') }} >= {{ assumption('tag_key_likely_from') }}
            and found.plain_key not in (select known_names.plain_key from known_names)
        )

),

nearest as (

    select
        *,
        row_number() over (
            partition by provider_name, service_category, tags, tag_key
            order by spelling asc, key_likeness desc nulls last, case when trim(found_value) = '' then 1 else 0 end asc, found_key asc, found_value asc
        ) as key_rank
    from spelled

),

keyed as (

    select
        wanted.*,
        nearest.found_key,
        nearest.found_value,
        nearest.spelling
    from wanted
    left join nearest
        on
            wanted.provider_name = nearest.provider_name
            and wanted.service_category = nearest.service_category
            and wanted.tags = nearest.tags
            and wanted.tag_key = nearest.tag_key
            and nearest.key_rank = 1

)

select * from keyed
