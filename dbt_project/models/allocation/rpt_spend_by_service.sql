{# one row per provider x service with counted charges in the trailing 30 days; a view, since it is summed when a page asks #}

{{ config(materialized=view_or_table()) }}

with charges as (

    select * from {{ ref('fct_charges') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

summed as (

    select
        coalesce(charges.provider_name, 'Unknown provider') as provider_name,
        coalesce(charges.service_name, 'Unknown service') as service_name,
        {{ money('coalesce(sum(charges.effective_cost_usd), 0)') }} as cost_usd
    from charges
    inner join as_of on charges.charge_date between as_of.window_start_date and as_of.as_of_date
    where charges.is_counted
    group by coalesce(charges.provider_name, 'Unknown provider'), coalesce(charges.service_name, 'Unknown service')

),

final as (

    select
        provider_name,
        service_name,
        cost_usd,
        {{ ratio('cost_usd', 'sum(cost_usd) over ()') }} as cost_share,
        {{ money('sum(cost_usd) over (partition by provider_name)') }} as provider_cost_usd,
        cast(row_number() over (order by cost_usd desc, provider_name asc, service_name asc) as bigint) as cost_rank
    from summed

)

select * from final
