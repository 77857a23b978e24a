{# one row per accepted line of the billing files, in USD, under the provider's one name #}

with charges as (

    select * from {{ ref('int_focus_charges_validated') }}

),

currency_rates as (

    select * from {{ ref('int_currency_rates') }}

),

provider_names as (

    select * from {{ ref('provider_names') }}

),

ai_services as (

    select * from {{ ref('ai_services') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

ledger_precedence as (

    select * from {{ ref('ledger_precedence') }}

),

accepted as (

    select
        *,
        {{ billing_month('billing_period_start_at', 'billing_period_end_at') }} as billing_month_start_date,
        coalesce(stated_provider_name, service_provider_name) as name_on_bill
    from charges
    where rejection_reason is null

),

{# A container runs on a machine that the bill of its cloud has already. #}
machines_billed as (

    select distinct resource_id, billing_month_start_date
    from accepted
    where node_id is null and resource_id is not null

),

{# Nor what nobody used of its cluster. #}
clusters_billed as (

    select distinct accepted.billing_account_id, accepted.billing_month_start_date
    from accepted
    inner join machines_billed
        on accepted.node_id = machines_billed.resource_id and accepted.billing_month_start_date = machines_billed.billing_month_start_date

),

services_with_calls as (

    select distinct
        coalesce(provider_names.provider_name, usage_daily.provider) as provider_name,
        cast(date_trunc('month', usage_daily.usage_date) as date) as billing_month_start_date,
        lower(ai_services.service_name) as service_name_lower
    from usage_daily
    inner join ai_services on usage_daily.provider = ai_services.provider
    left join provider_names on lower(usage_daily.provider) = provider_names.name_in_source

),

{# The row that names the month counts before one for all months, one that names the service before one for all. #}
preferred as (

    select
        services_with_calls.*,
        ledger_precedence.counts,
        row_number() over (
            partition by services_with_calls.provider_name, services_with_calls.billing_month_start_date, services_with_calls.service_name_lower
            order by
                case when ledger_precedence.month_start_date is null then 1 else 0 end,
                case when ledger_precedence.service_name is null then 1 else 0 end
        ) as preference
    from services_with_calls
    left join ledger_precedence
        on
            lower(services_with_calls.provider_name) = lower(ledger_precedence.provider_name)
            and coalesce(lower(ledger_precedence.service_name), services_with_calls.service_name_lower) = services_with_calls.service_name_lower
            and coalesce(ledger_precedence.month_start_date, services_with_calls.billing_month_start_date)
            = services_with_calls.billing_month_start_date

),

named as (

    select
        accepted.*,
        accepted.repeats_cost_of is not null or machines_billed.resource_id is not null or clusters_billed.billing_account_id is not null as is_repeated,
        coalesce(provider_names.provider_name, accepted.name_on_bill, 'unknown') as provider_name,
        cast(case when accepted.billing_currency = 'USD' then 1 else currency_rates.usd_per_unit end as decimal(13, 10)) as usd_per_unit
    from accepted
    left join provider_names on lower(accepted.name_on_bill) = provider_names.name_in_source
    left join machines_billed
        on accepted.node_id = machines_billed.resource_id and accepted.billing_month_start_date = machines_billed.billing_month_start_date
    left join clusters_billed
        on
            case when {{ is_idle('accepted.') }} and accepted.node_id is null then accepted.billing_account_id end = clusters_billed.billing_account_id
            and accepted.billing_month_start_date = clusters_billed.billing_month_start_date
    left join currency_rates
        on
            accepted.billing_currency = currency_rates.currency
            and currency_rates.valid_from <= last_day(accepted.billing_month_start_date)
            and last_day(accepted.billing_month_start_date) < currency_rates.valid_to

),

{# FOCUS wants every cost filled. What an export of this warehouse filled in is unknown again when it comes back. #}
converted as (

    select
        named.*,
        {% for kind in ['billed', 'effective', 'list', 'contracted'] -%}
        case
            when coalesce(named.estimated_columns, '') not like '%{{ kind | capitalize }}Cost%' then {{ in_usd('named.' ~ kind ~ '_cost_billing_currency') }}
        end as {{ kind }}_cost_usd,
        {% endfor -%}
        named.charge_category = 'Usage' and preferred.provider_name is not null and not named.is_repeated as is_overlap,
        coalesce(preferred.counts, 'usage') as counts,
        named.charge_category = 'Usage'
        and named.billed_cost_billing_currency <> 0
        and coalesce(named.effective_cost_billing_currency, 0) = 0 as is_billed_without_effective
    from named
    left join preferred
        on
            named.provider_name = preferred.provider_name
            and named.billing_month_start_date = preferred.billing_month_start_date
            and lower(named.service_name) = preferred.service_name_lower
            and preferred.preference = 1

),

{# Calls do not say which of a provider's services they used, so of a provider and month either all lines count or none. A
   bill with a line whose cost in USD is not known does not count: the calls know theirs. What another line has already (the
   instance, of a container on it) never does. #}
counted as (

    select
        converted.*,
        not converted.is_repeated and (not converted.is_overlap or (
            bool_or(converted.is_overlap and converted.counts = 'bill') over provider_month
            and not bool_or(converted.is_overlap and converted.effective_cost_usd is null) over provider_month
        )) as is_counted
    from converted
    window provider_month as (partition by converted.provider_name, converted.billing_month_start_date)

)

select * from counted
