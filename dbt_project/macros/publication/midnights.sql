{# Whether a day lies near one whose raw files changed since the table that is built was made, as a condition on a day column: at most
   so many days before it and after it. For what must be known before int_raw_days can say which days are built. #}
{% macro is_near_changed_call_files(column_name, days_before, days_after) -%}
    {%- set call_files = call_files_by_day() -%}
    {%- set noted = load_relation(midnight_files_relation()) if execute and is_incremental() else none -%}
    {%- if not noted -%}
        1 = 1
    {%- else -%}
        {%- set near = [] -%}
        {%- for day in run_query(
            'select coalesce(now.day_date, noted.day_date) as day_date from (' ~ call_files ~ ') as now full outer join ' ~ noted
            ~ " as noted on now.day_date = noted.day_date where coalesce(now.fingerprint, '') <> coalesce(noted.fingerprint, '') order by 1"
        ).columns[0].values() -%}
            {%- for days in range(-days_before, days_after + 1) -%}
                {%- do near.append(day + modules.datetime.timedelta(days=days)) -%}
            {%- endfor -%}
        {%- endfor -%}
        {{ is_one_of_days(column_name, near | unique | sort) }}
    {%- endif -%}
{%- endmacro %}

{# The midnights of which something else can be told since files changed: of an id it counts what is told over the other midnights of its days. #}
{% macro is_midnight_to_tell(column_name) -%}
    {{ is_near_changed_call_files(column_name, 1, 2) }}
{%- endmacro %}

{# Notes of which files the table was made, in the same transaction. #}
{% macro note_call_files() -%}
    {% if execute %}
        {% do replace_table(midnight_files_relation(), call_files_by_day()) %}
    {% endif %}
{%- endmacro %}

{% macro midnight_files_relation() -%}
    {{ return(_intermediate_table('midnight_files')) }}
{%- endmacro %}

{# What says whether a record of a day counts: its files, and the limits above which it is rejected. #}
{% macro call_files_by_day() -%}
    select
        partition_date as day_date,
        md5({{ string_agg_sorted("file_key || ':' || cast(size_bytes as string) || ':' || cast(modified_at as string)") }}
        || '|{{ var("max_tokens_per_call") }}|{{ var("max_cost_per_call_usd") }}') as fingerprint
    from {{ ref('stg_raw__call_files') }}
    where {{ '1 = 1' if 'calls' in var('sources') else '1 = 0' }}
    group by partition_date
{%- endmacro %}
