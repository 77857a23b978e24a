{# one row per task type x provider x model at the standard tier: how much of its prompts is read from the cache, and how much more the best
   model reads in the same place of a run #}

with cache_reads as (

    select * from {{ ref('int_cache_reads_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

read as (

    select
        cache_reads.task_type,
        cache_reads.provider,
        cache_reads.model,
        cache_reads.run_place,
        cast(sum(cache_reads.calls) as bigint) as calls,
        cast(sum(cache_reads.input_tokens) as bigint) as input_tokens,
        {{ ratio('sum(cache_reads.cached_input_tokens)', 'sum(cache_reads.input_tokens)') }} as cached_share
    from cache_reads
    inner join as_of on cache_reads.usage_date between as_of.window_start_date and as_of.as_of_date
    where cache_reads.service_tier = 'standard'
    group by cache_reads.task_type, cache_reads.provider, cache_reads.model, cache_reads.run_place

),

weighed as (

    select
        *,
        {{ ratio('input_tokens', 'sum(input_tokens) over (partition by task_type, run_place)') }} as token_share
    from read

),

{# A model that answers only a few calls of a task is no yardstick for the others. #}
peers as (

    select
        task_type,
        run_place,
        max(cached_share) as cached_share
    from weighed
    where token_share >= {{ assumption('caching_peer_min_token_share') }}
    group by task_type, run_place

),

{# A small gap is how prompts differ, not something to fix. Nobody knows what a call of unknown place could have read. #}
compared as (

    select
        weighed.*,
        peers.cached_share as peer_cached_share,
        case
            when weighed.run_place = 'unknown' then null
            when peers.cached_share - weighed.cached_share >= {{ assumption('caching_min_gap_share') }}
                then cast(floor((peers.cached_share - weighed.cached_share) * weighed.input_tokens * {{ assumption('caching_base_share') }}) as bigint)
            else 0
        end as more_cached_tokens
    from weighed
    left join peers on weighed.task_type = peers.task_type and weighed.run_place = peers.run_place

),

summed as (

    select
        task_type,
        provider,
        model,
        cast(sum(calls) as bigint) as calls,
        cast(coalesce(max(calls) filter (where run_place = 'later'), 0) as bigint) as later_calls,
        cast(coalesce(max(calls) filter (where run_place = 'unknown'), 0) as bigint) as unplaced_calls,
        cast(coalesce(max(input_tokens) filter (where run_place = 'first'), 0) as bigint) as first_input_tokens,
        max(cached_share) filter (where run_place = 'first') as first_cached_share,
        max(peer_cached_share) filter (where run_place = 'first') as peer_first_cached_share,
        cast(coalesce(max(input_tokens) filter (where run_place = 'later'), 0) as bigint) as later_input_tokens,
        max(cached_share) filter (where run_place = 'later') as later_cached_share,
        max(peer_cached_share) filter (where run_place = 'later') as peer_later_cached_share,
        cast(coalesce(max(input_tokens) filter (where run_place = 'unknown'), 0) as bigint) as unplaced_input_tokens,
        cast(sum(more_cached_tokens) as bigint) as more_cached_tokens
    from compared
    group by task_type, provider, model

),

{# A few calls of a known place do not tell what the many others could read: what most calls, or most prompt tokens, are silent on is unknown. #}
placed as (

    select
        *,
        cast(first_input_tokens + later_input_tokens as bigint) as placed_input_tokens,
        unplaced_calls * 2 <= calls and unplaced_input_tokens <= first_input_tokens + later_input_tokens as is_place_known
    from summed

),

final as (

    select
        task_type,
        provider,
        model,
        calls,
        later_calls,
        unplaced_calls,
        first_input_tokens,
        first_cached_share,
        peer_first_cached_share,
        later_input_tokens,
        later_cached_share,
        peer_later_cached_share,
        placed_input_tokens,
        unplaced_input_tokens,
        is_place_known,
        case when is_place_known then more_cached_tokens end as more_cached_tokens
    from placed

)

select * from final
