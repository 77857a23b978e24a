{# one row per check, over the trailing 30 days: what the figures of the other marts cannot say for certain #}

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

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

usage_judged as (

    select
        usage_daily.calls,
        usage_daily.effective_cost_usd,
        usage_daily.unpriced_calls,
        usage_daily.unpriced_billed_cost_usd,
        usage_daily.uncosted_calls,
        usage_daily.calls_without_usage,
        usage_daily.customer_id = 'unallocated' as is_without_customer,
        usage_daily.customer_id <> 'unallocated' and not coalesce(customers.is_known, false) as is_customer_unknown,
        coalesce(features.team_id, 'unallocated') = 'unallocated' as is_without_team,
        coalesce(usage_daily.usage_date < customers.signup_date, false) as is_before_signup,
        coalesce(usage_daily.usage_date >= customers.churned_date, false) as is_after_churn
    from usage_daily
    inner join as_of on usage_daily.usage_date between as_of.window_start_date and as_of.as_of_date
    left join customers on usage_daily.customer_id = customers.customer_id
    left join features
        on usage_daily.product_id = features.product_id and usage_daily.feature_id = features.feature_id

),

{% set usage_checks = [
    ('unallocated', 'is_without_customer or is_customer_unknown', 'Cost of calls that name no customer on record. What is left is the allocation coverage.'),
    ('customer_missing', 'is_without_customer', 'Calls that name no customer at all.'),
    ('customer_unknown', 'is_customer_unknown', 'Calls that name a customer who is not on record.'),
    ('team_missing', 'is_without_team', 'Calls of a product or feature that has no cost centre.'),
    ('call_before_signup', 'is_before_signup', 'Calls of a customer on record on a day before its subscription began.'),
    ('call_after_churn', 'is_after_churn', 'Calls of a customer on record on or after the day its subscription ended.'),
] %}

checked as (

    {% for name, condition, description in usage_checks -%}
    select
        '{{ name }}' as check_name,
        sum(case when {{ condition }} then calls end) as affected_calls,
        sum(calls) as total_calls,
        sum(case when {{ condition }} then effective_cost_usd end) as affected_cost_usd,
        sum(effective_cost_usd) as total_cost_usd,
        '{{ description }}' as description
    from usage_judged
    union all
    {% endfor -%}
    select
        'unpriced', sum(unpriced_calls), sum(calls), sum(unpriced_billed_cost_usd), sum(effective_cost_usd),
        'Calls without a list price, with what the provider charged for them.'
    from usage_judged
    union all
    select
        'cost_unknown', sum(uncosted_calls), sum(calls), cast(null as decimal(28, 12)), sum(effective_cost_usd),
        'Calls with neither a charge nor a list price: their cost is in no figure.'
    from usage_judged
    union all
    select
        'usage_missing', sum(calls_without_usage), sum(calls), cast(null as decimal(28, 12)), sum(effective_cost_usd),
        'Calls without token counts; their tokens are in no figure.'
    from usage_judged
    union all
    select
        'record_rejected', sum(rows_rejected), sum(rows_read), sum(billed_cost_rejected_usd), sum(billed_cost_read_usd),
        'Records refused; core.rejected_records holds them with the reason.'
    from reconciliation
    inner join as_of on reconciliation.usage_date between as_of.window_start_date and as_of.as_of_date
    union all
    select
        'record_duplicate', sum(rows_duplicate), sum(rows_read), sum(billed_cost_duplicate_usd), sum(billed_cost_read_usd),
        'Further records of a call that is already counted.'
    from reconciliation
    inner join as_of on reconciliation.usage_date between as_of.window_start_date and as_of.as_of_date
    union all
    select
        'reconciliation_difference', sum(abs(rows_read - rows_accepted - rows_rejected - rows_duplicate)), sum(rows_read),
        sum(abs(difference_usd)), sum(billed_cost_read_usd),
        'Records and billed cost read that are neither in the marts, nor refused, nor duplicates. Anything but zero is an error.'
    from reconciliation
    inner join as_of on reconciliation.usage_date between as_of.window_start_date and as_of.as_of_date

),

totalled as (

    select
        check_name,
        cast(coalesce(affected_calls, 0) as bigint) as affected_calls,
        cast(coalesce(total_calls, 0) as bigint) as total_calls,
        case when check_name in ('cost_unknown', 'usage_missing') then null else {{ money('coalesce(affected_cost_usd, 0)') }} end as affected_cost_usd,
        {{ money('coalesce(total_cost_usd, 0)') }} as total_cost_usd,
        description
    from checked

),

{# By money where the money is known, by calls where it is not. #}
shared as (

    select
        check_name,
        affected_calls,
        total_calls,
        affected_cost_usd,
        total_cost_usd,
        {{ ratio('affected_calls', 'total_calls') }} as affected_call_share,
        case
            when affected_cost_usd is null then {{ ratio('affected_calls', 'total_calls') }}
            else {{ ratio('affected_cost_usd', 'total_cost_usd') }}
        end as affected_share,
        description
    from totalled

)

select * from shared
