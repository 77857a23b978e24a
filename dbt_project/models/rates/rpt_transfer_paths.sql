{# one row per payer x path that bytes take on its bills of the last 30 days: what it costs, and what the same bytes would cost on the path that they could take #}

{% set gb_units = "('gb', 'gib', '1 gb', '1 gib', 'gigabyte', 'gigabytes', 'gibibyte', 'gibibytes')" %}
{% set cases = [('low', assumption('transfer_low_share')), ('base', assumption('transfer_base_share')), ('high', '1')] %}

with charges as (

    select * from {{ ref('int_focus_charges_converted') }}
    where is_counted and charge_category = 'Usage'

),

meters as (

    select * from {{ ref('transfer_meters') }}

),

prices as (

    select * from {{ ref('transfer_prices') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}

),

{# Bills of providers end on different days: each has its own last 30. #}
windows as (

    select provider_name, cast(max(charge_period_start_at) as date) - 29 as window_start_date, cast(max(charge_period_start_at) as date) as window_end_date
    from charges
    group by provider_name

),

named as (

    select distinct
        provider_name,
        lower(coalesce(service_name, '')) as service_text,
        lower(coalesce(sku_meter, '') || ' ' || coalesce(charge_description, '')) as meter_text
    from charges

),

sorted as (

    select
        named.*, meters.path,
        row_number() over (partition by named.provider_name, named.service_text, named.meter_text order by meters.precedence) as fit_rank
    from named
    inner join meters
        on
            named.provider_name = meters.provider_name
            and (meters.service_contains is null or {{ place_in_text('named.service_text', 'meters.service_contains') }} > 0)
            and (meters.meter_contains is null or {{ place_in_text('named.meter_text', 'meters.meter_contains') }} > 0)

),

lines as (

    select
        charges.provider_name, charges.billing_account_id, sorted.path, charges.region_id, charges.consumed_unit, charges.effective_cost_usd, windows.window_end_date,
        coalesce(charges.sku_meter, charges.charge_description, charges.service_name) as meter,
        {{ part_of_line('charges', 'windows.window_start_date', 'windows.window_end_date') }} as window_share,
        case
            when lower(charges.consumed_unit) in {{ gb_units }} then charges.consumed_quantity
            when lower(charges.pricing_unit) in {{ gb_units }} then charges.pricing_quantity
        end as gb
    from charges
    inner join windows on charges.provider_name = windows.provider_name
    inner join sorted
        on
            charges.provider_name = sorted.provider_name
            and lower(coalesce(charges.service_name, '')) = sorted.service_text
            and lower(coalesce(charges.sku_meter, '') || ' ' || coalesce(charges.charge_description, '')) = sorted.meter_text
    where sorted.fit_rank = 1

),

paths as (

    select
        provider_name, billing_account_id, path,
        max(window_end_date) as window_end_date,
        count(distinct region_id) as regions,
        max_by(meter, {{ in_order('abs(effective_cost_usd)', 'meter') }}) as dearest_meter,
        max(case when gb is null then consumed_unit end) as other_unit,
        {{ money_of_double(stable_sum('effective_cost_usd * window_share')) }} as cost_usd,
        {{ money_of_double(stable_sum('case when gb is not null then effective_cost_usd * window_share end')) }} as gb_cost_usd,
        {{ decimal_of_double(stable_sum('gb * window_share'), 'decimal(28, 6)') }} as transferred_gb
    from lines
    where window_share > 0
    group by provider_name, billing_account_id, path

),

{# Where the same bytes could go, and which work that is. #}
ways as (

    select 'internet' as path, 'CDN' as option_path, 'transfer_cdn' as action_kind
    union all
    select 'between zones' as path, 'within a zone' as option_path, 'transfer_one_zone' as action_kind
    union all
    select 'between regions' as path, 'within a region' as option_path, 'transfer_one_region' as action_kind

),

offered as (

    select
        paths.*, ways.option_path, ways.action_kind,
        coalesce(taken.transferred_gb, 0) as option_gb
    from paths
    left join ways on paths.path = ways.path
    left join paths as taken
        on
            paths.provider_name = taken.provider_name
            and paths.billing_account_id is not distinct from taken.billing_account_id
            and ways.option_path = taken.path

),

tiers as (

    select
        prices.*,
        lead(prices.from_gb) over (partition by prices.provider_name, prices.path, prices.valid_from order by prices.from_gb) as next_from_gb
    from prices

),

{# What is sent there already has used the first tiers. #}
valued as (

    select
        offered.provider_name, offered.billing_account_id, offered.path,
        {% for name, share in cases -%}
        {{ money_of_double(stable_sum(
            'greatest(least(offered.option_gb + offered.transferred_gb * ' ~ share ~ ', coalesce(tiers.next_from_gb, offered.option_gb + offered.transferred_gb)) - greatest(tiers.from_gb, offered.option_gb), 0)'
            ~ ' * tiers.usd_per_gb'
        )) }} as {{ name }}_option_cost_usd,
        {% endfor -%}
        max(tiers.source) as price_source
    from offered
    inner join tiers
        on
            offered.provider_name = tiers.provider_name
            and offered.option_path = tiers.path
            and tiers.valid_from <= offered.window_end_date
            and offered.window_end_date < tiers.valid_to
    group by offered.provider_name, offered.billing_account_id, offered.path

),

saved as (

    select
        offered.*, valued.price_source,
        case when offered.transferred_gb is not null then valued.high_option_cost_usd end as option_cost_usd,
        {% for name, share in cases -%}
        case when offered.transferred_gb > 0 then {{ money_of_double('offered.gb_cost_usd * ' ~ share ~ ' - valued.' ~ name ~ '_option_cost_usd') }} end as {{ name }}_savings_usd,
        {% endfor -%}
        kinds.owner_role,
        {{ days_in_words('kinds.effort_days') }} as effort,
        {{ effort_of('0') }} as effort_usd
    from offered
    left join valued
        on
            offered.provider_name = valued.provider_name
            and offered.billing_account_id is not distinct from valued.billing_account_id
            and offered.path = valued.path
    left join kinds on offered.action_kind = kinds.action_kind

),

final as (

    select
        provider_name, billing_account_id, path, dearest_meter,
        cast(regions as bigint) as regions, transferred_gb, cost_usd, {{ ratio('gb_cost_usd', 'transferred_gb') }} as paid_usd_per_gb,
        option_path, option_cost_usd, price_source,
        case when option_path is not null then {{ assumption('transfer_base_share') }} end as moved_share,
        base_savings_usd as monthly_savings_usd,
        least(low_savings_usd, base_savings_usd) as low_savings_usd,
        greatest(high_savings_usd, base_savings_usd) as high_savings_usd,
        effort, effort_usd, owner_role,
        {{ payback_months('effort_usd', 'base_savings_usd') }} as payback_months,
        case
            when path = 'unknown' then 'unknown: the bill says neither where the bytes came from nor where they went'
            when path = 'CDN' then 'not an action: what a CDN serves is on the cheapest way to its readers'
            when path = 'NAT' then 'not an action yet: which of it goes to storage of the same region, for which an endpoint is free, no bill says'
            when path in ('load balancer', 'between networks') then 'not an action: whose traffic it is no bill says'
            when option_path is null then 'not an action: it is free'
            when transferred_gb is null then 'unknown: the bill counts it in ' || coalesce(other_unit, 'no unit') || ' and not in GB'
            when price_source is null then 'unknown: the price of the path ' || option_path || ' is not in the seed transfer_prices'
            when base_savings_usd is null or base_savings_usd <= 0 then 'not an action: the other path costs as much'
            when base_savings_usd < {{ assumption('action_min_savings_usd') }} then 'not an action: it saves too little to decide on'
            when {{ payback_months('effort_usd', 'base_savings_usd') }} > {{ assumption('action_payback_months_up_to') }} then 'not an action: the work would not come back in time'
            else 'worth a closer look'
        end as verdict
    from saved

)

select * from final
