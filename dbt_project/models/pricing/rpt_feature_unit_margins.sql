{# one row per usage unit x feature of the trailing 30 days: what a unit costs there, and what it would be sold for #}

with structures as (

    select * from {{ ref('int_plan_structures') }}

),

candidates as (

    select * from {{ ref('int_plan_candidates_judged') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

credits_daily as (

    select * from {{ ref('int_credits_daily') }}

),

allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

used as (

    select
        usage_daily.product_id,
        usage_daily.feature_id,
        cast(sum(usage_daily.calls - usage_daily.failed_calls) as double) as calls,
        cast(sum(usage_daily.input_tokens + usage_daily.output_tokens - usage_daily.failed_tokens) as double) / 1000 as thousand_tokens
    from usage_daily
    inner join as_of on usage_daily.usage_date between as_of.window_start_date and as_of.as_of_date
    group by usage_daily.product_id, usage_daily.feature_id

),

weighed as (

    select
        credits_daily.product_id,
        credits_daily.feature_id,
        cast(sum(credits_daily.billable_credits) as double) as credits
    from credits_daily
    inner join as_of on credits_daily.usage_date between as_of.window_start_date and as_of.as_of_date
    group by credits_daily.product_id, credits_daily.feature_id

),

spent as (

    select
        allocated_costs.product_id,
        allocated_costs.feature_id,
        {{ money('sum(allocated_costs.allocated_cost_usd)') }} as cost_usd
    from allocated_costs
    inner join as_of on allocated_costs.usage_date between as_of.window_start_date and as_of.as_of_date
    where {{ serves_customers('allocated_costs') }}
    group by allocated_costs.product_id, allocated_costs.feature_id

),

chosen as (

    select
        usage_unit,
        structure_id,
        is_listed,
        target_margin_share
    from candidates
    where is_chosen

),

{# Each unit at the target margin of the chosen plan, so that units compare; the unit of a chosen plan of the list at its least price. #}
prices as (

    select
        structures.usage_unit,
        structures.usage_unit = chosen.usage_unit as is_unit_of_chosen_plan,
        max(structures.unit_cost_usd) as mean_unit_cost_usd,
        coalesce(
            max(structures.unit_cost_usd) / nullif(1 - max(chosen.target_margin_share), 0),
            cast(min(structures.usd_per_unit) filter (where structures.structure_id = chosen.structure_id) as double)
        ) as usd_per_unit
    from structures
    inner join chosen on structures.usage_unit <> 'none'
    group by structures.usage_unit, structures.usage_unit = chosen.usage_unit

),

metered as (

    select
        prices.usage_unit,
        prices.is_unit_of_chosen_plan,
        prices.mean_unit_cost_usd,
        prices.usd_per_unit,
        used.product_id,
        used.feature_id,
        case prices.usage_unit when 'call' then used.calls when '1k_tokens' then used.thousand_tokens else coalesce(weighed.credits, 0) end as units,
        coalesce(spent.cost_usd, {{ money(0) }}) as cost_usd
    from used
    cross join prices
    left join weighed on used.product_id = weighed.product_id and used.feature_id = weighed.feature_id
    left join spent on used.product_id = spent.product_id and used.feature_id = spent.feature_id

),

compared as (

    select
        *,
        {{ ratio('cost_usd', 'units') }} as cost_per_unit_usd
    from metered

),

judged as (

    select
        usage_unit,
        product_id,
        feature_id,
        is_unit_of_chosen_plan,
        units,
        cost_usd,
        {{ money_of_double('cost_per_unit_usd') }} as cost_per_unit_usd,
        {{ money_of_double('mean_unit_cost_usd') }} as mean_unit_cost_usd,
        {{ money_of_double('usd_per_unit') }} as usd_per_unit,
        {{ ratio('usd_per_unit - cost_per_unit_usd', 'usd_per_unit') }} as unit_margin_share,
        cost_per_unit_usd > usd_per_unit as is_below_cost,
        {{ ratio('usd_per_unit - mean_unit_cost_usd', 'usd_per_unit') }} as target_margin_share,
        cost_per_unit_usd > mean_unit_cost_usd as is_below_target,
        {{ ratio('cost_usd', 'sum(cost_usd) over (partition by usage_unit)') }} as cost_share
    from compared

),

{# What holds for all features of a unit stands beside each of them; the one with the least margin speaks for the unit. #}
final as (

    select
        *,
        row_number() over (partition by usage_unit order by unit_margin_share asc nulls last, product_id asc, feature_id asc) = 1 as has_least_margin,
        count(case when is_below_cost then 1 end) over of_unit as unit_features_below_cost,
        coalesce({{ ratio('sum(case when is_below_cost then cost_usd end) over of_unit', 'sum(cost_usd) over of_unit') }}, 0) as unit_cost_share_below_cost,
        count(case when is_below_target then 1 end) over of_unit as unit_features_below_target,
        {{ ratio('sum(case when is_below_target then cost_usd end) over of_unit', 'sum(cost_usd) over of_unit') }} as unit_cost_share_below_target
    from judged
    window of_unit as (partition by usage_unit)

)

select * from final
