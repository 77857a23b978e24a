{# one row per price plan that somebody accepted x month since: what was expected, and what the customers of before bring #}

with accepted as (

    select * from {{ ref('int_savings_accepted') }}
    where action_kind = 'price_plan'

),

customer_margins as (

    select * from {{ ref('fct_customer_margins_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# Fees on equal days, so that no month earns more than another for its length. #}
dated as (

    select
        accepted.tracking_id,
        accepted.accepted_date,
        customer_margins.usage_date,
        customer_margins.customer_id,
        customer_margins.is_subscribed,
        customer_margins.equal_day_revenue_usd,
        customer_margins.cost_to_serve_usd
    from accepted
    inner join customer_margins on customer_margins.usage_date >= accepted.accepted_date - 30
    inner join as_of on customer_margins.usage_date <= as_of.as_of_date

),

days_before as (

    select tracking_id, cast(count(distinct usage_date) as bigint) as days
    from dated
    where usage_date < accepted_date
    group by tracking_id

),

{# Who subscribed later was never asked for the old price. #}
before as (

    select
        tracking_id,
        customer_id,
        {{ money('sum(equal_day_revenue_usd)') }} as fees_usd,
        {{ money('sum(cost_to_serve_usd)') }} as cost_usd
    from dated
    where usage_date < accepted_date
    group by tracking_id, customer_id
    having bool_or(is_subscribed)

),

months as (

    select
        tracking_id,
        cast(date_trunc('month', usage_date) as date) as month_start_date,
        cast(count(distinct usage_date) as bigint) as measured_days
    from dated
    where usage_date >= accepted_date
    group by tracking_id, cast(date_trunc('month', usage_date) as date)

),

since as (

    select
        tracking_id,
        customer_id,
        cast(date_trunc('month', usage_date) as date) as month_start_date,
        cast(count(*) filter (where is_subscribed) as bigint) as subscribed_days,
        {{ money('sum(equal_day_revenue_usd)') }} as fees_usd
    from dated
    where usage_date >= accepted_date
    group by tracking_id, customer_id, cast(date_trunc('month', usage_date) as date)

),

{# A customer that left pays nothing, and costs no more what it did. What those that stay cost is no matter of the price. #}
changed as (

    select
        months.tracking_id,
        months.month_start_date,
        months.measured_days,
        count(before.customer_id) as customers,
        count(before.customer_id) filter (where coalesce(since.subscribed_days, 0) < months.measured_days) as customers_left,
        {{ money('sum(coalesce(since.fees_usd, 0) - ' ~ money_of_double('cast(before.fees_usd as double) * ' ~ ratio('months.measured_days', 'days_before.days')) ~ ')') }} as fees_change_usd,
        {{ money('sum(' ~ money_of_double('cast(before.cost_usd as double) * ' ~ ratio('months.measured_days - coalesce(since.subscribed_days, 0)', 'days_before.days')) ~ ')') }} as cost_left_usd
    from months
    left join days_before on months.tracking_id = days_before.tracking_id
    left join before on months.tracking_id = before.tracking_id
    left join since
        on before.tracking_id = since.tracking_id and before.customer_id = since.customer_id and months.month_start_date = since.month_start_date
    group by months.tracking_id, months.month_start_date, months.measured_days

),

measured as (

    select
        accepted.tracking_id,
        accepted.accepted_date,
        changed.month_start_date,
        coalesce(changed.measured_days, 0) as measured_days,
        cast(changed.customers as bigint) as customers,
        cast(changed.customers_left as bigint) as customers_left,
        accepted.predicted_monthly_savings_usd as predicted_monthly_gain_usd,
        {{ money_of_double('accepted.predicted_monthly_savings_usd * ' ~ ratio('coalesce(changed.measured_days, 0)', '30')) }} as predicted_gain_usd,
        changed.fees_change_usd,
        changed.cost_left_usd,
        {{ money('changed.fees_change_usd + changed.cost_left_usd') }} as realized_gain_usd
    from accepted
    left join changed on accepted.tracking_id = changed.tracking_id

),

final as (

    select
        *,
        {{ ratio('realized_gain_usd', 'predicted_gain_usd') }} as realized_share,
        coalesce(month_start_date = max(month_start_date) over (partition by tracking_id), true) as is_last_month,
        {{ money('sum(case when realized_gain_usd is not null then predicted_gain_usd end) over (partition by tracking_id)') }} as plan_predicted_usd,
        {{ money('sum(realized_gain_usd) over (partition by tracking_id)') }} as plan_realized_usd
    from measured

)

select * from final
