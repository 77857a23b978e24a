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
{% macro pays_from_year(months_to_start, payback_months) -%}
    case when {{ payback_months }} is not null then cast(greatest(ceil((cast({{ months_to_start }} as double) + {{ payback_months }}) / 12), 1) as bigint) end
{%- endmacro %}

{# What the twelve months from today bring after the effort: the months before the action starts bring nothing. #}
{% macro first_year_net(effort_usd, monthly_savings_usd, months_to_start) -%}
    {{ money('cast(' ~ monthly_savings_usd ~ ' as decimal(25, 12)) * cast(12 - ' ~ months_to_start ~ ' as decimal(8, 6)) - ' ~ effort_usd) }}
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

{# Of today's customers the share that is still there in the mean of the twelve months after so many; all of them where nobody knows how many leave. #}
{% macro still_there_share(monthly_churn_rate, after_months) -%}
    {%- set rate = 'cast(' ~ monthly_churn_rate ~ ' as double)' -%}
    {{ decimal_of_double(
        'case when ' ~ rate ~ ' > 0 and ' ~ rate ~ ' < 1 then (power(1 - ' ~ rate ~ ', ' ~ after_months ~ ') - power(1 - ' ~ rate ~ ', ' ~ (after_months + 12) ~ ')) / (-12 * ln(1 - ' ~ rate ~ ')) when ' ~ rate ~ ' >= 1 then 0 else 1 end',
        'decimal(9, 8)'
    ) }}
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
