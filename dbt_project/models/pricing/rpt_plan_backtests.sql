{# one row per customer x plan, for customers with a subscription or cost in the trailing 30 days #}

with plan_invoices as (

    select * from {{ ref('int_plan_invoices') }}

),

chosen_invoices as (

    select * from {{ ref('int_plan_chosen_invoices') }}

),

plan_frontier as (

    select * from {{ ref('rpt_plan_frontier') }}

),

higher_tiers as (

    select * from {{ ref('int_plan_higher_tiers') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

pricing_plans as (

    select * from {{ ref('pricing_plans') }}

),

churn_scenarios as (

    select * from {{ ref('pricing_churn_scenarios') }}

),

{# One plan is recommended: the choice of the search, which is today's where nothing that the rules allow earns more. #}
plans as (

    select distinct
        pricing_plans.plan_id,
        pricing_plans.plan_name,
        pricing_plans.plan_kind,
        pricing_plans.is_current,
        true as is_listed,
        plan_frontier.candidate_id is not null as is_recommended
    from pricing_plans
    left join plan_frontier
        on pricing_plans.plan_id = plan_frontier.plan_id and plan_frontier.is_chosen and plan_frontier.is_current_plan
    union all
    select
        candidate_id as plan_id,
        offer_name as plan_name,
        plan_kind,
        false as is_current,
        false as is_listed,
        true as is_recommended
    from plan_frontier
    where is_chosen and not is_current_plan

),

invoices as (

    select
        customer_id, subscription_tier, plan_id, is_priced_by_plan, subscribed_days, calls, uncosted_calls, billable_calls,
        billable_tokens, usage_unit, included_units, charged_units, list_fee_usd, base_fee_usd, usage_fee_usd,
        {{ money(0) }} as transition_usd,
        revenue_usd, current_revenue_usd, cost_to_serve_usd,
        {{ money(0) }} as not_served_usd,
        gross_margin_usd,
        {{ ratio('revenue_usd - current_revenue_usd', 'current_revenue_usd') }} as price_change_share
    from plan_invoices
    where billing_period_kind = 'trailing_30_days'
    union all
    select
        customer_id, subscription_tier, plan_id, is_priced_by_plan, subscribed_days, calls, uncosted_calls, billable_calls,
        billable_tokens, usage_unit, included_units, charged_units,
        {{ money('null') }} as list_fee_usd,
        base_fee_usd, usage_fee_usd, transition_usd, revenue_usd, current_revenue_usd, cost_to_serve_usd, not_served_usd,
        gross_margin_usd, price_change_share
    from chosen_invoices
    where billing_period_kind = 'trailing_30_days'

),

compared as (

    select
        *,
        {{ margin_of('current_revenue_usd', '(cost_to_serve_usd + not_served_usd)') }} as current_gross_margin_usd,
        {{ money('revenue_usd - current_revenue_usd') }} as revenue_change_usd,
        {{ ratio('revenue_usd - current_revenue_usd', 'current_revenue_usd') }} as revenue_change_share
    from invoices

),

steps as (

    select
        churn_scenario,
        rise_from_share,
        leave_probability,
        lead(rise_from_share) over (partition by churn_scenario order by rise_from_share) as next_rise_from_share
    from churn_scenarios

),

{# An invoice where there was none is a rise beyond every step. A price of what is served that falls, or stays, makes nobody leave. #}
responses as (

    select
        compared.customer_id,
        compared.plan_id,
        max(steps.leave_probability) filter (where steps.churn_scenario = 'low') as leave_probability_low,
        max(steps.leave_probability) filter (where steps.churn_scenario = 'base') as leave_probability_base,
        max(steps.leave_probability) filter (where steps.churn_scenario = 'high') as leave_probability_high
    from compared
    inner join steps
        on
            (compared.price_change_share >= steps.rise_from_share or compared.price_change_share is null)
            and (steps.next_rise_from_share is null or compared.price_change_share < steps.next_rise_from_share)
    where compared.revenue_change_usd > 0 or compared.price_change_share > 0
    group by compared.customer_id, compared.plan_id

),

final as (

    select
        compared.customer_id,
        customers.customer_name,
        customers.organization_id,
        compared.subscription_tier,
        customers.usage_archetype,
        coalesce(customers.is_active, false) as is_active,
        compared.plan_id,
        plans.plan_name,
        plans.plan_kind,
        case
            when not plans.is_listed or {{ place_in_text('lower(plans.plan_name)', 'plans.plan_kind') }} > 0 then plans.plan_name
            else plans.plan_name || ' (' || plans.plan_kind || ')'
        end as plan_label,
        plans.is_current as is_current_plan,
        compared.is_priced_by_plan,
        compared.subscribed_days,
        compared.usage_unit,
        compared.billable_calls,
        compared.billable_tokens,
        compared.included_units,
        compared.charged_units,
        compared.base_fee_usd,
        compared.usage_fee_usd,
        compared.revenue_usd,
        compared.cost_to_serve_usd,
        compared.uncosted_calls,
        compared.gross_margin_usd,
        {{ ratio('compared.gross_margin_usd', 'compared.revenue_usd') }} as gross_margin_share,
        compared.gross_margin_usd < 0 as is_unprofitable,
        compared.current_revenue_usd,
        compared.current_gross_margin_usd,
        compared.revenue_change_usd,
        compared.revenue_change_share,
        case
            when compared.revenue_change_usd = 0 then 'stays as it is'
            when compared.revenue_change_share is null then 'pays nothing today'
            when compared.revenue_change_share <= -0.5 then 'falls by half or more'
            when compared.revenue_change_share <= -0.2 then 'falls by 20 to 50 %'
            when compared.revenue_change_share < 0 then 'falls by less than 20 %'
            when compared.revenue_change_share <= 0.2 then 'rises by up to 20 %'
            when compared.revenue_change_share <= 0.5 then 'rises by 20 to 50 %'
            when compared.revenue_change_share <= 1 then 'rises by 50 to 100 %'
            else 'more than doubles'
        end as revenue_change_band,
        higher_tiers.higher_tier_revenue_usd,
        compared.list_fee_usd,
        cast(coalesce(responses.leave_probability_low, 0) as decimal(6, 4)) as leave_probability_low,
        cast(coalesce(responses.leave_probability_base, 0) as decimal(6, 4)) as leave_probability_base,
        cast(coalesce(responses.leave_probability_high, 0) as decimal(6, 4)) as leave_probability_high,
        compared.transition_usd,
        compared.not_served_usd,
        compared.price_change_share,
        plans.is_listed,
        plans.is_recommended,
        {{ money('sum(compared.gross_margin_usd * cast(1 - coalesce(responses.leave_probability_base, 0) as decimal(6, 4))) over (partition by compared.plan_id)') }}
            as plan_gross_margin_base_churn_usd
    from compared
    inner join plans on compared.plan_id = plans.plan_id
    left join higher_tiers on compared.customer_id = higher_tiers.customer_id and compared.plan_id = higher_tiers.plan_id
    left join customers on compared.customer_id = customers.customer_id
    left join responses on compared.customer_id = responses.customer_id and compared.plan_id = responses.plan_id

)

select * from final
