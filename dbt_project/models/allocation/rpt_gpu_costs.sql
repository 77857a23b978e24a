{# one row per rollup of the GPU costs of the trailing 30 days: all, by machine, by team, by machine and team #}

with gpu_costs_daily as (

    select * from {{ ref('rpt_gpu_costs_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

in_window as (

    select
        gpu_costs_daily.*,
        coalesce(gpu_costs_daily.instance_type, 'unknown') as machine_type,
        as_of.window_start_date,
        as_of.as_of_date,
        case when gpu_costs_daily.measured_gpu_hours is not null then gpu_costs_daily.allocated_gpu_hours end as measurable_gpu_hours
    from gpu_costs_daily
    inner join as_of on gpu_costs_daily.usage_date between as_of.window_start_date and as_of.as_of_date

),

final as (

    select
        case
            when grouping(machine_type) = 0 and grouping(team_id) = 0 then 'machine_and_team'
            when grouping(machine_type) = 0 then 'machine'
            when grouping(team_id) = 0 then 'team'
            else 'total'
        end as rollup_level,
        max(window_start_date) as first_date,
        max(as_of_date) as last_date,
        coalesce(provider_name, 'all') as provider_name,
        coalesce(machine_type, 'all') as instance_type,
        coalesce(team_id, 'all') as team_id,
        coalesce(team_name, 'All') as team_name,
        cast(sum(requested_gpu_hours) as decimal(28, 9)) as requested_gpu_hours,
        cast(sum(allocated_gpu_hours) as decimal(28, 9)) as allocated_gpu_hours,
        cast(sum(measured_gpu_hours) as decimal(28, 9)) as measured_gpu_hours,
        {{ ratio('sum(measured_gpu_hours)', 'sum(measurable_gpu_hours)') }} as busy_share,
        cast(sum(idle_gpu_hours) as decimal(28, 9)) as idle_gpu_hours,
        {{ money('sum(cost_usd)') }} as cost_usd,
        {{ money('sum(recorded_cost_usd)') }} as recorded_cost_usd,
        {{ money(money('sum(cost_usd)') ~ ' - ' ~ money('coalesce(sum(recorded_cost_usd), 0)')) }} as unrecorded_cost_usd,
        {{ money('sum(idle_cost_usd)') }} as idle_cost_usd,
        {{ ratio('sum(idle_cost_usd)', 'sum(recorded_cost_usd)') }} as idle_share,
        cast(count(distinct case when cost_usd > 0 then usage_date end) as integer) as paid_days,
        cast(count(distinct case when recorded_cost_usd is not null then usage_date end) as integer) as recorded_days,
        {{ ratio('sum(recorded_cost_usd)', 'sum(allocated_gpu_hours) + coalesce(sum(idle_gpu_hours), 0)') }} as usd_per_gpu_hour,
        {{ money('sum(ledger_cost_usd)') }} as ledger_cost_usd,
        {{ money(money('sum(cost_usd)') ~ ' - ' ~ money('coalesce(sum(ledger_cost_usd), 0)')) }} as use_less_ledger_usd
    from in_window
    group by grouping sets ((), (provider_name, machine_type), (team_id, team_name), (provider_name, machine_type, team_id, team_name))
    having count(*) > 0

)

select * from final
