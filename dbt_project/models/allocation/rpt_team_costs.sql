{# one row per team with cost in the trailing 30 days or the 30 before #}

with allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

usage_borne as (

    select * from {{ ref('int_usage_borne_daily') }}

),

owners as (

    select * from {{ ref('dim_owners') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

features as (

    select * from {{ ref('dim_features') }}

),

feature_tasks as (

    select * from {{ ref('int_feature_tasks') }}

),

recommendations as (

    select * from {{ ref('rpt_model_recommendations') }}

),

shortfalls as (

    select * from {{ ref('rpt_quality_shortfalls') }}
    where advised_cost_change_usd < 0

),

open_savings as (

    select * from {{ ref('int_open_savings') }}
    where scope = 'team'

),

team_tasks as (

    select distinct
        features.team_id,
        feature_tasks.task_type
    from feature_tasks
    inner join features on feature_tasks.product_id = features.product_id and feature_tasks.feature_id = features.feature_id

),

{# Calls move to a cheaper model because it is as good, or because the task lies below its floor and the move lifts it. #}
task_types as (

    select
        team_tasks.team_id,
        count(*) as task_types,
        count(case when recommendations.decision = 'switch' then 1 end) as task_types_to_switch,
        count(case when recommendations.decision = 'lift' then shortfalls.task_type end) as task_types_to_lift_for_less,
        {{ string_agg_sorted("case when recommendations.decision = 'lift' then replace(shortfalls.task_type, '_', ' ') || ' calls: ' || shortfalls.advised_moves
            || case when shortfalls.advised_poorer_customers > 0 then ', poorer answers for ' || cast(shortfalls.advised_poorer_customers as string) || ' customers' else '' end end", '; ') }}
            as lifts_for_less
    from team_tasks
    inner join recommendations on team_tasks.task_type = recommendations.task_type
    left join shortfalls on team_tasks.task_type = shortfalls.task_type
    group by team_tasks.team_id

),

savings as (

    select
        scope_id as team_id,
        {{ money('sum(open_savings_usd)') }} as savings_on_calls_usd
    from open_savings
    where made_on in ('calls', 'lifts')
    group by scope_id

),

costs as (

    select
        allocated_costs.team_id,
        sum(case when allocated_costs.usage_date >= as_of.window_start_date then allocated_costs.allocated_cost_usd end) as cost_usd,
        sum(case when allocated_costs.usage_date < as_of.window_start_date then allocated_costs.allocated_cost_usd end) as prior_cost_usd
    from allocated_costs
    inner join as_of on allocated_costs.usage_date between as_of.prior_window_start_date and as_of.as_of_date
    where {{ serves_customers('allocated_costs') }}
    group by allocated_costs.team_id

),

usage_by_team as (

    select
        usage_borne.team_id,
        count(distinct case when usage_borne.is_allocated and usage_borne.usage_date >= as_of.window_start_date then usage_borne.customer_id end) as customers,
        sum(case when usage_borne.usage_date >= as_of.window_start_date then usage_borne.calls end) as calls,
        sum(case when usage_borne.usage_date >= as_of.window_start_date then usage_borne.failed_calls end) as failed_calls,
        sum(case when usage_borne.usage_date >= as_of.window_start_date then usage_borne.input_tokens + usage_borne.output_tokens end) as tokens,
        {# What the cost of a unit is divided by: calls and tokens whose cost is in the cost. #}
        sum(case when usage_borne.usage_date >= as_of.window_start_date then usage_borne.calls - usage_borne.uncosted_calls end) as costed_calls,
        sum(
            case
                when usage_borne.usage_date >= as_of.window_start_date
                    then usage_borne.input_tokens + usage_borne.output_tokens - usage_borne.uncosted_tokens
            end
        ) as costed_tokens,
        sum(case when usage_borne.usage_date < as_of.window_start_date then usage_borne.calls end) as prior_calls,
        sum(case when usage_borne.usage_date < as_of.window_start_date then usage_borne.calls - usage_borne.uncosted_calls end) as prior_costed_calls
    from usage_borne
    inner join as_of on usage_borne.usage_date between as_of.prior_window_start_date and as_of.as_of_date
    group by usage_borne.team_id

),

joined as (

    select
        costs.team_id,
        coalesce(owners.owner_name, costs.team_id) as team_name,
        coalesce(usage_by_team.customers, 0) as customers,
        coalesce(task_types.task_types, 0) as task_types,
        coalesce(task_types.task_types_to_switch, 0) as task_types_to_switch,
        coalesce(task_types.task_types_to_lift_for_less, 0) as task_types_to_lift_for_less,
        task_types.lifts_for_less,
        savings.savings_on_calls_usd,
        cast(coalesce(usage_by_team.calls, 0) as bigint) as calls,
        cast(coalesce(usage_by_team.failed_calls, 0) as bigint) as failed_calls,
        cast(coalesce(usage_by_team.tokens, 0) as bigint) as tokens,
        cast(coalesce(usage_by_team.costed_calls, 0) as bigint) as costed_calls,
        cast(coalesce(usage_by_team.costed_tokens, 0) as bigint) as costed_tokens,
        cast(coalesce(usage_by_team.prior_costed_calls, 0) as bigint) as prior_costed_calls,
        {{ money('coalesce(costs.cost_usd, 0)') }} as cost_usd,
        case when as_of.has_full_prior_period then {{ money('coalesce(costs.prior_cost_usd, 0)') }} end as prior_cost_usd,
        case when as_of.has_full_prior_period then cast(coalesce(usage_by_team.prior_calls, 0) as bigint) end as prior_calls
    from costs
    cross join as_of
    left join usage_by_team on costs.team_id = usage_by_team.team_id
    left join task_types on costs.team_id = task_types.team_id
    left join savings on costs.team_id = savings.team_id
    left join owners on costs.team_id = owners.owner_id and owners.is_latest

),

final as (

    select
        team_id,
        team_name,
        customers,
        calls,
        failed_calls,
        {{ ratio('failed_calls', 'calls') }} as failure_share,
        calls - costed_calls as uncosted_calls,
        tokens,
        cost_usd,
        {{ ratio('cost_usd', 'sum(cost_usd) over ()') }} as cost_share,
        cast(row_number() over (order by cost_usd desc, team_id asc) as integer) as cost_rank,
        {{ money_of_double(ratio('cost_usd', 'costed_calls')) }} as cost_per_call_usd,
        {{ ratio(ratio('cost_usd', 'costed_calls'), ratio('sum(cost_usd) over ()', 'sum(costed_calls) over ()')) }} as cost_per_call_to_average,
        {{ money_of_double('greatest(cast(cost_usd as double) - costed_calls * ' ~ ratio('sum(cost_usd) over ()', 'sum(costed_calls) over ()') ~ ', 0)') }} as cost_above_average_usd,
        {{ money_of_double(ratio('cost_usd', 'costed_tokens') ~ ' * 1000') }} as cost_per_1k_tokens_usd,
        prior_cost_usd,
        {{ money('cost_usd - prior_cost_usd') }} as cost_change_usd,
        {{ ratio('cost_usd', 'prior_cost_usd') }} - 1 as cost_change_share,
        prior_calls,
        {{ ratio('calls', 'prior_calls') }} - 1 as calls_change_share,
        {{ ratio(ratio('cost_usd', 'costed_calls'), ratio('prior_cost_usd', 'prior_costed_calls')) }} - 1 as cost_per_call_change_share,
        task_types,
        task_types_to_switch,
        task_types_to_lift_for_less,
        lifts_for_less,
        savings_on_calls_usd
    from joined

)

select * from final
