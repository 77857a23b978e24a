{# one row per task type x provider x model: how much of its prompts is read from the cache, by the place of a call in its run, and what the gap to the
   model that reads most there would save #}

with task_savings as (

    select * from {{ ref('int_task_savings') }}

),

cache_gaps as (

    select * from {{ ref('int_cache_gaps') }}

),

savings as (

    select
        task_savings.task_type,
        task_savings.provider,
        task_savings.model,
        task_savings.planned_provider,
        task_savings.planned_model,
        task_savings.input_tokens,
        task_savings.cached_share,
        cache_gaps.first_input_tokens,
        cache_gaps.first_cached_share,
        cache_gaps.peer_first_cached_share,
        cache_gaps.later_input_tokens,
        cache_gaps.later_cached_share,
        cache_gaps.peer_later_cached_share,
        cache_gaps.unplaced_input_tokens,
        coalesce(max(task_savings.cached_share) over (partition by task_savings.task_type), 0) > 0 as is_cache_used_for_task,
        task_savings.more_cached_tokens,
        task_savings.current_cost_usd,
        task_savings.caching_gross_usd,
        task_savings.caching_net_usd,
        case
            when task_savings.more_cached_tokens is null then 'cannot be told: no trace ids'
            when task_savings.more_cached_tokens = 0 then 'nothing to gain'
            when task_savings.caching_gross_usd is null then 'no price for cached input'
            else 'reads less from the cache than ' || case
                when cache_gaps.peer_later_cached_share - cache_gaps.later_cached_share >= {{ assumption('caching_min_gap_share') }}
                    then 'later calls of another model do'
                else 'first calls of another model do'
            end
        end as told
    from task_savings
    left join cache_gaps
        on
            task_savings.task_type = cache_gaps.task_type
            and task_savings.provider = cache_gaps.provider
            and task_savings.model = cache_gaps.model

),

{# Where no call of a task reads from a cache, the gap to the best model is zero by construction and says nothing: unknown, not nothing. #}
final as (

    select
        task_type,
        provider,
        model,
        planned_provider,
        planned_model,
        input_tokens,
        cached_share,
        first_input_tokens,
        first_cached_share,
        peer_first_cached_share,
        later_input_tokens,
        later_cached_share,
        peer_later_cached_share,
        unplaced_input_tokens,
        is_cache_used_for_task,
        case when is_cache_used_for_task then more_cached_tokens end as more_cached_tokens,
        case
            when is_cache_used_for_task or more_cached_tokens is null then told
            else 'unknown: no call of this task reads from a cache'
        end as verdict,
        current_cost_usd,
        case when is_cache_used_for_task then caching_gross_usd end as gross_monthly_savings_usd,
        case when is_cache_used_for_task then {{ money('caching_gross_usd - caching_net_usd') }} end as overlap_usd,
        case when is_cache_used_for_task then caching_net_usd end as net_monthly_savings_usd
    from savings

)

select * from final
