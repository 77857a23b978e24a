{# What a line of the ledger is part of, by which series of cost are cut; what judges a series and what explains it must cut alike. #}
{% macro charge_series_columns(charges) -%}
    coalesce({{ charges }}.provider, {{ charges }}.provider_name) as provider,
        {{ charges }}.team_id,
        {{ charges }}.model,
        nullif({{ charges }}.product_id, 'unallocated') || '/' || {{ charges }}.feature_id as feature,
        {{ charges }}.service_name,
        {{ charges }}.sub_account_id as account,
        {{ charges }}.cost_pool as pool,
        {{ charges }}.provider_name || '/' || {{ charges }}.resource_id as resource,
        {{ charges }}.is_direct
{%- endmacro %}
