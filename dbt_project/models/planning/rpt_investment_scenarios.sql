{# one row per scenario of investments x what it assumes: of which investments it assumes that; a view over few rows #}

{{ config(materialized=view_or_table()) }}

with returns as (

    select * from {{ ref('rpt_investment_returns') }}

),

final as (

    select
        scenario,
        note as assumes,
        {{ string_agg_sorted('investment_label', ', ', by='investment_id') }} as investment_labels,
        cast(count(*) as integer) as investments
    from returns
    where kind = 'measure' and method = 'npv' and scenario <> 'base'
    group by scenario, note

)

select * from final
