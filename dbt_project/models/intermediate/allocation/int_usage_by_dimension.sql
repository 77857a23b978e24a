{# one row per dimension x value x window (the trailing 30 days, or the 30 before): the measures of usage and its cost #}

with usage_owned as (

    select * from {{ ref('int_usage_owned_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{% set dimensions = ['provider', 'model', 'organization', 'product', 'feature', 'customer', 'team'] %}

{# Brought down to 60 days and one row per window first: the seven groupings then run over little. #}
in_windows as (

    select
        usage_owned.usage_date >= as_of.window_start_date as is_current,
        usage_owned.provider,
        usage_owned.provider || ' ' || usage_owned.model as model,
        usage_owned.model as model_name,
        usage_owned.organization_id as organization,
        usage_owned.product_id as product,
        usage_owned.product_id || ' ' || usage_owned.feature_id as feature,
        usage_owned.feature_id,
        usage_owned.customer_id as customer,
        usage_owned.team_id as team,
        sum(usage_owned.calls) as calls,
        sum(usage_owned.failed_calls) as failed_calls,
        sum(usage_owned.uncosted_calls) as uncosted_calls,
        sum(usage_owned.uncosted_tokens) as uncosted_tokens,
        sum(usage_owned.input_tokens) as input_tokens,
        sum(usage_owned.cached_input_tokens) as cached_input_tokens,
        sum(usage_owned.output_tokens) as output_tokens,
        sum(usage_owned.effective_cost_usd) as cost_usd
    from usage_owned
    inner join as_of on usage_owned.usage_date between as_of.prior_window_start_date and as_of.as_of_date
    group by all

),

grouped as (

    select
        is_current,
        case
            {%- for dimension in dimensions %}
            when grouping({{ dimension }}) = 0 then '{{ dimension }}'
            {%- endfor %}
            else 'total'
        end as dimension,
        coalesce({{ dimensions | join(', ') }}, 'total') as dimension_value,
        case when grouping(model) = 0 then max(provider) end as model_provider,
        case when grouping(model) = 0 then max(model_name) end as model_name,
        case when grouping(feature) = 0 then max(feature_id) end as feature_id,
        cast(sum(calls) as bigint) as calls,
        cast(sum(failed_calls) as bigint) as failed_calls,
        cast(sum(uncosted_calls) as bigint) as uncosted_calls,
        cast(sum(uncosted_tokens) as bigint) as uncosted_tokens,
        cast(sum(input_tokens) as bigint) as input_tokens,
        cast(sum(cached_input_tokens) as bigint) as cached_input_tokens,
        cast(sum(output_tokens) as bigint) as output_tokens,
        {{ money('sum(cost_usd)') }} as cost_usd
    from in_windows
    group by grouping sets (
        (is_current)
        {%- for dimension in dimensions %},
        (is_current, {{ dimension }})
        {%- endfor %}
    )

)

select * from grouped
