{# one row per month x basis (prior period, budget, forecast) x scope: the difference with its parts side by side; a view over few rows #}

{{ config(materialized=view_or_table()) }}

with variances as (

    select * from {{ ref('rpt_cost_variances') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

stated as (

    select
        month_start_date,
        is_latest,
        basis,
        scope,
        scope_id,
        scope_name,
        actual_usd,
        compared_usd,
        total_variance_usd,
        total_variance_share,
        severity,
        {%- for part in ['starting point', 'days', 'volume', 'mix', 'efficiency', 'price', 'new', 'lost', 'other costs'] %}
        {{ money("sum(case when part = '" ~ part ~ "' then variance_usd end)") }} as {{ part | replace(' ', '_') }}_usd,
        {%- endfor %}
        max(case when part_rank = 1 then part end) as largest_part,
        {{ money('max(case when part_rank = 1 then variance_usd end)') }} as largest_part_usd
    from variances
    group by
        month_start_date, is_latest, basis, scope, scope_id, scope_name, actual_usd, compared_usd, total_variance_usd, total_variance_share, severity

),

final as (

    select
        stated.month_start_date,
        stated.is_latest,
        stated.basis,
        stated.scope,
        stated.scope_id,
        stated.scope_name,
        stated.actual_usd,
        stated.compared_usd,
        stated.total_variance_usd,
        stated.total_variance_share,
        stated.severity,
        {# Months differ in their days; of one that is running both sides have as many, and no part of days. #}
        case
            when stated.basis = 'prior period'
                then {{ ratio('stated.total_variance_usd - coalesce(stated.days_usd, 0)', 'stated.compared_usd + coalesce(stated.days_usd, 0)') }}
        end as daily_variance_share,
        stated.largest_part,
        stated.largest_part_usd,
        stated.starting_point_usd,
        stated.days_usd,
        stated.volume_usd,
        stated.mix_usd,
        stated.efficiency_usd,
        stated.price_usd,
        stated.new_usd,
        stated.lost_usd,
        stated.other_costs_usd,
        last_day(stated.month_start_date) > as_of.as_of_date as is_running,
        {{ money("max(case when stated.basis = 'prior period' then stated.total_variance_usd end)
            over (partition by stated.month_start_date, stated.scope, stated.scope_id)") }} as prior_variance_usd,
        stated.total_variance_usd > 0 and stated.severity in ('major', 'critical') as is_seriously_over
    from stated
    cross join as_of

)

select * from final
