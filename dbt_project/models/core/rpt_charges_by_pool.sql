{# one row per cost pool with counted charges in the trailing 30 days: what the ledger holds of it #}

with charges as (

    select * from {{ ref('fct_charges') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

summed as (

    select
        charges.cost_pool,
        charges.cost_pool = 'llm_usage' as is_usage,
        {{ money('sum(charges.effective_cost_usd)') }} as cost_usd,
        bool_or(charges.source <> 'calls') as is_beyond_calls
    from charges
    inner join as_of on charges.charge_date between as_of.window_start_date and as_of.as_of_date
    where charges.is_counted
    group by charges.cost_pool

),

ranked as (

    select
        *,
        case when not is_usage then cast(row_number() over (partition by is_usage order by cost_usd desc nulls last, cost_pool asc) as bigint) end as pool_rank
    from summed

)

select * from ranked
