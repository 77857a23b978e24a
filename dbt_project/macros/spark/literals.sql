{# A text as a literal of Spark, which reads a backslash as the beginning of a character. #}
{% macro spark_literal(value) -%}
    {{ return("'" ~ spark__escape_single_quotes(value | string) ~ "'") }}
{%- endmacro %}

{# In the place of dbt-spark's, which leaves backslashes: regular expressions in seeds and fixtures lost them without a word. #}
{% macro spark__escape_single_quotes(expression) -%}
    {{ return(expression | replace('\\', '\\\\') | replace("'", "\\'")) }}
{%- endmacro %}

{# In the place of dbt-spark's, which writes null as the text None and breaks at a quote. #}
{% macro spark__load_csv_rows(model, agate_table) -%}
    {%- set types = model['config'].get('column_types', {}) -%}
    {%- set columns = [] -%}
    {%- for name in agate_table.column_names -%}
        {%- do columns.append('cast(' ~ name ~ ' as ' ~ types.get(name, adapter.convert_type(agate_table, loop.index0)) ~ ') as ' ~ name) -%}
    {%- endfor -%}
    {%- for chunk in agate_table.rows | batch(5000) -%}
        {%- set rows = [] -%}
        {%- for row in chunk -%}
            {%- set values = [] -%}
            {%- for value in row -%}
                {%- do values.append('null' if value is none else spark_literal(value)) -%}
            {%- endfor -%}
            {%- do rows.append('(' ~ values | join(', ') ~ ')') -%}
        {%- endfor -%}
        {%- do adapter.add_query(
            'insert into ' ~ this.render() ~ ' select ' ~ columns | join(', ') ~ ' from values ' ~ rows | join(', ')
            ~ ' as seed (' ~ agate_table.column_names | join(', ') ~ ')',
            abridge_sql_log=True
        ) -%}
    {%- endfor -%}
    {{ return('') }}
{%- endmacro %}
