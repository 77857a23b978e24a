{# one row per task type x provider x model: how much of its prompts is read from the cache, by the place of a call in its run, and what the gap to the
   model that reads most there would save #}

{# Without a prompt nothing is left to cache, whatever other calls of the task do. #}
{% set is_compared = '(is_cache_used_for_task or calls = 0)' %}

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
        coalesce(cache_gaps.calls, 0) as calls,
        coalesce(cache_gaps.unplaced_calls, 0) as unplaced_calls,
        cache_gaps.first_input_tokens,
        cache_gaps.first_cached_share,
        cache_gaps.peer_first_cached_share,
        cache_gaps.later_input_tokens,
        cache_gaps.later_cached_share,
        cache_gaps.peer_later_cached_share,
        cache_gaps.placed_input_tokens,
        cache_gaps.unplaced_input_tokens,
        {{ ratio('cache_gaps.placed_input_tokens', 'cache_gaps.placed_input_tokens + cache_gaps.unplaced_input_tokens') }} as placed_token_share,
        coalesce(cache_gaps.is_place_known, true) as is_place_known,
        coalesce(cache_gaps.later_calls + cache_gaps.unplaced_calls, 0) = 0 as is_one_call_a_run,
        bool_and(coalesce(cache_gaps.later_calls + cache_gaps.unplaced_calls, 0) = 0) over (partition by task_savings.task_type) as is_one_call_a_run_for_task,
        coalesce(max(task_savings.cached_share) over (partition by task_savings.task_type), 0) > 0 as is_cache_used_for_task,
        task_savings.more_cached_tokens,
        task_savings.current_cost_usd,
        task_savings.caching_gross_usd,
        task_savings.caching_net_usd
    from task_savings
    left join cache_gaps
        on
            task_savings.task_type = cache_gaps.task_type
            and task_savings.provider = cache_gaps.provider
            and task_savings.model = cache_gaps.model

),

told as (

    select
        *,
        {{ count_text('unplaced_calls') }} || ' of ' || {{ count_text('calls') }} || ' calls' as unplaced_of_calls,
        case
            when more_cached_tokens = 0 and is_one_call_a_run then 'nothing to gain: no call follows another in its run'
            when more_cached_tokens = 0 then 'nothing to gain'
            when caching_gross_usd is null then 'no price for cached input'
            else 'reads less from the cache than ' || case
                when peer_later_cached_share - later_cached_share >= {{ assumption('caching_min_gap_share') }}
                    then 'later calls of another model do'
                else 'first calls of another model do'
            end
        end as gap_told
    from savings

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
        calls,
        unplaced_calls,
        first_input_tokens,
        first_cached_share,
        peer_first_cached_share,
        later_input_tokens,
        later_cached_share,
        peer_later_cached_share,
        unplaced_input_tokens,
        placed_token_share,
        is_place_known,
        is_one_call_a_run_for_task,
        is_cache_used_for_task,
        case when is_cache_used_for_task and more_cached_tokens is not null then coalesce(placed_input_tokens, 0) else 0 end as compared_input_tokens,
        case when {{ is_compared }} then more_cached_tokens end as more_cached_tokens,
        case
            when calls = 0 then 'nothing to cache: no call has a prompt'
            when not is_place_known
                then 'unknown: ' || unplaced_of_calls || ' (' || {{ percent_text('1 - placed_token_share') }} || ' of the prompt tokens) carry no trace id'
            when not is_cache_used_for_task and is_one_call_a_run
                then 'no call follows another in its run: nothing to cache between them; what a shared beginning would save is unknown'
            when not is_cache_used_for_task then 'unknown: no call of this task reads from a cache'
            when unplaced_calls = 0 then gap_told
            else gap_told || ', by ' || {{ percent_text('placed_token_share') }} || ' of the prompt tokens: ' || unplaced_of_calls || ' carry no trace id'
        end as verdict,
        current_cost_usd,
        case when {{ is_compared }} then caching_gross_usd end as gross_monthly_savings_usd,
        case when {{ is_compared }} then {{ money('caching_gross_usd - caching_net_usd') }} end as overlap_usd,
        case when {{ is_compared }} then caching_net_usd end as net_monthly_savings_usd
    from told

)

select * from final
