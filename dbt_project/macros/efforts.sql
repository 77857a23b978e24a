{# What a piece of work takes once, by the days that the seed savings_actions states (CTE kinds). #}
{% macro effort_of(parts, one_off_cost_usd='0') -%}
    {{ money('(kinds.effort_days + kinds.effort_days_per_part * ' ~ parts ~ ') * kinds.usd_per_effort_day + ' ~ one_off_cost_usd) }}
{%- endmacro %}

{# Months until an effort has come back; null where nothing is saved. #}
{% macro payback_months(effort_usd, monthly_savings_usd) -%}
    case when {{ monthly_savings_usd }} > 0 then {{ ratio(effort_usd, monthly_savings_usd) }} end
{%- endmacro %}

{# Months whose savings may pay for the work of a commitment: its term promises no more, and one of less than a year is renewed until a year is over. #}
{% macro months_that_pay_back(term_months) -%}
    least({{ assumption('action_payback_months_up_to') }}, greatest({{ term_months }}, 12))
{%- endmacro %}

{# The year from today in which an effort has come back; null where it never does. #}
{% macro pays_from_year(payback_from_today_months) -%}
    case when {{ payback_from_today_months }} is not null then cast(greatest(ceil({{ payback_from_today_months }} / 12), 1) as bigint) end
{%- endmacro %}

{# Months between two days, counted from today, in which a gain on today's customers is made: each of them counts for as long as it stays at this
   monthly rate of leaving. At a rate of 0, and where nobody knows it, they are the months. #}
{% macro customer_months(from_month, to_month, monthly_churn_rate='0') -%}
    {%- set rate = 'cast(' ~ monthly_churn_rate ~ ' as double)' -%}
    {%- set begin = 'cast(' ~ from_month ~ ' as double)' -%}
    {{ decimal_of_double(
        'case when ' ~ begin ~ ' >= ' ~ to_month ~ ' or ' ~ rate ~ ' >= 1 then 0 when ' ~ rate ~ ' > 0 then (power(1 - ' ~ rate ~ ', ' ~ begin ~ ') - power(1 - ' ~ rate ~ ', ' ~ to_month ~ ')) / (-ln(1 - ' ~ rate ~ ')) else ' ~ to_month ~ ' - ' ~ begin ~ ' end',
        'decimal(9, 6)'
    ) }}
{%- endmacro %}

{# What the twelve months from today bring after the effort: the months before the action starts bring nothing. #}
{% macro first_year_net(effort_usd, monthly_savings_usd, months_to_start, monthly_churn_rate='0') -%}
    {{ money('cast(' ~ monthly_savings_usd ~ ' as decimal(25, 12)) * ' ~ customer_months(months_to_start, 12, monthly_churn_rate) ~ ' - ' ~ effort_usd) }}
{%- endmacro %}

{# Of today's customers the share that is still there after so many months. #}
{% macro still_there_share(months, monthly_churn_rate) -%}
    {{ decimal_of_double('coalesce(power(1 - least(cast(' ~ monthly_churn_rate ~ ' as double), 1), cast(' ~ months ~ ' as double)), 1)', 'decimal(9, 8)') }}
{%- endmacro %}

{# Months from today until an effort has come back, by gains each of which is made from its own start on: monthly_usd is their sum, monthly_months_usd
   that of each times the months until it starts, still_there_usd that of each times the share of today's customers that is there by then. Null where
   so many leave that it never does. #}
{% macro months_until_paid_back(effort_usd, monthly_usd, monthly_months_usd, still_there_usd, monthly_churn_rate='0') -%}
    {%- set rate = 'cast(' ~ monthly_churn_rate ~ ' as double)' -%}
    {%- set left = ratio('cast(' ~ still_there_usd ~ ' as double) + cast(' ~ effort_usd ~ ' as double) * ln(1 - ' ~ rate ~ ')', monthly_usd) -%}
    case
        when {{ monthly_usd }} <= 0 or {{ rate }} >= 1 then null
        when {{ rate }} > 0 then case when {{ left }} > 0 then 0 + ln({{ left }}) / ln(1 - {{ rate }}) end
        else {{ ratio(effort_usd ~ ' + ' ~ monthly_months_usd, monthly_usd) }}
    end
{%- endmacro %}

{# The same of one gain. #}
{% macro payback_from_today_months(effort_usd, monthly_usd, months_to_start, monthly_churn_rate='0') -%}
    {{ months_until_paid_back(
        effort_usd, monthly_usd, money('cast(' ~ monthly_usd ~ ' as decimal(25, 12)) * cast(' ~ months_to_start ~ ' as decimal(9, 6))'),
        money('cast(' ~ monthly_usd ~ ' as decimal(25, 12)) * ' ~ still_there_share(months_to_start, monthly_churn_rate)), monthly_churn_rate
    ) }}
{%- endmacro %}

{# Whether an action is in the plan and in every total: worth its work soon enough, and on no offer that nobody has quoted. #}
{% macro is_worth_its_effort(effort_usd, monthly_savings_usd, is_illustrative) -%}
    {{ monthly_savings_usd }} > 0
    and {{ monthly_savings_usd }} >= {{ assumption('action_min_savings_usd') }}
    and cast({{ effort_usd }} as double) <= cast({{ monthly_savings_usd }} as double) * {{ assumption('action_payback_months_up_to') }}
    and not {{ is_illustrative }}
{%- endmacro %}

{# The piece of work that an action on calls is a part of, by the seed savings_actions (CTE kinds). A part that does not pay for its own days is
   not carried by the others: it stands alone. #}
{% macro work_of(action_id, net_usd, provider='null', model='null') -%}
    case
        when
            cast({{ net_usd }} as double) * {{ assumption('action_payback_months_up_to') }}
            < cast(kinds.effort_days_per_part * kinds.usd_per_effort_day as double)
            then {{ action_id }}
        {%- if model != 'null' %}
        when kinds.effort_shared_by = 'model' and {{ model }} is not null then kinds.action_kind || ':' || {{ provider }} || '/' || {{ model }}
        {%- endif %}
        when kinds.effort_shared_by = 'kind' then kinds.action_kind
        else {{ action_id }}
    end
{%- endmacro %}

{# The piece of work that an action on a resource is a part of: all of its kind that a team has with a provider, those at example prices apart. #}
{% macro usage_action_id(relation='') -%}
    {%- set of = relation ~ '.' if relation else '' -%}
    {{ of }}action_kind || ':' || {{ of }}provider_name || '/' || {{ of }}team_id || case when {{ of }}is_illustrative then ', examples' else '' end
{%- endmacro %}

{# Whether the work of an action (work_id) is in the plan: with all its parts it is worth what it takes. #}
{% macro is_counted_with_its_work(net_usd) -%}
    {{ is_worth_its_effort(
        money('(effort_days + effort_days_per_part * count(*) over (partition by work_id)) * usd_per_effort_day'),
        money('sum(' ~ net_usd ~ ') over (partition by work_id)'),
        'false'
    ) }}
{%- endmacro %}

{# A number of days as a reader says it. #}
{% macro days_in_words(days) -%}
    case
        when {{ days }} = 1 then '1 day'
        when {{ days }} = floor({{ days }}) then cast(cast({{ days }} as bigint) as string) || ' days'
        else cast(cast({{ days }} as decimal(18, 1)) as string) || ' days'
    end
{%- endmacro %}

{# Every action as one row, with the piece of work that it is a part of, the days of that work, and whether it is worth them. A macro and not a
   model: what reads it stands at the end of the longest chain of models already. #}
{% macro judged_actions() -%}
    {%- set columns = [
        'action_kind', 'action_id', 'subject', 'task_type', 'provider', 'model', 'scope_cost_usd', 'gross_monthly_savings_usd', 'net_monthly_savings_usd',
        'low_monthly_savings_usd', 'high_monthly_savings_usd', 'one_off_avoided_cost_usd', 'source_mart', 'is_illustrative'
    ] | join(', ') -%}
    select {{ columns }}, work_id, work_effort_days, is_counted from {{ ref('int_actions_on_calls') }}
    union all
    select {{ columns }}, work_id, work_effort_days, is_counted from {{ ref('int_actions__commitment') }}
    union all
    select
        {{ columns }},
        action_id as work_id,
        work_effort_days,
        {{ is_worth_its_effort('work_effort_usd', 'net_monthly_savings_usd', 'is_illustrative') }} as is_counted
    from (
        select
            single.*,
            cast(kinds.effort_days + kinds.effort_days_per_part * single.parts as decimal(18, 2)) as work_effort_days,
            {{ effort_of('single.parts', 'single.one_off_cost_usd') }} as work_effort_usd
        from (
            select {{ columns }}, cast(1 as bigint) as parts, {{ money(0) }} as one_off_cost_usd from {{ ref('int_actions__anomaly_fix') }}
            union all
            select {{ columns }}, parts, one_off_cost_usd from {{ ref('int_actions__usage') }}
        ) as single
        inner join {{ ref('savings_actions') }} as kinds on single.action_kind = kinds.action_kind
    ) as works
{%- endmacro %}

{# A day as a number of months, in which half a month is half of any month. #}
{% macro place_in_months(day) -%}
    (
        cast(extract(year from {{ day }}) * 12 + extract(month from {{ day }}) as double)
        + {{ ratio('extract(day from ' ~ day ~ ') - 1', 'extract(day from last_day(' ~ day ~ '))') }}
    )
{%- endmacro %}

{# Months of a period in which a saving is made whose work begins on the day after the data. #}
{% macro months_saved_in(period_start_date, period_end_date, as_of_date, months_to_start) -%}
    {%- set begins = place_in_months('cast(' ~ as_of_date ~ ' + 1 as date)') ~ ' + cast(' ~ months_to_start ~ ' as double)' -%}
    {{ decimal_of_double(
        'greatest(0, ' ~ place_in_months('cast(' ~ period_end_date ~ ' + 1 as date)') ~ ' - greatest(' ~ place_in_months(period_start_date) ~ ', ' ~ begins ~ '))',
        'decimal(9, 6)'
    ) }}
{%- endmacro %}
