{# one row per subscription tier with customers: what one of them is worth on average, those without a margin among them #}

with churn_rates as (

    select * from {{ ref('rpt_churn_rates') }}

),

lifetime_values as (

    select * from {{ ref('rpt_customer_lifetime_values') }}

),

acquisition_costs as (

    select * from {{ ref('acquisition_costs') }}

),

{# Customers that left, are too new, or of whose cost too little is known say nothing of the next one. #}
judged as (

    select
        *,
        lifetime_value_status in ('estimated', 'churn_unknown', 'margin_not_positive') as is_counted
    from lifetime_values

),

averaged as (

    select
        subscription_tier,
        cast(count(*) filter (where is_counted) as bigint) as valued_customers,
        cast(count(*) filter (where lifetime_value_status = 'margin_not_positive') as bigint) as customers_without_margin,
        {{ money_of_double(ratio(
            'sum(monthly_gross_margin_usd) filter (where is_counted)', 'count(monthly_gross_margin_usd) filter (where is_counted)'
        )) }} as monthly_gross_margin_usd,
        max(acquisition_cost_usd) as acquisition_cost_usd
    from judged
    group by subscription_tier

),

{# A loss is the larger the longer it lasts, so its cautious end is the life that was observed. #}
valued as (

    select
        averaged.*,
        churn_rates.churned_customers,
        churn_rates.customer_months,
        churn_rates.monthly_churn_rate,
        least(churn_rates.monthly_churn_rate_high, 1) as monthly_churn_rate_high,
        churn_rates.is_small_sample,
        coalesce(lower(acquisition_costs.basis) like 'illustrative%', false) as is_acquisition_cost_illustrative,
        {{ money_of_double(ratio('averaged.monthly_gross_margin_usd', 'churn_rates.monthly_churn_rate')) }} as value_usd,
        {{ money_of_double(ratio(
            'averaged.monthly_gross_margin_usd',
            'case when averaged.monthly_gross_margin_usd > 0 then churn_rates.monthly_churn_rate_high else churn_rates.monthly_churn_rate end'
        )) }} as low_value_usd
    from averaged
    inner join churn_rates on averaged.subscription_tier = churn_rates.subscription_tier
    left join acquisition_costs on averaged.subscription_tier = acquisition_costs.subscription_tier

),

final as (

    select
        subscription_tier,
        churned_customers,
        customer_months,
        monthly_churn_rate,
        monthly_churn_rate_high,
        is_small_sample,
        valued_customers,
        customers_without_margin,
        monthly_gross_margin_usd,
        value_usd,
        low_value_usd,
        acquisition_cost_usd,
        case when monthly_gross_margin_usd > 0 then {{ ratio('acquisition_cost_usd', 'monthly_gross_margin_usd') }} end as payback_months,
        {{ ratio('low_value_usd', 'acquisition_cost_usd') }} as low_value_to_acquisition_cost,
        is_acquisition_cost_illustrative
    from valued

)

select * from final
