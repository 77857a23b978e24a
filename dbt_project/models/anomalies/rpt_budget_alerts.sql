{# one row per alert on a budget: that a limit was reached, on which day, and whether it was sent; as the build found it: a page may
   not read the file of alerts #}

with budgets as (

    select * from {{ ref('int_budgets') }}

),

costs as (

    select * from {{ ref('int_budget_costs_daily') }}

),

rules as (

    select * from {{ ref('alert_rules') }}

),

assumptions as (

    select * from {{ ref('assumptions') }}

),

events as (

    select * from {{ ref('fct_alert_events') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

limits as (

    select
        rules.rule_id,
        rules.measure,
        rules.subject_type,
        rules.comparison,
        rules.severity,
        coalesce(rules.threshold_value, assumptions.value) as limit_share,
        coalesce(amounts.value, 0) as over_from_usd,
        case rules.severity when 'critical' then 1 when 'warning' then 2 else 3 end as severity_rank
    from rules
    left join assumptions on rules.threshold_name = assumptions.name
    left join assumptions as amounts on rules.at_risk_from_name = amounts.name
    where rules.is_on and rules.measure in ('budget_used', 'budget_projected')

),

spent as (

    select
        budgets.scope,
        budgets.period,
        case budgets.period when 'month' then budgets.scope_id else budgets.scope_id || ' ' || budgets.period end as subject_id,
        case budgets.scope when 'total' then 'All spend' else coalesce(owners.owner_name, budgets.scope_id) end as subject_name,
        budgets.period_start_date,
        budgets.budget_usd,
        costs.usage_date,
        sum(costs.cost_usd) over (
            partition by budgets.scope, budgets.scope_id, budgets.period, budgets.period_start_date
            order by costs.usage_date
            rows between unbounded preceding and current row
        ) as spent_usd
    from budgets
    inner join costs
        on
            budgets.scope = costs.scope
            and budgets.scope_id = costs.scope_id
            and costs.usage_date between budgets.period_start_date and budgets.period_end_date
    left join owners on budgets.scope = owners.owner_type and budgets.scope_id = owners.owner_id and owners.is_latest
    where budgets.budget_usd > 0

),

{# By the data as it stands, whether or not somebody had the rules judged on that day. #}
reached as (

    select
        {{ alert_id('limits.rule_id', 'spent.scope', 'spent.period_start_date', 'spent.subject_id') }} as alert_id,
        limits.rule_id,
        spent.scope,
        spent.subject_id,
        spent.subject_name,
        spent.period,
        spent.period_start_date,
        max(spent.budget_usd) as budget_usd,
        min(spent.usage_date) as reached_date
    from spent
    inner join limits
        on
            limits.measure = 'budget_used'
            and coalesce(limits.subject_type, spent.scope) = spent.scope
            and case limits.comparison
                when 'at least' then {{ ratio('spent.spent_usd', 'spent.budget_usd') }} >= limits.limit_share
                when 'above' then {{ ratio('spent.spent_usd', 'spent.budget_usd') }} > limits.limit_share
            end
            and cast(greatest(spent.spent_usd - spent.budget_usd, 0) as double) >= limits.over_from_usd
    group by limits.rule_id, spent.scope, spent.subject_id, spent.subject_name, spent.period, spent.period_start_date

),

fired as (

    select
        events.alert_id,
        max(events.rule_id) as rule_id,
        max(events.subject_type) as scope,
        max(events.subject_id) as subject_id,
        max(events.subject_name) as subject_name,
        max(events.period_start_date) as period_start_date,
        min(events.as_of_date) as fired_as_of_date,
        min(events.event_at) as fired_at
    from events
    inner join limits on events.rule_id = limits.rule_id
    where events.event_type = 'fired'
    group by events.alert_id

),

alerts as (

    select
        coalesce(reached.alert_id, fired.alert_id) as alert_id,
        coalesce(reached.rule_id, fired.rule_id) as rule_id,
        coalesce(reached.scope, fired.scope) as scope,
        coalesce(reached.subject_id, fired.subject_id) as subject_id,
        coalesce(reached.subject_name, fired.subject_name) as subject_name,
        coalesce(
            reached.period,
            case when fired.subject_id like '% quarter' then 'quarter' when fired.subject_id like '% year' then 'year' else 'month' end
        ) as period,
        coalesce(reached.period_start_date, fired.period_start_date) as period_start_date,
        coalesce(reached.reached_date, fired.fired_as_of_date) as alert_date,
        {{ money('reached.budget_usd') }} as budget_usd,
        reached.reached_date,
        fired.fired_at
    from reached
    full outer join fired on reached.alert_id = fired.alert_id

),

final as (

    select
        alerts.alert_id,
        alerts.rule_id,
        limits.measure,
        limits.severity,
        limits.limit_share,
        alerts.scope,
        alerts.subject_id,
        alerts.subject_name,
        alerts.period,
        alerts.period_start_date,
        alerts.alert_date,
        alerts.budget_usd,
        alerts.reached_date,
        alerts.fired_at,
        row_number() over (
            partition by alerts.scope, alerts.subject_id, alerts.period_start_date, limits.measure, cast(date_trunc('month', alerts.alert_date) as date)
            order by limits.limit_share desc, limits.severity_rank asc, alerts.rule_id asc
        ) = 1 as is_highest_of_month
    from alerts
    inner join limits on alerts.rule_id = limits.rule_id

)

select * from final
