{# one row per task type x provider x model: what closing the gap to the best peer's share of cached input would save #}

with task_usage as (

    select * from {{ ref('int_task_usage_switched') }}

),

batch_savings as (

    select * from {{ ref('rpt_batch_savings') }}

),

savings_assumptions as (

    select * from {{ ref('savings_assumptions') }}

),

standard_usage as (

    select
        *,
        {{ ratio('cached_input_tokens', 'input_tokens') }} as cached_share,
        {{ ratio('input_tokens', 'sum(input_tokens) over (partition by task_type)') }} as task_input_token_share
    from task_usage
    where service_tier = 'standard'

),

{# A model that answers only a few calls of a task is no yardstick for the others. #}
peers as (

    select
        task_type,
        max(cached_share) as peer_cached_share
    from standard_usage
    where task_input_token_share >= {{ var('caching_peer_minimum_token_share') }}
    group by task_type

),

gaps as (

    select
        usage.*,
        peers.peer_cached_share,
        {# A small gap is how prompts differ, not something to fix. #}
        case
            when peers.peer_cached_share - usage.cached_share >= {{ var('caching_minimum_gap_share') }}
                then cast(floor((peers.peer_cached_share - usage.cached_share) * usage.input_tokens * cast(assumptions.base_share as double)) as bigint)
            else 0
        end as more_cached_tokens,
        coalesce(batch.moved_share, 0) as batch_share
    from standard_usage as usage
    inner join savings_assumptions as assumptions on assumptions.action_kind = 'caching'
    left join peers on usage.task_type = peers.task_type
    left join batch_savings as batch
        on
            usage.task_type = batch.task_type
            and usage.provider = batch.provider
            and usage.model = batch.model

),

{# Calls that move to the batch service are left out of the net saving: their prompts are cached apart. #}
saved as (

    select
        *,
        least({{ token_cost('more_cached_tokens', 'cache_discount_usd_per_token') }}, effective_cost_usd) as gross_monthly_savings_usd,
        {{ token_cost('cast(floor(more_cached_tokens * (1 - batch_share)) as bigint)', 'planned_cache_discount_usd_per_token') }} as net_before_cap_usd
    from gaps

),

savings as (

    select
        task_type,
        provider,
        model,
        planned_provider,
        planned_model,
        input_tokens,
        cached_share,
        peer_cached_share,
        more_cached_tokens,
        effective_cost_usd as current_cost_usd,
        {{ money('gross_monthly_savings_usd') }} as gross_monthly_savings_usd,
        {{ money('gross_monthly_savings_usd - least(net_before_cap_usd, gross_monthly_savings_usd)') }} as overlap_usd,
        {{ money('least(net_before_cap_usd, gross_monthly_savings_usd)') }} as net_monthly_savings_usd
    from saved

)

select * from savings
