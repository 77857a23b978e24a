{# one row per pool of own GPUs x model that it serves, or could serve, x API model in use for the same tasks: what a million tokens costs on each #}

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

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

api_costs as (

    select * from {{ ref('int_api_workloads_priced') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}
    where action_kind = 'own_cards'

),

{# The tokens of a served model are those of all cards that serve it on the day, and stand on the row of each. #}
serving_days as (

    select
        lower(daily.served_provider) as served_provider,
        lower(daily.served_model) as self_hosted_model,
        max(daily.provider_name || ' ' || coalesce(daily.instance_type, 'unknown')) as pool,
        case when count(daily.cost_usd) = count(*) then {{ money('sum(daily.cost_usd)') }} end as cost_usd,
        sum(daily.allocated_gpu_hours) as gpu_hours,
        sum(daily.measured_gpu_hours) as busy_gpu_hours,
        sum(case when daily.measured_gpu_hours is not null then daily.allocated_gpu_hours end) as measurable_gpu_hours,
        max(daily.served_tokens) as served_tokens
    from gpu_costs_daily as daily
    inner join as_of on daily.usage_date between as_of.window_start_date and as_of.as_of_date
    group by daily.usage_date, lower(daily.served_provider), lower(daily.served_model)

),

{# What could be served is up around the clock. It has the hours in which cards that are paid already are held by nobody, as far as enough days were
   recorded to know them; for every other hour a machine is rented, which is sold with all of its cards. #}
copies as (

    select
        gpu_costs.*, types.gpus, throughputs.model, throughputs.min_gpus, throughputs.tokens_per_gpu_second,
        case
            when gpu_costs.recorded_days >= {{ assumption('usage_min_samples') }}
                then least(
                    {{ ratio('gpu_costs.idle_gpu_hours', 'throughputs.min_gpus') }},
                    {{ ratio('coalesce(gpu_costs.allocated_gpu_hours, 0) + gpu_costs.idle_gpu_hours', 'types.gpus') }}, 24 * gpu_costs.recorded_days
                ) * 30 / gpu_costs.recorded_days
            else 0
        end as free_hours
    from gpu_costs
    inner join gpu_instance_types as types on gpu_costs.provider_name = types.provider_name and gpu_costs.instance_type = types.instance_type
    inner join throughputs on types.gpu_model = throughputs.gpu_model and types.gpus >= throughputs.min_gpus

),

pools as (

    select
        max(pool) as pool, served_provider, self_hosted_model,
        cast(count(*) as integer) as paid_days,
        cast(count(case when measurable_gpu_hours > 0 then 1 end) as integer) as recorded_days,
        case when count(cost_usd) = count(*) then {{ money('sum(cost_usd)') }} end as monthly_cost_usd,
        cast(sum(gpu_hours) as double) as gpu_hours,
        {{ ratio('sum(busy_gpu_hours)', 'sum(measurable_gpu_hours)') }} as measured_share,
        cast(sum(served_tokens) as double) as served_tokens,
        cast(null as double) as tokens_per_gpu_second,
        cast(null as double) as free_hours
    from serving_days
    group by served_provider, self_hosted_model
    union all
    select
        provider_name || ' ' || instance_type as pool, cast(null as string) as served_provider, model as self_hosted_model, paid_days, recorded_days,
        {{ money_of_double('usd_per_gpu_hour * (min_gpus * free_hours + gpus * (720 - free_hours))') }} as monthly_cost_usd,
        min_gpus * free_hours + gpus * (720 - free_hours) as gpu_hours,
        cast(null as double) as measured_share,
        cast(null as double) as served_tokens,
        cast(tokens_per_gpu_second as double) as tokens_per_gpu_second,
        free_hours
    from copies

),

{# The tokens that the cards get through at full load, and those that there are for them: nobody pays for what is not asked. #}
compared as (

    select
        pools.*,
        case when pools.served_provider is null then 'assumed throughput' else 'recorded calls' end as basis,
        api_costs.api_provider, api_costs.api_model, api_costs.task_types, api_costs.compared_tokens, api_costs.current_tokens, api_costs.quality_score, api_costs.api_quality_score,
        api_costs.api_cost_usd,
        coalesce({{ ratio('pools.served_tokens', 'pools.measured_share') }}, pools.gpu_hours * 3600 * pools.tokens_per_gpu_second) as capacity_tokens,
        coalesce(pools.served_tokens, least(pools.gpu_hours * 3600 * pools.tokens_per_gpu_second, coalesce(api_costs.compared_tokens, 0))) as answered_tokens,
        {{ ratio('api_costs.api_cost_usd * 1000000', 'api_costs.compared_tokens') }} as api_usd_per_million_tokens
    from pools
    left join api_costs
        on
            pools.served_provider is not distinct from api_costs.served_provider
            and (pools.served_provider is null or pools.self_hosted_model = api_costs.self_hosted_model)

),

priced as (

    select
        pool, self_hosted_model, paid_days, recorded_days, basis, api_provider, api_model, task_types, compared_tokens, current_tokens, quality_score, api_quality_score,
        monthly_cost_usd, api_cost_usd, free_hours, capacity_tokens, answered_tokens,
        {{ ratio('monthly_cost_usd', 'gpu_hours') }} as usd_per_gpu_hour,
        coalesce(measured_share, {{ ratio('answered_tokens', 'capacity_tokens') }}) as utilization_share,
        {{ ratio('monthly_cost_usd * 1000000', 'answered_tokens') }} as usd_per_million_tokens,
        {{ ratio('monthly_cost_usd * 1000000', 'capacity_tokens') }} as full_load_usd_per_million_tokens,
        api_usd_per_million_tokens
    from compared

),

judged as (

    select
        *,
        {{ ratio('full_load_usd_per_million_tokens', 'api_usd_per_million_tokens') }} as break_even_utilization_share,
        {{ ratio('monthly_cost_usd * 1000000', 'api_usd_per_million_tokens') }} as break_even_monthly_tokens,
        row_number() over (partition by pool, self_hosted_model, basis order by api_cost_usd desc nulls last, api_provider asc, api_model asc) = 1
            as is_dearest_api_model,
        case
            when api_model is null then 'no API model is in use for its tasks'
            when api_usd_per_million_tokens is null then 'the price of the API model is not known'
            when full_load_usd_per_million_tokens > api_usd_per_million_tokens and (basis = 'assumed throughput' or recorded_days >= {{ assumption('usage_min_samples') }})
                then 'the API costs less, even at full load'
            when usd_per_million_tokens is null then 'not known: cost or use of the cards is not recorded'
            when usd_per_million_tokens >= api_usd_per_million_tokens and basis = 'assumed throughput' then 'one copy costs more than all calls to the API model'
            when basis = 'recorded calls' and recorded_days < {{ assumption('usage_min_samples') }}
                then 'not known: the use of the cards was measured on ' || cast(recorded_days as string) || ' of ' || cast(paid_days as string) || ' days'
            when usd_per_million_tokens >= api_usd_per_million_tokens then 'the API costs less at this use'
            when basis = 'assumed throughput' then 'lower price a token at an assumed throughput; quality for these tasks unknown'
            when quality_score is null then 'lower price a token; quality for these tasks unknown'
            when quality_score < api_quality_score then 'own cards cost less, at lower quality'
            else 'own cards cost less'
        end as verdict,
        coalesce(basis = 'assumed throughput' and usd_per_million_tokens < api_usd_per_million_tokens, false) as is_to_score,
        api_usd_per_million_tokens * answered_tokens / 1000000 as replaced_cost
    from priced

),

{# What a copy of the model would save on the API's bill, if its answers are good enough: with a fifth less usage, as it is, and with a fifth more. #}
final as (

    select
        judged.pool, judged.self_hosted_model, judged.paid_days, judged.recorded_days, judged.basis, judged.api_provider, judged.api_model, judged.task_types,
        judged.compared_tokens, judged.current_tokens, judged.quality_score, judged.api_quality_score, judged.monthly_cost_usd, judged.api_cost_usd, judged.free_hours,
        judged.capacity_tokens, judged.usd_per_gpu_hour, judged.utilization_share, judged.usd_per_million_tokens, judged.full_load_usd_per_million_tokens,
        judged.api_usd_per_million_tokens, judged.break_even_utilization_share, judged.break_even_monthly_tokens, judged.is_dearest_api_model, judged.verdict,
        {% for name, usage in [('low_savings_usd', 0.8), ('monthly_savings_usd', 1), ('high_savings_usd', 1.2)] -%}
        case when judged.is_to_score then {{ money(money_of_double('judged.replaced_cost * ' ~ usage) ~ ' - judged.monthly_cost_usd') }} end as {{ name }},
        {% endfor -%}
        case when judged.is_to_score then {{ days_in_words('kinds.effort_days + kinds.effort_days_per_part') }} end as effort,
        case when judged.is_to_score then kinds.owner_role end as owner_role,
        case when judged.is_to_score then {{ payback_months(effort_of('1'), 'judged.replaced_cost - cast(judged.monthly_cost_usd as double)') }} end as payback_months
    from judged
    cross join kinds

)

select * from final
