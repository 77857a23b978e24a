{# The days on which the files in a folder of frozen files have call records, by source; a null day stands for the files
   of a source that has no days: bills, invoices, customers. Landing wrote them down beside the files, so that they are
   known before a run changes anything. #}
{% macro frozen_days(folder) -%}
    {{ return(adapter.dispatch('frozen_days')(folder)) }}
{%- endmacro %}
{% macro default__frozen_days(folder) -%}
    select source_name, day_date from read_parquet({{ folder }} || '/days/days.parquet')
{%- endmacro %}
{% macro spark__frozen_days(folder) -%}
    select source_name, day_date from parquet.`{{ env_var('FINOPS_FROZEN_DIR') }}/days/days.parquet`
{%- endmacro %}

{# An as-of day without data would replace good figures by empty ones: most often it is a slip in the year. #}
{% macro check_as_of_date(folder) -%}
    {% if var('as_of_date') | string != 'latest' %}
        {% set period = run_query("select min(day_date), max(day_date) from (" ~ frozen_days("'" ~ folder ~ "'") ~ ")").rows[0] %}
        {% set first, last = period[0] | string, period[1] | string %}
        {% set chosen = var('as_of_date') | string %}
        {% if period[0] is not none and not first <= chosen <= last %}
            {% do refuse('Nothing was changed: variable as_of_date is ' ~ chosen ~ '; the data has calls from ' ~ first ~ ' to ' ~ last) %}
        {% endif %}
    {% endif %}
{%- endmacro %}

{# Days that were published and have no file any more are refused until somebody says that this is meant: a file that was
   moved by mistake, or pruned by the tool that wrote it, must not take history out of the reports without a word. A source
   that is switched off was switched off by somebody. #}
{% macro check_removed_days(folder) -%}
    {% set accepted = var('accept_removed_days') %}
    {% if accepted is not sameas true and load_relation(published_days_relation()) %}
        {% set removed = run_query(
            "select source_name, count(day_date), min(day_date), max(day_date) from ("
            ~ "select source_name, day_date from " ~ published_days_relation()
            ~ " where source_name in ('" ~ var('sources') | join("', '") ~ "'" ~ (", 'customers.parquet'" if 'customers' not in var('sources') else '') ~ ")"
            ~ " and not " ~ is_one_of_days('coalesce(day_date, date \'1970-01-01\')', accepted or [])
            ~ " except select * from (" ~ frozen_days("'" ~ folder ~ "'") ~ ")) group by source_name order by source_name"
        ).rows %}
        {% set parts = [] %}
        {% for source_name, days, first, last in removed %}
            {% do parts.append(
                source_name ~ (' has no files any more' if not days else ' has no files with records of ' ~ first ~ (' any more' if days == 1 else ' to ' ~ last ~ ' any more (' ~ days ~ ' days)'))
            ) %}
        {% endfor %}
        {% if parts %}
            {% do refuse(
                'Nothing was changed: what was published would lose data, for ' ~ parts | join(', ')
                ~ ". Put the files back, or mend the lines that cannot be read any more; if it is meant, build once with --vars '{accept_removed_days: true}'"
            ) %}
        {% endif %}
    {% endif %}
{%- endmacro %}

{# The days of the files that the published file was made of. #}
{% macro published_days_relation() -%}
    {{ return(_intermediate_table('published_days')) }}
{%- endmacro %}
