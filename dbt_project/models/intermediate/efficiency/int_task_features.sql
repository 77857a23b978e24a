{# one row per task type used in the trailing 30 days: its name for the reader, with that of the feature where one alone calls models for it #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

called as (

    select distinct
        usage_daily.task_type,
        nullif(usage_daily.feature_id, 'unallocated') as feature_id
    from usage_daily
    inner join as_of on usage_daily.usage_date between as_of.window_start_date and as_of.as_of_date

),

final as (

    select
        task_type,
        case
            when count(feature_id) = 1 and min(feature_id) <> task_type
                then replace(task_type, '_', ' ') || ' (feature ' || replace(min(feature_id), '_', ' ') || ')'
            else replace(task_type, '_', ' ')
        end as subject
    from called
    group by task_type

)

select * from final
