{# one row per plan x tier: the price lists that the business wrote down, and that of the recommended plan where the search found it #}

with structures as (

    select * from {{ ref('int_plan_structures') }}

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

recommended as (

    select * from plan_frontier
    where is_chosen

),

labels as (

    select distinct plan_id, plan_label from backtests

),

todays as (

    select
        subscription_tier,
        {{ money('base_fee_usd') }} as base_fee_usd
    from pricing_plans
    where is_current

),

{# Prices of the list that come with a transition stand there as written; what is searched for says how it follows from a measured cost. #}
priced as (

    select
        pricing_plans.plan_id,
        pricing_plans.plan_name,
        true as is_listed,
        pricing_plans.is_current as is_current_plan,
        pricing_plans.is_current and coalesce(recommended.is_current_plan, false) as is_recommended,
        pricing_plans.subscription_tier,
        {{ money('pricing_plans.base_fee_usd') }} as base_fee_usd,
        pricing_plans.usage_unit,
        cast(pricing_plans.included_units as bigint) as included_units,
        cast(null as bigint) as usage_cap_units,
        {{ money('pricing_plans.usd_per_unit') }} as usd_per_unit,
        {{ money('pricing_plans.unit_cost_basis_usd') }} as unit_cost_basis_usd,
        cast(pricing_plans.target_margin_share as double) as target_margin_share,
        {{ money('null') }} as unit_cost_after_savings_usd,
        pricing_plans.rationale
    from pricing_plans
    left join recommended on 1 = 1
    union all
    select
        recommended.candidate_id as plan_id,
        recommended.offer_name as plan_name,
        false as is_listed,
        false as is_current_plan,
        true as is_recommended,
        structures.subscription_tier,
        {{ money('structures.base_fee_usd') }} as base_fee_usd,
        structures.usage_unit,
        cast(structures.included_units as bigint) as included_units,
        structures.usage_cap_units,
        {{ money('structures.usd_per_unit') }} as usd_per_unit,
        coalesce({{ money_of_double('structures.unit_cost_usd') }}, {{ money('listed.unit_cost_basis_usd') }}) as unit_cost_basis_usd,
        coalesce(structures.target_margin_share, cast(listed.target_margin_share as double)) as target_margin_share,
        recommended.unit_cost_after_savings_usd,
        coalesce(
            listed.rationale,
            'Measured cost of a unit in these 30 days: ' || cast({{ decimal_of_double('structures.unit_cost_usd', 'decimal(18, 4)') }} as string)
            || ' / (1 - ' || cast({{ decimal_of_double('structures.target_margin_share', 'decimal(3, 2)') }} as string) || ')'
        ) as rationale
    from recommended
    inner join structures on recommended.plan_id = structures.structure_id
    left join pricing_plans as listed
        on structures.structure_id = listed.plan_id and structures.subscription_tier = listed.subscription_tier
    where not recommended.is_current_plan

),

final as (

    select
        priced.plan_id,
        priced.plan_name,
        coalesce(labels.plan_label, priced.plan_name) as plan_label,
        priced.is_listed,
        priced.is_current_plan,
        priced.is_recommended,
        priced.subscription_tier,
        todays.base_fee_usd as today_fee_usd,
        priced.base_fee_usd,
        priced.usage_unit,
        priced.included_units,
        priced.usage_cap_units,
        priced.usd_per_unit,
        priced.unit_cost_basis_usd,
        priced.target_margin_share,
        priced.unit_cost_after_savings_usd,
        {{ money(decimal_of_double('cast(priced.unit_cost_after_savings_usd as double) / nullif(1 - priced.target_margin_share, 0)', 'decimal(18, 6)')) }} as enough_usd_per_unit_after_savings,
        1 - {{ ratio('priced.unit_cost_after_savings_usd', 'priced.usd_per_unit') }} as unit_margin_after_savings_share,
        priced.rationale
    from priced
    left join todays on priced.subscription_tier = todays.subscription_tier
    left join labels on priced.plan_id = labels.plan_id

)

select * from final
