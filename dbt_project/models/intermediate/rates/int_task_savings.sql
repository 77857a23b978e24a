{# one row per task type x provider x model at the standard tier: what fixes of inefficient usage take away, what the batch service and then prompt
   caching save, each alone and on what the counted actions before it leave, and what all of them leave #}

with task_usage as (

    select * from {{ ref('int_task_usage_switched') }}

),

premium_usage as (

    select * from {{ ref('int_premium_usage_repriced') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}

),

{# Customers whose premium model does trivial work: what does not count leaves its calls to what comes after it. #}
fixes as (

    select
        task_type,
        provider,
        model,
        sum(monthly_savings_usd) as savings_usd
    from premium_usage
    where is_counted
    group by task_type, provider, model

),

standard_usage as (

    select
        usage.*,
        {{ decimal_of_double('least(coalesce(' ~ ratio('fixes.savings_usd', 'usage.all_tiers_cost_usd') ~ ', 0), 1)', 'decimal(9, 8)') }} as fixed_share
    from task_usage as usage
    left join fixes on usage.task_type = fixes.task_type and usage.provider = fixes.provider and usage.model = fixes.model
    where usage.service_tier = 'standard'

),

{# Never more than the price list promises, nor than what the calls cost. least() and greatest() skip a null: what has no
   batch price stays unknown only when it is asked for. #}
batched as (

    select
        *,
        case
            when own_batch_discount_usd is not null
                then {{ money('greatest(least(own_batch_discount_usd, effective_cost_usd), 0) * batch_moved_share') }}
        end as batch_gross_usd,
        case
            when own_batch_discount_usd is not null and planned_batch_discount_usd is not null
                then {{ money(
                    money(
                        'greatest(least(planned_batch_discount_usd, own_batch_discount_usd, effective_cost_usd, cost_after_switch_usd), 0)'
                        ~ ' * cast(batch_moved_share * switched_share as decimal(9, 8))'
                    )
                    ~ ' + '
                    ~ money(
                        'greatest(least(own_batch_discount_usd, effective_cost_usd), 0)'
                        ~ ' * cast(batch_moved_share * (1 - fixed_share - switched_share) as decimal(9, 8))'
                    )
                ) }}
        end as batch_net_usd
    from standard_usage

),

batch_tasks as (

    select task_type, {{ money('sum(batch_net_usd)') }} as net_usd
    from batched
    where batch_gross_usd > 0 and batch_net_usd is not null
    group by task_type

),

batch_works as (

    select batch_tasks.*, kinds.effort_days, kinds.effort_days_per_part, kinds.usd_per_effort_day, {{ work_of("'batch:' || batch_tasks.task_type", 'batch_tasks.net_usd') }} as work_id
    from batch_tasks
    inner join kinds on kinds.action_kind = 'batch'

),

counted_batches as (

    select task_type, {{ is_counted_with_its_work('net_usd') }} as is_counted
    from batch_works

),

{# Prompts of calls that move to the batch service are cached apart. #}
left_to_cache as (

    select
        batched.*,
        case when counted_batches.is_counted and batched.batch_net_usd > 0 then batched.batch_net_usd else {{ money(0) }} end as batch_counted_usd,
        (1 - cast(batched.fixed_share as double))
        * (1 - case when counted_batches.is_counted and batched.batch_net_usd > 0 then cast(batched.batch_moved_share as double) else 0 end) as calls_left_share
    from batched
    left join counted_batches on batched.task_type = counted_batches.task_type

),

discounted as (

    select
        *,
        {{ token_cost('more_cached_tokens', 'cache_discount_usd_per_token') }} as own_caching_discount_usd,
    {%- for discount, share in [('planned_cache', 'switched_share'), ('cache', '(1 - switched_share)')] %}
    {{ money(money(token_cost('cast(floor(more_cached_tokens * calls_left_share) as bigint)', discount ~ '_discount_usd_per_token')) ~ ' * ' ~ share) }} as left_{{ discount }}_usd{{ ',' if not loop.last }}
    {%- endfor %}
    from left_to_cache

),

{# What has no price for cached input stays unknown only when it is asked for. #}
cached as (

    select
        *,
        case when own_caching_discount_usd is not null then {{ money('least(own_caching_discount_usd, effective_cost_usd)') }} end as caching_gross_usd,
        case
            when own_caching_discount_usd is not null and left_planned_cache_usd is not null
                then {{ money(
                    'least(left_planned_cache_usd + left_cache_usd, own_caching_discount_usd, effective_cost_usd, cost_left_usd * (1 - fixed_share) - batch_counted_usd)'
                ) }}
        end as caching_net_usd
    from discounted

),

cache_tasks as (

    select task_type, {{ money('sum(caching_net_usd)') }} as net_usd
    from cached
    where caching_gross_usd > 0 and caching_net_usd is not null
    group by task_type

),

cache_works as (

    select cache_tasks.*, kinds.effort_days, kinds.effort_days_per_part, kinds.usd_per_effort_day, {{ work_of("'caching:' || cache_tasks.task_type", 'cache_tasks.net_usd') }} as work_id
    from cache_tasks
    inner join kinds on kinds.action_kind = 'caching'

),

counted_caches as (

    select task_type, {{ is_counted_with_its_work('net_usd') }} as is_counted
    from cache_works

),

saved as (

    select
        cached.task_type, cached.provider, cached.model, cached.planned_provider, cached.planned_model,
        cached.calls,
        cached.input_tokens,
        cached.output_tokens,
        cached.effective_cost_usd as current_cost_usd,
        cached.cost_after_switch_usd,
        cached.fixed_share,
        cast(cached.batchable_share as double) as batchable_share,
        cast(cached.batch_moved_share as double) as batch_moved_share,
        cast(floor(cached.calls * cached.batch_moved_share) as bigint) as batchable_calls,
        cached.batch_gross_usd,
        cached.batch_net_usd,
        {{ ratio('cached.cached_input_tokens', 'cached.input_tokens') }} as cached_share,
        cached.placed_input_tokens, cached.unplaced_input_tokens, cached.more_cached_tokens,
        cached.caching_gross_usd,
        cached.caching_net_usd,
    {%- for place, share, cost, discount in [('stays', '(1 - cast(cached.switched_share as double))', 'effective_cost', 'cache'), ('moves', 'cast(cached.switched_share as double)', 'cost_after_switch', 'planned_cache')] %}
    cached.calls_left_share * {{ share }} as {{ place }}_share,
    greatest(
        cast(cached.{{ cost }}_usd as double) * cached.calls_left_share * {{ share }}
        - case
            when counted_caches.is_counted
                then coalesce(cast(cached.caching_net_usd as double) * {{ ratio('cached.left_' ~ discount ~ '_usd', 'cached.left_planned_cache_usd + cached.left_cache_usd') }}, 0)
            else 0
        end,
        0
    ) as {{ place }}_usd{{ ',' if not loop.last }}
    {%- endfor %}
    from cached
    left join counted_caches on cached.task_type = counted_caches.task_type

)

select * from saved
