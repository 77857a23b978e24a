{# one row per task type x model in use x other model: what the calls of the trailing 30 days would cost on the other one #}

with task_usage as (

    select * from {{ ref('int_task_usage') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

models as (

    select * from {{ ref('dim_models') }}
    where not is_ending

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

current_prices as (

    select price_periods.*
    from price_periods
    inner join as_of on {{ holds_at_end_of('as_of.as_of_date') }}

),

{# To a model that its provider ends nothing moves. #}
targets as (

    select distinct current_prices.provider, current_prices.model
    from current_prices
    inner join models on current_prices.provider = models.provider and current_prices.model = models.model

),

{# What would be paid from now on: the negotiated price where one is agreed, else the list price, at the same service tier. #}
repriced as (

    select
        usage.task_type,
        usage.provider as from_provider,
        usage.model as from_model,
        targets.provider as to_provider,
        targets.model as to_model,
        usage.calls,
        usage.input_tokens,
        usage.cached_input_tokens,
        usage.output_tokens,
        usage.effective_cost_usd,
        {{ contracted_cost() }} as cost_after_usd
    from task_usage as usage
    inner join targets on usage.provider <> targets.provider or usage.model <> targets.model
    left join current_prices as prices
        on
            targets.provider = prices.provider
            and targets.model = prices.model
            and usage.service_tier = prices.service_tier
    where usage.is_judged

),

switches as (

    select
        task_type,
        from_provider,
        from_model,
        to_provider,
        to_model,
        cast(sum(calls) as bigint) as calls,
        cast(sum(input_tokens) as bigint) as input_tokens,
        cast(sum(cached_input_tokens) as bigint) as cached_input_tokens,
        cast(sum(output_tokens) as bigint) as output_tokens,
        {{ money('sum(effective_cost_usd)') }} as current_cost_usd,
        case when count(cost_after_usd) = count(*) then {{ money('sum(cost_after_usd)') }} end as cost_after_usd
    from repriced
    group by task_type, from_provider, from_model, to_provider, to_model

),

counted as (

    select
        task_type,
        provider,
        model,
        cast(sum(case when is_judged then 0 else calls end) as bigint) as calls_not_judged
    from task_usage
    group by task_type, provider, model

),

compared as (

    select
        switches.task_type,
        switches.from_provider,
        switches.from_model,
        switches.to_provider,
        switches.to_model,
        switches.calls,
        counted.calls_not_judged,
        switches.input_tokens,
        switches.cached_input_tokens,
        switches.output_tokens,
        switches.current_cost_usd,
        switches.cost_after_usd,
        {{ money('switches.current_cost_usd - switches.cost_after_usd') }} as savings_usd
    from switches
    inner join counted
        on
            switches.task_type = counted.task_type
            and switches.from_provider = counted.provider
            and switches.from_model = counted.model

)

select * from compared
