{# one row per action on calls x customer whose calls it changes, trailing 30 days: the customer's part of what the action saves #}

with actions as (

    select action_kind, action_id, task_type, provider, model, gross_monthly_savings_usd, net_monthly_savings_usd, low_monthly_savings_usd, high_monthly_savings_usd
    from {{ ref('int_actions__model_switch') }}
    union all
    select action_kind, action_id, task_type, provider, model, gross_monthly_savings_usd, net_monthly_savings_usd, low_monthly_savings_usd, high_monthly_savings_usd
    from {{ ref('int_actions__inefficient_usage') }}
    union all
    select action_kind, action_id, task_type, provider, model, gross_monthly_savings_usd, net_monthly_savings_usd, low_monthly_savings_usd, high_monthly_savings_usd
    from {{ ref('int_actions__batch') }}
    union all
    select action_kind, action_id, task_type, provider, model, gross_monthly_savings_usd, net_monthly_savings_usd, low_monthly_savings_usd, high_monthly_savings_usd
    from {{ ref('int_actions__caching') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

task_usage as (

    select * from {{ ref('int_task_usage_switched') }}

),

task_savings as (

    select * from {{ ref('int_task_savings') }}

),

premium_usage as (

    select * from {{ ref('int_premium_usage_repriced') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

current_prices as (

    select price_periods.*
    from price_periods
    inner join as_of on {{ holds_at_end_of('as_of.as_of_date') }}

),

{# The same calls as those of int_task_usage that are judged. #}
judged_usage as (

    select
        usage_daily.customer_id,
        usage_daily.task_type,
        usage_daily.provider,
        usage_daily.model,
        usage_daily.service_tier,
        cast(sum(usage_daily.input_tokens) as bigint) as input_tokens,
        cast(sum(usage_daily.cached_input_tokens) as bigint) as cached_input_tokens,
        cast(sum(usage_daily.cache_write_input_tokens) as bigint) as cache_write_input_tokens,
        cast(sum(usage_daily.output_tokens) as bigint) as output_tokens,
        {{ money('sum(usage_daily.effective_cost_usd)') }} as effective_cost_usd
    from usage_daily
    inner join as_of on usage_daily.usage_date between as_of.window_start_date and as_of.as_of_date
    where usage_daily.calls_without_usage = 0 and usage_daily.uncosted_calls = 0
    group by usage_daily.customer_id, usage_daily.task_type, usage_daily.provider, usage_daily.model, usage_daily.service_tier

),

switched as (

    select
        'model_switch:' || usage.task_type as action_id,
        usage.customer_id,
        {{ money('sum(usage.effective_cost_usd - ' ~ contracted_cost() ~ ')') }} as weight_usd
    from judged_usage as usage
    inner join task_usage
        on
            usage.task_type = task_usage.task_type
            and usage.provider = task_usage.provider
            and usage.model = task_usage.model
            and usage.service_tier = task_usage.service_tier
            and task_usage.is_switched
    left join current_prices as prices
        on
            task_usage.planned_provider = prices.provider
            and task_usage.planned_model = prices.model
            and usage.service_tier = prices.service_tier
    group by usage.task_type, usage.customer_id

),

fixed as (

    select
        'inefficient_usage:' || task_type || ':' || provider || '/' || model as action_id,
        customer_id,
        {{ money('sum(monthly_savings_usd)') }} as weight_usd
    from premium_usage
    where suggestion_verdict = 'acceptable' and monthly_savings_usd > 0
    group by task_type, provider, model, customer_id

),

{# The batch service and caching save on a task and model as a whole: each customer's part is that of what its calls there cost. #}
rates_by_model as (

    select
        task_type,
        provider,
        model,
        {{ decimal_of_double(ratio('batch_gross_usd', 'current_cost_usd'), 'decimal(12, 9)') }} as batch_gross_share,
        {{ decimal_of_double(ratio('batch_net_usd', 'current_cost_usd'), 'decimal(12, 9)') }} as batch_net_share,
        {{ decimal_of_double(ratio('caching_gross_usd', 'current_cost_usd'), 'decimal(12, 9)') }} as caching_gross_share,
        {{ decimal_of_double(ratio('caching_net_usd', 'current_cost_usd'), 'decimal(12, 9)') }} as caching_net_share
    from task_savings

),

by_model as (

    select
        usage.task_type,
        usage.customer_id,
        {{ money('sum(cast(usage.effective_cost_usd as decimal(25, 12)) * rates_by_model.batch_gross_share)') }} as batch_gross_weight_usd,
        {{ money('sum(cast(usage.effective_cost_usd as decimal(25, 12)) * rates_by_model.batch_net_share)') }} as batch_net_weight_usd,
        {{ money('sum(cast(usage.effective_cost_usd as decimal(25, 12)) * rates_by_model.caching_gross_share)') }} as caching_gross_weight_usd,
        {{ money('sum(cast(usage.effective_cost_usd as decimal(25, 12)) * rates_by_model.caching_net_share)') }} as caching_net_weight_usd
    from judged_usage as usage
    inner join rates_by_model
        on usage.task_type = rates_by_model.task_type and usage.provider = rates_by_model.provider and usage.model = rates_by_model.model
    where usage.service_tier = 'standard'
    group by usage.task_type, usage.customer_id

),

weights as (

    select action_id, customer_id, weight_usd as gross_weight_usd, weight_usd as net_weight_usd from switched
    union all
    select action_id, customer_id, weight_usd as gross_weight_usd, weight_usd as net_weight_usd from fixed
    union all
    select 'batch:' || task_type as action_id, customer_id, batch_gross_weight_usd as gross_weight_usd, batch_net_weight_usd as net_weight_usd from by_model
    union all
    select 'caching:' || task_type as action_id, customer_id, caching_gross_weight_usd as gross_weight_usd, caching_net_weight_usd as net_weight_usd from by_model

),

ranked as (

    select
        actions.*,
        weights.customer_id,
        {{ money('sum(coalesce(weights.gross_weight_usd, 0)) over up_to_customer') }} as gross_running_usd,
        {{ money(money('sum(coalesce(weights.gross_weight_usd, 0)) over up_to_customer') ~ ' - coalesce(weights.gross_weight_usd, 0)') }} as gross_previous_usd,
        {{ money('sum(coalesce(weights.gross_weight_usd, 0)) over whole_action') }} as gross_total_usd,
        {{ money('sum(coalesce(weights.net_weight_usd, 0)) over up_to_customer') }} as net_running_usd,
        {{ money(money('sum(coalesce(weights.net_weight_usd, 0)) over up_to_customer') ~ ' - coalesce(weights.net_weight_usd, 0)') }} as net_previous_usd,
        {{ money('sum(coalesce(weights.net_weight_usd, 0)) over whole_action') }} as net_total_usd
    from actions
    inner join weights on actions.action_id = weights.action_id
    window
        up_to_customer as (
            partition by actions.action_id order by weights.customer_id asc nulls last rows between unbounded preceding and current row
        ),
        whole_action as (partition by actions.action_id)

),

split as (

    select
        action_kind,
        action_id,
        customer_id,
        coalesce({{ split_exactly('gross_monthly_savings_usd', 'gross_running_usd', 'gross_previous_usd', 'nullif(gross_total_usd, 0)') }}, 0) as gross_monthly_savings_usd,
        coalesce({{ split_exactly('net_monthly_savings_usd', 'net_running_usd', 'net_previous_usd', 'nullif(net_total_usd, 0)') }}, 0) as net_monthly_savings_usd,
        coalesce({{ split_exactly('low_monthly_savings_usd', 'net_running_usd', 'net_previous_usd', 'nullif(net_total_usd, 0)') }}, 0) as low_monthly_savings_usd,
        coalesce({{ split_exactly('high_monthly_savings_usd', 'net_running_usd', 'net_previous_usd', 'nullif(net_total_usd, 0)') }}, 0) as high_monthly_savings_usd
    from ranked

)

select * from split
