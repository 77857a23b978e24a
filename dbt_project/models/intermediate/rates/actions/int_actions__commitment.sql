{# one row per commitment that the limits of the portfolio allow, at the level that they allow #}

{{ config(materialized=view_or_table()) }}

with options as (

    select * from {{ ref('int_commitment_outcomes') }}

),

chosen as (

    select * from {{ ref('int_commitments_chosen') }}
    where is_chosen

),

{# Alone, an offer saves on today's usage; what the other actions leave may be more, where calls move to its model. #}
actions as (

    select
        'commitment' as action_kind,
        'commitment:' || after_actions.offer_id || case when after_actions.series_id = after_actions.offer_id then '' else ':' || after_actions.series_id end as action_id,
        after_actions.offer_name || case when after_actions.history_id = 'models' then '' else ', ' || after_actions.group_id end as subject,
        cast(null as string) as task_type,
        after_actions.provider,
        after_actions.model,
        {# A look-back of more than a month holds more cost than a month's saving can come from. #}
        {{ money_of_double('after_actions.on_demand_cost_usd * least(' ~ ratio(720, 'after_actions.lookback_hours') ~ ', 1)') }} as scope_cost_usd,
        greatest(coalesce(as_used.net_monthly_savings_usd, 0), after_actions.net_monthly_savings_usd) as gross_monthly_savings_usd,
        after_actions.net_monthly_savings_usd,
        after_actions.net_monthly_savings_less_usage_usd as low_monthly_savings_usd,
        after_actions.net_monthly_savings_more_usage_usd as high_monthly_savings_usd,
        {{ money('null') }} as one_off_avoided_cost_usd,
        case when after_actions.history_id = 'models' then 'rates.rpt_commitment_options' else 'rates.rpt_commitment_recommendations' end as source_mart,
        after_actions.is_illustrative
    from options as after_actions
    inner join chosen
        on
            after_actions.offer_id = chosen.offer_id
            and after_actions.series_id = chosen.usage_group
            and after_actions.level_kind = chosen.level_kind
    left join options as as_used
        on
            after_actions.offer_id = as_used.offer_id
            and after_actions.series_id = as_used.series_id
            and after_actions.level_kind = as_used.level_kind
            and as_used.usage_basis = 'as_used'
    where after_actions.usage_basis = 'after_actions'

)

select * from actions
