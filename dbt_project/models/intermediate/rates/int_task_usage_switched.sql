{# one row per task type x provider x model x service tier: what the judged calls cost before and after the
   recommended switch, and which share of that cost the fixes of inefficient usage take away where nothing is switched #}

with task_usage as (

    select * from {{ ref('int_task_usage') }}

),

model_switch_savings as (

    select * from {{ ref('rpt_model_switch_savings') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

inefficient_usage as (

    select * from {{ ref('rpt_inefficient_usage') }}

),

{# Customers whose premium model does trivial work, where the whole task type does not move anyway. #}
fixes as (

    select
        task_type,
        provider,
        model,
        sum(monthly_savings_usd) as savings_usd
    from inefficient_usage
    where suggestion_verdict = 'acceptable' and monthly_savings_usd > 0
    group by task_type, provider, model

),

current_prices as (

    select
        price_periods.*,
        price_periods.contracted_usd_per_input_token - price_periods.contracted_usd_per_cached_input_token as cache_discount_usd_per_token
    from price_periods
    inner join as_of on {{ holds_at_end_of('as_of.as_of_date') }}

),

landed as (

    select
        task_usage.*,
        switches.to_model is not null as is_switched,
        coalesce(switches.to_provider, task_usage.provider) as planned_provider,
        coalesce(switches.to_model, task_usage.model) as planned_model,
        case
            when switches.to_model is null
                then coalesce(
                    {{ ratio(
                        'fixes.savings_usd',
                        'sum(task_usage.effective_cost_usd) over (partition by task_usage.task_type, task_usage.provider, task_usage.model)'
                    ) }},
                    0
                )
            else 0
        end as fixed_share
    from task_usage
    left join model_switch_savings as switches
        on
            task_usage.task_type = switches.task_type
            and task_usage.provider = switches.from_provider
            and task_usage.model = switches.from_model
            and switches.is_recommended
    left join fixes
        on
            task_usage.task_type = fixes.task_type
            and task_usage.provider = fixes.provider
            and task_usage.model = fixes.model
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
        cast(least(usage.fixed_share, 1) as decimal(9, 8)) as fixed_share,
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
