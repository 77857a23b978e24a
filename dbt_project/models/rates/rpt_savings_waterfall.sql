{# one row per step from the spend of the trailing 30 days to what would be left: the spend, each kind of action by how it counts, the rest #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

resources as (

    select * from {{ ref('rpt_usage_optimizations') }}
    where is_dearest_of_resource

),

all_spend as (

    select * from {{ ref('rpt_spend_by_category') }}
    where service_category = 'all'

),

kinds as (

    select * from {{ ref('savings_actions') }}

),

judged as (

    {{ judged_actions() }}

),

{# The days of a piece of work stand on one of its parts; what saves once and not every month is no step. #}
actions as (

    select
        *,
        case when row_number() over (partition by work_id order by action_id asc) = 1 then work_effort_days end as effort_days
    from judged
    where one_off_avoided_cost_usd is null

),

counted as (

    select
        *,
        case
            when is_counted then 'yes'
            when is_illustrative then 'no: example offers'
            when net_monthly_savings_usd > 0 then 'no: pays back too late'
            else 'no: part of another'
        end as counting
    from actions

),

calls as (

    select {{ money('sum(usage_daily.effective_cost_usd)') }} as calls_usd
    from usage_daily
    inner join as_of on usage_daily.usage_date between as_of.window_start_date and as_of.as_of_date

),

machines as (

    select {{ money('coalesce(sum(scope_cost_usd), 0)') }} as resources_usd
    from resources

),

spend as (

    select
        machines.resources_usd,
        all_spend.cost_usd as all_spend_usd,
        {{ money('calls.calls_usd + machines.resources_usd') }} as spend_usd
    from calls
    cross join machines
    left join all_spend on true

),

of_kind as (

    select
        action_kind,
        counting,
        is_counted,
        count(*) as actions,
        count(distinct work_id) as works,
        {{ money('sum(gross_monthly_savings_usd)') }} as gross_usd,
        {{ money('sum(gross_monthly_savings_usd - net_monthly_savings_usd)') }} as overlap_usd,
        {{ money('sum(net_monthly_savings_usd)') }} as net_usd,
        {{ money('sum(low_monthly_savings_usd)') }} as low_usd,
        {{ money('sum(high_monthly_savings_usd)') }} as high_usd,
        {{ money('sum(scope_cost_usd)') }} as scope_cost_usd,
        cast(sum(effort_days) as decimal(18, 2)) as effort_days
    from counted
    group by action_kind, counting, is_counted

),

of_all as (

    select
        cast(coalesce(sum(actions) filter (where is_counted), 0) as bigint) as actions,
        cast(coalesce(sum(works) filter (where is_counted), 0) as bigint) as works,
        {{ money('coalesce(sum(gross_usd) filter (where is_counted), 0)') }} as gross_usd,
        {{ money('coalesce(sum(overlap_usd) filter (where is_counted), 0)') }} as overlap_usd,
        {{ money('coalesce(sum(net_usd) filter (where is_counted), 0)') }} as net_usd,
        {{ money('coalesce(sum(low_usd) filter (where is_counted), 0)') }} as low_usd,
        {{ money('coalesce(sum(high_usd) filter (where is_counted), 0)') }} as high_usd,
        cast(coalesce(sum(effort_days) filter (where is_counted), 0) as decimal(18, 2)) as effort_days
    from of_kind

),

steps as (

    select
        cast(0 as integer) as step_order, 'spend in the period' as step, true as is_total, cast(null as string) as action_kind, 'yes' as counting,
        cast(null as bigint) as actions, cast(null as bigint) as works, {{ money('null') }} as gross_usd, {{ money('null') }} as overlap_usd,
        {{ money(0) }} as net_usd, {{ money('null') }} as low_usd, {{ money('null') }} as high_usd, {{ money('null') }} as scope_cost_usd,
        cast(null as decimal(18, 2)) as effort_days, cast(null as string) as assumption
    union all
    select
        kinds.applied_order as step_order, replace(kinds.action_kind, '_', ' ') as step, false as is_total, kinds.action_kind, of_kind.counting,
        of_kind.actions, of_kind.works, of_kind.gross_usd, of_kind.overlap_usd, of_kind.net_usd, of_kind.low_usd, of_kind.high_usd,
        of_kind.scope_cost_usd, of_kind.effort_days, kinds.assumption
    from of_kind
    inner join kinds on of_kind.action_kind = kinds.action_kind
    union all
    select
        cast(99 as integer) as step_order, 'what would be left' as step, true as is_total, cast(null as string) as action_kind, 'yes' as counting,
        actions, works, gross_usd, overlap_usd, net_usd, low_usd, high_usd, {{ money('null') }} as scope_cost_usd, effort_days,
        cast(null as string) as assumption
    from of_all

),

placed as (

    select
        steps.*,
        spend.spend_usd,
        spend.resources_usd,
        spend.all_spend_usd,
        {{ money("spend.spend_usd - sum(case when steps.counting = 'yes' and not steps.is_total then steps.net_usd else 0 end) over so_far") }} as left_usd
    from steps
    cross join spend
    window so_far as (order by steps.step_order range between unbounded preceding and current row)

),

final as (

    select
        step_order, step, action_kind, counting, is_total,
        case when is_total then left_usd when counting = 'yes' then net_usd end as amount_usd,
        case when is_total then {{ money(0) }} when counting = 'yes' then left_usd end as lower_usd,
        case when is_total then left_usd when counting = 'yes' then {{ money('left_usd + net_usd') }} end as upper_usd,
        actions, works, gross_usd, overlap_usd, net_usd, {{ ratio('net_usd', 'spend_usd') }} as net_share, low_usd, high_usd,
        scope_cost_usd, effort_days, assumption, spend_usd, resources_usd, all_spend_usd,
        {{ money('all_spend_usd - spend_usd') }} as not_examined_usd
    from placed

)

select * from final
