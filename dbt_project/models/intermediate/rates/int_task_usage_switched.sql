{# one row per task type x provider x model x service tier: what the judged calls cost before and after the recommended switch #}

with task_usage as (

    select * from {{ ref('int_task_usage') }}

),

assessments as (

    select * from {{ ref('int_model_switches_assessed') }}

),

targets as (

    select * from {{ ref('int_model_switch_targets') }}
    where is_recommended

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

current_prices as (

    select
        price_periods.*,
        cast(price_periods.contracted_usd_per_input_token - price_periods.contracted_usd_per_cached_input_token as decimal(18, 12)) as cache_discount_usd_per_token
    from price_periods
    inner join as_of on {{ holds_at_end_of('as_of.as_of_date') }}

),

switches as (

    select
        assessments.task_type,
        assessments.from_provider,
        assessments.from_model,
        assessments.to_provider,
        assessments.to_model
    from assessments
    inner join targets
        on
            assessments.task_type = targets.task_type
            and assessments.to_provider = targets.to_provider
            and assessments.to_model = targets.to_model
    where assessments.is_acceptable

),

landed as (

    select
        task_usage.*,
        switches.to_model is not null as is_switched,
        coalesce(switches.to_provider, task_usage.provider) as planned_provider,
        coalesce(switches.to_model, task_usage.model) as planned_model
    from task_usage
    left join switches
        on
            task_usage.task_type = switches.task_type
            and task_usage.provider = switches.from_provider
            and task_usage.model = switches.from_model
    where task_usage.is_judged

),

priced as (

    select
        usage.task_type,
        usage.provider,
        usage.model,
        usage.service_tier,
        usage.is_switched,
        usage.planned_provider,
        usage.planned_model,
        usage.calls,
        usage.input_tokens,
        usage.cached_input_tokens,
        usage.output_tokens,
        usage.effective_cost_usd,
        {{ contracted_cost(prices='own') }} as price_book_cost_usd,
        {{ contracted_cost(prices='own_batch') }} as batch_cost_usd,
        {{ contracted_cost(prices='planned') }} as planned_price_book_cost_usd,
        {{ contracted_cost(prices='planned_batch') }} as planned_batch_cost_usd,
        own.cache_discount_usd_per_token,
        planned.cache_discount_usd_per_token as planned_cache_discount_usd_per_token
    from landed as usage
    left join current_prices as own
        on usage.provider = own.provider and usage.model = own.model and usage.service_tier = own.service_tier
    left join current_prices as own_batch
        on usage.provider = own_batch.provider and usage.model = own_batch.model and own_batch.service_tier = 'batch'
    left join current_prices as planned
        on usage.planned_provider = planned.provider and usage.planned_model = planned.model and usage.service_tier = planned.service_tier
    left join current_prices as planned_batch
        on usage.planned_provider = planned_batch.provider and usage.planned_model = planned_batch.model and planned_batch.service_tier = 'batch'

),

switched as (

    select
        *,
        case when is_switched then planned_price_book_cost_usd else effective_cost_usd end as cost_after_switch_usd
    from priced

)

select * from switched
