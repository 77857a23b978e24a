{# one row per month with fees or billing up to the as-of date: what all customers earned us, were invoiced and paid #}

with customer_billing as (

    select * from {{ ref('rpt_customer_billing_monthly') }}

),

{# What is unknown of one customer is unknown of all of them together. #}
summed as (

    select
        month_start_date,
        {{ money('sum(recognised_usd)') }} as recognised_usd,
        {%- for amount in ['invoiced', 'collected', 'receivable'] %}
        {{ money('case when count(' ~ amount ~ '_usd) = count(*) then sum(' ~ amount ~ '_usd) end') }} as {{ amount }}_usd,
        {%- endfor %}
        count(invoiced_usd) > 0 as has_billing
    from customer_billing
    group by month_start_date

)

select * from summed
