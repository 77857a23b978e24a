{# one row per saving that somebody decided to make x month since: what was expected, and what came #}

with accepted as (

    select * from {{ ref('int_savings_accepted') }}
    where action_kind is distinct from 'price_plan'

),

resource_savings as (

    select * from {{ ref('int_resource_savings_measured') }}

),

bought as (

    select * from {{ ref('int_commitments_bought') }}

),

commitments as (

    select * from {{ ref('rpt_commitment_coverage') }}
    where not is_total

),

switches as (

    select * from {{ ref('int_switches_measured') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}

),

resources as (

    select * from {{ ref('dim_resources') }}

),

contract_savings as (

    select
        bought.tracking_id,
        bought.month_start_date,
        max(bought.measured_days) as measured_days,
        case when count(commitments.commitment_id) = count(commitments.savings_usd) then {{ money('coalesce(sum(commitments.savings_usd), 0)') }} end as saved_usd
    from bought
    left join commitments
        on
            bought.provider_name = commitments.provider_name
            and bought.commitment_id = commitments.commitment_id
            and bought.month_start_date = commitments.month_start_date
    group by bought.tracking_id, bought.month_start_date

),

measured as (

    select tracking_id, month_start_date, measured_days, saved_usd as realized_savings_usd, cast(null as double) as due_calls, cast(null as double) as moved_calls
    from resource_savings
    union all
    select tracking_id, month_start_date, measured_days, saved_usd as realized_savings_usd, cast(null as double) as due_calls, cast(null as double) as moved_calls
    from contract_savings
    union all
    select tracking_id, month_start_date, measured_days, case when not is_unknown then saved_usd end as realized_savings_usd, due_calls, moved_calls
    from switches

),

tracked as (

    select
        accepted.tracking_id,
        measured.month_start_date,
        accepted.action_kind,
        accepted.accepted_date,
        case
            when accepted.resource_id is not null then accepted.resource_id
            when accepted.action_kind = 'commitment' then 'commitments with ' || accepted.provider_name
            when accepted.action_kind = 'batch' then replace(accepted.task_type, '_', ' ') || ' calls to the batch service'
            else replace(accepted.task_type, '_', ' ') || ' calls from ' || accepted.from_model || ' to ' || accepted.to_model
        end as subject,
        resources.team_id,
        kinds.owner_role,
        coalesce(measured.measured_days, 0) as measured_days,
        accepted.predicted_monthly_savings_usd,
        {{ money_of_double('accepted.predicted_monthly_savings_usd * ' ~ ratio('coalesce(measured.measured_days, 0)', '30')) }} as predicted_savings_usd,
        {{ money('measured.realized_savings_usd') }} as realized_savings_usd,
        measured.due_calls,
        measured.moved_calls
    from accepted
    left join measured on accepted.tracking_id = measured.tracking_id
    left join kinds on accepted.action_kind = kinds.action_kind
    left join resources on accepted.provider_name = resources.provider_name and accepted.resource_id = resources.resource_id

),

{# What is known of a decision in all months. #}
decisions as (

    select
        tracking_id,
        max(month_start_date) as last_month_date,
        max(predicted_monthly_savings_usd) as predicted_monthly_savings_usd,
        cast(sum(measured_days) as bigint) as decision_days,
        {{ money('sum(case when realized_savings_usd is not null then predicted_savings_usd end)') }} as decision_predicted_usd,
        {{ money('sum(realized_savings_usd)') }} as decision_realized_usd,
        {{ ratio(stable_sum('moved_calls'), stable_sum('due_calls')) }} as decision_moved_share
    from tracked
    group by tracking_id

),

judged as (

    select
        *,
        case
            when decision_realized_usd is null then 'not known'
            when decision_realized_usd >= decision_predicted_usd * {{ assumption('saving_came_from_share', 'decimal(6, 4)') }} then 'carried out'
            when decision_days < {{ assumption('saving_judged_from_days') }} then 'too early to say'
            else 'not carried out'
        end as verdict
    from decisions

),

summed as (

    select
        cast(count(*) as bigint) as decisions,
        cast(count(decision_realized_usd) as bigint) as measured_decisions,
        cast(count(*) filter (where verdict = 'not carried out') as bigint) as missed_decisions,
        {{ money('sum(decision_predicted_usd)') }} as all_predicted_usd,
        {{ money('sum(decision_realized_usd)') }} as all_realized_usd,
        {{ money("sum(decision_predicted_usd - decision_realized_usd) filter (where verdict = 'not carried out')") }} as all_missed_usd,
        {{ money("sum(predicted_monthly_savings_usd) filter (where verdict = 'not carried out')") }} as all_missed_monthly_usd
    from judged

),

final as (

    select
        tracked.tracking_id,
        tracked.month_start_date,
        tracked.action_kind,
        tracked.accepted_date,
        tracked.subject,
        tracked.team_id,
        tracked.owner_role,
        tracked.measured_days,
        tracked.predicted_monthly_savings_usd,
        tracked.predicted_savings_usd,
        tracked.realized_savings_usd,
        {{ ratio('tracked.realized_savings_usd', 'tracked.predicted_savings_usd') }} as realized_share,
        {{ ratio('tracked.moved_calls', 'tracked.due_calls') }} as moved_share,
        tracked.month_start_date is not distinct from judged.last_month_date as is_last_month,
        judged.decision_predicted_usd,
        judged.decision_realized_usd,
        judged.decision_moved_share,
        judged.verdict,
        case when judged.verdict = 'not carried out' then {{ money('judged.decision_predicted_usd - judged.decision_realized_usd') }} end as missed_savings_usd,
        summed.*,
        {{ ratio('summed.all_realized_usd', 'summed.all_predicted_usd') }} as all_realized_share
    from tracked
    inner join judged on tracked.tracking_id = judged.tracking_id
    cross join summed

)

select * from final
