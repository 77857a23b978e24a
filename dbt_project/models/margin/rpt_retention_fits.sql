{# one row per subscription tier (`all` is every tier) with departures: the retention that was fitted, and what a customer is worth by it #}

with survived as (

    select * from {{ ref('int_retention_survival') }}

),

ages as (

    select * from {{ ref('int_retention_by_age') }}

),

margins as (

    select * from {{ ref('int_customer_margins') }}

),

observed as (

    select
        subscription_tier,
        cast(sum(at_risk) as bigint) as customer_months,
        cast(sum(departures) as bigint) as departures
    from ages
    group by subscription_tier

),

lifetimes as (

    select
        subscription_tier,
        is_best,
        alpha,
        beta,
        log_likelihood,
        {{ stable_sum('survival_share / power(1 + ' ~ assumption('lifetime_discount_monthly') ~ ', age_month)') }} as lifetime_months,
        max(case when age_month = 1 then survival_share end) as first_month_retention_share,
        max(case when age_month = 12 then survival_share end) as first_year_survival_share
    from survived
    group by subscription_tier, is_best, alpha, beta, log_likelihood

),

ranged as (

    select
        subscription_tier,
        max(case when is_best then alpha end) as alpha,
        max(case when is_best then beta end) as beta,
        max(case when is_best then log_likelihood end) as log_likelihood,
        max(case when is_best then lifetime_months end) as lifetime_months,
        min(lifetime_months) as lower_lifetime_months,
        max(lifetime_months) as upper_lifetime_months,
        max(case when is_best then first_month_retention_share end) as first_month_retention_share,
        max(case when is_best then first_year_survival_share end) as first_year_survival_share
    from lifetimes
    group by subscription_tier

),

paying as (

    select
        subscription_tier,
        gross_margin_usd
    from margins
    where revenue_usd > 0

),

customer_margins as (

    select subscription_tier, gross_margin_usd from paying
    union all
    select 'all' as subscription_tier, gross_margin_usd from paying

),

monthly as (

    select
        subscription_tier,
        {{ money_of_double(ratio('sum(gross_margin_usd)', 'count(gross_margin_usd)')) }} as monthly_margin_usd
    from customer_margins
    group by subscription_tier

),

final as (

    select
        ranged.subscription_tier,
        observed.customer_months,
        observed.departures,
        observed.departures < {{ assumption('churn_small_sample_below') }} as is_small_sample,
        round(ranged.alpha, 6) as alpha,
        round(ranged.beta, 6) as beta,
        round(ranged.log_likelihood, 6) as log_likelihood,
        round(ranged.first_month_retention_share, 9) as first_month_retention_share,
        round(ranged.first_year_survival_share, 9) as first_year_survival_share,
        round(ranged.lifetime_months, 6) as lifetime_months,
        round(ranged.lower_lifetime_months, 6) as lower_lifetime_months,
        round(ranged.upper_lifetime_months, 6) as upper_lifetime_months,
        {# One churn rate for all, discounted alike: 1 + r + r^2 + ... with r = (1 - churn) / (1 + discount). #}
        round(1 / (1 - (1 - {{ ratio('observed.departures', 'observed.customer_months') }}) / (1 + {{ assumption('lifetime_discount_monthly') }})), 6) as constant_churn_lifetime_months,
        monthly.monthly_margin_usd,
        {{ money_of_double('monthly.monthly_margin_usd * ranged.lifetime_months') }} as lifetime_value_usd,
        {{ money_of_double('monthly.monthly_margin_usd * ranged.lower_lifetime_months') }} as lower_lifetime_value_usd,
        {{ money_of_double('monthly.monthly_margin_usd * ranged.upper_lifetime_months') }} as upper_lifetime_value_usd
    from ranged
    inner join observed on ranged.subscription_tier = observed.subscription_tier
    left join monthly on ranged.subscription_tier = monthly.subscription_tier

)

select * from final
