{# one row per source x month: what was read of it, and what became of each record and each cent #}

with reconciliation as (

    select * from {{ ref('rpt_reconciliation') }}

),

by_month as (

    select
        source,
        cast(date_trunc('month', usage_date) as date) as month_start_date,
        min(usage_date) as first_date,
        max(usage_date) as last_date,
        count(*) as days_with_records,
        cast(sum(rows_read) as bigint) as rows_read,
        cast(sum(rows_accepted) as bigint) as rows_accepted,
        cast(sum(rows_rejected) as bigint) as rows_rejected,
        cast(sum(rows_duplicate) as bigint) as rows_duplicate,
        {{ money('sum(billed_cost_read_usd)') }} as billed_cost_read_usd,
        {{ money('sum(billed_cost_in_marts_usd)') }} as billed_cost_in_marts_usd,
        {{ money('sum(billed_cost_rejected_usd)') }} as billed_cost_rejected_usd,
        {{ money('sum(billed_cost_duplicate_usd)') }} as billed_cost_duplicate_usd,
        {{ money('sum(difference_usd)') }} as difference_usd
    from reconciliation
    group by source, cast(date_trunc('month', usage_date) as date)

),

final as (

    select
        *,
        cast({{ days_between('month_start_date', 'last_day(month_start_date)') }} + 1 as integer) as days_in_month,
        rows_read = rows_accepted + rows_rejected + rows_duplicate and coalesce(difference_usd, 0) = 0 as is_complete
    from by_month

)

select * from final
