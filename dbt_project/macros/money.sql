{# Money in USD: 28 digits, 12 of them decimals; the scale of a token price, so that a product never rounds. #}
{% macro money(expression) -%}
    cast({{ expression }} as decimal(28, 12))
{%- endmacro %}

{# Money made of a double: a quotient, a forecast. #}
{% macro money_of_double(expression) -%}
    {{ decimal_of_double(expression, 'decimal(28, 12)') }}
{%- endmacro %}

{# Money times a factor that is a double (growth, discount, scenario): the factor to twelve decimals, the product exact. A double of
   millions has less than a billionth beyond its point, and its last digits are another engine's. #}
{% macro money_times(amount, factor) -%}
    {{ money('cast(' ~ amount ~ ' as decimal(19, 9)) * ' ~ decimal_of_double(factor, 'decimal(18, 12)')) }}
{%- endmacro %}

{# Exact cost of a number of tokens. No tokens cost nothing, even where no price is known. #}
{% macro token_cost(tokens, usd_per_token) -%}
    case when {{ tokens }} = 0 then {{ money(0) }} else {{ money("cast(" ~ tokens ~ " as decimal(19, 0)) * " ~ usd_per_token) }} end
{%- endmacro %}

{# A share or a mean as double; null when there is nothing to divide by. Never for money that is stored. #}
{% macro ratio(numerator, denominator) -%}
    (cast({{ numerator }} as double) / nullif(cast({{ denominator }} as double), 0))
{%- endmacro %}

{# The part of an amount that belongs to one row, by cumulative rounding: parts sum to the amount to the last
   decimal. running_units includes the row, previous_units does not; both as exact numbers. #}
{% macro split_exactly(amount, running_units, previous_units, total_units, type='decimal(28, 12)') -%}
    {#- A digit less than 38: Spark gives up a decimal where the difference of two would need 39. #}
    {%- set operand = type | replace('(38,', '(37,') -%}
    cast(
        cast({{ _rounded_part(amount, running_units, total_units, type) }} as {{ operand }})
        - cast({{ _rounded_part(amount, previous_units, total_units, type) }} as {{ operand }})
        as {{ type }}
    )
{%- endmacro %}

{% macro _rounded_part(amount, units, total_units, type) -%}
    case
        when {{ units }} = {{ total_units }} then {{ amount }}
        else {{ decimal_of_double('cast(' ~ amount ~ ' as double) * cast(' ~ units ~ ' as double) / cast(' ~ total_units ~ ' as double)', type) }}
    end
{%- endmacro %}

{# Days of the mean month of a year: the same in February and in March. #}
{% macro days_of_mean_month() -%}
    30.4375
{%- endmacro %}

{# A monthly fee by the day, the same on every day of the year: what periods that are compared earn. #}
{% macro fee_per_equal_day(monthly_fee) -%}
    {{ money_of_double(ratio(monthly_fee, days_of_mean_month())) }}
{%- endmacro %}

{# What a day's part of a bill of a fixed amount a month costs on an even day: a twelfth of its year on the days of the mean month. #}
{% macro even_cost(cost, day) -%}
    {{ money_of_double(ratio(cost ~ ' * extract(day from last_day(' ~ day ~ '))', days_of_mean_month())) }}
{%- endmacro %}

{# What bills of a fixed amount a month cost on a day beyond their even cost: a part of the month, which is shorter or longer than the mean one, and what
   falls on that day alone. As a double. #}
{% macro calendar_effect(spread_even_cost, one_day_cost, days_in_month) -%}
    {{ spread_even_cost }} * (cast({{ days_of_mean_month() }} as double) / {{ days_in_month }} - 1) + coalesce({{ one_day_cost }}, 0)
{%- endmacro %}

{# Tools round the charges that they state: by half a millionth of a dollar each. #}
{% macro stated_cost_rounding() -%}
    cast('0.0000005' as decimal(28, 12))
{%- endmacro %}

{# Revenue less cost to serve. Where the cost of some calls is unknown it is the most that the margin can be; where that of
   every call is, nothing is known of it: revenue alone is no margin. #}
{% macro margin_of(revenue, cost, calls='calls', uncosted_calls='uncosted_calls') -%}
    case when {{ calls }} > 0 and {{ uncosted_calls }} >= {{ calls }} then {{ money('null') }} else {{ money(revenue ~ ' - ' ~ cost) }} end
{%- endmacro %}
