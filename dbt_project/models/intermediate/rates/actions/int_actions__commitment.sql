{# one row per commitment that the limits of the portfolio allow, at the level that they allow #}

{{ config(materialized=view_or_table()) }}

with options as (

    select * from {{ ref('int_commitment_outcomes') }}

),

chosen as (

    select * from {{ ref('int_commitments_chosen') }}
    where is_chosen

),

bases as (

    select * from {{ ref('int_commitment_bases') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}
    where action_kind = 'commitment'

),

{# Alone, an offer saves on today's usage; what the other actions leave may be more, where calls move to its model. #}
actions as (

    select
        kinds.action_kind,
        after_actions.offer_id,
        after_actions.series_id as usage_group,
        'commitment:' || after_actions.offer_id || case when after_actions.series_id = after_actions.offer_id then '' else ':' || after_actions.series_id end as action_id,
        after_actions.offer_name || case when after_actions.history_id = 'models' then '' else ', ' || after_actions.group_id end as subject,
        cast(null as string) as task_type,
        after_actions.provider,
        after_actions.model,
        {# A look-back of more than a month holds more cost than a month's saving can come from. #}
        {{ money_of_double('after_actions.on_demand_cost_usd * least(' ~ ratio(720, 'after_actions.lookback_hours') ~ ', 1)') }} as scope_cost_usd,
        greatest(coalesce(as_used.net_monthly_savings_usd, 0), after_actions.net_monthly_savings_usd) as gross_monthly_savings_usd,
        after_actions.net_monthly_savings_usd,
        {{ lowest_savings('after_actions.net_monthly_savings_usd', 'after_actions.net_monthly_savings_less_usage_usd', 'bases.') }} as low_monthly_savings_usd,
        after_actions.net_monthly_savings_more_usage_usd as high_monthly_savings_usd,
        {{ money('null') }} as one_off_avoided_cost_usd,
        case when after_actions.history_id = 'models' then 'rates.rpt_commitment_options' else 'rates.rpt_commitment_recommendations' end as source_mart,
        after_actions.is_illustrative,
        kinds.action_kind || ':' || after_actions.provider || case when after_actions.is_illustrative then ', examples' else '' end as work_id,
        kinds.effort_days,
        kinds.effort_days_per_part,
        kinds.usd_per_effort_day
    from options as after_actions
    inner join chosen
        on
            after_actions.offer_id = chosen.offer_id
            and after_actions.series_id = chosen.usage_group
            and after_actions.level_kind = chosen.level_kind
    cross join kinds
    left join bases on after_actions.series_id = bases.series_id and after_actions.committed_units = bases.level_units
    left join options as as_used
        on
            after_actions.offer_id = as_used.offer_id
            and after_actions.series_id = as_used.series_id
            and after_actions.level_kind = as_used.level_kind
            and as_used.usage_basis = 'as_used'
    where after_actions.usage_basis = 'after_actions'

),

{# What a provider sells is one contract. Its work is said of each commitment in it, and its cost stands on the first. #}
shared as (

    select
        *,
        count(*) over (partition by work_id) as work_parts,
        row_number() over (partition by work_id order by action_id) = 1 as is_first_of_work,
        {{ money('sum(net_monthly_savings_usd) over (partition by work_id)') }} as work_monthly_savings_usd
    from actions

),

valued as (

    select
        *,
        cast(effort_days + effort_days_per_part * work_parts as decimal(18, 2)) as work_effort_days,
        {{ money('(effort_days + effort_days_per_part * work_parts) * usd_per_effort_day') }} as work_effort_usd
    from shared

),

final as (

    select
        *,
        case when is_first_of_work then work_effort_usd else {{ money(0) }} end as effort_usd,
        {{ is_worth_its_effort('work_effort_usd', 'work_monthly_savings_usd', 'is_illustrative') }} as is_counted
    from valued

)

select * from final
