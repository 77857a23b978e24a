{# one row per product x feature, and one for what belongs to none; the trailing 30 days #}

with features_summed as (

    select * from {{ ref('int_features_summed') }}

),

distributed as (

    select * from {{ ref('int_feature_usage_distributed') }}

),

customer_margins as (

    select * from {{ ref('rpt_customer_margins') }}

),

features as (

    select * from {{ ref('dim_features') }}

),

margin_rules as (

    select * from {{ ref('margin_rules') }}

),

rules as (

    select
        max(rule_value) filter (where rule_name = 'feature_sunset_adoption_below') as sunset_adoption_below,
        max(rule_value) filter (where rule_name = 'feature_sunset_growth_below') as sunset_growth_below,
        max(rule_value) filter (where rule_name = 'feature_invest_margin_from') as invest_margin_from,
        max(rule_value) filter (where rule_name = 'feature_invest_adoption_from') as invest_adoption_from,
        max(rule_value) filter (where rule_name = 'feature_invest_growth_from') as invest_growth_from
    from margin_rules

),

active as (

    select count(*) as active_customers
    from customer_margins
    where has_activity

),

described as (

    select
        features_summed.*,
        coalesce(features.team_id, 'unallocated') as team_id,
        features_summed.feature_id = 'unallocated' as is_unallocated,
        cast(coalesce(distributed.customers_using, 0) as bigint) as customers_using,
        cast(active.active_customers as bigint) as active_customers,
        {{ ratio('coalesce(distributed.customers_using, 0)', 'active.active_customers') }} as adoption_share,
        {{ money('features_summed.allocated_revenue_usd - features_summed.cost_to_serve_usd') }} as gross_margin_usd,
        {{ ratio('features_summed.successful_calls - features_summed.prior_successful_calls', 'features_summed.prior_successful_calls') }}
            as calls_change_share,
        distributed.calls_per_customer_p50,
        distributed.calls_per_customer_p90,
        distributed.top_tenth_call_share,
        distributed.usage_gini
    from features_summed
    cross join active
    left join distributed
        on features_summed.product_id = distributed.product_id and features_summed.feature_id = distributed.feature_id
    left join features
        on features_summed.product_id = features.product_id and features_summed.feature_id = features.feature_id

),

with_margin as (

    select
        *,
        {{ ratio('gross_margin_usd', 'allocated_revenue_usd') }} as gross_margin_share
    from described

),

{# The first reason that holds decides. Growth that is not known (no 30 days before) neither saves nor promotes a feature. #}
reasoned as (

    select
        with_margin.*,
        case
            when with_margin.is_unallocated then null
            when with_margin.calls = 0 then 'not_used'
            when
                with_margin.gross_margin_usd < 0
                and with_margin.adoption_share < rules.sunset_adoption_below
                and coalesce(with_margin.calls_change_share, 0) < rules.sunset_growth_below
                then 'loses_money_with_few_users'
            when with_margin.gross_margin_usd < 0 then 'loses_money_but_used'
            when with_margin.gross_margin_share >= rules.invest_margin_from and with_margin.adoption_share >= rules.invest_adoption_from
                then 'high_margin_widely_used'
            when with_margin.gross_margin_share >= rules.invest_margin_from and with_margin.calls_change_share >= rules.invest_growth_from
                then 'high_margin_growing'
            else 'pays_its_way'
        end as decision_reason
    from with_margin
    cross join rules

),

final as (

    select
        product_id,
        feature_id,
        team_id,
        calls,
        successful_calls,
        prior_successful_calls,
        calls_change_share,
        customers_using,
        active_customers,
        adoption_share,
        allocated_revenue_usd,
        cost_to_serve_usd,
        gross_margin_usd,
        gross_margin_share,
        calls_per_customer_p50,
        calls_per_customer_p90,
        top_tenth_call_share,
        usage_gini,
        case
            when decision_reason in ('not_used', 'loses_money_with_few_users') then 'sunset'
            when decision_reason in ('high_margin_widely_used', 'high_margin_growing') then 'invest'
            when decision_reason is not null then 'keep'
        end as decision,
        decision_reason
    from reasoned

)

select * from final
