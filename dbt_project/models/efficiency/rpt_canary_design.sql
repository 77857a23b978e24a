{# one row per task type with a recommended switch: how many scored answers a canary needs to see the fall in quality that is allowed, and how
   long they take #}

{% set share = assumption('canary_call_share') %}
{% set percent = "cast(cast(round(100 * " ~ share ~ ") as integer) as string) || ' %'" %}
{% set days_of_data = days_between('greatest(as_of.window_start_date, as_of.first_usage_date)', 'as_of.as_of_date') %}

with targets as (

    select * from {{ ref('int_model_switch_targets') }}
    where is_recommended

),

switches as (

    select * from {{ ref('int_model_switches_assessed') }}

),

quality as (

    select * from {{ ref('int_model_quality') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# How much scores of single calls differ, as the error of their mean shows it: scores of one customer-day belong together. #}
spread as (

    select
        *,
        power(quality_standard_error, 2) * quality_scored_calls as score_variance
    from quality

),

moved as (

    select
        switches.task_type,
        switches.to_provider,
        switches.to_model,
        max(switches.maximum_quality_loss) as maximum_quality_loss,
        max(cast(switches.minimum_quality_score as double)) as minimum_quality_score,
        {{ ratio('sum(' ~ decimal_of_double('switches.from_quality_score_avg * switches.calls', 'decimal(28, 9)') ~ ')', 'sum(switches.calls)') }} as today_quality_score_avg,
        sum(switches.calls) as calls,
        sum(switches.from_quality_scored_calls) as scored_calls,
        {{ ratio('sum(' ~ decimal_of_double('from_spread.score_variance * switches.from_quality_scored_calls', 'decimal(28, 9)') ~ ')', 'sum(switches.from_quality_scored_calls)') }} as from_variance,
        max(to_spread.score_variance) as to_variance
    from switches
    inner join targets
        on switches.task_type = targets.task_type and switches.to_provider = targets.to_provider and switches.to_model = targets.to_model
    inner join spread as from_spread
        on switches.task_type = from_spread.task_type and switches.from_provider = from_spread.provider and switches.from_model = from_spread.model
    inner join spread as to_spread
        on switches.task_type = to_spread.task_type and switches.to_provider = to_spread.provider and switches.to_model = to_spread.model
    where switches.is_acceptable
    group by switches.task_type, switches.to_provider, switches.to_model

),

paced as (

    select
        moved.*,
        cast(moved.calls as double) / ({{ days_of_data }} + 1) as calls_per_day,
        cast(moved.scored_calls as double) / ({{ days_of_data }} + 1) as scored_per_day,
        power(({{ assumption('pilot_significance_z') }} + {{ assumption('pilot_power_z') }}) / nullif(cast(moved.maximum_quality_loss as double), 0), 2)
            as answers_per_variance
    from moved
    cross join as_of

),

{# Of a comparison of two means, one of a part of the calls and one of the rest: the answers that both need together. #}
needed as (

    select
        *,
        cast(ceil(round(
            answers_per_variance * (to_variance / {{ share }} + from_variance / (1 - {{ share }})), 6
        )) as bigint) as scored_needed,
        cast(ceil(round(answers_per_variance * 2 * (to_variance + from_variance), 6)) as bigint) as scored_needed_of_half
    from paced

),

timed as (

    select
        *,
        cast(ceil(round(scored_needed * {{ share }}, 6)) as bigint) as canary_scored_needed,
        cast(ceil(round({{ ratio('scored_needed', 'scored_per_day') }}, 6)) as bigint) as canary_days,
        cast(ceil(round({{ ratio('scored_needed_of_half', 'scored_per_day') }}, 6)) as bigint) as half_days,
        cast(greatest(ceil(round(scored_needed / {{ assumption('canary_days_up_to') }} - scored_per_day, 6)), 0) as bigint) as more_scored_per_day
    from needed

),

{# A task that keeps its floor today must not fall below it, however much its score may fall. #}
judged as (

    select
        *,
        case
            when today_quality_score_avg >= minimum_quality_score
                then greatest(today_quality_score_avg - cast(maximum_quality_loss as double), minimum_quality_score)
            else today_quality_score_avg - cast(maximum_quality_loss as double)
        end as stop_below_score,
        coalesce(canary_days <= {{ assumption('canary_days_up_to') }}, false) as can_be_measured,
        scored_per_day + more_scored_per_day <= calls_per_day as is_enough_called
    from timed

),

worded as (

    select
        *,
        case
            when scored_needed is null then 'No fall is allowed, and none can be ruled out'
            when can_be_measured
                then
                    'Send ' || {{ percent }} || ' of the calls to ' || to_model || ' for ' || {{ days_in_words('canary_days') }} || ': '
                    || cast(canary_scored_needed as string) || ' scored answers there show a fall of '
                    || cast({{ decimal_of_double('100 * maximum_quality_loss', 'decimal(5, 1)') }} as string) || ' points of 100'
                    || coalesce('; stop if they score below ' || cast({{ decimal_of_double('100 * stop_below_score', 'decimal(5, 1)') }} as string) || ' on average', '')
            else
                'Cannot be measured at today''s rate with ' || {{ percent }} || ' of the calls: '
                || case when is_enough_called then 'score ' || cast(more_scored_per_day as string) || ' more answers a day, or ' else '' end
                || 'go on for ' || {{ days_in_words('canary_days') }} || ' (' || {{ days_in_words('half_days') }} || ' with half of the calls)'
        end as verdict
    from judged

),

final as (

    select
        task_type,
        to_provider,
        to_model,
        cast(calls as bigint) as calls,
        scored_per_day,
        cast(maximum_quality_loss as double) as maximum_quality_loss,
        today_quality_score_avg,
        stop_below_score,
        scored_needed,
        canary_scored_needed,
        scored_per_day * 7 * {{ share }} as canary_scored_per_week,
        canary_days,
        half_days,
        case when is_enough_called then more_scored_per_day end as more_scored_per_day,
        can_be_measured,
        verdict
    from worded

)

select * from final
