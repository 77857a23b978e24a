{# The meters of a call record: tokens that are parts of its input or output, with the token class whose price they have
   where they have none of their own, and units beside tokens. What has no price of either kind makes a call unknown. #}
{% macro token_meters() -%}
    {{ return({
        'input_audio_tokens': none, 'input_image_tokens': 'input', 'cached_input_audio_tokens': 'input_audio_tokens',
        'cache_write_1h_tokens': none, 'output_audio_tokens': none, 'output_image_tokens': none, 'output_reasoning_tokens': 'output'
    }) }}
{%- endmacro %}

{% macro unit_meters() -%}
    {{ return([
        'requests', 'searches', 'tool_calls', 'images', 'audio_seconds', 'video_seconds', 'characters', 'pages', 'rerank_units',
        'provisioned_hours', 'cache_storage_token_hours'
    ]) }}
{%- endmacro %}

{# What a class of the usage is called where a bill names what was measured, and its unit: a meter bears its own name. #}
{% macro name_of_class(token_class) -%}
    case
        when {{ token_class }} in ('{{ ((token_meters() | list) + unit_meters()) | join("', '") }}') then replace({{ token_class }}, '_', ' ')
        else {{ token_class }} || ' tokens'
    end
{%- endmacro %}

{% macro unit_of_class(token_class) -%}
    case {{ token_class }}
        {% for meter in unit_meters() -%}
        when '{{ meter }}' then '{{ {
            'audio_seconds': 'Seconds', 'video_seconds': 'Seconds', 'rerank_units': 'Units', 'provisioned_hours': 'Hours', 'cache_storage_token_hours': 'Token-Hours'
        }.get(meter, meter | replace('_', ' ') | title) }}'
        {% endfor -%}
        else 'Tokens'
    end
{%- endmacro %}

{# The quantity of one meter; 0 where the call has none of it. #}
{% macro metered_quantity(meter) -%}
    coalesce(try_cast({{ json_text('metered_units', meter) }} as decimal(18, 6)), 0)
{%- endmacro %}

{# Exact cost of one part of a call; null where its price or its quantity is not known, or where parts exceed the whole. #}
{% macro part_cost(usd_per_unit) -%}
    case
        when quantity = 0 then {{ money(0) }}
        when quantity > 0 then {{ money('quantity * ' ~ usd_per_unit) }}
    end
{%- endmacro %}
