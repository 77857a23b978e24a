{# one row per month x customer with fees or billing up to the as-of date: what it earned us, what it was invoiced, what it paid #}

with customer_days as (

    select * from {{ ref('int_customer_days') }}

),

documents as (

    select * from {{ ref('int_billing_documents_validated') }}
    where rejection_reason is null

),

customers as (

    select * from {{ ref('dim_customers') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

earned as (

    select
        customer_days.customer_id,
        cast(date_trunc('month', customer_days.usage_date) as date) as month_start_date,
        {{ money('sum(customer_days.revenue_usd)') }} as recognised_usd
    from customer_days
    inner join as_of on customer_days.usage_date <= as_of.as_of_date
    group by customer_days.customer_id, cast(date_trunc('month', customer_days.usage_date) as date)

),

{# An amount in a currency without a rate is unknown, and so is the sum that it belongs to. #}
billed as (

    select
        documents.customer_id,
        cast(date_trunc('month', documents.document_date) as date) as month_start_date,
        {{ money('coalesce(sum(documents.amount_usd) filter (where documents.is_invoiced), 0)') }} as invoiced_usd,
        {{ money('coalesce(sum(documents.amount_usd) filter (where not documents.is_invoiced), 0)') }} as collected_usd,
        count(*) filter (where documents.amount_usd is null) as unconverted_documents
    from documents
    inner join as_of on documents.document_date <= as_of.as_of_date
    group by documents.customer_id, cast(date_trunc('month', documents.document_date) as date)

),

billing_since as (

    select min(month_start_date) as first_month_date
    from billed

),

keys as (

    select customer_id, month_start_date from earned
    union
    select customer_id, month_start_date from billed

),

months as (

    select distinct month_start_date from keys

),

first_months as (

    select
        customer_id,
        min(month_start_date) as first_month_date
    from keys
    group by customer_id

),

{# What is open stays open in a month without a document. #}
spine as (

    select
        first_months.customer_id,
        months.month_start_date
    from first_months
    inner join months on first_months.first_month_date <= months.month_start_date

),

joined as (

    select
        spine.customer_id,
        spine.month_start_date,
        earned.recognised_usd,
        spine.month_start_date >= billing_since.first_month_date as has_billing,
        coalesce(billed.invoiced_usd, {{ money(0) }}) as invoiced_usd,
        coalesce(billed.collected_usd, {{ money(0) }}) as collected_usd,
        coalesce(billed.unconverted_documents, 0) as unconverted_documents,
        {{ money('sum(billed.invoiced_usd - billed.collected_usd) over (
            partition by spine.customer_id order by spine.month_start_date rows between unbounded preceding and current row
        )') }} as receivable_usd,
        sum(billed.unconverted_documents) over (
            partition by spine.customer_id order by spine.month_start_date rows between unbounded preceding and current row
        ) as unconverted_so_far
    from spine
    cross join billing_since
    left join earned on spine.customer_id = earned.customer_id and spine.month_start_date = earned.month_start_date
    left join billed on spine.customer_id = billed.customer_id and spine.month_start_date = billed.month_start_date

),

final as (

    select
        joined.month_start_date,
        joined.customer_id,
        coalesce(customers.customer_name, joined.customer_id) as customer_name,
        coalesce(customers.is_known, false) as is_known,
        joined.month_start_date >= as_of.first_usage_date and last_day(joined.month_start_date) <= as_of.as_of_date as is_complete_month,
        coalesce(joined.recognised_usd, {{ money(0) }}) as recognised_usd,
        case when joined.has_billing and joined.unconverted_documents = 0 then joined.invoiced_usd end as invoiced_usd,
        case when joined.has_billing and joined.unconverted_documents = 0 then joined.collected_usd end as collected_usd,
        case when joined.has_billing and joined.unconverted_documents = 0 then {{ money('joined.invoiced_usd - coalesce(joined.recognised_usd, 0)') }} end
            as invoiced_less_recognised_usd,
        case
            when joined.has_billing and coalesce(joined.unconverted_so_far, 0) = 0 then coalesce(joined.receivable_usd, {{ money(0) }})
        end as receivable_usd,
        cast(joined.unconverted_documents as bigint) as unconverted_documents,
        coalesce(customers.churned_date <= as_of.as_of_date, false) as has_left
    from joined
    cross join as_of
    left join customers on joined.customer_id = customers.customer_id

)

select * from final
