{# one row per product x feature, and one for what belongs to none; the trailing 30 days #}

with features_described as (

    select * from {{ ref('int_features_described') }}

),

actions_on_calls as (

    select * from {{ ref('int_actions_on_calls') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# The first reason that holds decides. Growth that is not known (no 30 days before) neither saves nor promotes a feature. #}
reasoned as (

    select
        features_described.*,
        case
            when features_described.is_unallocated then null
            when features_described.calls = 0 then 'not_used'
            when
                features_described.gross_margin_usd < 0
                and features_described.adoption_share < {{ assumption('feature_sunset_adoption_below') }}
                and coalesce(features_described.calls_change_share, 0) < {{ assumption('feature_sunset_growth_below') }}
                then 'loses_money_with_few_users'
            when features_described.gross_margin_usd < 0 then 'loses_money_but_used'
            when
                features_described.gross_margin_usd is null
                or features_described.costed_call_share < {{ assumption('margin_costed_calls_from') }}
                then 'cost_unknown'
            when
                features_described.gross_margin_share >= {{ assumption('feature_invest_margin_from') }}
                and features_described.adoption_share >= {{ assumption('feature_invest_adoption_from') }}
                then 'high_margin_widely_used'
            when
                features_described.gross_margin_share >= {{ assumption('feature_invest_margin_from') }}
                and features_described.calls_change_share >= {{ assumption('feature_invest_growth_from') }}
                then 'high_margin_growing'
            else 'pays_its_way'
        end as decision_reason
    from features_described

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

tasks as (

    select distinct usage_daily.product_id, usage_daily.feature_id, usage_daily.task_type
    from usage_daily
    inner join as_of on usage_daily.usage_date between as_of.window_start_date and as_of.as_of_date

),

savings as (

    select
        task_type,
        count(*) as actions,
        sum(net_monthly_savings_usd) as net_usd,
        sum(low_monthly_savings_usd) as low_usd,
        sum(high_monthly_savings_usd) as high_usd
    from actions_on_calls
    where is_counted
    group by task_type

),

{# A saving belongs to a task, in which several features share: to be summed it counts with the one of them that loses most. #}
shared_savings as (

    select
        decided.product_id,
        decided.feature_id,
        savings.*,
        row_number() over (
            partition by savings.task_type
            order by decided.is_unallocated asc, decided.gross_margin_usd asc nulls last, decided.product_id asc, decided.feature_id asc
        ) = 1 as is_counted_here
    from decided
    inner join tasks on decided.product_id = tasks.product_id and decided.feature_id = tasks.feature_id
    inner join savings on tasks.task_type = savings.task_type

),

open_savings as (

    select
        product_id,
        feature_id,
        {{ string_agg_sorted("replace(task_type, '_', ' ')", ', ') }} as open_tasks,
        {{ money('sum(net_usd)') }} as open_savings_usd,
        cast(coalesce(sum(actions) filter (where is_counted_here), 0) as bigint) as counted_actions,
        {{ money('coalesce(sum(net_usd) filter (where is_counted_here), 0)') }} as counted_savings_usd,
        {{ money('coalesce(sum(low_usd) filter (where is_counted_here), 0)') }} as counted_savings_low_usd,
        {{ money('coalesce(sum(high_usd) filter (where is_counted_here), 0)') }} as counted_savings_high_usd
    from shared_savings
    group by product_id, feature_id

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
        open_savings.open_tasks,
        coalesce(open_savings.open_savings_usd, {{ money(0) }}) as open_savings_usd,
        coalesce(open_savings.counted_actions, 0) as counted_actions,
        coalesce(open_savings.counted_savings_usd, {{ money(0) }}) as counted_savings_usd,
        coalesce(open_savings.counted_savings_low_usd, {{ money(0) }}) as counted_savings_low_usd,
        coalesce(open_savings.counted_savings_high_usd, {{ money(0) }}) as counted_savings_high_usd
    from decided
    left join open_savings on decided.product_id = open_savings.product_id and decided.feature_id = open_savings.feature_id

)

select * from final
