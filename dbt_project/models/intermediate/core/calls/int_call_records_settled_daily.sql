{# one row per UTC day with records that do not count as they came, and a digest of what was settled about them: a day whose
   digest changes is built anew, though none of its files did #}

{{ config(enabled=landed_call_sources() | length > 0, materialized='view') }}

with settled as (

    select * from {{ ref('int_call_records_settled') }}

),

described as (

    select
        partition_date,
        md5(concat_ws(
            '|', record_id, is_counted, is_without_usage, coalesce(cast(billed_cost_usd as string), '-'), received_cost_usd, passed_cost_usd
            {%- for name in lent_attributes() %}, coalesce({{ name }}, '-'){% endfor %}
        )) as record_digest
    from settled

),

daily as (

    select
        partition_date,
        md5({{ string_agg_sorted('record_digest') }}) as settled_digest
    from described
    group by partition_date

)

select * from daily
