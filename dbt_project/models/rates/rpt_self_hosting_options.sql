{# one row per pool of own GPUs x model that it serves, or could serve, x API model in use for the same tasks: what a million tokens costs on each #}

{% set stress = assumption('commitment_stress_share') %}

with gpu_costs as (

    select * from {{ ref('rpt_gpu_costs') }}
    where rollup_level = 'machine'

),

gpu_costs_daily as (

    select * from {{ ref('rpt_gpu_costs_daily') }}
    where served_provider is not null and served_model is not null

),

gpu_instance_types as (

    select * from {{ ref('gpu_instance_types') }}

),

throughputs as (

    select * from {{ ref('serving_throughputs') }}

),

task_usage as (

    select * from {{ ref('int_task_usage_planned') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}
    where action_kind = 'own_cards'

),

{# The tokens of a served model are those of all cards that serve it on the day, and stand on the row of each. #}
serving_days as (

    select
        lower(daily.served_provider) as served_provider, lower(daily.served_model) as self_hosted_model,
        max(daily.provider_name || ' ' || coalesce(daily.instance_type, 'unknown')) as pool,
        case when count(daily.cost_usd) = count(*) then {{ money('sum(daily.cost_usd)') }} end as cost_usd,
        sum(daily.allocated_gpu_hours) as gpu_hours, sum(daily.measured_gpu_hours) as busy_gpu_hours,
        sum(case when daily.measured_gpu_hours is not null then daily.allocated_gpu_hours end) as measurable_gpu_hours,
        max(daily.served_tokens) as served_tokens
    from gpu_costs_daily as daily
    inner join as_of on daily.usage_date between as_of.window_start_date and as_of.as_of_date
    group by daily.usage_date, lower(daily.served_provider), lower(daily.served_model)

),

{# Of what could be served: one copy for 30 days, on cards as busy as they are with the work of today, hours that nobody holds included. Days without
   a record are unknown, and in no share. #}
pools as (

    select
        max(pool) as pool, served_provider, self_hosted_model,
        cast(count(*) as integer) as paid_days, cast(count(case when measurable_gpu_hours > 0 then 1 end) as integer) as recorded_days,
        case when count(cost_usd) = count(*) then {{ money('sum(cost_usd)') }} end as monthly_cost_usd,
        cast(sum(gpu_hours) as double) as gpu_hours,
        {{ ratio('sum(busy_gpu_hours)', 'sum(measurable_gpu_hours)') }} as utilization_share,
        {{ ratio('sum(served_tokens)', 'sum(gpu_hours) * 3600') }} as tokens_per_gpu_second,
        cast(null as double) as stated_tokens_per_gpu_second
    from serving_days
    group by served_provider, self_hosted_model
    union all
    select
        gpu_costs.provider_name || ' ' || gpu_costs.instance_type as pool,
        cast(null as string) as served_provider, throughputs.model as self_hosted_model, gpu_costs.paid_days, gpu_costs.recorded_days,
        {{ money_of_double('gpu_costs.usd_per_gpu_hour * throughputs.min_gpus * 720') }} as monthly_cost_usd,
        cast(throughputs.min_gpus * 720 as double) as gpu_hours,
        gpu_costs.busy_share * {{ ratio('gpu_costs.allocated_gpu_hours', 'gpu_costs.allocated_gpu_hours + coalesce(gpu_costs.idle_gpu_hours, 0)') }} as utilization_share,
        cast(null as double) as tokens_per_gpu_second,
        cast(throughputs.tokens_per_gpu_second as double) as stated_tokens_per_gpu_second
    from gpu_costs
    inner join gpu_instance_types as types on gpu_costs.provider_name = types.provider_name and gpu_costs.instance_type = types.instance_type
    inner join throughputs on types.gpu_model = throughputs.gpu_model and types.gpus >= throughputs.min_gpus

),

served as (

    select distinct served_provider, self_hosted_model from pools
    where served_provider is not null

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
        on usage.api_provider = prices.provider and usage.api_model = prices.model and prices.service_tier = 'standard' and {{ holds_at_end_of('as_of.as_of_date', 'prices') }}

),

api_costs as (

    select
        served_provider, self_hosted_model, api_provider, api_model,
        {{ string_agg_sorted('task_type', ', ') }} as task_types, count(distinct task_type) as tasks,
        cast(sum(input_tokens + output_tokens) as bigint) as compared_tokens, cast(sum(current_tokens) as bigint) as current_tokens,
        {{ ratio('sum(' ~ money_of_double('api_score_sum') ~ ')', 'sum(api_scored_calls)') }} as api_quality_score,
        case when served_provider is not null then {{ ratio('sum(' ~ money_of_double('quality_score_sum') ~ ')', 'sum(quality_scored_calls)') }} end as quality_score,
        case when count(cost_usd) = count(*) then {{ money('sum(cost_usd)') }} end as api_cost_usd
    from repriced
    group by served_provider, self_hosted_model, api_provider, api_model

),

compared as (

    select
        pools.pool, pools.self_hosted_model, pools.paid_days, pools.recorded_days,
        case when pools.served_provider is null then 'assumed throughput' else 'recorded calls' end as basis,
        api_costs.api_provider, api_costs.api_model, api_costs.task_types, api_costs.tasks, api_costs.compared_tokens, api_costs.current_tokens, api_costs.quality_score, api_costs.api_quality_score,
        pools.monthly_cost_usd, api_costs.api_cost_usd, kinds.owner_role,
        case when api_costs.tasks is not null then {{ days_in_words('kinds.effort_days + kinds.effort_days_per_part * api_costs.tasks') }} end as effort,
        case when api_costs.tasks is not null then {{ effort_of('api_costs.tasks') }} end as effort_usd,
        {{ money('api_costs.api_cost_usd - pools.monthly_cost_usd') }} as monthly_savings_usd,
        {{ money_of_double('api_costs.api_cost_usd * (1 - ' ~ stress ~ ') - pools.monthly_cost_usd') }} as low_savings_usd,
        {{ money_of_double('api_costs.api_cost_usd * (1 + ' ~ stress ~ ') - pools.monthly_cost_usd') }} as high_savings_usd,
        {{ ratio('pools.monthly_cost_usd', 'pools.gpu_hours') }} as usd_per_gpu_hour,
        pools.utilization_share,
        {{ ratio('pools.monthly_cost_usd * 1000000', 'pools.gpu_hours * 3600 * coalesce(pools.tokens_per_gpu_second, pools.stated_tokens_per_gpu_second * pools.utilization_share)') }}
            as usd_per_million_tokens,
        {{ ratio('pools.monthly_cost_usd * 1000000', 'pools.gpu_hours * 3600 * coalesce(pools.stated_tokens_per_gpu_second, pools.tokens_per_gpu_second / nullif(pools.utilization_share, 0))') }}
            as full_load_usd_per_million_tokens,
        {{ ratio('api_costs.api_cost_usd * 1000000', 'api_costs.compared_tokens') }} as api_usd_per_million_tokens
    from pools
    cross join kinds
    left join api_costs
        on pools.served_provider is not distinct from api_costs.served_provider and (pools.served_provider is null or pools.self_hosted_model = api_costs.self_hosted_model)

),

final as (

    select
        *, {{ payback_months('effort_usd', 'monthly_savings_usd') }} as payback_months,
        {{ ratio('full_load_usd_per_million_tokens', 'api_usd_per_million_tokens') }} as break_even_utilization_share,
        {{ ratio('monthly_cost_usd * 1000000', 'api_usd_per_million_tokens') }} as break_even_monthly_tokens,
        row_number() over (partition by pool, self_hosted_model, basis order by api_cost_usd desc nulls last, api_provider asc, api_model asc) = 1 as is_dearest_api_model,
        case
            when api_model is null then 'no API model is in use for its tasks'
            when api_usd_per_million_tokens is null then 'the price of the API model is not known'
            when full_load_usd_per_million_tokens > api_usd_per_million_tokens and (basis = 'assumed throughput' or recorded_days >= {{ assumption('usage_min_samples') }}) then 'the API costs less, even at full load'
            when usd_per_million_tokens is null then 'not known: cost or use of the cards is not recorded'
            when monthly_cost_usd > api_cost_usd and basis = 'assumed throughput' then 'one copy costs more than all calls to the API model'
            when recorded_days < {{ assumption('usage_min_samples') }} then 'not known: the use of the cards was measured on ' || cast(recorded_days as string) || ' of ' || cast(paid_days as string) || ' days'
            when usd_per_million_tokens >= api_usd_per_million_tokens then 'the API costs less at this use'
            when basis = 'assumed throughput' then 'lower price a token at an assumed throughput; quality for these tasks unknown'
            when quality_score is null then 'lower price a token; quality for these tasks unknown'
            when quality_score < api_quality_score then 'own cards cost less, at lower quality'
            else 'own cards cost less'
        end as verdict
    from compared

)

select * from final
