{# one row per product x feature, and one for what belongs to none; the trailing 30 days #}

with features_described as (

    select * from {{ ref('int_features_described') }}

),

feature_savings as (

    select * from {{ ref('int_feature_savings') }}

),

recommendations as (

    select * from {{ ref('rpt_model_recommendations') }}

),

shortfalls as (

    select * from {{ ref('rpt_quality_shortfalls') }}

),

feature_tasks as (

    select * from {{ ref('int_feature_tasks') }}

),

{# The part of a feature in what its tasks cost more or less once they are lifted to their quality floors. #}
lifts as (

    select
        feature_tasks.product_id,
        feature_tasks.feature_id,
        {{ money('sum(' ~ money_of_double('cast(shortfalls.advised_cost_change_usd as double) * feature_tasks.task_cost_share') ~ ')') }} as own_lift_cost_usd
    from feature_tasks
    inner join shortfalls on feature_tasks.task_type = shortfalls.task_type and shortfalls.advised_cost_change_usd is not null
    group by feature_tasks.product_id, feature_tasks.feature_id

),

{# The margin that what is advised on its own calls would leave. #}
planned as (

    select
        features_described.*,
        feature_savings.only_task_type,
        feature_savings.tasks,
        feature_savings.open_tasks,
        coalesce(feature_savings.open_savings_usd, {{ money(0) }}) as open_savings_usd,
        coalesce(feature_savings.own_savings_usd, {{ money(0) }}) as own_savings_usd,
        coalesce(feature_savings.counted_actions, 0) as counted_actions,
        coalesce(feature_savings.counted_savings_usd, {{ money(0) }}) as counted_savings_usd,
        coalesce(feature_savings.counted_savings_low_usd, {{ money(0) }}) as counted_savings_low_usd,
        coalesce(feature_savings.counted_savings_high_usd, {{ money(0) }}) as counted_savings_high_usd,
        coalesce(lifts.own_lift_cost_usd, {{ money(0) }}) as own_lift_cost_usd,
        {{ money('features_described.gross_margin_usd + coalesce(feature_savings.own_savings_usd, 0) - coalesce(lifts.own_lift_cost_usd, 0)') }} as margin_after_savings_usd
    from features_described
    left join feature_savings
        on features_described.product_id = feature_savings.product_id and features_described.feature_id = feature_savings.feature_id
    left join lifts on features_described.product_id = lifts.product_id and features_described.feature_id = lifts.feature_id

),

{# The first reason that holds decides. Growth that is not known (no 30 days before) neither saves nor promotes a feature. #}
reasoned as (

    select
        *,
        case
            when is_unallocated then null
            when calls = 0 then 'not_used'
            when gross_margin_usd < 0 and margin_after_savings_usd >= 0 then 'loses_money_until_savings_are_made'
            when
                gross_margin_usd < 0
                and adoption_share < {{ assumption('feature_sunset_adoption_below') }}
                and coalesce(calls_change_share, 0) < {{ assumption('feature_sunset_growth_below') }}
                then 'loses_money_with_few_users'
            when gross_margin_usd < 0 then 'loses_money_but_used'
            when
                gross_margin_usd is null
                or costed_call_share < {{ assumption('margin_costed_calls_from') }}
                then 'cost_unknown'
            when
                gross_margin_share >= {{ assumption('feature_invest_margin_from') }}
                and adoption_share >= {{ assumption('feature_invest_adoption_from') }}
                then 'high_margin_widely_used'
            when
                gross_margin_share >= {{ assumption('feature_invest_margin_from') }}
                and calls_change_share >= {{ assumption('feature_invest_growth_from') }}
                then 'high_margin_growing'
            else 'pays_its_way'
        end as decision_reason
    from planned

),

decided as (

    select
        *,
        case
            when decision_reason in ('not_used', 'loses_money_with_few_users') then 'sunset'
            when decision_reason in ('high_margin_widely_used', 'high_margin_growing') then 'invest'
            when decision_reason is not null then 'keep'
        end as decision,
        coalesce(not is_unallocated and gross_margin_usd < 0, false) as is_unprofitable
    from reasoned

),

final as (

    select
        decided.product_id,
        decided.feature_id,
        case when decided.is_unallocated then 'unallocated' else decided.product_id || ': ' || replace(decided.feature_id, '_', ' ') end as feature_name,
        decided.team_id,
        decided.calls,
        decided.uncosted_calls,
        decided.successful_calls,
        decided.prior_successful_calls,
        decided.calls_change_share,
        decided.customers_using,
        decided.active_customers,
        decided.adoption_share,
        decided.allocated_revenue_usd,
        decided.cost_to_serve_usd,
        decided.customerless_cost_usd,
        {{ ratio('decided.cost_to_serve_usd', 'sum(decided.cost_to_serve_usd) over ()') }} as cost_share,
        {{ money_of_double(ratio('decided.cost_to_serve_usd', 'decided.successful_calls')) }} as cost_per_call_usd,
        {{ money_of_double(ratio('decided.cost_to_serve_usd', 'decided.customers_using')) }} as cost_per_customer_usd,
        {{ money_of_double(ratio('decided.allocated_revenue_usd', 'decided.customers_using')) }} as revenue_per_customer_usd,
        decided.gross_margin_usd,
        decided.gross_margin_share,
        decided.is_unprofitable,
        decided.calls_per_customer_p50,
        decided.calls_per_customer_p90,
        decided.top_tenth_call_share,
        decided.top_tenth_customers,
        decided.top_tenth_cost_usd,
        decided.usage_gini,
        decided.decision,
        decided.decision_reason,
        cast(row_number() over (
            partition by decided.decision order by decided.gross_margin_usd desc nulls last, decided.product_id asc, decided.feature_id asc
        ) as bigint) as decision_rank,
        {{ money_times('decided.gross_margin_usd', assumption('feature_invest_growth_from')) }} as growth_margin_usd,
        {{ money_times('decided.cost_to_serve_usd', assumption('feature_invest_growth_from')) }} as growth_cost_usd,
        case
            when decided.only_task_type is null or decided.only_task_type = decided.feature_id then replace(decided.feature_id, '_', ' ')
            else replace(decided.feature_id, '_', ' ') || ' (task ' || replace(decided.only_task_type, '_', ' ') || ')'
        end as subject,
        decided.only_task_type,
        decided.tasks,
        recommendations.decision as task_decision,
        recommendations.verdict as task_verdict,
        shortfalls.advised_moves as task_advised_moves,
        shortfalls.advised_cost_change_usd as task_advised_cost_change_usd,
        shortfalls.owner_role as task_owner_role,
        shortfalls.advised_effort as task_advised_effort,
        decided.open_tasks,
        decided.open_savings_usd,
        decided.own_savings_usd,
        decided.own_lift_cost_usd,
        decided.margin_after_savings_usd,
        {{ ratio('decided.margin_after_savings_usd', 'decided.allocated_revenue_usd') }} as margin_after_savings_share,
        decided.counted_actions,
        decided.counted_savings_usd,
        decided.counted_savings_low_usd,
        decided.counted_savings_high_usd
    from decided
    left join recommendations on decided.only_task_type = recommendations.task_type
    left join shortfalls on decided.only_task_type = shortfalls.task_type

)

select * from final
