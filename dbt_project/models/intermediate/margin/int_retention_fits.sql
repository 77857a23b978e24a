{# one row per subscription tier x candidate of alpha and beta of the shifted beta-geometric: the likeliest, and those of a coarse grid that are not much less likely #}

with ages as (

    select * from {{ ref('int_retention_by_age') }}

),

steps as (

    {{ whole_numbers(-20, 20) }}

),

{# Nothing can be fitted where nobody left, or nobody stayed. #}
fitted as (

    select subscription_tier
    from ages
    group by subscription_tier
    having sum(departures) > 0 and sum(departures) < sum(at_risk)

),

{# In logarithms, since both parameters are above zero: from e^-4 to e^6, then five times around the likeliest at a tenth of the step. #}
points_0 as (

    select
        fitted.subscription_tier,
        1 + steps.number * cast(0.25 as double) as ln_alpha,
        1 + other_steps.number * cast(0.25 as double) as ln_beta
    from fitted
    cross join steps
    cross join steps as other_steps

),
{%- for step in [0, 1, 2, 3, 4, 5] %}

{# Who is there at age k leaves in it with the chance alpha / (alpha + beta + k - 1). #}
scored_{{ step }} as (

    select
        points.subscription_tier,
        points.ln_alpha,
        points.ln_beta,
        {{ stable_sum(
            'ages.departures * points.ln_alpha + (ages.at_risk - ages.departures) * ln(exp(points.ln_beta) + ages.age_month - 1)'
            ~ ' - ages.at_risk * ln(exp(points.ln_alpha) + exp(points.ln_beta) + ages.age_month - 1)'
        ) }} as log_likelihood
    from points_{{ step }} as points
    inner join ages on points.subscription_tier = ages.subscription_tier
    group by points.subscription_tier, points.ln_alpha, points.ln_beta

),

best_{{ step }} as (

    select *
    from scored_{{ step }}
    qualify row_number() over (partition by subscription_tier order by log_likelihood desc nulls last, ln_alpha asc, ln_beta asc) = 1

),
{%- if step < 5 %}

points_{{ step + 1 }} as (

    select
        best.subscription_tier,
        best.ln_alpha + steps.number * cast({{ 0.25 / 10 ** (step + 1) }} as double) as ln_alpha,
        best.ln_beta + other_steps.number * cast({{ 0.25 / 10 ** (step + 1) }} as double) as ln_beta
    from best_{{ step }} as best
    cross join steps
    cross join steps as other_steps

),
{%- endif %}
{%- endfor %}

{# Half of the 95 % point of chi-square with one degree of freedom: what is less likely than that is outside the interval. #}
candidates as (

    select
        subscription_tier,
        exp(ln_alpha) as alpha,
        exp(ln_beta) as beta,
        log_likelihood,
        true as is_best
    from best_5
    union all
    select
        scored.subscription_tier,
        exp(scored.ln_alpha) as alpha,
        exp(scored.ln_beta) as beta,
        scored.log_likelihood,
        false as is_best
    from scored_0 as scored
    inner join best_5 on scored.subscription_tier = best_5.subscription_tier and scored.log_likelihood >= best_5.log_likelihood - 1.92

)

select * from candidates
