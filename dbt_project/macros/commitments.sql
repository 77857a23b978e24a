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
