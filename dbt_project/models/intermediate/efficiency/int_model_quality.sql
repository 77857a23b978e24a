{# one row per task type x provider x model with scored calls, trailing 30 days: mean quality and how sure it is #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# The scores of one customer on one day belong together: the same prompts, the same texts. How much such means
   differ from each other, not how much single scores do, says how far the overall mean can be trusted. #}
customer_days as (

    select
        usage_daily.task_type,
        usage_daily.provider,
        usage_daily.model,
        usage_daily.customer_id,
        usage_daily.usage_date,
        cast(sum(usage_daily.quality_scored_calls) as bigint) as scored_calls,
        sum(usage_daily.quality_score_sum) as score_sum
    from usage_daily
    inner join as_of on usage_daily.usage_date between as_of.window_start_date and as_of.as_of_date
    where usage_daily.quality_scored_calls > 0
    group by all

),

means as (

    select
        task_type,
        provider,
        model,
        count(*) as scored_customer_days,
        cast(sum(scored_calls) as bigint) as quality_scored_calls,
        {{ ratio('sum(score_sum)', 'sum(scored_calls)') }} as quality_score_avg
    from customer_days
    group by task_type, provider, model

),

deviations as (

    select
        means.task_type,
        means.provider,
        means.model,
        {{ stable_sum('power(cast(customer_days.score_sum as double) - means.quality_score_avg * customer_days.scored_calls, 2)') }} as squares
    from customer_days
    inner join means
        on
            customer_days.task_type = means.task_type
            and customer_days.provider = means.provider
            and customer_days.model = means.model
    group by means.task_type, means.provider, means.model

),

measured as (

    select
        means.task_type,
        means.provider,
        means.model,
        means.quality_scored_calls,
        means.scored_customer_days,
        means.quality_score_avg,
        sqrt(deviations.squares * {{ ratio('means.scored_customer_days', 'means.scored_customer_days - 1') }})
        / means.quality_scored_calls as quality_standard_error,
        means.quality_scored_calls >= {{ assumption('quality_min_scored_calls') }} and means.scored_customer_days > 1 as is_measured
    from means
    inner join deviations
        on
            means.task_type = deviations.task_type
            and means.provider = deviations.provider
            and means.model = deviations.model

)

select * from measured
