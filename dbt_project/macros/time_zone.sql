{# The zone of variable reporting_time_zone. Its changes come from pytz, which dbt brings along, and stand in the SQL as instants: so both engines
   read the same ones, and neither needs a database of zones. #}

{# Also where SQL is read and not run: no changes are looked up then. #}
{% macro is_reported_in_utc() -%}
    {{ return(not execute or var('reporting_time_zone') in ('UTC', 'Etc/UTC')) }}
{%- endmacro %}

{# Minutes that the zone is ahead of UTC at an instant, which is a datetime of Python. #}
{% macro minutes_ahead(zone, instant) -%}
    {{ return((modules.pytz.utc.localize(instant).astimezone(zone).utcoffset().total_seconds() // 60) | int) }}
{%- endmacro %}

{# The changes of the zone from 2015 to the end of next year, newest first: the instant in UTC, minutes ahead of it from then on, and by how many
   minutes that is more. The last one is the beginning: what holds then holds before, too. A zone changes once a day at most, on a whole minute. #}
{% macro time_zone_changes() -%}
    {%- set python = modules.datetime -%}
    {%- set zone, begin = modules.pytz.timezone(var('reporting_time_zone')), python.datetime(2015, 1, 1) -%}
    {%- set known = namespace(minutes=minutes_ahead(zone, begin)) -%}
    {%- set changes = [{'instant': begin, 'minutes': known.minutes, 'more': 0}] -%}
    {%- for day in range((python.datetime(run_started_at.year + 2, 1, 1) - begin).days) -%}
        {%- set morning = begin + python.timedelta(days=day) -%}
        {%- if minutes_ahead(zone, morning + python.timedelta(days=1)) != known.minutes -%}
            {%- set found = namespace(before=0, after=1440) -%}
            {%- for _ in range(11) if found.after - found.before > 1 -%}
                {%- set middle = (found.before + found.after) // 2 -%}
                {%- if minutes_ahead(zone, morning + python.timedelta(minutes=middle)) == known.minutes -%}
                    {%- set found.before = middle -%}
                {%- else -%}
                    {%- set found.after = middle -%}
                {%- endif -%}
            {%- endfor -%}
            {%- set instant = morning + python.timedelta(minutes=found.after) -%}
            {%- set minutes = minutes_ahead(zone, instant) -%}
            {%- do changes.insert(0, {'instant': instant, 'minutes': minutes, 'more': minutes - known.minutes}) -%}
            {%- set known.minutes = minutes -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(changes) }}
{%- endmacro %}

{# What a clock in the zone shows at an instant. #}
{% macro local_time(moment) -%}
    {%- if is_reported_in_utc() -%}
        {{ moment }}
    {%- else -%}
        {%- set changes = time_zone_changes() -%}
        {%- set minutes -%}
            case
            {%- for change in changes[:-1] %} when {{ moment }} >= cast('{{ change.instant }}' as timestamp) then {{ change.minutes }}{% endfor %}
            {#- A zone that has never changed has no other case. #} when true then {{ changes[-1].minutes }} end
        {%- endset -%}
        {{ from_unix_microseconds(unix_microseconds(moment) ~ ' + 60000000 * cast(' ~ minutes ~ ' as bigint)') }}
    {%- endif -%}
{%- endmacro %}

{# Days of the zone that do not have 24 hours: the day, and by how many minutes it is longer. #}
{% macro uneven_days() -%}
    {%- set none_of_them = "select cast(null as date) as local_date, cast(null as integer) as more_minutes where 1 = 0" -%}
    {%- if is_reported_in_utc() -%}
        {{ none_of_them }}
    {%- else -%}
        {%- for change in time_zone_changes() if change.more != 0 %}
        select cast('{{ (change.instant + modules.datetime.timedelta(minutes=change.minutes)).date() }}' as date) as local_date, {{ -change.more }} as more_minutes
        union all
        {%- endfor %}
        {{ none_of_them }}
    {%- endif -%}
{%- endmacro %}

{# What a build must remember of the zone: local hours of days built before are wrong once it changes. #}
{% macro time_zone_version() -%}
    {{ return('' if is_reported_in_utc() else '|' ~ local_md5(var('reporting_time_zone') ~ time_zone_changes())) }}
{%- endmacro %}
