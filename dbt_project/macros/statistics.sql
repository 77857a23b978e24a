{# Byar's interval for the mean of a Poisson count: close to the exact one, and wider below where the count is small
   (1 event: 0.013 to 5.56 beside the exact 0.025 to 5.57; 5 events: 1.61 to 11.67 beside 1.62 to 11.67). It needs no
   quantile function, which the engines name differently or lack. #}
{% macro poisson_lower(events, z) -%}
    case
        when {{ events }} = 0 then 0.0
        else
            cast({{ events }} as double)
            * power(1 - 1 / (9 * cast({{ events }} as double)) - cast({{ z }} as double) / (3 * sqrt(cast({{ events }} as double))), 3)
    end
{%- endmacro %}

{% macro poisson_upper(events, z) -%}
    (
        cast({{ events }} + 1 as double)
        * power(1 - 1 / (9 * cast({{ events }} + 1 as double)) + cast({{ z }} as double) / (3 * sqrt(cast({{ events }} + 1 as double))), 3)
    )
{%- endmacro %}

{# A random number between 0 and 1 that belongs to a text: the same for the same text, on both engines. Of the first six
   hexadecimal digits of its MD5, so that there are 16.7 million of them. #}
{% macro random_share_of(text) -%}
    (
        {%- for place in [1, 2, 3, 4, 5, 6] %}
        cast({{ place_in_text("'0123456789abcdef'", 'substring(md5(' ~ text ~ '), ' ~ place ~ ', 1)') }} - 1 as double) * {{ 16 ** (6 - place) }} +
        {%- endfor %}
        0.5
    ) / {{ 16 ** 6 }}
{%- endmacro %}

{# The value of a triangular distribution (least, likeliest, most) below which a share of all values lies. #}
{% macro triangular_quantile(share, least, likeliest, most) -%}
    case
        when {{ most }} <= {{ least }} then {{ likeliest }}
        when {{ share }} * ({{ most }} - {{ least }}) < {{ likeliest }} - {{ least }}
            then {{ least }} + sqrt({{ share }} * ({{ most }} - {{ least }}) * ({{ likeliest }} - {{ least }}))
        else {{ most }} - sqrt((1 - {{ share }}) * ({{ most }} - {{ least }}) * ({{ most }} - {{ likeliest }}))
    end
{%- endmacro %}

{# The share of a standard normal distribution below z, to seven digits (Abramowitz and Stegun 26.2.17). #}
{% macro normal_cdf(z) -%}
    {%- set t = '(1 / (1 + 0.2316419 * abs(' ~ z ~ ')))' -%}
    {%- set tail = (
        '(0.3989422804014327 * exp(-power(' ~ z ~ ', 2) / 2) * ' ~ t ~ ' * (0.31938153 + ' ~ t ~ ' * (-0.356563782 + ' ~ t ~ ' * (1.781477937 + '
        ~ t ~ ' * (-1.821255978 + ' ~ t ~ ' * 1.330274429)))))'
    ) -%}
    case when {{ z }} >= 0 then 1 - {{ tail }} else {{ tail }} end
{%- endmacro %}

{# An end of Wilson's interval for a share of a count; `sign` is - or +. Unlike the normal one it stays between 0 and 1 and has a width at 0,
   where the last digit of a double must not leave the share outside. #}
{% macro wilson_bound(successes, trials, z, sign) -%}
    {%- set n = 'cast(' ~ trials ~ ' as double)' -%}
    {%- set share = '(' ~ successes ~ ' / ' ~ n ~ ')' -%}
    {%- set width = z ~ ' * sqrt(' ~ share ~ ' * (1 - ' ~ share ~ ') / ' ~ n ~ ' + ' ~ z ** 2 ~ ' / (4 * ' ~ n ~ ' * ' ~ n ~ '))' -%}
    {%- set bound = '(' ~ share ~ ' + ' ~ z ** 2 ~ ' / (2 * ' ~ n ~ ') ' ~ sign ~ ' ' ~ width ~ ') / (1 + ' ~ z ** 2 ~ ' / ' ~ n ~ ')' -%}
    case when {{ trials }} > 0 then {{ 'greatest(least(' ~ bound ~ ', ' ~ share ~ '), 0)' if sign == '-' else 'least(greatest(' ~ bound ~ ', ' ~ share ~ '), 1)' }} end
{%- endmacro %}

{# Whether what came lies within a range, on its edge or outside it by less than a hundredth of a cent: forecasts have six decimals. #}
{% macro is_within(came, lower, upper) -%}
    round({{ came }}, 4) between round({{ lower }}, 4) and round({{ upper }}, 4)
{%- endmacro %}
