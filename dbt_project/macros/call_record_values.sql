{# The service tier that served a call, by the name that prices have for it. Tools call the standard one many names. #}
{% macro service_tier_name(value) -%}
    case
        when lower({{ value }}) in ('default', 'auto', 'standard', 'standard_only', 'on_demand', 'on-demand', 'ondemand', 'none') then 'standard'
        when lower({{ value }}) in ('on_demand_priority', 'on_demand_flex') then replace(lower({{ value }}), 'on_demand_', '')
        else lower({{ value }})
    end
{%- endmacro %}

{# Whether nobody charges for a model: it runs on the user's own machine, or its name says that it is free. #}
{% macro is_free_model(provider, model) -%}
    coalesce(lower({{ provider }}) in ('ollama', 'ollama_chat', 'lm_studio', 'lmstudio', 'llamafile') or lower({{ model }}) like '%:free', false)
{%- endmacro %}
