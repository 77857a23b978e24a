{# one row per investment in force: of the seed, or as it was entered last #}

{% set seed_columns = [
    'investment_id', 'investment_name', 'owner_role', 'period_unit', 'first_period_date', 'discount_rate', 'finance_rate', 'reinvest_rate', 'is_illustrative', 'measured_action_id'
] %}
{% set plan_columns = {
    'last_period': 'integer', 'once_cost_usd': 'decimal(18, 2)', 'running_cost_usd': 'decimal(18, 2)', 'benefit_usd': 'decimal(18, 2)', 'growth_share': 'double',
    'cost_low_ratio': 'double', 'cost_high_ratio': 'double', 'benefit_low_ratio': 'double', 'benefit_high_ratio': 'double'
} %}

with seed_investments as (

    select * from {{ ref('investments') }}

),

changes as (

    select * from {{ ref('stg_investments__changes') }}

),

{# Whoever enters one states a single rate: money is worth as much as it costs. #}
stated as (

    select
        {{ seed_columns | join(', ') }},
        {%- for column, type in plan_columns.items() %}
        cast(null as {{ type }}) as {{ column }},
        {%- endfor %}
        true as is_of_seed,
        cast(null as timestamp) as changed_at,
        false as is_withdrawn
    from seed_investments
    union all
    select
        investment_id,
        investment_name,
        owner_role,
        period_unit,
        first_period_date,
        discount_rate,
        discount_rate as finance_rate,
        discount_rate as reinvest_rate,
        false as is_illustrative,
        cast(null as string) as measured_action_id,
        {{ plan_columns | join(', ') }},
        false as is_of_seed,
        changed_at,
        is_withdrawn
    from changes

),

{# What was said last counts; what is in the seed was there before. #}
ranked as (

    select
        *,
        row_number() over (partition by investment_id order by changed_at desc nulls last, once_cost_usd desc nulls last) as place
    from stated

),

{# The examples shipped are gone as soon as a company enters one of its own. #}
in_force as (

    select
        {{ seed_columns | join(', ') }},
        is_of_seed,
        {{ plan_columns | join(', ') }}
    from ranked
    where place = 1 and not is_withdrawn
    qualify not coalesce(is_illustrative, false) or bool_and(coalesce(is_illustrative, false)) over ()

)

select * from in_force
