{# one row per task type x provider x model x service tier: what the judged calls cost before and after the recommended switch, and what the batch
   service and caching could change of them #}

{% set kept = assumption('model_switch_base_share', 'decimal(6, 4)') %}

with task_usage as (

    select * from {{ ref('int_task_usage') }}

),

assessments as (

    select * from {{ ref('int_model_switches_assessed') }}

),

targets as (

    select * from {{ ref('int_model_switch_targets') }}
    where is_recommended

),

batchable_tasks as (

    select * from {{ ref('batchable_tasks') }}

),

cache_gaps as (

    select * from {{ ref('int_cache_gaps') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

current_prices as (

    select
        price_periods.*,
        cast(price_periods.contracted_usd_per_input_token - price_periods.contracted_usd_per_cached_input_token as decimal(18, 12)) as cache_discount_usd_per_token
    from price_periods
    inner join as_of on {{ holds_at_end_of('as_of.as_of_date') }}

),

switches as (

    select
        assessments.task_type,
        assessments.from_provider,
        assessments.from_model,
        assessments.to_provider,
        assessments.to_model
    from assessments
    inner join targets
        on
            assessments.task_type = targets.task_type
            and assessments.to_provider = targets.to_provider
            and assessments.to_model = targets.to_model
    where assessments.is_acceptable

),

landed as (

    select
        task_usage.*,
        switches.to_model is not null as is_switched,
        coalesce(switches.to_provider, task_usage.provider) as planned_provider,
        coalesce(switches.to_model, task_usage.model) as planned_model
    from task_usage
    left join switches
        on
            task_usage.task_type = switches.task_type
            and task_usage.provider = switches.from_provider
            and task_usage.model = switches.from_model
    where task_usage.is_judged

),

priced as (

    select
        usage.task_type,
        usage.provider,
        usage.model,
        usage.service_tier,
        usage.is_switched,
        usage.planned_provider,
        usage.planned_model,
        usage.calls,
        usage.input_tokens,
        usage.cached_input_tokens,
        usage.output_tokens,
        usage.effective_cost_usd,
        {{ contracted_cost(prices='own') }} as price_book_cost_usd,
        {{ contracted_cost(prices='own_batch') }} as batch_cost_usd,
        {{ contracted_cost(prices='planned') }} as planned_price_book_cost_usd,
        {{ contracted_cost(prices='planned_batch') }} as planned_batch_cost_usd,
        own.cache_discount_usd_per_token,
        planned.cache_discount_usd_per_token as planned_cache_discount_usd_per_token
    from landed as usage
    left join current_prices as own
        on usage.provider = own.provider and usage.model = own.model and usage.service_tier = own.service_tier
    left join current_prices as own_batch
        on usage.provider = own_batch.provider and usage.model = own_batch.model and own_batch.service_tier = 'batch'
    left join current_prices as planned
        on usage.planned_provider = planned.provider and usage.planned_model = planned.model and usage.service_tier = planned.service_tier
    left join current_prices as planned_batch
        on usage.planned_provider = planned_batch.provider and usage.planned_model = planned_batch.model and planned_batch.service_tier = 'batch'

),

{# A switch is counted for the calls that are kept on the other model; the rest stays. Never more than the price list promises comes off by the batch
   service, and no more can be cached than is not cached today. least() skips a null: what has no batch price stays unknown only when it is asked for. #}
switched as (

    select
        priced.*,
        case when priced.is_switched then priced.planned_price_book_cost_usd else priced.effective_cost_usd end as cost_after_switch_usd,
        case
            when priced.is_switched
                then {{ money(money('priced.planned_price_book_cost_usd * ' ~ kept) ~ ' + ' ~ money('priced.effective_cost_usd * (1 - ' ~ kept ~ ')')) }}
            else priced.effective_cost_usd
        end as cost_left_usd,
        case when priced.is_switched then {{ kept }} else cast(0 as decimal(6, 4)) end as switched_share,
        priced.price_book_cost_usd - priced.batch_cost_usd as own_batch_discount_usd,
        priced.planned_price_book_cost_usd - priced.planned_batch_cost_usd as planned_batch_discount_usd,
        sum(priced.effective_cost_usd) over (partition by priced.task_type, priced.provider, priced.model) as all_tiers_cost_usd,
        batchable_tasks.batchable_share,
        cast(batchable_tasks.batchable_share * {{ assumption('batch_base_share', 'decimal(6, 4)') }} as decimal(9, 8)) as batch_moved_share,
        cache_gaps.placed_input_tokens,
        cache_gaps.unplaced_input_tokens,
        {# More than is not cached today cannot be, and nothing without a prompt; least() would skip what is unknown. #}
        case
            when priced.input_tokens = 0 then 0
            when cache_gaps.more_cached_tokens is not null
                then least(cache_gaps.more_cached_tokens, priced.input_tokens - priced.cached_input_tokens)
        end as more_cached_tokens
    from priced
    left join batchable_tasks on priced.task_type = batchable_tasks.task_type
    left join cache_gaps
        on priced.task_type = cache_gaps.task_type and priced.provider = cache_gaps.provider and priced.model = cache_gaps.model

)

select * from switched
