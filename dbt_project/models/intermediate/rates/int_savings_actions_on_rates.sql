{# one row per action that changes what the same usage is charged: batch service, prompt caching, commitments #}

with batch_savings as (

    select * from {{ ref('rpt_batch_savings') }}

),

caching_savings as (

    select * from {{ ref('rpt_caching_savings') }}

),

commitment_options as (

    select * from {{ ref('rpt_commitment_options') }}

),

batches as (

    select
        'batch' as action_kind,
        'batch:' || task_type as action_id,
        replace(task_type, '_', ' ') || ' calls that can wait, to the batch service' as subject,
        task_type,
        cast(null as string) as provider,
        cast(null as string) as model,
        {{ money('sum(current_cost_usd)') }} as scope_cost_usd,
        {{ money('sum(gross_monthly_savings_usd)') }} as gross_monthly_savings_usd,
        {{ money('sum(net_monthly_savings_usd)') }} as net_monthly_savings_usd,
        cast(null as decimal(28, 12)) as low_monthly_savings_usd,
        cast(null as decimal(28, 12)) as high_monthly_savings_usd,
        'rates.rpt_batch_savings' as source_mart,
        false as is_illustrative
    from batch_savings
    where gross_monthly_savings_usd > 0 and net_monthly_savings_usd is not null
    group by task_type

),

cachings as (

    select
        'caching' as action_kind,
        'caching:' || task_type as action_id,
        'prompt caching of ' || replace(task_type, '_', ' ') || ' calls on ' || {{ string_agg_sorted('planned_model', ', ') }} as subject,
        task_type,
        cast(null as string) as provider,
        cast(null as string) as model,
        {{ money('sum(current_cost_usd)') }} as scope_cost_usd,
        {{ money('sum(gross_monthly_savings_usd)') }} as gross_monthly_savings_usd,
        {{ money('sum(net_monthly_savings_usd)') }} as net_monthly_savings_usd,
        cast(null as decimal(28, 12)) as low_monthly_savings_usd,
        cast(null as decimal(28, 12)) as high_monthly_savings_usd,
        'rates.rpt_caching_savings' as source_mart,
        false as is_illustrative
    from caching_savings
    where gross_monthly_savings_usd > 0 and net_monthly_savings_usd is not null
    group by task_type

),

{# Alone, an offer saves on today's usage; what the other actions leave may be more, where calls move to its model. #}
commitments as (

    select
        'commitment' as action_kind,
        'commitment:' || after_actions.offer_id as action_id,
        after_actions.offer_name as subject,
        cast(null as string) as task_type,
        after_actions.provider,
        after_actions.model,
        {# A look-back of more than a month holds more cost than a month's saving can come from. #}
        {{ money('after_actions.on_demand_cost_usd * least(' ~ ratio(720, 'after_actions.lookback_hours') ~ ', 1)') }} as scope_cost_usd,
        greatest(coalesce(as_used.net_monthly_savings_usd, 0), after_actions.net_monthly_savings_usd) as gross_monthly_savings_usd,
        after_actions.net_monthly_savings_usd,
        after_actions.net_monthly_savings_less_usage_usd as low_monthly_savings_usd,
        after_actions.net_monthly_savings_more_usage_usd as high_monthly_savings_usd,
        'rates.rpt_commitment_options' as source_mart,
        after_actions.is_illustrative
    from commitment_options as after_actions
    left join commitment_options as as_used
        on
            after_actions.offer_id = as_used.offer_id
            and after_actions.level_kind = as_used.level_kind
            and as_used.usage_basis = 'as_used'
    where after_actions.is_recommended

),

actions as (

    select * from batches
    union all
    select * from cachings
    union all
    select * from commitments

)

select * from actions
