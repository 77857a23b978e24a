{# one row per product x feature, and one for what belongs to none; the trailing 30 days #}

with features_described as (

    select * from {{ ref('int_features_described') }}

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

final as (

    select
        product_id,
        feature_id,
        team_id,
        calls,
        uncosted_calls,
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
