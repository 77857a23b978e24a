{# one row per task type whose prompts could be cached as on the model that caches best #}

{{ config(materialized=view_or_table()) }}

with task_savings as (

    select * from {{ ref('int_task_savings') }}

),

{# What calls without a trace id could read from a cache is unknown, and in no figure: the name says so, wherever it is read. #}
summed as (

    select
        task_type,
        'prompt caching of ' || replace(task_type, '_', ' ') || ' calls on ' || {{ string_agg_sorted('planned_model', ', ') }} as calls_named,
        {{ ratio('sum(placed_input_tokens)', 'sum(placed_input_tokens + unplaced_input_tokens)') }} as placed_token_share,
        {{ money('sum(current_cost_usd)') }} as scope_cost_usd,
        {{ money('sum(caching_gross_usd)') }} as gross_monthly_savings_usd,
        {{ money('sum(caching_net_usd)') }} as net_monthly_savings_usd
    from task_savings
    where caching_gross_usd > 0 and caching_net_usd is not null
    group by task_type

),

{# Low and high are other shares of the same potential. #}
actions as (

    select
        'caching' as action_kind,
        'caching:' || task_type as action_id,
        calls_named || case
            when placed_token_share < 0.995 then ' (known for ' || {{ percent_text('placed_token_share') }} || ' of their prompt tokens, the rest has no trace id)'
            else ''
        end as subject,
        task_type,
        cast(null as string) as provider,
        cast(null as string) as model,
        scope_cost_usd,
        gross_monthly_savings_usd,
        net_monthly_savings_usd,
        {{ money_of_double('net_monthly_savings_usd * ' ~ ratio(assumption('caching_low_share'), assumption('caching_base_share'))) }} as low_monthly_savings_usd,
        {{ money_of_double('net_monthly_savings_usd * ' ~ ratio(assumption('caching_high_share'), assumption('caching_base_share'))) }} as high_monthly_savings_usd,
        {{ money('null') }} as one_off_avoided_cost_usd,
        'rates.rpt_caching_savings' as source_mart,
        false as is_illustrative
    from summed

)

select * from actions
