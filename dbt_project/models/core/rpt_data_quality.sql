{# one row per check, over the trailing 30 days (invoices and bills: over every month): what the figures of the other marts cannot say for certain #}

{% set check_groups = data_quality_checks() %}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

features as (

    select * from {{ ref('dim_features') }}

),

reconciliation as (

    select * from {{ ref('rpt_reconciliation') }}

),

unreadable as (

    select * from {{ ref('rpt_unreadable_fields') }}

),

invoice_variance as (

    select * from {{ ref('rpt_invoice_variance') }}

),

invoices as (

    select * from {{ ref('int_invoices_validated') }}

),

focus_charges as (

    select * from {{ ref('int_focus_charges_converted') }}

),

resources as (

    select * from {{ ref('dim_resources') }}

),

capacity_charges as (

    select * from {{ ref('int_charges__provisioned') }}

),

customer_plans as (

    select * from {{ ref('int_customers_validated') }}
    where rejection_reason is null

),

notes as (

    select * from {{ ref('stg_landing__notes') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

paid_days as (

    select distinct charge_date, allocation_driver
    from capacity_charges
    where is_counted

),

usage_judged as (

    select
        usage_daily.customer_id = 'unallocated' as has_no_customer,
        usage_daily.customer_id <> 'unallocated' and not coalesce(customers.is_known, false) as is_customer_unknown,
        coalesce(nullif(usage_daily.team_id, 'unallocated'), features.team_id, 'unallocated') = 'unallocated' as has_no_team,
        coalesce(usage_daily.usage_date < customers.signup_date, false) as is_before_signup,
        coalesce(usage_daily.usage_date >= customers.churned_date, false) as is_after_churn,
        sum(usage_daily.calls) as calls,
        sum(usage_daily.effective_cost_usd) as cost_usd,
        sum({{ not_paid_by_capacity('unpriced_calls', 'usage_daily') }}) as unpriced_calls,
        sum(usage_daily.unpriced_billed_cost_usd) as unpriced_cost_usd,
        sum({{ not_paid_by_capacity('uncosted_calls', 'usage_daily') }}) as uncosted_calls,
        sum(usage_daily.calls_without_usage) as calls_without_usage
    from usage_daily
    inner join as_of on usage_daily.usage_date between as_of.window_start_date and as_of.as_of_date
    left join customers on usage_daily.customer_id = customers.customer_id
    left join features
        on usage_daily.product_id = features.product_id and usage_daily.feature_id = features.feature_id
    left join paid_days
        on usage_daily.usage_date = paid_days.charge_date and {{ capacity_driver('usage_daily') }} = paid_days.allocation_driver
    group by all

),

records as (

    select reconciliation.*
    from reconciliation
    inner join as_of on reconciliation.usage_date between as_of.window_start_date and as_of.as_of_date

),

unreadable_fields as (

    select unreadable.*
    from unreadable
    inner join as_of on unreadable.usage_date between as_of.window_start_date and as_of.as_of_date

),

invoiced as (

    select * from invoice_variance
    where invoiced_usd is not null

),

checked as (

    {% for relation, all_calls, all_cost, checks in check_groups -%}
    {% set is_last_group = loop.last -%}
    {% for name, affected_calls, affected_cost, description in checks -%}
    select
        '{{ name }}' as check_name,
        cast(coalesce({{ affected_calls }}, 0) as bigint) as affected_calls,
        cast(coalesce({{ all_calls }}, 0) as bigint) as total_calls,
        {{ money("coalesce(" ~ affected_cost ~ ", 0)") if affected_cost else money('null') }} as affected_cost_usd,
        {{ money("coalesce(" ~ all_cost ~ ", 0)") }} as total_cost_usd,
        '{{ description }}' as description
    from {{ relation }}
    {{ 'union all' if not (is_last_group and loop.last) }}
    {% endfor %}
    {% endfor %}

),

customers_named as (

    select
        customer_id,
        row_number() over (order by customer_id asc) as place
    from customer_plans
    where is_newest_rejected

),

detailed as (

    select
        check_name,
        {{ string_agg_sorted('details', ' ') }} as details
    from notes
    group by check_name
    union all
    select
        'newest_plan_rejected' as check_name,
        {{ string_agg_sorted('customer_id', ', ') }} as details
    from customers_named
    where place <= 12

),

{# By money where the money is known, by calls where it is not. #}
shared as (

    select
        checked.check_name,
        checked.affected_calls,
        checked.total_calls,
        checked.affected_cost_usd,
        checked.total_cost_usd,
        {{ ratio('checked.affected_calls', 'checked.total_calls') }} as affected_call_share,
        case
            when checked.affected_cost_usd is null then {{ ratio('checked.affected_calls', 'checked.total_calls') }}
            else {{ ratio('checked.affected_cost_usd', 'checked.total_cost_usd') }}
        end as affected_share,
        checked.description,
        detailed.details
    from checked
    left join detailed on checked.check_name = detailed.check_name

)

select * from shared
