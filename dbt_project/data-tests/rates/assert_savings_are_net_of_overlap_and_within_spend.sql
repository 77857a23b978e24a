{# The ledger may be added up: net + overlap = gross in each row, no saving beyond its scope, all together within the spend. #}

with opportunities as (

    select * from {{ ref('rpt_savings_opportunities') }}

),

charges as (

    select * from {{ ref('fct_charges') }}

),

usage_optimized as (

    select * from {{ ref('int_usage_optimized') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

spend as (

    select coalesce(sum(charges.effective_cost_usd), 0) as effective_cost_usd
    from charges
    inner join as_of on charges.charge_date between as_of.window_start_date and as_of.as_of_date
    where charges.is_counted

),

{# All actions on a resource leave of it what they say if they are done: what they take and the rest are its cost, to a millionth of a dollar. #}
wrong_resources as (

    select
        provider_name || '/' || resource_id as action_id,
        'what is taken off it and what is left are not its cost, or more is counted than is taken' as problem
    from usage_optimized
    group by provider_name, resource_id
    having abs(max(scope_cost_usd) - sum(possible_usd) - min(cost_after_usd)) > 0.000001 or sum(net_usd) > sum(possible_usd)

),

wrong_rows as (

    select
        action_id,
        'net and overlap do not make gross, or one is negative, or more than the scope' as problem
    from opportunities
    where
        net_monthly_savings_usd + overlap_usd <> gross_monthly_savings_usd
        or net_monthly_savings_usd < 0
        or overlap_usd < 0
        or net_monthly_savings_usd > scope_cost_usd
        or low_monthly_savings_usd > net_monthly_savings_usd
        or high_monthly_savings_usd < net_monthly_savings_usd

),

wrong_sum as (

    select
        'all actions' as action_id,
        'together they save more than is spent' as problem
    from opportunities
    cross join spend
    group by spend.effective_cost_usd
    having sum(opportunities.net_monthly_savings_usd) > spend.effective_cost_usd

)

select * from wrong_rows
union all
select * from wrong_sum
union all
select * from wrong_resources
