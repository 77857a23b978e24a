{# one row per thing beside the calls x stretch of days on which it counts: what the tables that stand below the daily usage are
   made of, so that a build knows from which days it has to make them anew #}

{{ config(post_hook="{{ note_changed_days() }}") }}

{% set for_ever = first_day() ~ " as counts_from_date, " ~ first_day() ~ " as valid_from_date, " ~ day_without_end() ~ " as valid_to_date" %}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

customers_validated as (

    select * from {{ ref('int_customers_validated') }}

),

contracts as (

    select * from {{ ref('customer_contracts') }}

),

owner_matches as (

    select * from {{ ref('int_owner_matches') }}

),

bills as (

    select * from {{ ref('int_focus_charges_converted') }}

),

bill_charges as (

    select * from {{ ref('int_charges__focus') }}

),

pool_charges as (

    select * from {{ ref('int_charges__pools') }}

),

capacity_charges as (

    select * from {{ ref('int_charges__provisioned') }}

),

cost_components as (

    select * from {{ ref('cost_components') }}

),

pool_activities as (

    select * from {{ ref('pool_activities') }}

),

driver_fallbacks as (

    select * from {{ ref('driver_fallbacks') }}

),

activities as (

    select * from {{ ref('stg_tenant_activity__activities') }}
    where rejection_reason is null

),

owner_levels as (

    select * from {{ ref('int_owner_levels') }}

),

pool_targets as (

    select * from {{ ref('int_pool_target_units') }}

),

provider_names as (

    select * from {{ ref('provider_names') }}

),

ai_services as (

    select * from {{ ref('ai_services') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

used_keys as (

    select
        {{ owner_key('team_id', 'product_id', 'feature_id') }} as owner_key,
        min(usage_date) as first_usage_date
    from usage_daily
    group by team_id, product_id, feature_id

),

{# Before its first call a customer, or a key of owners, bears nothing. #}
inputs as (

    select
        'owner' as input_name,
        {{ row_text('owner_matches', ['owner_key', 'owner_rule', 'business_unit_id', 'team_id', 'project_id', 'user_id', 'cost_centre']) }} as input_text,
        used_keys.first_usage_date as counts_from_date,
        owner_matches.valid_from_date,
        owner_matches.valid_to_date
    from owner_matches
    inner join used_keys on owner_matches.owner_key = used_keys.owner_key
    union all
    select
        'customer' as input_name,
        {{ row_text('customers', ['customer_id', 'organization_id', 'subscription_tier']) }} as input_text,
        first_usage_date as counts_from_date,
        {{ first_day() }} as valid_from_date,
        {{ day_without_end() }} as valid_to_date
    from customers
    where is_known and first_usage_date is not null
    union all
    select
        'subscription' as input_name,
        {{ row_text('customers_validated', ['customer_id', 'subscription_tier', 'monthly_fee_usd']) }} as input_text,
        signup_date as counts_from_date,
        signup_date as valid_from_date,
        coalesce(churned_date, {{ day_without_end() }}) as valid_to_date
    from customers_validated
    where rejection_reason is null
    union all
    select
        'contract' as input_name,
        {{ row_text('contracts', ['customer_id', 'subscription_tier', 'monthly_fee_usd']) }} as input_text,
        valid_from as counts_from_date,
        valid_from as valid_from_date,
        coalesce(valid_to, {{ day_without_end() }}) as valid_to_date
    from contracts
    union all
    select
        'lines of bills' as input_name,
        md5({{ string_agg_sorted(row_text('bill_charges', ['cost_pool', 'allocation_driver', 'service_name', 'service_category', 'resource_type', 'charge_description', 'billing_account_id', 'resource_id'] + owner_columns() + ['effective_cost_usd'])) }}) as input_text,
        charge_date as counts_from_date,
        charge_date as valid_from_date,
        charge_date + 1 as valid_to_date
    from bill_charges
    where is_counted
    group by charge_date
    union all
    select
        'shared pool' as input_name,
        {{ row_text('pool_charges', ['cost_pool', 'allocation_driver', 'effective_cost_usd']) }} as input_text,
        charge_date as counts_from_date,
        charge_date as valid_from_date,
        charge_date + 1 as valid_to_date
    from pool_charges
    where is_counted
    union all
    select
        'capacity' as input_name,
        {{ row_text('capacity_charges', ['cost_pool', 'allocation_driver', 'effective_cost_usd']) }} as input_text,
        charge_date as counts_from_date,
        charge_date as valid_from_date,
        charge_date + 1 as valid_to_date
    from capacity_charges
    where is_counted
    union all
    {# Where the bill of a month counts, the calls do not. #}
    select distinct
        'month of a bill' as input_name,
        {{ row_text('bills', ['provider_name', 'service_name']) }} as input_text,
        billing_month_start_date as counts_from_date,
        billing_month_start_date as valid_from_date,
        last_day(billing_month_start_date) + 1 as valid_to_date
    from bills
    where is_overlap and is_counted
    union all
    select
        'day of the data' as input_name,
        cast(dates.date_day as string) as input_text,
        dates.date_day as counts_from_date,
        dates.date_day as valid_from_date,
        dates.date_day + 1 as valid_to_date
    from dates
    inner join as_of on dates.date_day between as_of.first_usage_date and as_of.last_usage_date
    union all
    select 'pool target' as input_name, {{ row_text('pool_targets', ['cost_pool', 'driver', 'target_column', 'target_value', 'driver_units']) }} as input_text, {{ for_ever }}
    from pool_targets
    union all
    {# Who stands above an owner that a pool names bears its part, too. #}
    select
        'owner of a target' as input_name,
        {{ row_text('owner_levels', ['owner_id', 'owner_type', 'business_unit_id', 'team_id', 'project_id', 'user_id', 'cost_centre']) }} as input_text,
        valid_from_date as counts_from_date,
        valid_from_date,
        valid_to_date
    from owner_levels
    where owner_id in (select pool_targets.target_value from pool_targets)
    union all
    select 'activity of a pool' as input_name, {{ row_text('pool_activities', ['cost_pool', 'driver', 'cost_weight', 'capacity_units_per_day']) }} as input_text, {{ for_ever }}
    from pool_activities
    union all
    select 'driver that stands in' as input_name, {{ row_text('driver_fallbacks', ['driver', 'fallback_driver']) }} as input_text, {{ for_ever }}
    from driver_fallbacks
    union all
    select
        'activity of customers' as input_name,
        md5({{ string_agg_sorted(row_text('activities', ['customer_id', 'activity', 'driver', 'units'])) }}) as input_text,
        activity_date as counts_from_date,
        activity_date as valid_from_date,
        activity_date + 1 as valid_to_date
    from activities
    group by activity_date
    union all
    select 'component' as input_name, {{ row_text('cost_components', ['match_on', 'match_value', 'cost_component']) }} as input_text, {{ for_ever }}
    from cost_components
    union all
    select 'name of a provider' as input_name, {{ row_text('provider_names', ['name_in_source', 'provider_name']) }} as input_text, {{ for_ever }}
    from provider_names
    union all
    select 'service' as input_name, {{ row_text('ai_services', ['provider', 'service_name']) }} as input_text, {{ for_ever }}
    from ai_services

)

select * from inputs
