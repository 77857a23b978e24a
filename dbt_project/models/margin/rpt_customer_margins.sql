{# one row per known customer; the trailing 30 days beside the 30 days before, and both without what abnormal days cost above the expected #}

with customer_margins as (

    select * from {{ ref('int_customer_margins') }}

),

anomalies as (

    select * from {{ ref('fct_cost_anomalies') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# What is not AI in the cost to serve: bills that name the customer, and pools of machines that it bears a part of. #}
hosting as (

    select
        allocated_costs.customer_id,
        {{ money('sum(allocated_costs.allocated_cost_usd)') }} as hosting_cost_usd
    from allocated_costs
    inner join as_of on allocated_costs.usage_date between as_of.window_start_date and as_of.as_of_date
    where allocated_costs.is_allocated and allocated_costs.cost_component <> 'ai'
    group by allocated_costs.customer_id

),

abnormal as (

    select
        anomalies.customer_id,
        {{ money('coalesce(sum(anomalies.excess_cost_usd) filter (where anomalies.usage_date >= as_of.window_start_date), 0)') }} as abnormal_cost_usd,
        {{ money('coalesce(sum(anomalies.excess_cost_usd) filter (where anomalies.usage_date < as_of.window_start_date), 0)') }} as prior_abnormal_cost_usd
    from anomalies
    inner join as_of on anomalies.usage_date between as_of.prior_window_start_date and as_of.as_of_date
    group by anomalies.customer_id

),

{# What a spike cost need not come again: the level is what is left without it. #}
levelled as (

    select
        customer_margins.*,
        customers.signup_date,
        coalesce(hosting.hosting_cost_usd, {{ money(0) }}) as hosting_cost_usd,
        coalesce(abnormal.abnormal_cost_usd, {{ money(0) }}) as abnormal_cost_usd,
        {{ money('customer_margins.cost_to_serve_usd - coalesce(abnormal.abnormal_cost_usd, 0)') }} as usual_cost_usd,
        {{ money('customer_margins.prior_cost_to_serve_usd - coalesce(abnormal.prior_abnormal_cost_usd, 0)') }} as prior_usual_cost_usd
    from customer_margins
    inner join customers on customer_margins.customer_id = customers.customer_id
    left join abnormal on customer_margins.customer_id = abnormal.customer_id
    left join hosting on customer_margins.customer_id = hosting.customer_id

),

compared as (

    select
        *,
        {{ money('revenue_usd - usual_cost_usd') }} as usual_margin_usd,
        {{ money('usual_cost_usd - prior_usual_cost_usd') }} as usual_cost_change_usd
    from levelled

),

margins as (

    select
        compared.customer_id,
        compared.customer_name,
        compared.organization_id,
        compared.subscription_tier,
        compared.usage_archetype,
        compared.subscription_tier || case when compared.usage_archetype = 'unknown' then '' else ' / ' || compared.usage_archetype end as segment,
        compared.region,
        compared.is_active,
        compared.has_activity,
        compared.subscribed_days,
        case
            when compared.is_active and compared.subscribed_days <= {{ days_between('as_of.window_start_date', 'as_of.as_of_date') }}
                then as_of.as_of_date - cast(compared.subscribed_days as integer) + 1
        end as new_since_date,
        compared.calls,
        compared.uncosted_calls,
        compared.costed_call_share,
        compared.is_upper_bound,
        compared.revenue_usd,
        compared.cost_to_serve_usd,
        compared.gross_margin_usd,
        compared.gross_margin_share,
        compared.cost_of_revenue_share,
        compared.is_unprofitable,
        {{ money('case when compared.is_unprofitable then -compared.gross_margin_usd when compared.gross_margin_usd is not null then 0 end') }} as loss_usd,
        case
            when compared.is_unprofitable and compared.usual_margin_usd >= 0 then 'loss_by_abnormal_days'
            else compared.margin_status
        end as margin_status,
        compared.margin_rank,
        compared.prior_revenue_usd,
        compared.prior_cost_to_serve_usd,
        compared.prior_gross_margin_usd,
        {{ money('case when compared.prior_gross_margin_usd < 0 then -compared.prior_gross_margin_usd when compared.prior_gross_margin_usd is not null then 0 end') }}
            as prior_loss_usd,
        compared.cost_change_share,
        compared.has_prior_calls,
        compared.shared_cost_usd,
        compared.hosting_cost_usd,
        compared.abnormal_cost_usd,
        compared.usual_cost_usd,
        compared.usual_margin_usd,
        compared.usual_cost_change_usd,
        coalesce(
            not compared.is_unprofitable
            and compared.is_active
            and compared.margin_status <> 'cost_unknown'
            and compared.signup_date <= as_of.prior_window_start_date
            and compared.prior_cost_to_serve_usd > 0
            and compared.usual_cost_change_usd > compared.usual_margin_usd
            and compared.usual_cost_change_usd >= {{ assumption('next_to_lose_min_usd') }},
            false
        ) as is_next_to_lose
    from compared
    cross join as_of

)

select * from margins
