{# one row per calendar month x way in which less than the list price was paid: what it took off, on what the ones before it left #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

charges as (

    select * from {{ ref('int_charges_below_list') }}

),

switches as (

    select * from {{ ref('int_switches_measured') }}

),

{# Prices of the standard tier without a cache: what the same tokens cost who arranges nothing. #}
priced_usage as (

    select
        cast(date_trunc('month', usage.usage_date) as date) as month_start_date,
        usage.list_cost_usd,
        coalesce(usage.contracted_cost_usd, usage.list_cost_usd) as contracted_cost_usd,
        {{ money('coalesce(usage.effective_cost_usd, 0) - case when usage.list_cost_usd is null then coalesce(usage.effective_cost_usd, 0) else coalesce(usage.unpriced_billed_cost_usd, 0) end') }}
            as effective_cost_usd,
        {{ money('case when usage.list_cost_usd is null then coalesce(usage.effective_cost_usd, 0) else coalesce(usage.unpriced_billed_cost_usd, 0) end') }} as unknown_cost_usd,
        case when usage.service_tier = 'standard' then usage.list_cost_usd else coalesce({{ list_cost(prices='standard') }}, usage.list_cost_usd) end as standard_cost_usd,
        coalesce(
            {{ token_cost('usage.cached_input_tokens', 'cast(standard.list_usd_per_input_token - standard.list_usd_per_cached_input_token as decimal(18, 12))') }}
            + {{ token_cost('coalesce(usage.cache_write_input_tokens, 0)', 'cast(standard.list_usd_per_input_token - standard.list_usd_per_cache_write_token as decimal(18, 12))') }},
            {{ money(0) }}
        ) as caching_usd
    from usage_daily as usage
    left join price_periods as standard
        on
            usage.provider = standard.provider
            and usage.model = standard.model
            and standard.service_tier = 'standard'
            and {{ holds_at_end_of('usage.usage_date', 'standard') }}

),

usage_parts as (

    select
        month_start_date,
        unknown_cost_usd,
        case when list_cost_usd is not null then effective_cost_usd end as effective_cost_usd,
        case when list_cost_usd is not null then caching_usd end as caching_usd,
        {{ money('standard_cost_usd - list_cost_usd') }} as batch_usd,
        {{ money('list_cost_usd - contracted_cost_usd') }} as negotiated_rates_usd,
        {{ money('case when list_cost_usd is not null then contracted_cost_usd - effective_cost_usd end') }} as charged_otherwise_usd
    from priced_usage

),

parts as (

    {% for kind in ['caching', 'batch', 'negotiated_rates', 'charged_otherwise'] -%}
    select
        month_start_date,
        '{{ kind }}' as kind,
        {{ kind }}_usd as savings_usd,
        {{ 'effective_cost_usd' if loop.first else money('null') }} as effective_cost_usd,
        {{ 'unknown_cost_usd' if loop.first else money('null') }} as unknown_cost_usd
    from usage_parts
    union all
    {% endfor -%}
    select month_start_date, kind, savings_usd, effective_cost_usd, unknown_cost_usd from charges
    union all
    select month_start_date, 'model_switches' as kind, saved_usd as savings_usd, {{ money('null') }} as effective_cost_usd, {{ money('null') }} as unknown_cost_usd
    from switches

),

months as (

    select
        month_start_date,
        {{ money('coalesce(sum(effective_cost_usd), 0)') }} as effective_cost_usd,
        {{ money('coalesce(sum(savings_usd), 0)') }} as all_savings_usd,
        {{ money('coalesce(sum(unknown_cost_usd), 0)') }} as unknown_cost_usd
    from parts
    group by month_start_date

),

{# The same in each row of its month. #}
unlisted as (

    select
        month_start_date,
        {{ money('sum(unlisted_usage_usd)') }} as unlisted_usage_usd,
        max(unlisted_resources) as unlisted_resources,
        max(unlisted_providers) as unlisted_providers
    from charges
    group by month_start_date

),

{# What is not done at all is said, too: a zero is a known zero. #}
kinds as (

    select step_order, kind
    from (
        values
        (1, 'model_switches'), (2, 'caching'), (3, 'batch'), (4, 'negotiated_rates'), (5, 'spare_capacity'), (6, 'commitments'), (7, 'unused_commitments'),
        (8, 'credits'), (9, 'charged_otherwise')
    ) as listed (step_order, kind)

),

summed as (

    select month_start_date, kind, {{ money('coalesce(sum(savings_usd), 0)') }} as savings_usd
    from parts
    group by month_start_date, kind

),

stepped as (

    select
        months.month_start_date,
        cast(kinds.step_order as integer) as step_order,
        kinds.kind,
        {{ money('months.effective_cost_usd + months.all_savings_usd') }} as list_cost_usd,
        coalesce(summed.savings_usd, {{ money(0) }}) as savings_usd,
        months.effective_cost_usd,
        months.unknown_cost_usd,
        unlisted.unlisted_usage_usd,
        unlisted.unlisted_resources,
        unlisted.unlisted_providers
    from months
    cross join kinds
    left join unlisted on months.month_start_date = unlisted.month_start_date
    left join summed on months.month_start_date = summed.month_start_date and kinds.kind = summed.kind

),

running as (

    select
        *,
        {{ money('sum(savings_usd) over up_to_it') }} as running_savings_usd
    from stepped
    window up_to_it as (partition by month_start_date order by step_order rows between unbounded preceding and current row)

),

final as (

    select
        month_start_date,
        step_order,
        kind,
        list_cost_usd,
        {{ money('list_cost_usd - running_savings_usd + savings_usd') }} as cost_before_usd,
        savings_usd,
        {{ money('list_cost_usd - running_savings_usd') }} as cost_after_usd,
        effective_cost_usd,
        {{ ratio('savings_usd', 'list_cost_usd') }} as savings_share,
        unknown_cost_usd,
        unlisted_usage_usd,
        unlisted_resources,
        unlisted_providers,
        {{ money('effective_cost_usd + unknown_cost_usd') }} as all_spend_usd,
        {{ money('list_cost_usd - effective_cost_usd') }} as month_savings_usd,
        {{ ratio('list_cost_usd - effective_cost_usd', 'list_cost_usd') }} as month_savings_share,
        month_start_date = max(month_start_date) over () as is_latest
    from running

)

select * from final
