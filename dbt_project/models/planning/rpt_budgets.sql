{# one row per budget in force: scope x period #}

with budgets as (

    select * from {{ ref('int_budgets_projected') }}

),

outlooks as (

    select * from {{ ref('rpt_cost_outlook') }}

),

savings as (

    select * from {{ ref('int_budget_savings') }}

),

{# The range of the 30-day forecast of the scope; where it has none that of AI for who uses models, else of the total. #}
ranged as (

    select
        budgets.*,
        savings.open_savings_usd,
        savings.open_savings_low_usd,
        savings.open_savings_on_calls_usd,
        savings.lift_savings_usd,
        savings.period_savings_usd,
        savings.period_savings_low_usd,
        savings.all_saved_from_date,
        {{ ratio('coalesce(outlooks.lower_usd, totals.lower_usd)', 'coalesce(outlooks.forecast_usd, totals.forecast_usd)') }} as lower_ratio,
        {{ ratio('coalesce(outlooks.upper_usd, totals.upper_usd)', 'coalesce(outlooks.forecast_usd, totals.forecast_usd)') }} as upper_ratio,
        case when budgets.period_phase <> 'ended' then outlooks.days_within_range_share end as days_within_range_share,
        case when budgets.period_phase <> 'ended' then outlooks.sums_within_range_share end as sums_within_range_share
    from budgets
    left join outlooks
        on budgets.scope = outlooks.scope and budgets.scope_id = outlooks.scope_id and outlooks.lower_usd is not null
    left join outlooks as totals
        on
            totals.scope = case when budgets.scope in ('organization', 'customer', 'product', 'feature') then 'component' else 'total' end
            and totals.scope_id in ('ai', 'total')
    left join savings
        on
            budgets.scope = savings.scope
            and budgets.scope_id = savings.scope_id
            and budgets.period = savings.period
            and budgets.period_start_date = savings.period_start_date

),

totalled as (

    select
        *,
        {{ money_of_double('cast(actual_usd as double) + cost_ahead') }} as forecast_usd,
        {{ money_of_double('cast(actual_usd as double) + cost_ahead * lower_ratio') }} as lower_usd,
        {{ money_of_double('cast(actual_usd as double) + cost_ahead * upper_ratio') }} as upper_usd,
        {{ ratio('actual_usd', 'budget_usd') }} as burn_share,
        period_phase = 'ended' and covered_days > 0 and actual_usd > budget_to_date_usd as is_missed,
        period_phase = 'ended' and covered_days = period_days and {{ is_clearly_over('actual_usd', 'budget_usd') }} as is_clearly_missed
    from ranged

),

{# Periods of one length in a row, up to this one, whose budget was missed: a run of them says that the budget is wrong. #}
runs as (

    select
        *,
        sum(case when is_clearly_missed then 0 else 1 end) over (
            partition by scope, scope_id, period
            order by period_start_date
            rows between unbounded preceding and current row
        ) as run
    from totalled

),

counted as (

    select
        *,
        cast(sum(case when is_clearly_missed then 1 else 0 end) over (
            partition by scope, scope_id, period, run
            order by period_start_date
            rows between unbounded preceding and current row
        ) as integer) as missed_in_a_row
    from runs

),

{# What is missed again and again is the finding of its latest period. #}
repeated as (

    select
        *,
        coalesce(missed_in_a_row >= {{ assumption('budget_wrong_months_from') }}, false) as is_missed_again,
        case
            when period_phase = 'ended' or coalesce(forecast_usd <= budget_usd, true) then null
            when scope not in {{ company_scopes() }} then 'not known'
            when coalesce(open_savings_usd, 0) <= 0 then 'none is open'
            when period_savings_usd >= forecast_usd - budget_usd then 'they keep it'
            when period = 'month' and open_savings_usd >= forecast_usd - budget_usd then 'they keep later ones'
            else 'they take part of it'
        end as savings_verdict
    from counted

),

final as (

    select
        scope,
        scope_id,
        scope_name,
        period,
        period_start_date,
        period_end_date,
        period_phase,
        {{ money('budget_usd') }} as budget_usd,
        stated_by,
        gate,
        approver_role, decided_with_team_name, coalesce(decided_by_role, approver_role) as decided_by_role,
        last_covered_date,
        'UTC' as time_zone,
        cast(covered_days as integer) as covered_days,
        cast(period_days as integer) as period_days,
        actual_usd,
        budget_to_date_usd,
        {{ money('actual_usd - budget_to_date_usd') }} as variance_usd,
        burn_share,
        {{ ratio('actual_usd', 'budget_to_date_usd') }} as burn_rate,
        forecast_usd,
        forecast_basis,
        {# Four in five lie within the range: the logistic curve that is nearest to the normal one, whose tenth lies beyond 1.2816. #}
        case
            when period_phase <> 'ended' and gate = 'hard stop' and upper_usd > forecast_usd and forecast_usd > 0
                then round(1 / (1 + exp(1.702 * 1.2816 * ln(cast(budget_usd as double) / cast(forecast_usd as double)) / ln(cast(upper_usd as double) / cast(forecast_usd as double)))), 3)
        end as stop_chance_share,
        least(lower_usd, forecast_usd) as lower_usd,
        greatest(upper_usd, forecast_usd) as upper_usd,
        event_usd,
        days_within_range_share,
        sums_within_range_share,
        {{ money('forecast_usd - budget_usd') }} as overrun_usd,
        case
            when burn_share >= 1 then cast(1 as double)
            when burn_share >= 0.95 then cast(0.95 as double)
            when burn_share >= 0.8 then cast(0.8 as double)
            when burn_share >= 0.5 then cast(0.5 as double)
            else cast(0 as double)
        end as threshold_share,
        period_phase <> 'ended' and coalesce(forecast_usd > budget_usd, false) as is_forecast_over,
        {# From the last day with data; a budget that is used up is broken already, and one that lasts beyond its period is not broken. #}
        case
            when period_phase = 'running' and burn_share < 1 and forecast_usd > budget_usd
                then {{ ratio('budget_usd - actual_usd', 'daily_cost') }}
        end as days_to_breach,
        case
            when period_phase = 'running' and burn_share < 1 and upper_usd > budget_usd
                then {{ ratio('budget_usd - actual_usd', 'daily_cost * upper_ratio') }}
        end as earliest_days_to_breach,
        case
            when period_phase = 'running' and burn_share < 1 and lower_usd > budget_usd
                then {{ ratio('budget_usd - actual_usd', 'daily_cost * lower_ratio') }}
        end as latest_days_to_breach,
        missed_in_a_row,
        is_missed_again
        and period_start_date = max(case when is_missed_again then period_start_date end) over (partition by scope, scope_id, period) as is_repeatedly_missed,
        cast(last_covered_date + 14 as date) as decide_by_date,
        case
            when period_phase = 'ended' and covered_days = 0 then 'no data'
            when is_missed then 'over budget'
            when period_phase = 'ended' then 'within budget'
            when actual_usd > budget_usd then 'over budget'
            when forecast_usd is null then 'unknown'
            when forecast_usd > budget_usd then 'heading over budget'
            when gate = 'hard stop' and upper_usd > budget_usd then 'may stop'
            else 'on track'
        end as budget_status,
        open_savings_usd,
        open_savings_low_usd,
        open_savings_on_calls_usd,
        lift_savings_usd,
        period_savings_usd,
        period_savings_low_usd,
        all_saved_from_date,
        {{ money('forecast_usd - period_savings_usd') }} as forecast_after_savings_usd,
        {# A month of all savings: what a later month like this one would come to. #}
        case when period = 'month' then {{ money('forecast_usd - open_savings_usd') }} end as month_once_saved_usd,
        savings_verdict,
        case
            when savings_verdict in ('they keep it', 'they keep later ones') then 'change the use, not the budget'
            when savings_verdict = 'they take part of it' then 'change the use, then the budget'
            when savings_verdict is not null then 'decide on a cut or on another budget'
        end as advice
    from repeated

)

select * from final
