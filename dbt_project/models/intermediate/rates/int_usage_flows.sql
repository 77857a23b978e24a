{# one row per basis x model in use x model that would serve it: the shares of its standard-tier cost and tokens that stay or move #}

with task_usage as (

    select * from {{ ref('int_task_usage') }}

),

task_savings as (

    select * from {{ ref('int_task_savings') }}

),

in_use as (

    select
        provider,
        model,
        cast(sum(effective_cost_usd) as double) as cost_usd,
        cast(sum(input_tokens) as double) as input_tokens,
        cast(sum(output_tokens) as double) as output_tokens
    from task_usage
    where service_tier = 'standard'
    group by provider, model

),

{# Cost and tokens that the fixes of inefficient usage and the batch service leave at the standard tier. #}
left_at_standard as (

    select
        *,
        (1 - cast(fixed_share as double)) * (1 - case when batch_net_usd > 0 then batch_moved_share else 0 end) as left_share,
        coalesce(cast(caching_net_usd as double), 0) as caching_savings_usd
    from task_savings

),

remaining as (

    select
        provider,
        model,
        planned_provider,
        planned_model,
        cast(cost_after_switch_usd as double) * left_share - caching_savings_usd as cost_usd,
        cast(input_tokens as double) * left_share as input_tokens,
        cast(output_tokens as double) * left_share as output_tokens
    from left_at_standard
    union all
    select
        provider,
        model,
        provider as planned_provider,
        model as planned_model,
        cast(effective_cost_usd as double) as cost_usd,
        cast(input_tokens as double) as input_tokens,
        cast(output_tokens as double) as output_tokens
    from task_usage
    where service_tier = 'standard' and not is_judged

),

moved as (

    select
        provider,
        model,
        planned_provider,
        planned_model,
        {{ stable_sum('cost_usd') }} as cost_usd,
        {{ stable_sum('input_tokens') }} as input_tokens,
        {{ stable_sum('output_tokens') }} as output_tokens
    from remaining
    group by provider, model, planned_provider, planned_model

),

flows as (

    select
        'as_used' as usage_basis,
        provider as from_provider,
        model as from_model,
        provider,
        model,
        cast(1 as double) as cost_share,
        cast(1 as double) as input_token_share,
        cast(1 as double) as output_token_share
    from in_use
    union all
    select
        'after_actions' as usage_basis,
        moved.provider as from_provider,
        moved.model as from_model,
        moved.planned_provider as provider,
        moved.planned_model as model,
        coalesce(moved.cost_usd / nullif(in_use.cost_usd, 0), 0) as cost_share,
        coalesce(moved.input_tokens / nullif(in_use.input_tokens, 0), 0) as input_token_share,
        coalesce(moved.output_tokens / nullif(in_use.output_tokens, 0), 0) as output_token_share
    from moved
    inner join in_use on moved.provider = in_use.provider and moved.model = in_use.model

)

select * from flows
