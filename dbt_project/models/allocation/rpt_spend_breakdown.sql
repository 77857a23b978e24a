{# one row per dimension (total, provider, model, organization, product, feature, customer, team) x value, trailing 30 days beside the 30 before;
   every dimension adds up to the total, so dimensions must not be added to each other #}

with usage_by_dimension as (

    select * from {{ ref('int_usage_by_dimension') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

current_window as (

    select * from usage_by_dimension
    where is_current

),

prior_window as (

    select * from usage_by_dimension
    where not is_current

),

{# What was not used in one of the windows cost nothing in it; what the data does not reach back to is unknown. #}
compared as (

    select
        coalesce(current_window.dimension, prior_window.dimension) as dimension,
        coalesce(current_window.dimension_value, prior_window.dimension_value) as dimension_value,
        coalesce(current_window.model_provider, prior_window.model_provider) as model_provider,
        coalesce(current_window.model_name, prior_window.model_name) as model_name,
        coalesce(current_window.calls, 0) as calls,
        coalesce(current_window.uncosted_calls, 0) as uncosted_calls,
        case when as_of.has_full_prior_period then coalesce(prior_window.calls, 0) end as prior_calls,
        case when current_window.dimension is null then {{ money(0) }} else current_window.cost_usd end as spend_usd,
        case
            when not as_of.has_full_prior_period then null
            when prior_window.dimension is null then {{ money(0) }}
            else prior_window.cost_usd
        end as prior_spend_usd
    from current_window
    full outer join prior_window
        on current_window.dimension = prior_window.dimension and current_window.dimension_value = prior_window.dimension_value
    cross join as_of

),

final as (

    select
        compared.dimension,
        compared.dimension_value,
        {# A product and a feature that nobody named are one unknown. #}
        coalesce(customers.customer_name, case when compared.dimension_value = 'unallocated unallocated' then 'unallocated' else compared.dimension_value end) as dimension_name,
        compared.model_provider,
        compared.model_name,
        compared.calls,
        {{ ratio('compared.calls', 'sum(compared.calls) over (partition by compared.dimension)') }} as call_share,
        compared.uncosted_calls,
        compared.prior_calls,
        compared.spend_usd,
        compared.prior_spend_usd,
        {{ money('compared.spend_usd - compared.prior_spend_usd') }} as spend_change_usd,
        {{ ratio('compared.spend_usd', 'compared.prior_spend_usd') }} - 1 as spend_change_share,
        case when compared.prior_calls = 0 then cast('infinity' as double) else {{ ratio('compared.spend_usd', 'compared.prior_spend_usd') }} - 1 end as spend_change_or_new_share,
        {{ ratio('compared.spend_usd', 'sum(compared.spend_usd) over (partition by compared.dimension)') }} as spend_share,
        {{ money_of_double(ratio('compared.spend_usd', 'compared.calls - compared.uncosted_calls')) }} as cost_per_call_usd,
        cast(row_number() over (partition by compared.dimension order by compared.spend_usd desc nulls last, compared.dimension_value asc) as integer) as spend_rank
    from compared
    left join customers on case when compared.dimension = 'customer' then compared.dimension_value end = customers.customer_id

)

select * from final
