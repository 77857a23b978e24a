{# one row per saving that somebody decided to make: of the seed, and as was said since #}

{% set columns = [
    'tracking_id', 'accepted_date', 'action_kind', 'predicted_monthly_savings_usd', 'provider_name', 'resource_id', 'task_type', 'from_provider',
    'from_model', 'to_provider', 'to_model'
] %}

with seeded as (

    select * from {{ ref('accepted_savings') }}

),

decisions as (

    select * from {{ ref('stg_savings__decisions') }}

),

stated as (

    select {{ columns | join(', ') }}, cast(null as timestamp) as decided_at, cast(null as string) as decision_id
    from seeded
    union all
    select {{ columns | join(', ') }}, decided_at, decision_id
    from decisions

),

{# What was said last counts; what is in the seed was there before. #}
ranked as (

    select
        *,
        row_number() over (partition by tracking_id order by decided_at desc nulls last, decision_id desc nulls last) as place
    from stated

)

select {{ columns | join(', ') }}
from ranked
where place = 1 and accepted_date is not null and action_kind is not null and predicted_monthly_savings_usd is not null
