{# one row per task type x provider x model at the standard tier: what fixes of inefficient usage take away, and what the
   batch service and then prompt caching save, each alone and on what the actions before it leave #}

{% set moved = assumption('batch_base_share', 'decimal(6, 4)') %}
{% set kept = assumption('model_switch_base_share', 'decimal(6, 4)') %}

with task_usage as (

    select * from {{ ref('int_task_usage_switched') }}

),

premium_usage as (

    select * from {{ ref('int_premium_usage_repriced') }}

),

batchable_tasks as (

    select * from {{ ref('batchable_tasks') }}

),

cache_gaps as (

    select * from {{ ref('int_cache_gaps') }}

),

{# Customers whose premium model does trivial work, where the whole task type does not move anyway. #}
fixes as (

    select
        task_type,
        provider,
        model,
        sum(monthly_savings_usd) as savings_usd
    from premium_usage
    where suggestion_verdict = 'acceptable' and monthly_savings_usd > 0
    group by task_type, provider, model

),

costs as (

    select
        task_type,
        provider,
        model,
        sum(effective_cost_usd) as cost_usd
    from task_usage
    group by task_type, provider, model

),

standard_usage as (

    select
        usage.*,
        {{ decimal_of_double(
            'case when usage.is_switched then 0 else least(coalesce(' ~ ratio('fixes.savings_usd', 'costs.cost_usd') ~ ', 0), 1) end', 'decimal(9, 8)'
        ) }} as fixed_share,
        batchable_tasks.batchable_share,
        cast(batchable_tasks.batchable_share * {{ moved }} as decimal(9, 8)) as batch_moved_share,
        {{ ratio('usage.cached_input_tokens', 'usage.input_tokens') }} as cached_share
    from task_usage as usage
    inner join costs on usage.task_type = costs.task_type and usage.provider = costs.provider and usage.model = costs.model
    left join fixes on usage.task_type = fixes.task_type and usage.provider = fixes.provider and usage.model = fixes.model
    left join batchable_tasks on usage.task_type = batchable_tasks.task_type
    where usage.service_tier = 'standard'

),

{# A switch is counted for the calls that are kept on the other model; the rest stays, and saves what it would save today. #}
batch_discounts as (

    select
        *,
        cast(batchable_share * {{ moved }} * (1 - fixed_share) as decimal(9, 8)) as batch_left_share,
        case when is_switched then cast(batchable_share * {{ moved }} * {{ kept }} as decimal(9, 8)) else cast(0 as decimal(9, 8)) end as batch_switched_share,
        case
            when is_switched then {{ money(money('cost_after_switch_usd * ' ~ kept) ~ ' + ' ~ money('effective_cost_usd * (1 - ' ~ kept ~ ')')) }}
            else cost_after_switch_usd
        end as cost_left_usd,
        price_book_cost_usd - batch_cost_usd as own_batch_discount_usd,
        planned_price_book_cost_usd - planned_batch_cost_usd as planned_batch_discount_usd
    from standard_usage

),

batched as (

    select
        *,
        {# Never more than the price list promises, nor than what the calls cost. least() and greatest() skip a null: what has no
           batch price stays unknown only when it is asked for. #}
        case
            when own_batch_discount_usd is not null
                then {{ money('greatest(least(own_batch_discount_usd, effective_cost_usd), 0) * batch_moved_share') }}
        end as batch_gross_usd,
        case
            when own_batch_discount_usd is not null and planned_batch_discount_usd is not null
                then {{ money(
                    money(
                        'greatest(least(planned_batch_discount_usd, own_batch_discount_usd, effective_cost_usd, cost_after_switch_usd), 0)'
                        ~ ' * batch_switched_share'
                    )
                    ~ ' + '
                    ~ money(
                        'greatest(least(own_batch_discount_usd, effective_cost_usd), 0) * cast(batch_left_share - batch_switched_share as decimal(9, 8))'
                    )
                ) }}
        end as batch_net_usd
    from batch_discounts

),

{# More than is not cached today cannot be, and nothing without a prompt; least() would skip what is unknown. #}
gaps as (

    select
        usage.*,
        cache_gaps.placed_input_tokens,
        cache_gaps.unplaced_input_tokens,
        case
            when usage.input_tokens = 0 then 0
            when cache_gaps.more_cached_tokens is not null
                then least(cache_gaps.more_cached_tokens, usage.input_tokens - usage.cached_input_tokens)
        end as more_cached_tokens
    from batched as usage
    left join cache_gaps
        on usage.task_type = cache_gaps.task_type and usage.provider = cache_gaps.provider and usage.model = cache_gaps.model

),

{# Calls that move to the batch service are left out of the net saving: their prompts are cached apart. #}
discounted as (

    select
        *,
        {{ token_cost('more_cached_tokens', 'cache_discount_usd_per_token') }} as own_caching_discount_usd,
        cast(floor(more_cached_tokens * (1 - coalesce(cast(batch_moved_share as double), 0)) * (1 - fixed_share)) as bigint) as tokens_left_to_cache
    from gaps

),

caching_left as (

    select
        *,
        case
            when is_switched
                then {{ money(
                    money(money(token_cost('tokens_left_to_cache', 'planned_cache_discount_usd_per_token')) ~ ' * ' ~ kept)
                    ~ ' + '
                    ~ money(money(token_cost('tokens_left_to_cache', 'cache_discount_usd_per_token')) ~ ' * (1 - ' ~ kept ~ ')')
                ) }}
            else {{ token_cost('tokens_left_to_cache', 'planned_cache_discount_usd_per_token') }}
        end as caching_left_discount_usd
    from discounted

),

saved as (

    select
        task_type,
        provider,
        model,
        planned_provider,
        planned_model,
        calls,
        input_tokens,
        output_tokens,
        effective_cost_usd as current_cost_usd,
        cost_after_switch_usd,
        fixed_share,
        cast(batchable_share as double) as batchable_share,
        cast(batch_moved_share as double) as batch_moved_share,
        cast(floor(calls * batch_moved_share) as bigint) as batchable_calls,
        batch_gross_usd,
        batch_net_usd,
        cached_share,
        placed_input_tokens,
        unplaced_input_tokens,
        more_cached_tokens,
        {# least() skips a null: what has no price for cached input stays unknown only when it is asked for. #}
        case when own_caching_discount_usd is not null then {{ money('least(own_caching_discount_usd, effective_cost_usd)') }} end as caching_gross_usd,
        case
            when own_caching_discount_usd is not null and caching_left_discount_usd is not null
                then {{ money(
                    'least(caching_left_discount_usd, own_caching_discount_usd, effective_cost_usd,'
                    ~ ' cost_left_usd * (1 - fixed_share) - coalesce(batch_net_usd, 0))'
                ) }}
        end as caching_net_usd
    from caching_left

)

select * from saved
