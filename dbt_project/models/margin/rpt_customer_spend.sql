{# one row per customer that calls name in the trailing 30 days or the 30 before, and one for calls without a customer: cost of its calls in both #}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

customer_margins as (

    select * from {{ ref('rpt_customer_margins') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

summed as (

    select
        usage_daily.customer_id,
        coalesce(sum(usage_daily.calls) filter (where usage_daily.usage_date >= as_of.window_start_date), 0) as calls,
        coalesce(sum(usage_daily.calls) filter (where usage_daily.usage_date < as_of.window_start_date), 0) as prior_calls,
        sum(usage_daily.effective_cost_usd) filter (where usage_daily.usage_date >= as_of.window_start_date) as known_usd,
        sum(usage_daily.effective_cost_usd) filter (where usage_daily.usage_date < as_of.window_start_date) as prior_known_usd
    from usage_daily
    inner join as_of on usage_daily.usage_date between as_of.prior_window_start_date and as_of.as_of_date
    group by usage_daily.customer_id

),

{# Who made no call in one of the windows cost nothing in it. Who made calls of unknown cost alone has neither started nor stopped: what its
   cost changed by is unknown. #}
compared as (

    select
        summed.customer_id,
        summed.calls,
        case when as_of.has_full_prior_period then summed.prior_calls end as prior_calls,
        {{ money('case when summed.calls = 0 then 0 else summed.known_usd end') }} as cost_usd,
        case when as_of.has_full_prior_period then {{ money('case when summed.prior_calls = 0 then 0 else summed.prior_known_usd end') }} end as prior_cost_usd,
        case when as_of.has_full_prior_period then {{ money('coalesce(summed.known_usd, 0) - coalesce(summed.prior_known_usd, 0)') }} end as known_change_usd
    from summed
    cross join as_of

),

final as (

    select
        compared.customer_id,
        coalesce(customers.customer_name, compared.customer_id) as customer_name,
        coalesce(customers.subscription_tier, 'unknown') as subscription_tier,
        case when customers.churned_date <= as_of.as_of_date then customers.churned_date end as left_date,
        cast(compared.calls as bigint) as calls,
        cast(compared.prior_calls as bigint) as prior_calls,
        compared.cost_usd,
        compared.prior_cost_usd,
        {{ money('compared.cost_usd - compared.prior_cost_usd') }} as cost_change_usd,
        compared.known_change_usd,
        case
            when compared.prior_calls is null then null
            when compared.cost_usd is null or compared.prior_cost_usd is null then 'unknown'
            when compared.prior_calls = 0 then 'started'
            when compared.calls = 0 then 'stopped'
            else 'stayed'
        end as change_kind,
        customer_margins.revenue_usd,
        customer_margins.gross_margin_usd,
        coalesce(customer_margins.is_unprofitable, false) as is_unprofitable,
        coalesce(customer_margins.loss_usd, {{ money(0) }}) as loss_usd
    from compared
    cross join as_of
    left join customers on compared.customer_id = customers.customer_id
    left join customer_margins on compared.customer_id = customer_margins.customer_id

)

select * from final
