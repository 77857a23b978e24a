{# one row per provider x team that a commitment covered, or that bore what was not used of one, trailing 30 days #}

{{ config(materialized=view_or_table()) }}

with coverage as (

    select * from {{ ref('rpt_commitment_coverage_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# What is unknown on one day is unknown of all. #}
summed as (

    select
        coverage.provider_name,
        coverage.team_id,
        {% for amount in ['eligible_usd', 'covered_usd', 'used_cost_usd', 'unused_cost_usd'] -%}
        case when count(coverage.{{ amount }}) = count(*) then {{ money('sum(coverage.' ~ amount ~ ')') }} end as {{ amount }},
        {% endfor -%}
        case when count(coverage.savings_usd) = count(*) then {{ money('sum(coverage.savings_usd)') }} end as savings_usd
    from coverage
    inner join as_of on coverage.usage_date between as_of.window_start_date and as_of.as_of_date
    where not coverage.is_total
    group by coverage.provider_name, coverage.team_id
    having sum(coverage.used_cost_usd) > 0 or sum(coverage.unused_cost_usd) > 0

),

final as (

    select
        *,
        {{ ratio('covered_usd', 'eligible_usd') }} as coverage_share,
        {{ ratio('used_cost_usd', 'used_cost_usd + unused_cost_usd') }} as utilization_share
    from summed

)

select * from final
