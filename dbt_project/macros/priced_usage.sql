{# The cost columns of usage that is joined to its price period: usage columns from `usage`, prices from `prices`.
   Null where a price that is needed is not known, or where the tokens are not known. #}
{% macro list_cost(usage='usage', prices='prices') -%}
    {{ _cost_at(usage, prices, 'list') }}
{%- endmacro %}

{% macro contracted_cost(usage='usage', prices='prices') -%}
    {{ _cost_at(usage, prices, 'contracted') }}
{%- endmacro %}

{% macro _cost_at(usage, prices, kind) -%}
    {{ token_cost("(" ~ usage ~ ".input_tokens - " ~ usage ~ ".cached_input_tokens)", prices ~ "." ~ kind ~ "_usd_per_input_token") }}
    + {{ token_cost(usage ~ ".cached_input_tokens", prices ~ "." ~ kind ~ "_usd_per_cached_input_token") }}
    + {{ token_cost(usage ~ ".output_tokens", prices ~ "." ~ kind ~ "_usd_per_output_token") }}
{%- endmacro %}
