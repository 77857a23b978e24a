{# one row per provider x model as call records name them that a published price list knows, with the list's own names.
   Resolved once per name and build, not per call. #}

with call_records as (

    select * from {{ ref('int_calls_validated') }}

),

model_aliases as (

    select * from {{ ref('model_aliases') }}

),

model_makers as (

    select * from {{ ref('model_makers') }}

),

name_rules as (

    select * from {{ ref('price_book_names') }}

),

price_book as (

    select * from {{ ref('price_book') }}

),

price_book_meters as (

    select * from {{ ref('price_book_meters') }}

),

packages as (

    {% for package in var('price_packages') -%}
    select '{{ package }}' as package, {{ loop.index }} as package_order{{ ' union all ' if not loop.last }}
    {% endfor %}

),

in_use as (

    select distinct provider, model
    from call_records
    where model is not null

),

{# Who is not named is the maker of the model, where its name says so. #}
names as (

    select distinct
        coalesce(in_use.provider, model_makers.provider) as provider,
        in_use.model,
        in_use.provider is null as is_found_by_model
    from in_use
    left join model_makers
        on
            case when in_use.provider is null then lower(substring(in_use.model, 1, length(model_makers.name_begins_with))) end = model_makers.name_begins_with
    where coalesce(in_use.provider, model_makers.provider) is not null

),

{# The name as it stands, then without what a gateway puts before the first slash, unless that is a region; an alias first of all. #}
spellings as (

    select
        names.provider,
        names.model,
        {{ provider_as_listed('coalesce(model_aliases.priced_provider, names.provider)') }} as provider_name,
        lower(coalesce(model_aliases.priced_model, names.model)) as model_name,
        1 as spelling_order
    from names
    left join model_aliases on names.provider = model_aliases.provider and names.model = model_aliases.model
    union
    select provider, model, {{ provider_as_listed('provider') }} as provider_name, lower(substring(model, length(split_part(model, '/', 1)) + 2)) as model_name, 2 as spelling_order
    from names
    where model like '%/%' and not {{ names_a_place("lower(split_part(model, '/', 1)) || '/'") }}

),

providers as (

    select
        spellings.*,
        packages.package,
        packages.package_order,
        rules.provider as priced_provider,
        min(rules.rule_order) as provider_order
    from spellings
    inner join name_rules as rules on rules.model is null and {{ is_named_by('spellings.provider_name', 'rules') }}
    inner join packages on rules.package = packages.package
    group by all

),

book_models as (

    select package, provider, model, lower(model) as model_name from price_book
    union
    select package, provider, model, lower(model) as model_name from price_book_meters

),

candidates as (

    select providers.*, book_models.model as priced_model, 0 as rule_order
    from providers
    inner join book_models
        on
            providers.package = book_models.package
            and providers.priced_provider = book_models.provider
            and providers.model_name = book_models.model_name
    union all
    select providers.*, rules.model as priced_model, rules.rule_order
    from providers
    inner join name_rules as rules
        on
            providers.package = rules.package
            and providers.priced_provider = rules.provider
            and rules.model is not null
            and {{ is_named_by('providers.model_name', 'rules') }}
            and {{ keeps_its_region('providers.model_name', 'rules') }}

),

ranked as (

    select
        provider,
        model,
        package,
        priced_provider,
        priced_model,
        row_number() over (
            partition by provider, model order by package_order, spelling_order, provider_order, rule_order, priced_model
        ) as preference
    from candidates

),

found_by_model as (

    select provider, model, max(case when is_found_by_model then 1 else 0 end) = 1 as is_found_by_model
    from names
    group by provider, model

),

resolved as (

    select
        ranked.provider,
        ranked.model,
        ranked.package,
        ranked.priced_provider,
        ranked.priced_model,
        found_by_model.is_found_by_model
    from ranked
    inner join found_by_model on ranked.provider = found_by_model.provider and ranked.model = found_by_model.model
    where ranked.preference = 1

)

select * from resolved
