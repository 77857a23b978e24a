{# one row per saving that somebody decided to make x scope whose cost it lowers: what a day of the forecast does not know of it yet #}

{# The forecast stands on the last four of each weekday. #}
{% set days_known = 28 %}

with accepted as (

    select * from {{ ref('int_savings_accepted') }}
    where action_kind is distinct from 'price_plan'

),

charges as (

    select * from {{ ref('fct_charges') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# Where its newest charges belong. #}
resource_components as (

    select
        accepted.tracking_id,
        max_by(charges.cost_component, {{ in_order('charges.charge_date', 'charges.cost_component') }}) as cost_component
    from accepted
    inner join charges on accepted.provider_name = charges.provider_name and accepted.resource_id = charges.resource_id
    where charges.is_counted and charges.is_direct
    group by accepted.tracking_id

),

{# Days that it holds already are in the level of the forecast, as far as it came true. #}
dated as (

    select
        accepted.tracking_id,
        greatest(accepted.accepted_date, as_of.as_of_date + 1) as first_date,
        case when accepted.task_type is not null then 'ai' when accepted.action_kind = 'commitment' then 'infrastructure' else resource_components.cost_component end as cost_component,
        {{ ratio('accepted.predicted_monthly_savings_usd', '30') }}
        * least(greatest({{ days_between('as_of.as_of_date', 'accepted.accepted_date') }} - 1 + {{ days_known }}, 0), {{ days_known }}) / cast({{ days_known }} as double) as daily_savings
    from accepted
    cross join as_of
    left join resource_components on accepted.tracking_id = resource_components.tracking_id

),

decided as (

    select
        'total' as scope,
        'total' as scope_id,
        tracking_id,
        first_date,
        daily_savings
    from dated
    where daily_savings > 0
    union all
    select
        'component' as scope,
        cost_component as scope_id,
        tracking_id,
        first_date,
        daily_savings
    from dated
    where daily_savings > 0 and cost_component is not null

)

select * from decided
