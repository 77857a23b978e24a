{# Several claims on the rows of a table, in one query: each row that it returns names a claim that does not hold, and how often.
   key       columns that together name a row
   unique    lists of columns that name a row, too
   not_null  columns that each row has
   accepted  column -> the values that it may have #}
{% test rows_are_sound(model, key=none, unique=[], not_null=[], accepted={}) %}

{%- set claims = [] -%}
{%- for columns in ([key] if key else []) + unique -%}
    {%- do claims.append(
        "select 'one row per " ~ columns | join(' x ') ~ "' as broken_claim, count(*) as times from (select 1 as repeated from " ~ model
        ~ ' group by ' ~ columns | join(', ') ~ ' having count(*) > 1) as repeats having count(*) > 0'
    ) -%}
{%- endfor -%}
{%- for column in not_null -%}
    {%- do claims.append(
        "select '" ~ column ~ " is known' as broken_claim, count(*) as times from " ~ model ~ ' where ' ~ column ~ ' is null having count(*) > 0'
    ) -%}
{%- endfor -%}
{%- for column, values in accepted.items() -%}
    {%- do claims.append(
        "select '" ~ column ~ " is one of the values that are known' as broken_claim, count(*) as times from " ~ model
        ~ ' where cast(' ~ column ~ " as string) not in ('" ~ values | join("', '") ~ "') having count(*) > 0"
    ) -%}
{%- endfor -%}

{{ claims | join(' union all ') }}

{% endtest %}
