{# one row per dimension (total, provider, model, organization, product, feature, customer, team) x value used in the trailing 30 days #}

with usage_by_dimension as (

    select * from {{ ref('int_usage_by_dimension') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

measured as (

    select
        *,
        {{ money_of_double(ratio('cost_usd', 'input_tokens + output_tokens - uncosted_tokens') ~ ' * 1000') }} as cost_per_1k_tokens_usd,
        {{ ratio('cached_input_tokens', 'input_tokens') }} as cached_input_share
    from usage_by_dimension

),

compared as (

    select
        measured.dimension,
        measured.dimension_value,
        measured.feature_id,
        measured.calls,
        measured.input_tokens,
        measured.cached_input_tokens,
        measured.output_tokens,
        measured.cost_usd,
        measured.cost_per_1k_tokens_usd,
        case when as_of.has_full_prior_period then prior_window.cost_per_1k_tokens_usd end as prior_cost_per_1k_tokens_usd,
        {{ money_of_double(ratio('measured.cost_usd', 'measured.calls - measured.uncosted_calls')) }} as cost_per_call_usd,
        {{ ratio('measured.input_tokens + measured.output_tokens', 'measured.calls') }} as tokens_per_call,
        {{ ratio('measured.output_tokens', 'measured.input_tokens') }} as output_input_ratio,
        measured.cached_input_share,
        case when as_of.has_full_prior_period then prior_window.cached_input_share end as prior_cached_input_share
    from measured
    cross join as_of
    left join measured as prior_window
        on
            measured.dimension = prior_window.dimension
            and measured.dimension_value = prior_window.dimension_value
            and not prior_window.is_current
    where measured.is_current

),

whole as (

    select * from compared
    where dimension = 'total'

),

final as (

    select
        compared.*,
        {{ ratio('compared.cost_per_1k_tokens_usd', 'compared.prior_cost_per_1k_tokens_usd') }} - 1 as cost_per_1k_tokens_change_share,
        whole.cost_per_1k_tokens_usd as average_cost_per_1k_tokens_usd,
        {{ ratio('compared.cost_per_1k_tokens_usd', 'whole.cost_per_1k_tokens_usd') }} as cost_per_1k_tokens_to_average,
        {{ ratio('compared.input_tokens + compared.output_tokens', 'whole.input_tokens + whole.output_tokens') }} as token_share,
        {{ ratio('compared.cost_usd', 'whole.cost_usd') }} as cost_share
    from compared
    left join whole on true

)

select * from final
