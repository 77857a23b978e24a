{# Records, lines, customers and invoices that were refused: the build goes on without them, and says so. #}
{{ config(severity='warn') }}

with rejected_records as (

    select * from {{ ref('rejected_records') }}

)

select * from rejected_records
