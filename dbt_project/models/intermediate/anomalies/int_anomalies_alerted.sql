{# one row per rule of kind cost_anomaly x customer x recent stretch of abnormal days that it holds for #}

with anomalies as (

    select * from {{ ref('fct_cost_anomalies') }}

),

rules as (

    select * from {{ ref('int_alert_rules') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# The cause that is named is that of the day that cost most beyond the expected. #}
stretches as (

    select
        customer_id,
        episode_start_date,
        max(customer_name) as customer_name,
        max(usage_date) as last_date,
        count(*) as abnormal_days,
        {{ money('sum(expected_cost_usd)') }} as expected_cost_usd,
        {{ money('sum(observed_cost_usd)') }} as observed_cost_usd,
        {{ money('sum(excess_cost_usd)') }} as excess_cost_usd,
        max_by(cause_feature_id, excess_cost_usd) as cause_feature_id,
        max_by(cause_model, excess_cost_usd) as cause_model
    from anomalies
    group by customer_id, episode_start_date

),

held as (

    select
        rules.rule_id,
        'customer' as subject_type,
        stretches.customer_id as subject_id,
        stretches.customer_name as subject_name,
        stretches.episode_start_date as period_start_date,
        stretches.last_date as period_end_date,
        cast(stretches.excess_cost_usd as double) as observed_value,
        cast(null as double) as prior_value,
        stretches.excess_cost_usd as amount_usd,
        {{ name_text('stretches.customer_name', 'stretches.customer_id') }} || ' cost ' || {{ usd_text('stretches.observed_cost_usd') }}
        || case when stretches.abnormal_days = 1 then ' on ' else ' in ' || cast(stretches.abnormal_days as string) || ' days from ' end
        || cast(stretches.episode_start_date as string) || ' where ' || {{ usd_text('stretches.expected_cost_usd') }} || ' was to be expected: '
        || {{ usd_text('stretches.excess_cost_usd') }} || ' more'
        || coalesce(', most of it ' || stretches.cause_feature_id || ' on ' || stretches.cause_model, '') || '.' as message,
        'anomalies.fct_cost_anomalies' as source_mart,
        'select * from anomalies.fct_cost_anomalies where episode_start_date = cast('
        || {{ quoted_text('cast(stretches.episode_start_date as string)') }} || ' as date) and customer_id = '
        || {{ quoted_text('stretches.customer_id') }} || ';' as source_query
    from stretches
    cross join as_of
    inner join rules on rules.rule_kind = 'cost_anomaly' and stretches.excess_cost_usd >= rules.threshold_value
    where
        stretches.last_date > as_of.as_of_date - cast({{ assumption('alert_anomaly_days') }} as integer)
        and stretches.episode_start_date <= as_of.as_of_date

)

select * from held
