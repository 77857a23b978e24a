{# one row per task type x model in use x other model: what the calls of the trailing 30 days would cost on the other one #}

with task_usage as (

    select * from {{ ref('int_task_usage') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

quality as (

    select
        task_type,
        provider,
        model,
        cast(sum(quality_scored_calls) as bigint) as quality_scored_calls,
        {{ ratio('sum(quality_score_sum)', 'sum(quality_scored_calls)') }} as quality_score_avg,
        cast(sum(case when is_judged then 0 else calls end) as bigint) as calls_not_judged
    from task_usage
    group by task_type, provider, model

),

current_prices as (

    select price_periods.*
    from price_periods
    inner join as_of
        on
            price_periods.valid_from < {{ start_of_day('as_of.as_of_date + 1') }}
            and {{ start_of_day('as_of.as_of_date + 1') }} <= price_periods.valid_to

),

targets as (

    select distinct provider, model from current_prices

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

compared as (

    select
        switches.task_type,
        switches.from_provider,
        switches.from_model,
        switches.to_provider,
        switches.to_model,
        switches.calls,
        from_quality.calls_not_judged,
        switches.input_tokens,
        switches.cached_input_tokens,
        switches.output_tokens,
        switches.current_cost_usd,
        switches.cost_after_usd,
        {{ money('switches.current_cost_usd - switches.cost_after_usd') }} as savings_usd,
        from_quality.quality_scored_calls as from_quality_scored_calls,
        from_quality.quality_score_avg as from_quality_score_avg,
        coalesce(to_quality.quality_scored_calls, 0) as to_quality_scored_calls,
        to_quality.quality_score_avg as to_quality_score_avg,
        to_quality.quality_score_avg - from_quality.quality_score_avg as quality_change,
        {# Half of a 95 % interval. A score between 0 and 1 with mean m varies by at most m (1 - m), so it is never too narrow. #}
        1.96 * sqrt(
            {{ ratio('from_quality.quality_score_avg * (1 - from_quality.quality_score_avg)', 'from_quality.quality_scored_calls') }}
            + {{ ratio('to_quality.quality_score_avg * (1 - to_quality.quality_score_avg)', 'to_quality.quality_scored_calls') }}
        ) as quality_change_margin
    from switches
    inner join quality as from_quality
        on
            switches.task_type = from_quality.task_type
            and switches.from_provider = from_quality.provider
            and switches.from_model = from_quality.model
    left join quality as to_quality
        on
            switches.task_type = to_quality.task_type
            and switches.to_provider = to_quality.provider
            and switches.to_model = to_quality.model

)

select * from compared
