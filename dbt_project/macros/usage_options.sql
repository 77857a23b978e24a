{# Why nothing about a resource needs to be asked: it is gone from the bill of the last three days, or not paid on demand. #}
{% macro gone(resource) -%}
    case when {{ resource }}.state = 'terminated' or {{ resource }}.last_charge_date < {{ resource }}.window_end_date - 2 then 'it is gone' end
{%- endmacro %}
{% macro paid_already() -%}
    'a commitment or spare capacity pays for it already'
{%- endmacro %}
{% macro gone_or_discounted(resource) -%}
    coalesce({{ gone(resource) }}, case when {{ resource }}.on_demand_cost_usd <= 0 then {{ paid_already() }} end)
{%- endmacro %}

{# A share as text in whole per cent; null where it is unknown. #}
{% macro percent_text(share) -%}
    cast(cast(round(({{ share }}) * 100) as bigint) as string) || ' %'
{%- endmacro %}

{# What is left of a cost after the shares that are taken off it in a window, one after the other. Of what is rounded to millionths
   the differences are what each takes, and sum to the whole exactly. #}
{% macro left_after(cost, share, window) -%}
    {{ decimal_of_double(
        cost ~ ' * case when max(' ~ share ~ ') over ' ~ window ~ ' >= 1 then 0'
        ~ ' else exp(coalesce(sum(ln(case when ' ~ share ~ ' >= 1 then 1 else 1 - coalesce(' ~ share ~ ', 0) end)) over ' ~ window ~ ', 0)) end',
        'decimal(28, 6)'
    ) }}
{%- endmacro %}

{# The part of a line of a bill that lies in days, the first and the last included: a volume has one line a month. A line without
   length lies on the day of its start. #}
{% macro part_of_line(line, first_date, last_date) -%}
    case
        when {{ line }}.charge_period_end_at is null or {{ line }}.charge_period_end_at <= {{ line }}.charge_period_start_at
            then case when cast({{ line }}.charge_period_start_at as date) between {{ first_date }} and {{ last_date }} then 1.0 else 0.0 end
        else {{ ratio(
            'greatest(' ~ unix_microseconds('least(' ~ line ~ '.charge_period_end_at, ' ~ start_of_day(last_date ~ ' + 1') ~ ')')
            ~ ' - ' ~ unix_microseconds('greatest(' ~ line ~ '.charge_period_start_at, ' ~ start_of_day(first_date) ~ ')') ~ ', 0)',
            unix_microseconds(line ~ '.charge_period_end_at') ~ ' - ' ~ unix_microseconds(line ~ '.charge_period_start_at')
        ) }}
    end
{%- endmacro %}

{# Whether a line of a bill is what Google takes off another because a machine runs for most of a month: a part of its price on demand, though a
   credit. #}
{% macro is_sustained_use(charges) -%}
    {{ charges }}.charge_category = 'Credit'
    and coalesce({{ json_text(charges ~ '.sku_price_details', 'CreditType') }}, '') = 'SUSTAINED_USAGE_DISCOUNT'
{%- endmacro %}
