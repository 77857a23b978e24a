{# Settling every hour at the chosen level gives the cost by which the search chose it; they are computed in different ways. #}

with options as (

    select * from {{ ref('rpt_commitment_options') }}

),

levels as (

    select * from {{ ref('int_commitment_levels') }}

),

cheapest as (

    select
        offer_id,
        usage_basis,
        min(total_cost_usd) as total_cost_usd
    from levels
    where usage_case = 'as_judged'
    group by offer_id, usage_basis

)

select
    options.offer_id,
    options.usage_basis,
    options.total_cost_usd,
    levels.total_cost_usd as searched_cost_usd,
    cheapest.total_cost_usd as cheapest_cost_usd
from options
inner join levels
    on
        options.offer_id = levels.offer_id
        and options.usage_basis = levels.usage_basis
        and options.committed_units = levels.level_units
        and levels.usage_case = 'as_judged'
inner join cheapest on options.offer_id = cheapest.offer_id and options.usage_basis = cheapest.usage_basis
{# the search adds rounded prices, the settlement rounds each hour: 12 decimals, times the hours #}
where
    abs(options.total_cost_usd - levels.total_cost_usd) > 0.000001
    or (options.level_kind = 'optimal' and abs(options.total_cost_usd - cheapest.total_cost_usd) > 0.000001)
