{# The share of its cost that a customer of int_plan_candidates_rated is served for; less than one beyond a cap. #}
{% macro served_share(rated) -%}
    {{ decimal_of_double('coalesce(' ~ ratio(rated ~ '.served_cost_usd', rated ~ '.cost_usd') ~ ', 1)', 'decimal(9, 8)') }}
{%- endmacro %}

{# What a rated customer is asked for once its calls cost less. A credit weighs tokens as their model costs, so an invoice by credits falls
   with the cost: as far as today's fee where it was a rise, and as far as the floor that a transition sets. Calls and tokens stay as many. #}
{% macro revenue_after_savings(rated, usage_unit, saved_usd, floor_share) -%}
    case
        when {{ usage_unit }} = 'credit' and {{ rated }}.is_priced
            then greatest(
                case
                    when {{ rated }}.revenue_usd > {{ rated }}.current_revenue_usd then {{ rated }}.current_revenue_usd
                    else {{ money('cast(' ~ rated ~ '.current_revenue_usd as decimal(25, 12)) * coalesce(' ~ floor_share ~ ', 0)') }}
                end,
                {{ money('cast(' ~ rated ~ '.revenue_usd as decimal(25, 12)) * ' ~ decimal_of_double('coalesce(1 - ' ~ ratio(saved_usd, rated ~ '.cost_usd') ~ ', 1)', 'decimal(9, 8)')) }}
            )
        else {{ rated }}.revenue_usd
    end
{%- endmacro %}

{# Units of a month that a customer can have used: nobody makes a part of a call, and an invoice is computed again from the use beside it. #}
{% macro whole_calls(units) -%}
    case when usage_unit = 'call' then ceil(round({{ units }}, 6)) else {{ units }} end
{%- endmacro %}
