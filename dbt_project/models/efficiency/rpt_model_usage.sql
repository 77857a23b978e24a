{# one row per provider x model, trailing 30 days to the as-of date: how often its calls fail, what is not known of their cost, and whether its sale has ended #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

switches as (

    select * from {{ ref('rpt_model_switch_savings') }}
    where is_recommended

),

retirements as (

    select * from {{ ref('model_retirements') }}

),

models as (

    select
        usage_daily.provider,
        usage_daily.model,
        cast(sum(usage_daily.calls) as bigint) as calls,
        cast(sum(usage_daily.failed_calls) as bigint) as failed_calls,
        {{ ratio('sum(usage_daily.failed_calls)', 'sum(usage_daily.calls)') }} as failure_share,
        cast(sum(usage_daily.unpriced_calls) as bigint) as unpriced_calls,
        cast(coalesce(sum(usage_daily.uncosted_calls) filter (where usage_daily.unpriced_calls > 0), 0) as bigint) as unpriced_uncosted_calls,
        cast(coalesce(sum(usage_daily.calls_without_usage) filter (where usage_daily.unpriced_calls > 0), 0) as bigint) as unpriced_calls_without_usage,
        {{ money('sum(usage_daily.unpriced_billed_cost_usd) filter (where usage_daily.unpriced_calls > 0)') }} as unpriced_billed_cost_usd,
        {{ money('sum(usage_daily.effective_cost_usd)') }} as cost_usd,
        max(as_of.as_of_date) as as_of_date
    from usage_daily
    inner join as_of on usage_daily.usage_date between as_of.window_start_date and as_of.as_of_date
    group by usage_daily.provider, usage_daily.model

),

moves as (

    select
        from_provider,
        from_model,
        sum(calls) as moved_calls
    from switches
    group by from_provider, from_model

),

compared as (

    select
        *,
        first_value(model) over by_failures as best_model,
        first_value(failure_share) over by_failures as best_failure_share,
        first_value(calls) over by_failures as best_calls,
        {{ ratio('sum(failed_calls) over ()', 'sum(calls) over ()') }} as all_failure_share
    from models
    window by_failures as (order by failure_share asc, calls desc, provider asc, model asc)

),

final as (

    select
        compared.provider,
        compared.model,
        compared.calls,
        compared.failed_calls,
        compared.failure_share,
        {{ ratio('moves.moved_calls', 'compared.calls') }} as moved_call_share,
        compared.best_model,
        compared.best_failure_share,
        {{ ratio('compared.failure_share', 'compared.best_failure_share') }} as failure_ratio,
        cast(compared.failed_calls as double) - cast(compared.calls as double) * compared.best_failure_share as avoidable_calls,
        {{ ratio(
            'compared.failure_share - compared.best_failure_share',
            'sqrt(compared.all_failure_share * (1 - compared.all_failure_share) * (1 / cast(compared.calls as double) + 1 / cast(compared.best_calls as double)))'
        ) }} as standard_errors_apart,
        compared.unpriced_calls,
        compared.unpriced_uncosted_calls,
        compared.unpriced_billed_cost_usd,
        {# Calls without token counts need no price. #}
        compared.unpriced_calls > compared.unpriced_calls_without_usage as is_price_missing,
        compared.cost_usd,
        retirements.retired_on as retired_date,
        coalesce(retirements.retired_on <= compared.as_of_date, false) as is_kept_beyond_end,
        {{ money('coalesce(sum(case when retirements.retired_on <= compared.as_of_date then compared.cost_usd end) over (), 0)') }} as ended_cost_usd,
        {{ ratio('coalesce(sum(case when retirements.retired_on <= compared.as_of_date then compared.cost_usd end) over (), 0)', 'sum(compared.cost_usd) over ()') }} as ended_cost_share
    from compared
    left join retirements on compared.provider = retirements.provider and compared.model = retirements.model
    left join moves on compared.provider = moves.from_provider and compared.model = moves.from_model

)

select * from final
