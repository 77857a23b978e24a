{# one row per plan; every customer of the trailing 30 days re-rated under it, and whether to choose it #}

with plans_summed as (

    select * from {{ ref('int_plans_summed') }}

),

{# The first reason that holds speaks against the plan. #}
judged as (

    select
        *,
        {{ money('gross_margin_usd - current_gross_margin_usd') }} as gross_margin_change_usd,
        {{ money('gross_margin_base_churn_usd - current_gross_margin_usd') }} as gross_margin_change_base_churn_usd,
        case
            when is_current_plan then 'today'
            when customers_priced = 0 then 'names_no_tier_in_use'
            when steep_rise_customer_share > steep_rise_customers_up_to_share then 'too_many_steep_rises'
            when gross_margin_high_churn_usd < current_gross_margin_usd then 'loses_margin_under_high_churn'
            when gross_margin_base_churn_usd - current_gross_margin_usd < margin_gain_from_share * abs(current_gross_margin_usd)
                then 'gains_too_little'
            else 'eligible'
        end as verdict
    from plans_summed

),

{# Today's plan stands behind every eligible one: it is recommended when there is none. #}
ranked as (

    select
        *,
        row_number() over (
            order by
                case verdict when 'eligible' then 1 when 'today' then 2 else 3 end asc,
                gross_margin_base_churn_usd desc,
                steep_rise_customer_share asc,
                plan_id asc
        ) as recommendation_rank
    from judged

),

final as (

    select
        plan_id,
        plan_name,
        plan_kind,
        is_current_plan,
        customers,
        revenue_usd,
        usage_fee_usd,
        cost_to_serve_usd,
        gross_margin_usd,
        gross_margin_share,
        current_revenue_usd,
        revenue_change_usd,
        current_gross_margin_usd,
        gross_margin_change_usd,
        unprofitable_customers,
        paying_customers,
        customers_paying_more,
        customers_paying_less,
        customers_unchanged,
        customers_with_steep_rise,
        steep_rise_customer_share,
        customers_lost_low_churn,
        customers_lost_base_churn,
        customers_lost_high_churn,
        revenue_low_churn_usd,
        revenue_base_churn_usd,
        revenue_high_churn_usd,
        gross_margin_low_churn_usd,
        gross_margin_base_churn_usd,
        gross_margin_high_churn_usd,
        gross_margin_change_base_churn_usd,
        verdict,
        recommendation_rank = 1 and verdict in ('eligible', 'today') as is_recommended,
        list_fee_usd,
        list_fee_paid_usd,
        customers_with_list_fee,
        customers_with_other_fee,
        coalesce(is_other_list, false) as is_other_list
    from ranked

)

select * from final
