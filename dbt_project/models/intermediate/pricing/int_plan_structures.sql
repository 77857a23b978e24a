{# one row per price structure x tier: the plans of the list, and every combination of the levers of the search at the measured cost of a unit #}

with pricing_plans as (

    select * from {{ ref('pricing_plans') }}

),

search_values as (

    select * from {{ ref('plan_search_values') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

credits_daily as (

    select * from {{ ref('int_credits_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

used as (

    select
        sum(usage_daily.calls - usage_daily.failed_calls) as calls,
        sum(usage_daily.input_tokens + usage_daily.output_tokens - usage_daily.failed_tokens) as tokens,
        count(distinct usage_daily.customer_id) as customers
    from usage_daily
    inner join as_of on usage_daily.usage_date between as_of.window_start_date and as_of.as_of_date

),

weighed as (

    select sum(credits_daily.billable_credits) as credits
    from credits_daily
    inner join as_of on credits_daily.usage_date between as_of.window_start_date and as_of.as_of_date

),

spent as (

    select sum(allocated_costs.allocated_cost_usd) as cost_usd
    from allocated_costs
    inner join as_of on allocated_costs.usage_date between as_of.window_start_date and as_of.as_of_date
    where {{ serves_customers('allocated_costs') }}

),

{# What one unit that can be invoiced costs: failed calls, and what no call caused, are carried by the others. #}
unit_costs as (

    select
        units.choice as usage_unit,
        {{ ratio('spent.cost_usd', "case units.choice when 'call' then used.calls when '1k_tokens' then used.tokens / 1000.0 else weighed.credits end") }}
            as unit_cost_usd,
        {{ money('spent.cost_usd') }} as units_cost_usd
    from search_values as units
    cross join used
    cross join weighed
    cross join spent
    where units.lever = 'usage_unit'

),

tiers as (

    select subscription_tier, base_fee_usd as tier_fee_usd from pricing_plans
    where is_current

),

searched as (

    select
        unit_costs.usage_unit || ':' || fees.choice || ' fee:' || included.choice || ' included:' || margins.choice || ' margin:' || caps.choice || ' cap' as structure_id,
        tiers.subscription_tier,
        tiers.tier_fee_usd,
        cast(tiers.tier_fee_usd * fees.value as decimal(18, 2)) as base_fee_usd,
        unit_costs.usage_unit,
        unit_costs.unit_cost_usd,
        unit_costs.units_cost_usd,
        cast(floor(cast(tiers.tier_fee_usd * fees.value * included.value as double) / unit_costs.unit_cost_usd) as bigint) as included_units,
        {{ decimal_of_double('unit_costs.unit_cost_usd / (1 - cast(margins.value as double))', 'decimal(18, 6)') }} as usd_per_unit,
        cast(floor(cast(tiers.tier_fee_usd * caps.value as double) / unit_costs.unit_cost_usd) as bigint) as usage_cap_units,
        fees.value as fee_share,
        included.value as included_share,
        margins.value as target_margin_share,
        caps.value as usage_cap_fees
    from unit_costs
    cross join tiers
    inner join search_values as fees on fees.lever = 'fee_share'
    inner join search_values as included on included.lever = 'included_share' and (included.value = 0 or fees.value > 0)
    inner join search_values as margins on margins.lever = 'target_margin_share'
    inner join search_values as caps on caps.lever = 'usage_cap_fees'
    where unit_costs.unit_cost_usd > 0

),

{# Each is rated for each customer: of very many customers a part of the combinations is, always the same, whatever their levers. #}
numbered as (

    select
        structure_id,
        row_number() over (order by md5(structure_id)) as search_number
    from searched
    group by structure_id

),

rateable as (

    select searched.*
    from searched
    inner join numbered on searched.structure_id = numbered.structure_id
    cross join used
    where numbered.search_number * used.customers <= {{ assumption('plan_search_invoices_up_to', 'bigint') }}

),

structures as (

    select
        structure_id,
        false as is_listed,
        false as is_current,
        structure_id as plan_name,
        case when fee_share = 0 then 'usage' when included_share = 0 then 'hybrid' else 'tiered' end as plan_kind,
        subscription_tier,
        tier_fee_usd,
        base_fee_usd,
        usage_unit,
        included_units,
        usd_per_unit,
        usage_cap_units,
        cast(unit_cost_usd as double) as unit_cost_usd,
        units_cost_usd,
        cast(fee_share as double) as fee_share,
        cast(included_share as double) as included_share,
        cast(target_margin_share as double) as target_margin_share,
        cast(usage_cap_fees as double) as usage_cap_fees
    from rateable
    union all
    select
        pricing_plans.plan_id as structure_id,
        true as is_listed,
        pricing_plans.is_current,
        pricing_plans.plan_name,
        pricing_plans.plan_kind,
        pricing_plans.subscription_tier,
        coalesce(tiers.tier_fee_usd, pricing_plans.base_fee_usd) as tier_fee_usd,
        pricing_plans.base_fee_usd,
        pricing_plans.usage_unit,
        pricing_plans.included_units,
        cast(pricing_plans.usd_per_unit as decimal(18, 6)) as usd_per_unit,
        cast(null as bigint) as usage_cap_units,
        cast(null as double) as unit_cost_usd,
        {{ money('null') }} as units_cost_usd,
        cast(null as double) as fee_share,
        cast(null as double) as included_share,
        cast(null as double) as target_margin_share,
        cast(null as double) as usage_cap_fees
    from pricing_plans
    left join tiers on pricing_plans.subscription_tier = tiers.subscription_tier

)

select * from structures
