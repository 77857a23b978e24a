{# one row per task type x provider x model: what closing the gap to the best peer's share of cached input would save #}

with task_usage as (

    select * from {{ ref('int_task_usage_switched') }}

),

batch_savings as (

    select * from {{ ref('rpt_batch_savings') }}

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
        standard_usage.task_type,
        max(standard_usage.cached_share) as peer_cached_share
    from standard_usage
    where standard_usage.task_input_token_share >= {{ assumption('caching_peer_min_token_share') }}
    group by standard_usage.task_type

),

gaps as (

    select
        usage.*,
        peers.peer_cached_share,
        {# A small gap is how prompts differ, not something to fix. #}
        case
            when peers.peer_cached_share - usage.cached_share >= {{ assumption('caching_min_gap_share') }}
                then cast(floor((peers.peer_cached_share - usage.cached_share) * usage.input_tokens * {{ assumption('caching_base_share') }}) as bigint)
            else 0
        end as more_cached_tokens,
        coalesce(batch.moved_share, 0) as batch_share,
        coalesce(batch.net_monthly_savings_usd, 0) as batch_net_savings_usd
    from standard_usage as usage
    left join peers on usage.task_type = peers.task_type
    left join batch_savings as batch
        on
            usage.task_type = batch.task_type
            and usage.provider = batch.provider
            and usage.model = batch.model

),

{# Calls that move to the batch service are left out of the net saving: their prompts are cached apart. #}
counted as (

    select
        *,
        cast(floor(more_cached_tokens * (1 - batch_share) * (1 - fixed_share)) as bigint) as more_cached_tokens_left
    from gaps

),

discounted as (

    select
        *,
        {{ token_cost('more_cached_tokens', 'cache_discount_usd_per_token') }} as own_discount_usd,
        {{ token_cost('more_cached_tokens_left', 'planned_cache_discount_usd_per_token') }} as planned_discount_usd
    from counted

),

saved as (

    select
        *,
        {# least() skips a null: what has no price for cached input stays unknown only when it is asked for. #}
        case when own_discount_usd is not null then least(own_discount_usd, effective_cost_usd) end as gross_monthly_savings_usd,
        case
            when own_discount_usd is not null and planned_discount_usd is not null
                then least(planned_discount_usd, own_discount_usd, effective_cost_usd, cost_after_switch_usd * (1 - fixed_share) - batch_net_savings_usd)
        end as net_monthly_savings_usd
    from discounted

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
        {{ money('gross_monthly_savings_usd - net_monthly_savings_usd') }} as overlap_usd,
        {{ money('net_monthly_savings_usd') }} as net_monthly_savings_usd
    from saved

)

select * from savings
