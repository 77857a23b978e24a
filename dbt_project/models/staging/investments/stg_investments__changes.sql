{# one row per change of an investment, as it was written down: its whole plan, or that it is withdrawn #}

with changes as (

    select * from {{ source('investments', 'changes') }}

),

final as (

    select
        change_id,
        try_cast(replace(changed_at, 'Z', '') as timestamp) as changed_at,
        actor,
        note,
        coalesce(is_withdrawn = 'true', false) as is_withdrawn,
        investment_id,
        investment_name,
        owner_role,
        period_unit,
        try_cast(first_period_date as date) as first_period_date,
        try_cast(last_period as integer) as last_period,
        {%- for column in ['discount_rate', 'growth_share', 'cost_low_ratio', 'cost_high_ratio', 'benefit_low_ratio', 'benefit_high_ratio'] %}
        try_cast({{ column }} as double) as {{ column }},
        {%- endfor %}
        try_cast(once_cost_usd as decimal(18, 2)) as once_cost_usd,
        try_cast(running_cost_usd as decimal(18, 2)) as running_cost_usd,
        try_cast(benefit_usd as decimal(18, 2)) as benefit_usd
    from changes
    {# What a kill cut off has no id. #}
    where
        change_id is not null
        and try_cast(replace(changed_at, 'Z', '') as timestamp) is not null
        and investment_id is not null

)

select * from final
