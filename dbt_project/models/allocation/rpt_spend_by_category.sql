{# one row per service category with cost in the trailing 30 days or the 30 before, one for shared costs, and one for all spend #}

with charges as (

    select * from {{ ref('fct_charges') }}

),

allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

customer_margins as (

    select * from {{ ref('int_customer_margins') }}

),

fixed_bills as (

    select * from {{ ref('int_fixed_bills') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

fees as (

    select {{ money('sum(revenue_usd)') }} as revenue_usd
    from customer_margins

),

{# A shared cost is nobody's category: its owners are those that bear it. On even days bills of a fixed amount a month cost a twelfth of their year, and one that
   falls on a single day is left out (a shared pool is a bill without a provider, service or resource). What the parts of a bill were rounded by is no change. #}
costs as (

    select
        charges.charge_date as usage_date,
        coalesce(charges.service_category, 'Other') as service_category,
        charges.team_id,
        charges.effective_cost_usd as cost_usd,
        case
            when fixed_bills.fixed_kind = 'spread'
                then {{ even_cost('charges.effective_cost_usd', 'charges.charge_date') }}
            when fixed_bills.fixed_kind = 'on one day' then {{ money(0) }}
            else charges.effective_cost_usd
        end as even_cost_usd
    from charges
    left join fixed_bills on {{ bill_key('charges') }} = fixed_bills.bill_key
    where charges.is_counted and charges.is_direct
    union all
    select
        allocated_costs.usage_date,
        'Shared costs' as service_category,
        allocated_costs.team_id,
        allocated_costs.allocated_cost_usd as cost_usd,
        case
            when fixed_bills.fixed_kind = 'spread' then {{ even_cost('allocated_costs.allocated_cost_usd', 'allocated_costs.usage_date') }}
            else allocated_costs.allocated_cost_usd
        end as even_cost_usd
    from allocated_costs
    left join fixed_bills on 'unknown|||' || {{ key_part('allocated_costs.cost_pool') }} = fixed_bills.bill_key
    where not allocated_costs.is_direct

),

summed as (

    select
        coalesce(costs.service_category, 'all') as service_category,
        {{ money('coalesce(sum(case when costs.usage_date >= as_of.window_start_date then costs.cost_usd end), 0)') }} as cost_usd,
        {{ money('coalesce(sum(case when costs.usage_date < as_of.window_start_date then costs.cost_usd end), 0)') }} as earlier_cost_usd,
        {{ money('round(coalesce(sum(case when costs.usage_date >= as_of.window_start_date then costs.even_cost_usd else -costs.even_cost_usd end), 0), 4)') }}
            as even_change_usd,
        {{ money("coalesce(sum(case when costs.usage_date >= as_of.window_start_date and costs.team_id = 'unallocated' then costs.cost_usd end), 0)") }}
            as unowned_cost_usd,
        bool_and(as_of.has_full_prior_period) as has_full_prior_period
    from costs
    inner join as_of on costs.usage_date between as_of.prior_window_start_date and as_of.as_of_date
    group by grouping sets ((), (costs.service_category))

),

final as (

    select
        service_category,
        cost_usd,
        {{ money("max(case when service_category = 'all' then cost_usd end) over () - cost_usd") }} as other_cost_usd,
        {{ money('cost_usd - (select fees.revenue_usd from fees)') }} as cost_less_revenue_usd,
        case when has_full_prior_period then earlier_cost_usd end as prior_cost_usd,
        case when has_full_prior_period then {{ money('cost_usd - even_change_usd') }} end as comparable_prior_cost_usd,
        case when has_full_prior_period then {{ money('cost_usd - even_change_usd - earlier_cost_usd') }} end as calendar_usd,
        case when has_full_prior_period then {{ ratio('even_change_usd', 'cost_usd - even_change_usd') }} end as cost_change_share,
        {{ ratio('cost_usd', "max(case when service_category = 'all' then cost_usd end) over ()") }} as cost_share,
        unowned_cost_usd,
        {{ ratio('unowned_cost_usd', 'cost_usd') }} as unowned_share,
        1 - {{ assumption('owned_cost_target') }} as unowned_target_share,
        coalesce({{ ratio('unowned_cost_usd', 'cost_usd') }} <= 1 - {{ assumption('owned_cost_target') }}, true) as is_owned_enough,
        cast(row_number() over (
            order by
                case when service_category in ('all', 'AI and Machine Learning', 'Shared costs') then 1 else 0 end asc,
                cost_usd desc, service_category asc
        ) as bigint) as rank_beside_ai,
        count(case when service_category not in ('all', 'AI and Machine Learning', 'Shared costs') then 1 end) over () as categories_beside_ai
    from summed

)

select * from final
