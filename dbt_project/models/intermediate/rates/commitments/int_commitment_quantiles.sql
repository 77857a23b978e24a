{# one row per series of usage x usage basis: units that are in use in all but a share of the hours of the look-back. Hours without usage count as none #}

with curves as (

    select * from {{ ref('int_commitment_curves') }}

),

cases as (

    select * from {{ ref('int_commitment_cases') }}

),

quantiles as (

    select
        curves.series_id,
        curves.usage_basis,
        {% for percent in [5, 25, 50, 75, 95] -%}
        min(case when curves.hours_above <= cases.hours * cast({{ 1 - percent / 100 }} as decimal(4, 2)) then curves.level_units end) as used_units_p{{ '%02d' % percent }},
        {% endfor -%}
        max(curves.level_units) as used_units_max
    from curves
    inner join cases on curves.history_id = cases.history_id and curves.usage_case = cases.usage_case
    where curves.usage_case = 'as_judged'
    group by curves.series_id, curves.usage_basis

)

select * from quantiles
