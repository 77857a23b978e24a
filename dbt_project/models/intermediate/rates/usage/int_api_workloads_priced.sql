{# one row per API model x model on own cards that serves the same tasks, and once for models that could: what the API charges for the tokens that are compared #}

with task_usage as (

    select * from {{ ref('int_task_usage_planned') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

gpu_costs as (

    select * from {{ ref('int_gpu_costs_allocated') }}

),

served as (

    select distinct lower(gpu_costs.served_provider) as served_provider, lower(gpu_costs.served_model) as self_hosted_model
    from gpu_costs
    inner join as_of on gpu_costs.usage_date between as_of.window_start_date and as_of.as_of_date
    where gpu_costs.served_provider is not null and gpu_costs.served_model is not null

),

{# A model that is served has the tokens of today; an API model those that the recommended switches leave: they cost less than cards, and come first. #}
used as (

    select
        task_usage.task_type, task_usage.provider, task_usage.model, task_usage.quality_scored_calls, task_usage.quality_score_sum, served.served_provider, served.self_hosted_model,
        {% for kind in ['input_tokens', 'cached_input_tokens', 'cache_write_input_tokens', 'output_tokens'] -%}
        case when served.served_provider is null then task_usage.planned_{{ kind }} else task_usage.{{ kind }} end as {{ kind }},
        {% endfor -%}
        case when served.served_provider is null then task_usage.input_tokens + task_usage.output_tokens end as current_tokens
    from task_usage
    left join served on lower(task_usage.provider) = served.served_provider and lower(task_usage.model) = served.self_hosted_model

),

{# A model that is served is compared by its own tokens; one that could be, by those that the API model keeps. #}
workloads as (

    select
        api.provider as api_provider, api.model as api_model, api.quality_scored_calls as api_scored_calls, api.quality_score_sum as api_score_sum,
        used.*
    from used
    inner join used as api on used.task_type = api.task_type
    where api.served_provider is null and (used.served_provider is not null or (used.provider = api.provider and used.model = api.model))

),

repriced as (

    select
        usage.*,
        {{ contracted_cost() }} as cost_usd
    from workloads as usage
    cross join as_of
    left join price_periods as prices
        on
            usage.api_provider = prices.provider
            and usage.api_model = prices.model
            and prices.service_tier = 'standard'
            and {{ holds_at_end_of('as_of.as_of_date', 'prices') }}

),

api_costs as (

    select
        served_provider, self_hosted_model, api_provider, api_model,
        {{ string_agg_sorted('task_type', ', ') }} as task_types,
        cast(sum(input_tokens + output_tokens) as bigint) as compared_tokens,
        cast(sum(current_tokens) as bigint) as current_tokens,
        {{ ratio('sum(' ~ money_of_double('api_score_sum') ~ ')', 'sum(api_scored_calls)') }} as api_quality_score,
        case when served_provider is not null then {{ ratio('sum(' ~ money_of_double('quality_score_sum') ~ ')', 'sum(quality_scored_calls)') }} end as quality_score,
        case when count(cost_usd) = count(*) then {{ money('sum(cost_usd)') }} end as api_cost_usd
    from repriced
    group by served_provider, self_hosted_model, api_provider, api_model

)

select * from api_costs
