{# The service tier that served a call, by the name that prices have for it. Tools call the standard one many names,
   and capacity that is paid by the hour another at each provider (a unit of Azure, Vertex AI, Bedrock, OpenAI). #}
{% macro service_tier_name(value) -%}
    case
        when lower({{ value }}) in ('default', 'auto', 'standard', 'standard_only', 'on_demand', 'on-demand', 'ondemand', 'none') then 'standard'
        when lower({{ value }}) in (
            'provisioned_throughput', 'provisioned-throughput', 'provisionedmanaged', 'globalprovisionedmanaged',
            'datazoneprovisionedmanaged', 'ptu', 'dedicated', 'scale', 'reserved'
        ) then 'provisioned'
        when lower({{ value }}) in ('on_demand_priority', 'on_demand_flex') then replace(lower({{ value }}), 'on_demand_', '')
        else lower({{ value }})
    end
{%- endmacro %}

{# Whether nobody charges for a model: it runs on the user's own machine, or its name says that it is free. #}
{% macro is_free_model(provider, model) -%}
    coalesce(lower({{ provider }}) in ('ollama', 'ollama_chat', 'lm_studio', 'lmstudio', 'llamafile') or lower({{ model }}) like '%:free', false)
{%- endmacro %}

{# A landed record by its place: file, line and, from the second record of a line on, its number in it. #}
{% macro record_place() -%}
    file_name || ':' || cast(line_number as string) || case when record_number > 1 then ':' || cast(record_number as string) else '' end
{%- endmacro %}

{# The id of a landed call. A record without one is told by its place: it happened and was charged all the same. #}
{% macro call_id_or_place(id) -%}
    coalesce({{ id }}, case when line_problem is null then {{ record_place() }} end)
{%- endmacro %}

{# Which attempt of its operation a call is, by what a router counted before it: a fallback may be retried, too. #}
{% macro attempt_kind() -%}
    case
        when try_cast(attempted_retries as double) > 0 then 'retry'
        when try_cast(attempted_fallbacks as double) > 0 then 'fallback'
        when try_cast(attempted_retries as double) = 0 or try_cast(attempted_fallbacks as double) = 0 then 'first'
    end
{%- endmacro %}
