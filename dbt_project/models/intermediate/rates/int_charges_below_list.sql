{# one row per calendar month x way in which bills charge less than the list price: what it took off, what was paid, and what has no list price #}

with bills as (

    select * from {{ ref('int_focus_charges_converted') }}
    where is_counted and not is_overlap

),

capacities as (

    select * from {{ ref('int_charges__provisioned') }}
    where is_counted

),

{# A fee for a commitment that was not used has no list price: it is the price of the promise. A credit is money back; one on a resource whose use has no
   list price tells as little as that. Other purchases and taxes save nothing. #}
lines as (

    select
        *,
        cast(date_trunc('month', cast(charge_period_start_at as date)) as date) as month_start_date,
        charge_category = 'Usage' and list_cost_usd is not null as is_listed,
        commitment_discount_id is not null and (charge_category in ('Purchase', 'Adjustment') or coalesce(commitment_discount_status, '') = 'Unused') as is_unused,
        coalesce(contracted_cost_usd, case when commitment_discount_id is not null or pricing_category = 'Dynamic' then list_cost_usd else effective_cost_usd end) as agreed_cost_usd,
        max(case when charge_category = 'Usage' and list_cost_usd is null then 1 else 0 end) over of_resource as has_unlisted_use,
        max(case when charge_category = 'Usage' and list_cost_usd is not null then 1 else 0 end) over of_resource as has_listed_use
    from bills
    where effective_cost_usd is not null
    window of_resource as (partition by cast(date_trunc('month', cast(charge_period_start_at as date)) as date), provider_name, resource_id)

),

judged as (

    select
        *,
        (charge_category = 'Usage' and not is_listed and not is_unused)
        or (charge_category = 'Credit' and resource_id is not null and has_unlisted_use = 1 and has_listed_use = 0) as is_unlisted
    from lines

),

parts as (

    select
        month_start_date,
        'negotiated_rates' as kind,
        case when is_listed then {{ money('list_cost_usd - agreed_cost_usd') }} end as savings_usd,
        case when is_listed then effective_cost_usd end as effective_cost_usd,
        case when not is_listed then effective_cost_usd end as unknown_cost_usd
    from judged
    where is_listed or is_unlisted or not (is_unused or charge_category = 'Credit')
    union all
    select
        month_start_date,
        case
            when is_unused then 'unused_commitments'
            when commitment_discount_id is not null then 'commitments'
            when coalesce(pricing_category, '') = 'Dynamic' then 'spare_capacity'
            else 'charged_otherwise'
        end as kind,
        {{ money('agreed_cost_usd - effective_cost_usd') }} as savings_usd, {{ money('null') }} as effective_cost_usd, {{ money('null') }} as unknown_cost_usd
    from judged
    where is_listed
    union all
    select
        month_start_date, case when charge_category = 'Credit' then 'credits' else 'unused_commitments' end as kind,
        {{ money('-effective_cost_usd') }} as savings_usd, effective_cost_usd, {{ money('null') }} as unknown_cost_usd
    from judged
    where not is_listed and not is_unlisted and (is_unused or charge_category = 'Credit')
    union all
    select
        cast(date_trunc('month', charge_date) as date) as month_start_date, 'commitments' as kind, {{ money('-effective_cost_usd') }} as savings_usd,
        effective_cost_usd, {{ money('null') }} as unknown_cost_usd
    from capacities

),

summed as (

    select
        month_start_date,
        kind,
        {{ money('sum(savings_usd)') }} as savings_usd,
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd,
        {{ money('sum(unknown_cost_usd)') }} as unknown_cost_usd
    from parts
    group by month_start_date, kind

),

unlisted_by_provider as (

    select
        month_start_date,
        provider_name,
        count(distinct resource_id) as resources,
        {{ money('sum(effective_cost_usd)') }} as cost_usd
    from judged
    where is_unlisted
    group by month_start_date, provider_name

),

unlisted as (

    select
        month_start_date,
        cast(sum(resources) as bigint) as unlisted_resources,
        {{ string_agg_sorted('provider_name', ', ') }} as unlisted_providers,
        {{ money('sum(cost_usd)') }} as unlisted_usage_usd
    from unlisted_by_provider
    group by month_start_date

),

{# What has no list price stands in the row of the rates. #}
final as (

    select summed.*, unlisted.unlisted_usage_usd, unlisted.unlisted_resources, unlisted.unlisted_providers
    from summed
    left join unlisted on case when summed.kind = 'negotiated_rates' then summed.month_start_date end = unlisted.month_start_date

)

select * from final
