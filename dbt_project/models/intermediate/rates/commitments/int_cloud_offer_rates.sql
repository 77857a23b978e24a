{# one row per offer of a cloud on sale x kind, family and region of usage that it covers: the discount of the row that names most #}

with lines as (

    select * from {{ ref('int_commitment_lines') }}

),

machine_types as (

    select * from {{ ref('int_machine_types') }}

),

offers as (

    select * from {{ ref('cloud_commitment_offers') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

used as (

    select distinct
        provider_name,
        usage_kind,
        plan_scope,
        family,
        region_id
    from lines
    where not is_covered
    {# What is used may become of any other type. #}
    union distinct
    select distinct
        lines.provider_name,
        lines.usage_kind,
        lines.plan_scope,
        others.family,
        lines.region_id
    from lines
    inner join machine_types as types on lines.provider_name = types.provider_name and lines.instance_type = types.instance_type
    inner join machine_types as others on types.provider_name = others.provider_name
    where not lines.is_covered

),

matched as (

    select
        offers.*,
        used.plan_scope,
        used.family as used_family,
        used.region_id as used_region_id,
        row_number() over (
            partition by offers.offer_id, offers.usage_kind, used.family, used.region_id
            order by
                case when offers.family = 'all' then 1 else 0 end,
                case when offers.region_id = 'all' then 1 else 0 end,
                offers.valid_from desc
        ) as match_rank
    from offers
    inner join used
        on
            offers.provider_name = used.provider_name
            and offers.usage_kind = used.usage_kind
            and (offers.family = 'all' or offers.family = used.family)
            and (offers.region_id = 'all' or offers.region_id = used.region_id)
    inner join as_of on offers.valid_from <= as_of.as_of_date and as_of.as_of_date < offers.valid_to

),

rates as (

    select
        offer_id,
        offer_name,
        provider_name,
        usage_kind,
        plan_scope,
        covers,
        used_family as family,
        used_region_id as region_id,
        discount_share,
        term_months,
        payment_option,
        upfront_share,
        is_illustrative,
        offer_source,
        priced_on,
        price_address
    from matched
    where match_rank = 1 and discount_share > 0

)

select * from rates
