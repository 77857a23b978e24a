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
        task_savings.more_cached_tokens,
        case
            when task_savings.more_cached_tokens is null then 'cannot be told: no trace ids'
            when task_savings.more_cached_tokens = 0 then 'nothing to gain'
            when task_savings.caching_gross_usd is null then 'no price for cached input'
            else 'reads less from the cache than ' || case
                when cache_gaps.peer_later_cached_share - cache_gaps.later_cached_share >= {{ assumption('caching_min_gap_share') }}
                    then 'later calls of another model do'
                else 'first calls of another model do'
            end
        end as verdict,
        task_savings.current_cost_usd,
        task_savings.caching_gross_usd as gross_monthly_savings_usd,
        {{ money('task_savings.caching_gross_usd - task_savings.caching_net_usd') }} as overlap_usd,
        task_savings.caching_net_usd as net_monthly_savings_usd
    from task_savings
    left join cache_gaps
        on
            task_savings.task_type = cache_gaps.task_type
            and task_savings.provider = cache_gaps.provider
            and task_savings.model = cache_gaps.model

)

select * from savings
