{# one row per dimension (total, provider, model, organization, product, feature, customer, team) x value, trailing 30 days beside the 30 before;
   every dimension adds up to the total, so dimensions must not be added to each other #}

with usage_by_dimension as (

    select * from {{ ref('int_usage_by_dimension') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

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
        dimension,
        dimension_value,
        model_provider,
        model_name,
        calls,
        {{ ratio('calls', 'sum(calls) over (partition by dimension)') }} as call_share,
        uncosted_calls,
        prior_calls,
        spend_usd,
        prior_spend_usd,
        {{ money('spend_usd - prior_spend_usd') }} as spend_change_usd,
        {{ ratio('spend_usd', 'prior_spend_usd') }} - 1 as spend_change_share,
        {{ ratio('spend_usd', 'sum(spend_usd) over (partition by dimension)') }} as spend_share,
        {{ money_of_double(ratio('spend_usd', 'calls - uncosted_calls')) }} as cost_per_call_usd,
        cast(row_number() over (partition by dimension order by spend_usd desc nulls last, dimension_value asc) as integer) as spend_rank
    from compared

)

select * from final
