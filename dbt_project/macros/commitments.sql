{# The name of the series of usage that an offer of a cloud is judged on: machines, or dollars on a family of them. #}
{% macro commitment_series(covers, usage='') -%}
    concat_ws(
        ' / ',
        {{ usage }}provider_name,
        {{ usage }}usage_kind,
        {{ usage }}{{ 'reserved_as' if covers == 'instances' else 'family' }},
        {{ usage }}region_id{{ ", 'USD'" if covers == 'family' }}
    )
{%- endmacro %}

{# The name of the series of usage that an owned commitment covers. #}
{% macro owned_commitment_series(provider_name, commitment_id) -%}
    {{ provider_name }} || ' / owned / ' || {{ commitment_id }}
{%- endmacro %}
