{# one row per known customer; the trailing 30 days beside the 30 days before. Both earn their fees on equal days, so that the calendar
   changes nothing between them #}

with margins_daily as (

    select * from {{ ref('fct_customer_margins_daily') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

in_windows as (

    select
        margins_daily.*,
        margins_daily.usage_date >= as_of.window_start_date as is_current
    from margins_daily
    cross join as_of
    where margins_daily.usage_date between as_of.prior_window_start_date and as_of.as_of_date

),

summed as (

    select
        customer_id,
        count(*) filter (where is_current and is_subscribed) as subscribed_days,
        sum(calls) filter (where is_current) as calls,
        sum(uncosted_calls) filter (where is_current) as uncosted_calls,
        sum(calls) filter (where not is_current) as prior_calls,
        sum(uncosted_calls) filter (where not is_current) as prior_uncosted_calls,
        {{ money('sum(equal_day_revenue_usd) filter (where is_current)') }} as revenue_usd,
        {{ money('sum(cost_to_serve_usd) filter (where is_current)') }} as cost_to_serve_usd,
        {{ money('sum(shared_cost_usd) filter (where is_current)') }} as shared_cost_usd,
        {{ money('sum(equal_day_revenue_usd) filter (where not is_current)') }} as prior_revenue_usd,
        {{ money('sum(cost_to_serve_usd) filter (where not is_current)') }} as prior_cost_to_serve_usd
    from in_windows
    group by customer_id

),

described as (

    select
        customers.customer_id,
        customers.customer_name,
        customers.organization_id,
        customers.subscription_tier,
        customers.usage_archetype,
        customers.region,
        customers.is_active,
        cast(coalesce(summed.subscribed_days, 0) as bigint) as subscribed_days,
        cast(coalesce(summed.calls, 0) as bigint) as calls,
        cast(coalesce(summed.uncosted_calls, 0) as bigint) as uncosted_calls,
        summed.prior_calls,
        summed.prior_uncosted_calls,
        coalesce(summed.revenue_usd, {{ money(0) }}) as revenue_usd,
        coalesce(summed.cost_to_serve_usd, {{ money(0) }}) as cost_to_serve_usd,
        coalesce(summed.shared_cost_usd, {{ money(0) }}) as shared_cost_usd,
        case when as_of.has_full_prior_period then coalesce(summed.prior_revenue_usd, {{ money(0) }}) end as prior_revenue_usd,
        case when as_of.has_full_prior_period then coalesce(summed.prior_cost_to_serve_usd, {{ money(0) }}) end as prior_cost_to_serve_usd
    from customers
    cross join as_of
    left join summed on customers.customer_id = summed.customer_id
    where customers.is_known

),

compared as (

    select
        *,
        {{ ratio('calls - uncosted_calls', 'calls') }} as costed_call_share,
        {{ margin_of('revenue_usd', 'cost_to_serve_usd') }} as gross_margin_usd,
        {{ margin_of('prior_revenue_usd', 'prior_cost_to_serve_usd', 'prior_calls', 'prior_uncosted_calls') }} as prior_gross_margin_usd,
        revenue_usd <> 0 or cost_to_serve_usd <> 0 or calls > 0 or subscribed_days > 0 as has_activity
    from described

),

{# At the most that it can be, a loss is certain and a profit is not. #}
stated as (

    select
        customer_id,
        customer_name,
        organization_id,
        subscription_tier,
        usage_archetype,
        region,
        is_active,
        has_activity,
        subscribed_days,
        calls,
        uncosted_calls,
        costed_call_share,
        gross_margin_usd is not null and uncosted_calls > 0 as is_upper_bound,
        revenue_usd,
        cost_to_serve_usd,
        gross_margin_usd,
        {{ ratio('gross_margin_usd', 'revenue_usd') }} as gross_margin_share,
        {{ ratio('cost_to_serve_usd', 'revenue_usd') }} as cost_of_revenue_share,
        gross_margin_usd < 0 as is_unprofitable,
        case
            when not has_activity then 'no_activity'
            when gross_margin_usd < 0 and prior_gross_margin_usd < 0 then 'recurring_loss'
            when gross_margin_usd < 0 and prior_gross_margin_usd >= 0 then 'new_loss'
            when gross_margin_usd < 0 then 'loss'
            when gross_margin_usd is null or costed_call_share < {{ assumption('margin_costed_calls_from') }} then 'cost_unknown'
            when prior_gross_margin_usd < 0 then 'recovered'
            else 'profitable'
        end as margin_status,
        prior_revenue_usd,
        prior_cost_to_serve_usd,
        prior_gross_margin_usd,
        {{ ratio('cost_to_serve_usd - prior_cost_to_serve_usd', 'prior_cost_to_serve_usd') }} as cost_change_share,
        case when prior_cost_to_serve_usd is not null then coalesce(prior_calls, 0) > 0 end as has_prior_calls,
        shared_cost_usd
    from compared

),

judged as (

    select
        *,
        case
            when margin_status not in ('no_activity', 'cost_unknown')
                then cast(
                    row_number() over (
                        partition by margin_status in ('no_activity', 'cost_unknown') order by gross_margin_usd desc, customer_id asc
                    ) as bigint
                )
        end as margin_rank
    from stated

)

select * from judged
