{# one row per subscription tier (`all` is every tier) with departures x month of life, the first 24: who of new customers is still there, and what one brings in #}

with survived as (

    select * from {{ ref('int_retention_survival') }}

),

margins as (

    select * from {{ ref('int_customer_margins') }}

),

paying as (

    select subscription_tier, revenue_usd from margins
    where revenue_usd > 0
    union all
    select 'all' as subscription_tier, revenue_usd from margins
    where revenue_usd > 0

),

fees as (

    select
        subscription_tier,
        {{ money_of_double(ratio('sum(revenue_usd)', 'count(*)')) }} as monthly_revenue_usd
    from paying
    group by subscription_tier

),

{# A month is paid for by who is there when it begins. #}
months as (

    select
        subscription_tier,
        is_best,
        age_month + 1 as month_of_life,
        survival_share as paying_share,
        lead(survival_share) over along as survival_share,
        sum(survival_share) over along as paid_months
    from survived
    window along as (partition by subscription_tier, is_best, alpha, beta order by age_month)

),

ranged as (

    select
        subscription_tier,
        {%- for column in ['survival_share', 'paying_share', 'paid_months'] %}
        max(case when is_best then {{ column }} end) as {{ column }},
        min({{ column }}) as lower_{{ column }},
        max({{ column }}) as upper_{{ column }},
        {%- endfor %}
        month_of_life
    from months
    where month_of_life <= 24
    group by subscription_tier, month_of_life

),

final as (

    select
        ranged.subscription_tier,
        cast(ranged.month_of_life as integer) as month_of_life,
        {%- for end in ['', 'lower_', 'upper_'] %}
        round({{ 'ranged.' ~ end ~ 'survival_share' }}, 9) as {{ end }}survival_share,
        {{ money_of_double('ranged.' ~ end ~ 'paying_share * fees.monthly_revenue_usd') }} as {{ end }}revenue_usd,
        {{ money_of_double('ranged.' ~ end ~ 'paid_months * fees.monthly_revenue_usd') }} as {{ end }}revenue_so_far_usd,
        {%- endfor %}
        fees.monthly_revenue_usd
    from ranged
    left join fees on ranged.subscription_tier = fees.subscription_tier

)

select * from final
