{# one row per plan x calendar month: what each plan would have invoiced for the use of that month #}

with plan_invoices as (

    select * from {{ ref('int_plan_invoices') }}

),

chosen_invoices as (

    select * from {{ ref('int_plan_chosen_invoices') }}

),

plan_frontier as (

    select * from {{ ref('rpt_plan_frontier') }}

),

pricing_plans as (

    select * from {{ ref('pricing_plans') }}

),

backtests as (

    select * from {{ ref('rpt_plan_backtests') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

plans as (

    select distinct plan_id, plan_name, is_current from pricing_plans
    union all
    select candidate_id as plan_id, offer_name as plan_name, false as is_current from plan_frontier
    where is_chosen and not is_current_plan

),

compared as (

    select distinct plan_id, plan_label, is_recommended, plan_gross_margin_base_churn_usd from backtests

),

invoices as (

    select plan_id, period_start_date, current_revenue_usd, revenue_usd, cost_to_serve_usd, gross_margin_usd, {{ money(0) }} as not_served_usd
    from plan_invoices
    where billing_period_kind = 'month'
    union all
    select plan_id, period_start_date, current_revenue_usd, revenue_usd, cost_to_serve_usd, gross_margin_usd, not_served_usd
    from chosen_invoices
    where billing_period_kind = 'month'

),

summed as (

    select
        invoices.plan_id,
        plans.plan_name,
        plans.is_current as is_current_plan,
        invoices.period_start_date as month_start_date,
        invoices.period_start_date >= as_of.first_usage_date
        and cast(last_day(invoices.period_start_date) as date) <= as_of.as_of_date as is_complete_month,
        count(*) as customers,
        {{ money('sum(invoices.current_revenue_usd)') }} as current_revenue_usd,
        {{ money('sum(invoices.revenue_usd)') }} as revenue_usd,
        {{ money('sum(invoices.revenue_usd - invoices.current_revenue_usd)') }} as revenue_change_usd,
        {{ money('sum(invoices.cost_to_serve_usd)') }} as cost_to_serve_usd,
        {{ money('sum(invoices.gross_margin_usd)') }} as gross_margin_usd,
        {{ ratio(
            'sum(invoices.gross_margin_usd)',
            'sum(invoices.revenue_usd) filter (where invoices.gross_margin_usd is not null)'
        ) }} as gross_margin_share,
        count(*) filter (where invoices.gross_margin_usd < 0) as unprofitable_customers,
        {{ money('sum(invoices.not_served_usd)') }} as not_served_usd
    from invoices
    inner join plans on invoices.plan_id = plans.plan_id
    cross join as_of
    group by all

),

final as (

    select
        summed.plan_id,
        summed.plan_name,
        coalesce(compared.plan_label, summed.plan_name) as plan_label,
        summed.is_current_plan,
        coalesce(compared.is_recommended, false) as is_recommended,
        summed.month_start_date,
        summed.is_complete_month,
        summed.customers,
        summed.current_revenue_usd,
        summed.revenue_usd,
        summed.revenue_change_usd,
        summed.cost_to_serve_usd,
        {{ money('summed.current_revenue_usd - summed.cost_to_serve_usd - summed.not_served_usd') }} as current_gross_margin_usd,
        summed.gross_margin_usd,
        summed.gross_margin_share,
        summed.unprofitable_customers,
        summed.not_served_usd,
        compared.plan_gross_margin_base_churn_usd
    from summed
    left join compared on summed.plan_id = compared.plan_id

)

select * from final
