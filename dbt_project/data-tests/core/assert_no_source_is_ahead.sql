{# Records of days after the as-of day and the day that follows it: a clock is ahead, and they are in no window of 30 days. #}
{{ config(severity='warn') }}

with source_freshness as (

    select * from {{ ref('rpt_source_freshness') }}

),

ahead as (

    select * from source_freshness
    where is_ahead

)

select * from ahead
