{# Two contracts of a customer on one day would count its fee twice; a contract that ends before it begins counts on no day. #}

with contracts as (

    select
        *,
        lead(valid_from) over (partition by customer_id order by valid_from) as next_valid_from
    from {{ ref('customer_contracts') }}

)

select
    customer_id,
    contract,
    valid_from,
    valid_to,
    next_valid_from
from contracts
where valid_to <= valid_from or coalesce(valid_to, cast('9999-12-31' as date)) > next_valid_from or monthly_fee_usd < 0
