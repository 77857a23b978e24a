{# one row per customer x product x feature x trivial task x premium model x service tier, trailing 30 days #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

like_for_like as (

    select * from {{ ref('int_model_costs_like_for_like') }}

),

floors as (

    select * from {{ ref('task_quality_floors') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

typical as (

    select
        task_type,
        {{ percentile('cast(like_for_like_cost_per_call_usd as double)', 0.5) }} as median_cost_per_call_usd
    from like_for_like
    where like_for_like_cost_per_call_usd is not null
    group by task_type

),

{# Premium is a matter of the price list, not of what others happen to use: the same tokens cost much more than on its median model. #}
premium as (

    select
        like_for_like.task_type,
        like_for_like.provider,
        like_for_like.model
    from like_for_like
    inner join floors on like_for_like.task_type = floors.task_type and floors.is_trivial
    inner join typical on like_for_like.task_type = typical.task_type
    where cast(like_for_like.like_for_like_cost_per_call_usd as double) >= {{ assumption('premium_model_price_ratio') }} * typical.median_cost_per_call_usd

),

used as (

    select
        usage_daily.customer_id,
        usage_daily.product_id,
        usage_daily.feature_id,
        usage_daily.task_type,
        usage_daily.provider,
        usage_daily.model,
        usage_daily.service_tier,
        min(usage_daily.usage_date) as first_usage_date,
        cast(sum(usage_daily.calls) filter (where usage_daily.usage_date >= as_of.window_start_date) as bigint) as calls,
        cast(sum(usage_daily.input_tokens) filter (where usage_daily.usage_date >= as_of.window_start_date) as bigint) as input_tokens,
        cast(sum(usage_daily.cached_input_tokens) filter (where usage_daily.usage_date >= as_of.window_start_date) as bigint) as cached_input_tokens,
        cast(sum(usage_daily.cache_write_input_tokens) filter (where usage_daily.usage_date >= as_of.window_start_date) as bigint) as cache_write_input_tokens,
        cast(sum(usage_daily.output_tokens) filter (where usage_daily.usage_date >= as_of.window_start_date) as bigint) as output_tokens,
        {{ money('sum(usage_daily.effective_cost_usd) filter (where usage_daily.usage_date >= as_of.window_start_date)') }} as effective_cost_usd
    from usage_daily
    inner join premium
        on usage_daily.task_type = premium.task_type and usage_daily.provider = premium.provider and usage_daily.model = premium.model
    cross join as_of
    where usage_daily.usage_date <= as_of.as_of_date
    group by all

),

recent as (

    select * from used
    where calls > 0

)

select * from recent
