{# one row per decision on a saving, as it was written down; without a day it was given up #}

with decisions as (

    select * from {{ source('savings', 'decisions') }}

),

final as (

    select
        decision_id,
        try_cast(replace(decided_at, 'Z', '') as timestamp) as decided_at,
        actor,
        note,
        tracking_id,
        try_cast(accepted_date as date) as accepted_date,
        action_kind,
        try_cast(predicted_monthly_savings_usd as decimal(28, 12)) as predicted_monthly_savings_usd,
        provider_name,
        resource_id,
        task_type,
        from_provider,
        from_model,
        to_provider,
        to_model
    from decisions
    {# What a kill cut off has no id. #}
    where
        decision_id is not null
        and try_cast(replace(decided_at, 'Z', '') as timestamp) is not null
        and tracking_id is not null

)

select * from final
