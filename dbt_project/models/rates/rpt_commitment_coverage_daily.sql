{# one row per day x provider x team, and one for all of the provider: what commitments cover of its usage, and what they cost it, used and unused #}

with charges as (

    select * from {{ ref('fct_charges') }}

),

lines as (

    select * from {{ ref('int_commitment_lines') }}

),

together as (

    select
        cast(charge_period_start_at as date) as usage_date,
        provider_name,
        coalesce(team_id, 'shared') as team_id,
        list_cost_usd as eligible_usd,
        case when is_covered then list_cost_usd else 0 end as covered_usd,
        case when is_covered then effective_cost_usd else 0 end as used_cost_usd,
        0 as unused_cost_usd
    from lines
    union all
    select
        charge_date as usage_date,
        provider_name,
        coalesce(team_id, 'shared') as team_id,
        0 as eligible_usd,
        0 as covered_usd,
        0 as used_cost_usd,
        effective_cost_usd as unused_cost_usd
    from charges
    where commitment_discount_id is not null and commitment_discount_status = 'Unused' and is_counted

),

{# What nobody knows the price of makes the day unknown, and not smaller. #}
summed as (

    select
        usage_date,
        provider_name,
        case when grouping(team_id) = 1 then 'all' else team_id end as team_id,
        {% for amount in ['eligible_usd', 'covered_usd', 'used_cost_usd', 'unused_cost_usd'] -%}
        case when count({{ amount }}) = count(*) then {{ money('sum(' ~ amount ~ ')') }} end as {{ amount }},
        {% endfor -%}
        grouping(team_id) = 1 as is_total
    from together
    group by grouping sets ((usage_date, provider_name, team_id), (usage_date, provider_name))

),

final as (

    select
        *,
        {{ money('covered_usd - used_cost_usd - unused_cost_usd') }} as savings_usd,
        {{ ratio('covered_usd', 'eligible_usd') }} as coverage_share,
        {{ ratio('used_cost_usd', 'used_cost_usd + unused_cost_usd') }} as utilization_share
    from summed

)

select * from final
