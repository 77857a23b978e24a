{# Why nothing about a resource needs to be asked: it is gone from the bill of the last three days, or not paid on demand. #}
{% macro gone_or_discounted(resource) -%}
    case
        when {{ resource }}.state = 'terminated' or {{ resource }}.last_charge_date < {{ resource }}.window_end_date - 2 then 'it is gone'
        when {{ resource }}.on_demand_cost_usd <= 0 then 'a commitment or spare capacity pays for it already'
    end
{%- endmacro %}

{# A share as text in whole per cent; null where it is unknown. #}
{% macro percent_text(share) -%}
    cast(cast(round({{ share }} * 100) as bigint) as string) || ' %'
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
