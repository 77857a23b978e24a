{# one row per offer on sale x series of usage that it is judged on, with what a unit of the commitment costs an hour (19 digits: of two
   decimals with 18 or fewer the product would have to fit into 18) #}

with commitment_offers as (

    select * from {{ ref('commitment_offers') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

rates as (

    select * from {{ ref('int_cloud_offer_rates') }}

),

hours as (

    select * from {{ ref('int_cloud_commitment_hours') }}

),

cases as (

    select * from {{ ref('int_commitment_cases') }}

),

list_prices as (

    select
        series_id,
        max(history_id) as provider_name,
        {{ ratio('sum(list_cost_usd)', 'sum(demanded_units)') }} as list_usd_per_unit
    from hours
    group by series_id

),

used as (

    select
        history_id as provider_name,
        usage_kind,
        family,
        reserved_as,
        region_id,
        min(smallest_units) as smallest_units
    from hours
    where family is not null
    group by history_id, usage_kind, family, reserved_as, region_id

),

{# What is sold in machines: the smallest size that is in use is the step. Dollars go by the cent, as they cost at list price. #}
on_a_family as (

    select
        rates.*,
        case when rates.covers = 'instances' then {{ commitment_series('instances', 'used.') }} else {{ commitment_series('family', 'used.') }} end as series_id,
        rates.provider_name || ' / ' || rates.usage_kind || ' / ' || rates.family || ' / ' || rates.region_id as group_id,
        min(case when rates.covers = 'instances' then used.reserved_as else used.family end) as covered_name,
        cast(min(case when rates.covers = 'instances' then used.smallest_units else 0.01 end) as decimal(15, 6)) as unit_increment
    from rates
    inner join used
        on
            rates.provider_name = used.provider_name
            and rates.usage_kind = used.usage_kind
            and rates.family = used.family
            and rates.region_id = used.region_id
            and (rates.covers = 'instances') = (used.reserved_as is not null)
    where rates.covers <> 'everything'
    group by all

),

on_everything as (

    select
        offer_id,
        min(offer_name) as offer_name,
        provider_name,
        min(plan_scope) as plan_scope,
        min(term_months) as term_months,
        min(payment_option) as payment_option,
        min(upfront_share) as upfront_share,
        max(discount_share) as discount_share,
        bool_or(is_illustrative) as is_illustrative,
        min(offer_source) as offer_source,
        min(priced_on) as priced_on,
        min(price_address) as price_address
    from rates
    where covers = 'everything'
    group by offer_id, provider_name

),

offers as (

    select
        offers.offer_id, offers.offer_id as series_id, 'models' as history_id, offers.provider as group_id, offers.provider as alternatives, offers.offer_name,
        offers.provider, offers.model, cast(null as string) as region_id, offers.commitment_kind,
        cast(offers.usd_per_unit_hour as decimal(19, 9)) as usd_per_unit_hour,
        offers.discount_share, offers.unit_increment, offers.minimum_units, offers.term_months, offers.payment_option, offers.upfront_share,
        offers.is_illustrative, offers.offer_source, offers.priced_on, offers.price_address
    from commitment_offers as offers
    inner join as_of on offers.valid_from <= as_of.as_of_date and as_of.as_of_date < offers.valid_to
    union all
    select
        offers.offer_id, offers.series_id, offers.provider_name as history_id, offers.group_id, offers.provider_name || ' / ' || offers.plan_scope as alternatives, offers.offer_name,
        offers.provider_name as provider, offers.covered_name as model, offers.region_id,
        case when offers.covers = 'instances' then 'machines' else 'spend' end as commitment_kind,
        {{ decimal_of_double(
            "cast(1 - offers.discount_share as double) * case when offers.covers = 'instances' then list_prices.list_usd_per_unit else 1 end",
            'decimal(19, 9)'
        ) }} as usd_per_unit_hour,
        offers.discount_share, offers.unit_increment, offers.unit_increment as minimum_units, offers.term_months, offers.payment_option, offers.upfront_share,
        offers.is_illustrative, offers.offer_source, offers.priced_on, offers.price_address
    from on_a_family as offers
    inner join list_prices on offers.series_id = list_prices.series_id
    union all
    select
        offers.offer_id, offers.offer_id as series_id, offers.provider_name as history_id, offers.provider_name || ' / ' || offers.plan_scope as group_id,
        offers.provider_name || ' / ' || offers.plan_scope as alternatives, offers.offer_name,
        offers.provider_name as provider, 'everything' as model, cast(null as string) as region_id, 'spend' as commitment_kind,
        cast(1 as decimal(19, 9)) as usd_per_unit_hour,
        offers.discount_share, cast(0.01 as decimal(15, 6)) as unit_increment, cast(0.01 as decimal(15, 6)) as minimum_units,
        offers.term_months, offers.payment_option, offers.upfront_share, offers.is_illustrative, offers.offer_source, offers.priced_on, offers.price_address
    from on_everything as offers
    inner join list_prices on offers.offer_id = list_prices.series_id
    {# What is owned is on offer once more, at the price that it has: so it is judged like any other. #}
    union all
    select distinct
        series_id as offer_id, series_id, history_id, series_id as group_id, series_id as alternatives, series_id as offer_name,
        history_id as provider, 'everything' as model, cast(null as string) as region_id, 'spend' as commitment_kind,
        cast(1 as decimal(19, 9)) as usd_per_unit_hour,
        cast(null as decimal(6, 4)) as discount_share, cast(0.0001 as decimal(15, 6)) as unit_increment, cast(0.0001 as decimal(15, 6)) as minimum_units,
        cast(null as integer) as term_months, cast(null as string) as payment_option, cast(null as decimal(6, 4)) as upfront_share,
        false as is_illustrative, 'the bill' as offer_source, cast(null as date) as priced_on, cast(null as string) as price_address
    from hours
    where usage_basis = 'owned'

),

{# Whether somebody measured the machines behind the usage of the days that are judged. #}
behind as (

    select
        hours.series_id,
        least({{ ratio('sum(hours.measured_cost_usd)', 'sum(hours.on_demand_cost_usd)') }}, 1) as measured_share
    from hours
    inner join cases on hours.history_id = cases.history_id and cast(hours.usage_hour_at as date) between cases.first_date and cases.last_date
    where cases.usage_case = 'as_judged'
    group by hours.series_id

),

final as (

    select
        offers.*,
        case when offers.history_id = 'models' then 1 else behind.measured_share end as measured_share
    from offers
    left join behind on offers.series_id = behind.series_id

)

select * from final
