{# one row per piece of work that would save money every month: opportunities that share a target are one, with one effort #}

with kinds as (

    select * from {{ ref('savings_actions') }}

),

actions_on_calls as (

    select * from {{ ref('int_actions_on_calls') }}

),

commitments as (

    select * from {{ ref('int_actions__commitment') }}

),

customer_savings as (

    select * from {{ ref('int_customer_savings') }}

),

customers_planned as (

    select * from {{ ref('int_customers_planned') }}

),

canaries as (

    select * from {{ ref('rpt_canary_design') }}
    where not can_be_measured

),

usage_actions as (

    select * from {{ ref('int_actions__usage') }}

),

scheduled as (

    select * from {{ ref('int_works_scheduled') }}

),

churn_rates as (

    select * from {{ ref('rpt_churn_rates') }}
    where subscription_tier = 'all'

),

{# What leaves with the customers that the price plan loses. Of a customer who is not known nothing does. #}
leaving as (

    select
        customer_savings.action_id,
        {{ money('sum(customer_savings.net_monthly_savings_usd - ' ~ money('cast(customer_savings.net_monthly_savings_usd as decimal(25, 12)) * customers_planned.kept_share') ~ ')') }}
            as leaving_usd
    from customer_savings
    inner join customers_planned on customer_savings.customer_id = customers_planned.customer_id
    group by customer_savings.action_id

),

parts as (

    select
        actions_on_calls.work_id, actions_on_calls.action_kind, actions_on_calls.subject, actions_on_calls.task_type, actions_on_calls.provider, actions_on_calls.model,
        actions_on_calls.gross_monthly_savings_usd, actions_on_calls.net_monthly_savings_usd, actions_on_calls.low_monthly_savings_usd,
        actions_on_calls.high_monthly_savings_usd, actions_on_calls.is_illustrative, cast(1 as bigint) as parts, {{ money(0) }} as one_off_cost_usd,
        coalesce(leaving.leaving_usd, {{ money(0) }}) as leaving_usd, true as is_on_calls, cast(null as string) as account_owner
    from actions_on_calls
    left join leaving on actions_on_calls.action_id = leaving.action_id
    union all
    select
        work_id, action_kind, subject, task_type, provider, model, gross_monthly_savings_usd, net_monthly_savings_usd, low_monthly_savings_usd,
        high_monthly_savings_usd, is_illustrative, cast(1 as bigint) as parts, {{ money(0) }} as one_off_cost_usd, {{ money(0) }} as leaving_usd,
        source_mart = 'rates.rpt_commitment_options' as is_on_calls, cast(null as string) as account_owner
    from commitments
    union all
    select
        action_id as work_id, action_kind, subject, task_type, provider, model, gross_monthly_savings_usd, net_monthly_savings_usd, low_monthly_savings_usd,
        high_monthly_savings_usd, is_illustrative, parts, one_off_cost_usd, {{ money(0) }} as leaving_usd, false as is_on_calls, account_owner
    from usage_actions

),

works as (

    select
        parts.work_id, parts.action_kind,
        cast(sum(parts.parts) as bigint) as parts,
        {{ money('sum(parts.one_off_cost_usd)') }} as one_off_cost_usd,
        {{ string_agg_sorted("replace(parts.task_type, '_', ' ')", ', ') }} as tasks,
        min(parts.subject) as subject,
        max(parts.account_owner) as account_owner,
        case when count(distinct parts.provider) = 1 then min(parts.provider) end as provider,
        case when count(distinct parts.model) = 1 then min(parts.model) end as model,
        bool_or(parts.is_illustrative) as is_illustrative,
        bool_or(parts.is_on_calls) as is_on_calls,
        {{ money('sum(parts.gross_monthly_savings_usd)') }} as gross_monthly_savings_usd,
        {{ money('sum(parts.net_monthly_savings_usd)') }} as net_monthly_savings_usd,
        {{ money('sum(parts.low_monthly_savings_usd)') }} as low_monthly_savings_usd,
        {{ money('sum(parts.high_monthly_savings_usd)') }} as high_monthly_savings_usd,
        {{ money('sum(parts.net_monthly_savings_usd - parts.leaving_usd)') }} as net_after_price_usd,
        {{ string_agg_sorted("replace(canaries.task_type, '_', ' ')", ', ') }} as unmeasured_tasks
    from parts
    left join canaries on case when parts.action_kind = 'model_switch' then parts.task_type end = canaries.task_type and parts.provider = canaries.to_provider and parts.model = canaries.to_model
    group by parts.work_id, parts.action_kind

),

{# What is saved on calls goes with the customers that make them; of no machine is it known whose it is. #}
costed as (

    select
        works.*,
        case when works.is_on_calls then churn_rates.monthly_churn_rate end as monthly_churn_rate,
        case when works.is_on_calls then churn_rates.monthly_churn_rate_low end as monthly_churn_rate_low,
        case when works.is_on_calls then churn_rates.monthly_churn_rate_high end as monthly_churn_rate_high,
        kinds.applied_order, kinds.programme, kinds.assumption, kinds.confidence, kinds.first_step,
        coalesce(works.account_owner, kinds.owner_role) as owner_role,
        cast(coalesce(scheduled.months_to_start, kinds.months_to_start) as decimal(9, 6)) as months_to_start,
        cast(kinds.effort_days + kinds.effort_days_per_part * works.parts as decimal(18, 2)) as effort_days,
        {{ effort_of('works.parts', 'works.one_off_cost_usd') }} as effort_usd
    from works
    inner join kinds on works.action_kind = kinds.action_kind
    left join scheduled on case works.action_kind when 'commitment' then works.action_kind else works.work_id end = scheduled.work_id
    left join churn_rates on 1 = 1

),

judged as (

    select
        *,
        {{ payback_months('effort_usd', 'net_monthly_savings_usd') }} as payback_months,
        {{ payback_months('effort_usd', 'low_monthly_savings_usd') }} as payback_low_months,
        {{ payback_months('effort_usd', 'high_monthly_savings_usd') }} as payback_high_months,
        {{ payback_from_today_months('effort_usd', 'net_monthly_savings_usd', 'months_to_start', 'monthly_churn_rate') }} as payback_with_start_months,
        {{ first_year_net('effort_usd', 'net_monthly_savings_usd', 'months_to_start', 'monthly_churn_rate') }} as first_year_net_usd,
        {{ first_year_net('effort_usd', 'low_monthly_savings_usd', 'months_to_start', 'monthly_churn_rate_high') }} as first_year_net_low_usd,
        {{ first_year_net('effort_usd', 'high_monthly_savings_usd', 'months_to_start', 'monthly_churn_rate_low') }} as first_year_net_high_usd,
        {{ ratio('net_monthly_savings_usd * 12', 'effort_usd') }} as value_per_effort,
        {{ is_worth_its_effort('effort_usd', 'net_monthly_savings_usd', 'is_illustrative') }} as is_counted
    from costed

),

final as (

    select
        work_id, action_kind, applied_order, programme,
        case
            when action_kind = 'commitment' and parts > 1 then cast(parts as string) || ' commitments with ' || provider
            when parts = 1 or tasks is null then subject
            when action_kind = 'model_switch' then tasks || ' calls to ' || model
            when action_kind = 'batch' then tasks || ' calls that can wait, to the batch service'
            else replace(action_kind, '_', ' ') || ': ' || tasks
        end as subject,
        tasks, parts, provider, model,
        gross_monthly_savings_usd, {{ money('gross_monthly_savings_usd - net_monthly_savings_usd') }} as overlap_usd,
        net_monthly_savings_usd, low_monthly_savings_usd, high_monthly_savings_usd, effort_days,
        {{ days_in_words('effort_days') }} as effort,
        effort_usd,
        payback_months, payback_with_start_months, payback_low_months, payback_high_months,
        net_after_price_usd, first_year_net_usd, first_year_net_low_usd, first_year_net_high_usd,
        value_per_effort,
        is_illustrative,
        is_counted,
        cast(months_to_start as double) as months_to_start,
        {{ pays_from_year('payback_with_start_months') }} as pays_from_year,
        is_counted and coalesce(payback_with_start_months <= {{ assumption('action_first_within_months') }}, false) as is_recommended_first,
        case
            when is_counted
                then cast(row_number() over (partition by is_counted order by value_per_effort desc nulls first, net_monthly_savings_usd desc, work_id asc) as bigint)
        end as action_rank,
        case when is_counted then cast(row_number() over (partition by is_counted order by first_year_net_usd desc nulls last, work_id asc) as bigint) end as first_year_rank,
        is_counted and row_number() over (partition by action_kind, is_counted order by value_per_effort desc nulls first, net_monthly_savings_usd desc, work_id asc) = 1 as is_first_of_its_kind,
        cast(count(*) over of_kind as bigint) as kind_works,
        cast(count(*) over of_kind as bigint) - 1 as kind_further_works,
        {{ money('sum(gross_monthly_savings_usd) over of_kind') }} as kind_gross_usd,
        {{ money('sum(net_monthly_savings_usd) over of_kind') }} as kind_net_usd,
        {{ money('sum(gross_monthly_savings_usd - net_monthly_savings_usd) over of_kind') }} as kind_overlap_usd,
        {{ money('sum(low_monthly_savings_usd) over of_kind') }} as kind_low_usd,
        {{ money('sum(high_monthly_savings_usd) over of_kind') }} as kind_high_usd,
        cast(sum(effort_days) over of_kind as decimal(18, 2)) as kind_effort_days,
        {{ money('sum(effort_usd) over of_kind') }} as kind_effort_usd,
        {{ payback_months('sum(effort_usd) over of_kind', 'sum(net_monthly_savings_usd) over of_kind') }} as kind_payback_months,
        case when count(payback_with_start_months) over of_kind = count(*) over of_kind then max(payback_with_start_months) over of_kind end as kind_payback_with_start_months,
        {{ money('sum(first_year_net_usd) over of_kind') }} as kind_first_year_net_usd,
        assumption, owner_role, confidence,
        first_step || coalesce('; ' || unmeasured_tasks || ': its canary cannot be measured in time at today''s rate of scoring, so score more first', '') as first_step,
        cast(count(*) over of_owner as bigint) as owner_works,
        cast(sum(effort_days) over of_owner as decimal(18, 2)) as owner_effort_days,
        {{ money('sum(effort_usd) over of_owner') }} as owner_effort_usd, cast(max(months_to_start) over of_owner as double) as owner_last_start_months,
        row_number() over (partition by owner_role, is_counted order by work_id asc) = 1 as is_first_of_its_owner
    from judged
    window of_kind as (partition by action_kind, is_counted), of_owner as (partition by owner_role, is_counted)

)

select * from final
