{# Days whose files changed beyond the look-back: their figures are out of date until `dbt build --full-refresh`. #}
{{ config(severity='warn') }}

with raw_days as (

    select * from {{ ref('int_raw_days') }}

),

left_alone as (

    select * from raw_days
    where is_changed and not is_touched

)

select * from left_alone
