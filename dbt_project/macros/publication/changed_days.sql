{# Whether something that the money of a day depends on changed since the last published build, as a condition on a day column: its
   usage, or what int_dated_inputs lists. For tables that stand below the daily usage; literals, so that other days are skipped.
   A table that is made from nothing has all days. #}
{% macro is_changed_day(column_name) -%}
    {%- set dated_inputs = ref('int_dated_inputs') -%}
    {%- set is_made_anew = execute and model.config.materialized == 'incremental' and not is_incremental() -%}
    {%- if is_made_anew and flags.WHICH in ('build', 'run') -%}
        {%- do append_rows(
            changed_days_relation(), 'select ' ~ first_day() ~ ', ' ~ day_without_end() ~ ' except select from_date, to_date from ' ~ changed_days_relation()
        ) -%}
    {%- endif -%}
    {%- if not execute or is_made_anew or not load_relation(dated_inputs) -%}
        1 = 1
    {%- else -%}
        {%- set stretches = [] -%}
        {%- for from_date, to_date in run_query('select distinct from_date, to_date from ' ~ changed_days_relation() ~ ' order by from_date, to_date').rows -%}
            {%- if stretches and from_date <= stretches[-1][1] -%}
                {%- do stretches.append((stretches[-1][0], [stretches.pop()[1], to_date] | max)) -%}
            {%- else -%}
                {%- do stretches.append((from_date, to_date)) -%}
            {%- endif -%}
        {%- endfor -%}
        ({%- for from_date, to_date in stretches -%}
        {{ column_name }} >= cast('{{ from_date }}' as date) and {{ column_name }} < cast('{{ to_date }}' as date){{ ' or ' if not loop.last }}
        {%- else -%}
        1 = 0
        {%- endfor -%})
    {%- endif -%}
{%- endmacro %}

{# Adds to the changed days those of touched files, and those of what was or is said beside the calls and is not the same now as in
   the last published build. They stay until a build is published: what runs left in the tables meanwhile lies within them. #}
{% macro note_changed_days() -%}
    insert into {{ changed_days_relation() }}
    select day_date as from_date, day_date + 1 as to_date
    from {{ _intermediate_table('int_raw_days') }}
    where is_touched
    union
    select greatest(valid_from_date, min(counts_from_date)) as from_date, valid_to_date as to_date
    from (
        select input_name, input_text, counts_from_date, valid_from_date, valid_to_date, 1 as times from {{ this }}
        {%- if load_relation(loaded_inputs_relation()) %}
        union all
        select input_name, input_text, counts_from_date, valid_from_date, valid_to_date, -1 as times from {{ loaded_inputs_relation() }}
        {%- endif %}
    ) as then_and_now
    group by input_name, input_text, valid_from_date, valid_to_date
    having sum(times) <> 0 and greatest(valid_from_date, min(counts_from_date)) < valid_to_date
{%- endmacro %}

{# Stretches of days that builds have changed, or are to change, since the last one that was published; they may overlap. #}
{% macro changed_days_relation() -%}
    {{ return(_intermediate_table('changed_days')) }}
{%- endmacro %}

{# What int_dated_inputs said in the last published build. #}
{% macro loaded_inputs_relation() -%}
    {{ return(_intermediate_table('loaded_inputs')) }}
{%- endmacro %}

{% macro remember_loaded_inputs() -%}
    {% set dated_inputs = _intermediate_table('int_dated_inputs') %}
    {% if is_there(dated_inputs) %}
        {% do replace_table(loaded_inputs_relation(), 'select * from ' ~ dated_inputs) %}
    {% endif %}
    {% do empty_table(changed_days_relation()) %}
{%- endmacro %}

{# The columns of a row as one text: rows with the same text are the same. #}
{% macro row_text(table, columns) -%}
    {%- for column in columns -%}
        coalesce(replace(replace(cast({{ table }}.{{ column }} as string), '~', '~0'), '|', '~1'), '~'){{ " || '|' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
