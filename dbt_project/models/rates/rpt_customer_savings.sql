{# one row per customer x action on its calls that saves or costs it anything #}

with customer_savings as (

    select * from {{ ref('int_customer_savings') }}

),

actions as (

    select * from {{ ref('int_actions_on_calls') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}

),

final as (

    select
        customer_savings.customer_id,
        customer_savings.action_id,
        customer_savings.action_kind,
        kinds.applied_order,
        actions.subject,
        actions.task_type,
        actions.provider,
        actions.model,
        actions.is_counted,
        customer_savings.gross_monthly_savings_usd,
        customer_savings.net_monthly_savings_usd,
        customer_savings.low_monthly_savings_usd,
        customer_savings.high_monthly_savings_usd
    from customer_savings
    inner join actions on customer_savings.action_id = actions.action_id
    inner join kinds on customer_savings.action_kind = kinds.action_kind
    where
        customer_savings.customer_id is not null
        and (customer_savings.gross_monthly_savings_usd <> 0 or customer_savings.net_monthly_savings_usd <> 0)

)

select * from final
