{# one row per plan x calendar month: what each plan would have invoiced for the use of that month #}

with plan_invoices as (

    select * from {{ ref('int_plan_invoices') }}

),

pricing_plans as (

    select * from {{ ref('pricing_plans') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

plans as (

    select distinct plan_id, plan_name, is_current from pricing_plans

),

summed as (

    select
        plan_invoices.plan_id,
        plans.plan_name,
        plans.is_current as is_current_plan,
        plan_invoices.period_start_date as month_start_date,
        plan_invoices.period_start_date >= as_of.first_usage_date
        and cast(last_day(plan_invoices.period_start_date) as date) <= as_of.as_of_date as is_complete_month,
        count(*) as customers,
        {{ money('sum(plan_invoices.current_revenue_usd)') }} as current_revenue_usd,
        {{ money('sum(plan_invoices.revenue_usd)') }} as revenue_usd,
        {{ money('sum(plan_invoices.revenue_usd - plan_invoices.current_revenue_usd)') }} as revenue_change_usd,
        {{ money('sum(plan_invoices.cost_to_serve_usd)') }} as cost_to_serve_usd,
        {{ money('sum(plan_invoices.gross_margin_usd)') }} as gross_margin_usd,
        {{ ratio(
            'sum(plan_invoices.gross_margin_usd)',
            'sum(plan_invoices.revenue_usd) filter (where plan_invoices.gross_margin_usd is not null)'
        ) }} as gross_margin_share,
        count(*) filter (where plan_invoices.gross_margin_usd < 0) as unprofitable_customers
    from plan_invoices
    inner join plans on plan_invoices.plan_id = plans.plan_id
    cross join as_of
    where plan_invoices.billing_period_kind = 'month'
    group by all

),

final as (

    select
        plan_id,
        plan_name,
        is_current_plan,
        month_start_date,
        is_complete_month,
        customers,
        current_revenue_usd,
        revenue_usd,
        revenue_change_usd,
        cost_to_serve_usd,
        gross_margin_usd,
        gross_margin_share,
        unprofitable_customers
    from summed

)

select * from final
