{# one row per provider x billing month: what was invoiced, what the ledger holds, and why they differ; and what the calls and an
   itemised bill say of the same spend, of which one counts #}

with invoices as (

    select * from {{ ref('int_invoices_validated') }}

),

charges as (

    select * from {{ ref('fct_charges') }}

),

rejected_calls as (

    select * from {{ ref('int_calls_rejected') }}

),

duplicated_calls as (

    select * from {{ ref('int_calls_duplicated') }}

),

provider_names as (

    select * from {{ ref('provider_names') }}

),

{# Charges of call records that are not in the ledger, because they were refused or repeat a call. #}
set_aside as (

    select
        provider,
        partition_date,
        billed_cost_usd as rejected_usd,
        {{ money(0) }} as duplicate_usd
    from rejected_calls
    union all
    select
        provider,
        partition_date,
        {{ money(0) }} as rejected_usd,
        billed_cost_usd as duplicate_usd
    from duplicated_calls
    where duplicate_rank > 1
    {%- if landed_call_sources() %}
    union all
    select
        stated_provider as provider,
        partition_date,
        {{ money(0) }} as rejected_usd,
        repeated_cost_usd as duplicate_usd
    from {{ ref('int_call_records_settled') }}
    where cause in ('copy', 'older_version')
    {%- endif %}

),

calls_set_aside as (

    select
        lower(coalesce(provider_names.provider_name, set_aside.provider, 'unknown')) as provider_key,
        cast(date_trunc('month', set_aside.partition_date) as date) as billing_month_start_date,
        {{ money('coalesce(sum(set_aside.rejected_usd), 0)') }} as rejected_usd,
        {{ money('coalesce(sum(set_aside.duplicate_usd), 0)') }} as duplicate_usd
    from set_aside
    left join provider_names on lower(set_aside.provider) = provider_names.name_in_source
    group by lower(coalesce(provider_names.provider_name, set_aside.provider, 'unknown')), cast(date_trunc('month', set_aside.partition_date) as date)

),

{# Names that no seed unifies may still differ by capitals: the same provider all the same. #}
invoiced as (

    select
        lower(provider_name) as provider_key,
        min(provider_name) as provider_name,
        invoice_month_start_date as billing_month_start_date,
        count(*) as invoices,
        count(*) filter (where invoiced_usd is null) as unconverted_invoices,
        {{ money('sum(invoiced_usd)') }} as invoiced_usd
    from invoices
    where rejection_reason is null
    group by lower(provider_name), invoice_month_start_date

),

{# Where a rate is negotiated, effective cost is no estimate of a missing charge, so only usage without any charge counts. #}
in_ledger as (

    select
        lower(provider_name) as provider_key,
        min(provider_name) as provider_name,
        billing_month_start_date,
        {{ money("coalesce(sum(billed_cost_usd) filter (where charge_category in ('Usage', 'Purchase') and is_counted), 0)") }} as ledger_usd,
        {{ money("coalesce(sum(billed_cost_usd) filter (where charge_category not in ('Usage', 'Purchase')), 0)") }} as credits_and_taxes_usd,
        {{ money("coalesce(sum(billed_cost_usd) filter (where source in ('calls', 'provisioned_throughput') and is_counted), 0)") }} as calls_usd,
        {{ money('sum(billed_cost_usd) filter (where is_overlap and not is_counted)') }} as itemised_calls_usd,
        {# Where the bill counts none of the calls does; elsewhere those that a capacity served do not. #}
        {{ money("coalesce(
            sum(effective_cost_usd) filter (where source in ('calls', 'provisioned_throughput') and is_counted),
            sum(effective_cost_usd) filter (where source in ('calls', 'provisioned_throughput'))
        )") }} as usage_cost_usd,
        {{ money('sum(billed_cost_usd) filter (where is_overlap)') }} as bill_cost_usd,
        bool_or(source = 'calls') and bool_or(is_overlap) as has_both,
        bool_or(is_overlap and is_counted) as is_bill_counted,
        {{ money("coalesce(sum(
            case
                when billed_cost_usd is null then effective_cost_usd
                when coalesce(contracted_cost_usd = list_cost_usd, true) then greatest(effective_cost_usd - billed_cost_usd, 0)
            end
        ) filter (where source = 'calls' and is_counted), 0)") }} as unbilled_usd,
        count(*) filter (where billed_cost_usd is null and effective_cost_usd is null and is_counted) as charges_without_amount
    from charges
    where source <> 'shared_cost_pools'
    group by lower(provider_name), billing_month_start_date

),

joined as (

    select
        coalesce(in_ledger.provider_name, invoiced.provider_name) as provider_name,
        coalesce(invoiced.billing_month_start_date, in_ledger.billing_month_start_date) as billing_month_start_date,
        coalesce(invoiced.invoices, 0) as invoices,
        case when invoiced.unconverted_invoices = 0 then invoiced.invoiced_usd end as invoiced_usd,
        coalesce(in_ledger.ledger_usd, 0) as ledger_usd,
        coalesce(in_ledger.credits_and_taxes_usd, 0) as credits_and_taxes_usd,
        in_ledger.itemised_calls_usd - in_ledger.calls_usd as itemised_difference_usd,
        coalesce(in_ledger.unbilled_usd, 0) as unbilled_usd,
        coalesce(in_ledger.charges_without_amount, 0) as charges_without_amount,
        case when in_ledger.has_both then in_ledger.usage_cost_usd end as usage_cost_usd,
        case when in_ledger.has_both then in_ledger.bill_cost_usd end as bill_cost_usd,
        case when in_ledger.has_both then case when in_ledger.is_bill_counted then 'bill' else 'usage' end end as counts,
        greatest(coalesce(calls_set_aside.rejected_usd, 0), 0) as rejected_usd,
        greatest(coalesce(calls_set_aside.duplicate_usd, 0), 0) as duplicate_usd
    from invoiced
    full outer join in_ledger
        on
            invoiced.provider_key = in_ledger.provider_key
            and invoiced.billing_month_start_date = in_ledger.billing_month_start_date
    left join calls_set_aside
        on
            coalesce(invoiced.provider_key, in_ledger.provider_key) = calls_set_aside.provider_key
            and coalesce(invoiced.billing_month_start_date, in_ledger.billing_month_start_date) = calls_set_aside.billing_month_start_date

),

{# Credits and taxes are facts of the bill. The other causes are possible ones: in this order, each explains at most
   what is left of the difference, never more than all of it. #}
compared as (

    select
        *,
        invoiced_usd - ledger_usd as difference_usd,
        greatest(least(invoiced_usd - ledger_usd - credits_and_taxes_usd, unbilled_usd), 0) as up_to_unbilled_usd,
        greatest(least(invoiced_usd - ledger_usd - credits_and_taxes_usd, unbilled_usd + rejected_usd), 0) as up_to_rejected_usd,
        greatest(least(invoiced_usd - ledger_usd - credits_and_taxes_usd, unbilled_usd + rejected_usd + duplicate_usd), 0) as up_to_duplicate_usd
    from joined

),

explained as (

    select
        provider_name,
        billing_month_start_date,
        cast(invoices as bigint) as invoices,
        {{ money('invoiced_usd') }} as invoiced_usd,
        {{ money('ledger_usd') }} as ledger_usd,
        {{ money('difference_usd') }} as difference_usd,
        {{ ratio('difference_usd', 'invoiced_usd') }} as difference_share,
        case when invoiced_usd is not null then {{ money('credits_and_taxes_usd') }} end as credits_and_taxes_usd,
        case when invoiced_usd is not null then {{ money('up_to_unbilled_usd') }} end as unbilled_usage_usd,
        case when invoiced_usd is not null then {{ money('up_to_rejected_usd - up_to_unbilled_usd') }} end as rejected_records_usd,
        case when invoiced_usd is not null then {{ money('up_to_duplicate_usd - up_to_rejected_usd') }} end as duplicate_records_usd,
        case when invoiced_usd is not null then {{ money('coalesce(itemised_difference_usd - up_to_duplicate_usd, 0)') }} end as calls_not_recorded_usd,
        {{ money('difference_usd - credits_and_taxes_usd - coalesce(itemised_difference_usd, up_to_duplicate_usd)') }} as unexplained_usd,
        cast(charges_without_amount as bigint) as charges_without_amount,
        {{ money('usage_cost_usd') }} as usage_cost_usd,
        {{ money('bill_cost_usd') }} as bill_cost_usd,
        {{ money('bill_cost_usd - usage_cost_usd') }} as bill_difference_usd,
        {{ ratio('bill_cost_usd - usage_cost_usd', 'bill_cost_usd') }} as bill_difference_share,
        counts
    from compared

)

select * from explained
