{# What a call that counts takes over, where it does not know it itself, from the records that tell it once more or lie
   around it. How long it took, how good it was and what it used are its own. #}
{% macro lent_attributes() -%}
    {{ return([
        'provider', 'model', 'service_tier', 'customer_id', 'organization_id', 'product_id', 'feature_id', 'task_type', 'team_id',
        'subscription_tier', 'environment', 'region', 'agent_id'
    ]) }}
{%- endmacro %}

{# Each attribute as the nearest teller knows it: tellers by `nearness`, their records as `validated`. #}
{% macro nearest_attributes() -%}
    {%- for name in lent_attributes() -%}
    min_by(validated.{{ name }}, nearness) filter (where validated.{{ name }} is not null) as {{ name }}{{ ', ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}

{# Columns of a call record, `looked_at`, with what was settled about it: its tokens and charge may be those of others. #}
{% macro settled_call_columns(columns) -%}
    {%- for name in columns -%}
    {%- if name in lent_attributes() -%}
    coalesce(looked_at.{{ name }}, settled.{{ name }}) as {{ name }}
    {%- elif name == 'billed_cost_usd' -%}
    case when settled.record_id is null then looked_at.{{ name }} else settled.{{ name }} end as {{ name }}
    {%- elif name in ['input_tokens', 'cached_input_tokens', 'cache_write_input_tokens', 'output_tokens', 'metered_units'] -%}
    case when not coalesce(settled.is_without_usage, false) then looked_at.{{ name }} end as {{ name }}
    {%- else -%}
    looked_at.{{ name }}
    {%- endif -%}
    {{ ', ' if not loop.last }}
    {%- endfor %}
{%- endmacro %}
