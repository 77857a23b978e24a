{# one row per commitment that has not ended: what it costs, and how much of it the engine of commitments would sign again #}

with expiries as (

    select * from {{ ref('rpt_commitment_expiries') }}

),

charges as (

    select * from {{ ref('fct_charges') }}

),

cases as (

    select * from {{ ref('int_commitment_cases') }}

),

outcomes as (

    select * from {{ ref('int_commitment_outcomes') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}
    where action_kind = 'commitment'

),

lines as (

    select * from {{ ref('int_commitment_lines') }}
    where is_covered

),

optimized as (

    select
        *,
        coalesce(saved_once_free_share > 0, false) as is_to_change
    from {{ ref('int_usage_optimized') }}
    where
        (saved_once_free_share > 0 and action_kind in ('idle_machine', 'off_hours', 'right_size', 'spot'))
        or (is_unknown_once_free and action_kind = 'off_hours')

),

usages as (

    select * from {{ ref('int_commitment_usages_described') }}

),

covered as (

    select
        lines.provider_name,
        lines.commitment_discount_id as commitment_id,
        lines.resource_id,
        {{ money_of_double(ratio('sum(lines.effective_cost_usd)', 'max(cases.hours)')) }} as hourly_usd,
        {{ money('sum(lines.list_cost_usd - lines.effective_cost_usd) * max(cases.months)') }} as saved_usd,
        {{ money('sum(lines.list_cost_usd) * max(cases.months)') }} as list_usd,
        least({{ ratio(assumption('off_hours_kept_per_week'), ratio('sum(lines.pricing_quantity)', 'max(cases.hours)') ~ ' * 168') }}, 1) as kept_share
    from lines
    inner join cases on lines.provider_name = cases.history_id and cases.usage_case = 'as_judged'
    where lines.resource_id is not null and cast(lines.charge_period_start_at as date) between cases.first_date and cases.last_date
    group by lines.provider_name, lines.commitment_discount_id, lines.resource_id

),

opened as (

    select
        covered.*,
        optimized.team_id,
        optimized.is_to_change,
        row_number() over (partition by covered.provider_name, covered.commitment_id, optimized.is_to_change order by covered.hourly_usd desc, covered.resource_id asc) as ask_rank
    from covered
    left join optimized on covered.provider_name = optimized.provider_name and covered.resource_id = optimized.resource_id

),

{# What is open to be done with its machines is taken as done in what is signed again. Whether one may be off at night that nobody has said so of is to be asked. #}
to_do as (

    select
        provider_name,
        commitment_id,
        cast(count(distinct resource_id) as integer) as machines,
        cast(count(distinct case when is_to_change then resource_id end) as integer) as machines_to_change,
        cast(count(distinct case when not is_to_change then resource_id end) as integer) as machines_to_ask,
        min(case when is_to_change then resource_id || coalesce(' of ' || team_id, '') end) as first_to_change,
        {{ some_named("resource_id || coalesce(' of ' || team_id, '')", 'not is_to_change', 'ask_rank') }} as first_to_ask,
        {{ money('sum(case when not is_to_change then hourly_usd end)') }} as asked_hourly_usd,
        {{ money('sum(case when not is_to_change then saved_usd end)') }} as asked_saved_usd,
        {{ money('sum(case when not is_to_change then ' ~ money_of_double('cast(list_usd as double) * (1 - kept_share)') ~ ' end)') }} as asked_list_usd
    from opened
    group by provider_name, commitment_id

),

{# What it costs in the hours that the engine judges; it cannot be judged on hours before it began. #}
paid as (

    select
        charges.provider_name,
        charges.commitment_discount_id as commitment_id,
        min(charges.charge_date) > max(cases.first_date) as is_new,
        {{ money_of_double(ratio(
            'sum(case when charges.charge_date between cases.first_date and cases.last_date then charges.effective_cost_usd else 0 end)', 'max(cases.hours)'
        )) }} as hourly_cost_usd
    from charges
    inner join cases on charges.provider_name = cases.history_id and cases.usage_case = 'as_judged'
    where charges.commitment_discount_id is not null and charges.commitment_discount_status is not null and charges.is_counted
    group by charges.provider_name, charges.commitment_discount_id

),

renewals as (

    select
        series_id,
        max(case when outcome = 'pays' and kind_rank = 1 then hourly_commitment_usd end) as renewed_hourly_usd,
        max(case when outcome = 'pays' and kind_rank = 1 then net_monthly_savings_usd end) as renewed_monthly_savings_usd
    from outcomes
    where usage_basis = 'owned'
    group by series_id

),

judged as (

    select
        expiries.provider_name,
        expiries.commitment_id,
        expiries.commitment_name,
        expiries.commitment_type,
        expiries.team_id,
        expiries.ends_on,
        expiries.days_left,
        expiries.is_renewed_automatically,
        expiries.cost_usd,
        expiries.utilization_share,
        expiries.savings_usd,
        paid.hourly_cost_usd,
        paid.is_new,
        usages.used_by,
        to_do.machines, to_do.machines_to_change, to_do.first_to_change, to_do.machines_to_ask, to_do.first_to_ask,
        to_do.asked_hourly_usd, to_do.asked_saved_usd, to_do.asked_list_usd,
        renewals.series_id is not null as is_judged,
        case when not paid.is_new then renewals.renewed_hourly_usd end as renewed_hourly_usd,
        case when not paid.is_new then renewals.renewed_monthly_savings_usd end as renewed_monthly_savings_usd,
        {# What is signed again is sold in hundredths of a cent. #}
        case
            when not paid.is_new and to_do.machines_to_ask > 0
                then {{ money('cast(greatest(floor((renewals.renewed_hourly_usd - to_do.asked_hourly_usd) * 10000), 0) as decimal(18, 0)) * cast(0.0001 as decimal(5, 4))') }}
        end as renewed_hourly_if_off_usd
    from expiries
    left join paid on expiries.provider_name = paid.provider_name and expiries.commitment_id = paid.commitment_id
    left join renewals on {{ owned_commitment_series('expiries.provider_name', 'expiries.commitment_id') }} = renewals.series_id
    left join usages on {{ owned_commitment_series('expiries.provider_name', 'expiries.commitment_id') }} = usages.series_id
    left join to_do on expiries.provider_name = to_do.provider_name and expiries.commitment_id = to_do.commitment_id
    where expiries.expiry_status <> 'ended'

),

final as (

    select
        {% for name in [
            'provider_name', 'commitment_id', 'commitment_name', 'commitment_type', 'team_id', 'ends_on', 'days_left', 'is_renewed_automatically', 'cost_usd', 'utilization_share',
            'savings_usd', 'hourly_cost_usd', 'renewed_hourly_usd', 'renewed_monthly_savings_usd', 'used_by', 'machines', 'machines_to_change', 'first_to_change', 'machines_to_ask',
            'asked_hourly_usd', 'first_to_ask', 'renewed_hourly_if_off_usd'
        ] -%}
        judged.{{ name }},
        {% endfor -%}
        {{ money('case when judged.renewed_hourly_if_off_usd > 0 then judged.renewed_monthly_savings_usd - judged.asked_saved_usd when judged.renewed_hourly_if_off_usd = 0 then 0 end') }}
            as renewed_monthly_savings_if_off_usd,
        {{ money_of_double(
            'case when judged.renewed_hourly_if_off_usd is not null then cast(judged.renewed_monthly_savings_usd as double) - cast(judged.asked_list_usd as double) * least('
            ~ ratio('judged.renewed_hourly_usd', 'judged.asked_hourly_usd') ~ ', 1) end'
        ) }} as unchanged_monthly_savings_if_off_usd,
        case
            when not judged.is_judged then 'find out what it covers'
            when judged.is_new then 'too new to judge'
            when judged.renewed_hourly_usd is null then 'let it end'
            when judged.renewed_hourly_usd < judged.hourly_cost_usd * {{ assumption('commitment_renewal_share') }} then 'renew less of it'
            else 'renew it'
        end as advice,
        coalesce(judged.days_left <= {{ assumption('commitment_decision_days') }}, false) as is_to_decide,
        judged.ends_on - cast({{ assumption('commitment_quote_days') }} as integer) as decide_by_date, kinds.owner_role,
        {{ days_in_words('kinds.effort_days + kinds.effort_days_per_part') }} as effort,
        cast(kinds.effort_days + kinds.effort_days_per_part as decimal(18, 2)) as effort_days,
        {{ effort_of('1') }} as effort_usd,
        {{ decimal_of_double('case when judged.days_left is not null then least(greatest(' ~ ratio('judged.days_left', days_of_mean_month()) ~ ', 0), 12) end', 'decimal(9, 6)') }} as months_to_start
    from judged
    left join kinds on 1 = 1

)

select
    *,
    {{ first_year_net('effort_usd', 'renewed_monthly_savings_usd', 'months_to_start') }} as first_year_usd,
    {{ first_year_net('effort_usd', 'renewed_monthly_savings_if_off_usd', 'months_to_start') }} as first_year_if_off_usd
from final
