{# one row per known customer; value of its margin until it leaves, seen from the as-of date #}

with customer_margins as (

    select * from {{ ref('int_customer_margins') }}

),

churn_rates as (

    select * from {{ ref('rpt_churn_rates') }}

),

acquisition_costs as (

    select * from {{ ref('acquisition_costs') }}

),

{# A customer that was not there for all 30 days is scaled to a month of 30 days. #}
monthly as (

    select
        customer_margins.*,
        {{ assumption('lifetime_value_active_days_from') }} as active_days_from,
        {{ money_of_double(ratio('30 * revenue_usd', 'subscribed_days')) }} as monthly_revenue_usd,
        {{ money_of_double(ratio('30 * gross_margin_usd', 'subscribed_days')) }} as monthly_gross_margin_usd
    from customer_margins

),

joined as (

    select
        monthly.*,
        churn_rates.monthly_churn_rate,
        churn_rates.monthly_churn_rate_low,
        churn_rates.monthly_churn_rate_high,
        coalesce(churn_rates.is_small_sample, true) as is_small_sample,
        acquisition_costs.acquisition_cost_usd,
        case
            when not monthly.is_active then 'churned'
            when monthly.subscribed_days < monthly.active_days_from then 'too_little_history'
            when monthly.monthly_gross_margin_usd <= 0 then 'margin_not_positive'
            when monthly.margin_status = 'cost_unknown' then 'cost_unknown'
            when churn_rates.monthly_churn_rate is null or churn_rates.monthly_churn_rate = 0 then 'churn_unknown'
            else 'estimated'
        end as lifetime_value_status
    from monthly
    left join churn_rates on monthly.subscription_tier = churn_rates.subscription_tier
    left join acquisition_costs on monthly.subscription_tier = acquisition_costs.subscription_tier

),

valued as (

    select
        customer_id,
        customer_name,
        subscription_tier,
        usage_archetype,
        subscribed_days,
        monthly_revenue_usd,
        monthly_gross_margin_usd,
        gross_margin_share,
        monthly_churn_rate,
        monthly_churn_rate_low,
        monthly_churn_rate_high,
        is_small_sample,
        lifetime_value_status,
        case when lifetime_value_status = 'estimated' then {{ ratio('1', 'monthly_churn_rate') }} end as expected_lifetime_months,
        case
            when lifetime_value_status = 'estimated'
                then {{ money_of_double(ratio('monthly_gross_margin_usd', 'monthly_churn_rate')) }}
        end as lifetime_value_usd,
        case
            when lifetime_value_status in ('estimated', 'churn_unknown')
                then {{ money_of_double(ratio('monthly_gross_margin_usd', 'monthly_churn_rate_high')) }}
        end as lifetime_value_low_usd,
        case
            when lifetime_value_status in ('estimated', 'churn_unknown')
                then {{ money_of_double(ratio('monthly_gross_margin_usd', 'monthly_churn_rate_low')) }}
        end as lifetime_value_high_usd,
        cast(acquisition_cost_usd as decimal(28, 12)) as acquisition_cost_usd,
        case
            when lifetime_value_status in ('estimated', 'churn_unknown')
                then {{ ratio('acquisition_cost_usd', 'monthly_gross_margin_usd') }}
        end as payback_months
    from joined

),

compared as (

    select
        *,
        {{ ratio('lifetime_value_usd', 'acquisition_cost_usd') }} as lifetime_value_to_acquisition_cost
    from valued

)

select * from compared
