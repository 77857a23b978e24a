{# one row per budget rule x team x month that it holds for, in the month of the as-of date and the one after #}

with budget_status as (

    select * from {{ ref('rpt_budget_status') }}

),

rules as (

    select * from {{ ref('int_alert_rules') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

recent as (

    select
        budget_status.*,
        budget_status.days_in_month - cast(extract(day from as_of.as_of_date) as integer) as days_remaining,
        budget_status.month_start_date = cast(date_trunc('month', as_of.as_of_date) as date) as is_this_month,
        {{ ratio('budget_status.projected_cost_usd', 'budget_status.budget_usd') }} as projected_share
    from budget_status
    cross join as_of
    where
        budget_status.month_start_date >= cast(date_trunc('month', as_of.as_of_date) as date)
        and budget_status.budget_usd > 0

),

used as (

    select
        rules.rule_id,
        recent.*,
        recent.consumed_share as observed_value,
        recent.actual_cost_usd as amount_usd,
        'Team ' || {{ name_text('recent.team_name', 'recent.team_id') }} || ' has used ' || {{ percent_text('recent.consumed_share') }}
        || ' of its budget for ' || {{ month_text('recent.month_start_date') }} || ': '
        || {{ usd_text('recent.actual_cost_usd') }} || ' of ' || {{ usd_text('recent.budget_usd') }}
        || case when recent.days_remaining > 0 then '; days of the month left: ' || cast(recent.days_remaining as string) else '' end || '.' as message
    from recent
    inner join rules on rules.rule_kind = 'budget_used' and recent.consumed_share >= rules.threshold_value
    where recent.is_this_month

),

{# A budget that is already used up needs no forecast. #}
heading_over as (

    select
        rules.rule_id,
        recent.*,
        recent.projected_share as observed_value,
        {{ money('recent.projected_cost_usd - recent.budget_usd') }} as amount_usd,
        'Team ' || {{ name_text('recent.team_name', 'recent.team_id') }} || ' is heading for '
        || {{ usd_text('recent.projected_cost_usd') }} || ' in ' || {{ month_text('recent.month_start_date') }} || ', '
        || {{ percent_text('recent.projected_share') }} || ' of its budget of ' || {{ usd_text('recent.budget_usd') }}
        || case when recent.projection_method = 'daily rate' then ', if the days to come cost what those so far did.' else ', by the forecast.' end
            as message
    from recent
    inner join rules on rules.rule_kind = 'forecast_over_budget' and recent.projected_share > rules.threshold_value
    where recent.month_phase <> 'ended' and coalesce(recent.actual_cost_usd, 0) < recent.budget_usd

),

held as (

    select * from used
    union all
    select * from heading_over

),

final as (

    select
        rule_id,
        'team' as subject_type,
        team_id as subject_id,
        team_name as subject_name,
        month_start_date as period_start_date,
        last_day(month_start_date) as period_end_date,
        observed_value,
        cast(null as double) as prior_value,
        amount_usd,
        message,
        'allocation.rpt_budget_status' as source_mart,
        'select * from allocation.rpt_budget_status where month_start_date = cast(' || {{ quoted_text('cast(month_start_date as string)') }}
        || ' as date) and team_id = ' || {{ quoted_text('team_id') }} || ';' as source_query
    from held

)

select * from final
