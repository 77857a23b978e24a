{# one row per calendar month x resource that a bill charges for x its tags, service, account, region and owner in that month; what a
   bill charges for no resource has rows without one #}

with charges as (

    select * from {{ ref('fct_charges') }}

),

billed as (

    select * from charges
    where is_counted and file_name is not null

),

{# A line that pays for days into the next month is no bill of that month. #}
newest as (

    select max(billing_month_start_date) as newest_month_start_date from billed

),

tagged as (

    select
        cast(date_trunc('month', billed.charge_date) as date) as month_start_date,
        billed.provider_name,
        coalesce(billed.sub_account_id, billed.billing_account_id) as account_id,
        billed.service_category,
        billed.service_name,
        billed.region_id,
        billed.resource_id,
        billed.resource_type,
        billed.team_id,
        billed.user_id,
        nullif(nullif(trim(billed.tags), ''), '{}') as tags,
        max(billed.charge_date) as last_charge_date,
        {{ money('sum(billed.effective_cost_usd)') }} as cost_usd
    from billed
    cross join newest
    where cast(date_trunc('month', billed.charge_date) as date) <= newest.newest_month_start_date
    group by all

)

select * from tagged
