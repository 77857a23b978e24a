{# A gap or an overlap of the bands in the seed would lose customers or count them twice. #}

with banded as (

    select sum(customers) as customers
    from {{ ref('rpt_margin_distribution') }}

),

listed as (

    select count(*) as customers
    from {{ ref('rpt_customer_margins') }}

)

select
    banded.customers as customers_in_bands,
    listed.customers
from banded
cross join listed
where banded.customers <> listed.customers
