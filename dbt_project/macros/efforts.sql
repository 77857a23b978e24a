{# What a piece of work takes once, by the days that the seed savings_actions states (CTE kinds). #}
{% macro effort_of(parts, one_off_cost_usd='0') -%}
    {{ money('(kinds.effort_days + kinds.effort_days_per_part * ' ~ parts ~ ') * kinds.usd_per_effort_day + ' ~ one_off_cost_usd) }}
{%- endmacro %}

{# Months until an effort has come back; null where nothing is saved. #}
{% macro payback_months(effort_usd, monthly_savings_usd) -%}
    case when {{ monthly_savings_usd }} > 0 then {{ ratio(effort_usd, monthly_savings_usd) }} end
{%- endmacro %}

{# What the twelve months from today bring after the effort: the months before the action starts bring nothing. #}
{% macro first_year_net(effort_usd, monthly_savings_usd, months_to_start) -%}
    {{ money('cast(' ~ monthly_savings_usd ~ ' as decimal(25, 12)) * cast(12 - ' ~ months_to_start ~ ' as decimal(4, 2)) - ' ~ effort_usd) }}
{%- endmacro %}

{# Whether an action is in the plan and in every total: worth its work soon enough, and on no offer that nobody has quoted. #}
{% macro is_worth_its_effort(effort_usd, monthly_savings_usd, is_illustrative) -%}
    {{ monthly_savings_usd }} > 0
    and {{ monthly_savings_usd }} >= {{ assumption('action_min_savings_usd') }}
    and cast({{ effort_usd }} as double) <= cast({{ monthly_savings_usd }} as double) * {{ assumption('action_payback_months_up_to') }}
    and not {{ is_illustrative }}
{%- endmacro %}

{# A number of days as a reader says it. #}
{% macro days_in_words(days) -%}
    case
        when {{ days }} = 1 then '1 day'
        when {{ days }} = floor({{ days }}) then cast(cast({{ days }} as bigint) as string) || ' days'
        else cast(cast({{ days }} as decimal(18, 1)) as string) || ' days'
    end
{%- endmacro %}
