{# one row per segment (or all) x month of sign-up (or all) of customers who began without a fee: how far they came #}

{% set z = 1.96 %}

with plans as (

    select * from {{ ref('int_customers_validated') }}
    where rejection_reason is null

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

as_of as (

    select
        as_of_date,
        first_usage_date,
        {{ assumption('free_tier_allowance_tokens', 'bigint') }} as allowance_tokens,
        cast(floor({{ assumption('free_tier_free_months') }} * {{ days_of_mean_month() }}) as integer) as free_days
    from {{ ref('int_as_of_date') }}

),

{# Whose first plan has no fee. A plan with one, whenever it begins, is the conversion. #}
begun as (

    select
        plans.customer_id,
        coalesce(max(plans.usage_archetype), 'unknown') as segment,
        min(plans.signup_date) as signup_date,
        min(case when plans.monthly_fee_usd > 0 then plans.signup_date end) as converted_date,
        max(coalesce(plans.churned_date, as_of.as_of_date + 1)) as end_date
    from plans
    cross join as_of
    where plans.signup_date <= as_of.as_of_date
    group by plans.customer_id
    having min(case when plans.monthly_fee_usd = 0 then plans.signup_date end) = min(plans.signup_date)

),

months as (

    select
        begun.customer_id,
        sum(usage_daily.calls) as calls,
        sum(usage_daily.calls_without_usage) as calls_without_usage,
        sum(usage_daily.input_tokens + usage_daily.output_tokens) as tokens,
        sum(usage_daily.effective_cost_usd) as cost_usd
    from begun
    cross join as_of
    inner join usage_daily
        on
            begun.customer_id = usage_daily.customer_id
            and usage_daily.usage_date >= begun.signup_date
            and usage_daily.usage_date < coalesce(begun.converted_date, as_of.as_of_date + 1)
    group by begun.customer_id, cast(date_trunc('month', usage_daily.usage_date) as date)

),

used as (

    select
        months.customer_id,
        sum(months.calls) as calls,
        sum(months.calls_without_usage) as calls_without_usage,
        max(months.tokens) as most_tokens,
        sum(months.cost_usd) as cost_usd
    from months
    group by months.customer_id

),

{# Who signed up before the data begins was active, or reached the allowance, before anybody looked. #}
followed as (

    select
        begun.segment,
        substring(cast(begun.signup_date as string), 1, 7) as cohort,
        begun.signup_date >= as_of.first_usage_date as is_observed,
        begun.signup_date + as_of.free_days <= as_of.as_of_date as is_settled,
        begun.converted_date is not null as is_converted,
        begun.converted_date is null and begun.end_date <= as_of.as_of_date as is_left,
        coalesce(used.calls, 0) > 0 as is_active,
        coalesce(used.most_tokens >= as_of.allowance_tokens, false) as is_reached,
        coalesce(used.most_tokens < as_of.allowance_tokens and used.calls_without_usage > 0, false) as is_reach_unknown,
        used.cost_usd
    from begun
    cross join as_of
    left join used on begun.customer_id = used.customer_id

),

counted as (

    select
        coalesce(segment, 'all') as segment,
        coalesce(cohort, 'all') as cohort,
        count(*) filter (where is_observed) as signed_up,
        count(*) filter (where not is_observed) as unobserved_customers,
        count(*) filter (where is_observed and is_active) as active,
        count(*) filter (where is_observed and is_reached) as reached_allowance,
        count(*) filter (where is_observed and is_reach_unknown) as unknown_allowance,
        count(*) filter (where is_observed and is_converted) as converted,
        count(*) filter (where is_observed and is_converted and is_reached) as converted_after_allowance,
        count(*) filter (where is_observed and is_left) as left_unpaid,
        min(case when is_observed and not is_settled then 0 else 1 end) as is_settled,
        sum(cost_usd) filter (where is_observed) as cost_usd
    from followed
    group by grouping sets ((), (segment), (cohort), (segment, cohort))
    having count(*) > 0

),

final as (

    select
        segment,
        cohort,
        cast(signed_up as bigint) as signed_up,
        cast(unobserved_customers as bigint) as unobserved_customers,
        cast(active as bigint) as active,
        cast(reached_allowance as bigint) as reached_allowance,
        cast(unknown_allowance as bigint) as unknown_allowance,
        cast(converted as bigint) as converted,
        cast(converted_after_allowance as bigint) as converted_after_allowance,
        cast(left_unpaid as bigint) as left_unpaid,
        cast(signed_up - converted - left_unpaid as bigint) as still_free,
        is_settled = 1 as is_settled,
        {{ ratio('active', 'signed_up') }} as active_share,
        {{ ratio('reached_allowance', 'active - unknown_allowance') }} as reached_share,
        {{ ratio('converted', 'signed_up') }} as converted_share,
        {{ wilson_bound('converted', 'signed_up', z, '-') }} as lower_converted_share,
        {{ wilson_bound('converted', 'signed_up', z, '+') }} as upper_converted_share,
        {{ ratio('converted_after_allowance', 'reached_allowance') }} as converted_after_allowance_share,
        {{ wilson_bound('converted_after_allowance', 'reached_allowance', z, '-') }} as lower_converted_after_allowance_share,
        {{ wilson_bound('converted_after_allowance', 'reached_allowance', z, '+') }} as upper_converted_after_allowance_share,
        {{ money('coalesce(cost_usd, 0)') }} as free_cost_usd,
        {{ assumption('free_tier_allowance_tokens', 'bigint') }} as allowance_tokens,
        {{ assumption('free_tier_conversion_share') }} as assumed_conversion_share
    from counted

)

select * from final
