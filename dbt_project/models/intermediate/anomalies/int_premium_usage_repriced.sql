{# one row per customer x product x feature x trivial task x premium model, trailing 30 days: its cost, that on a model that would do, and whether
   the move there is a fix of its own that counts #}

with premium_usage as (

    select * from {{ ref('int_premium_usage_of_trivial_tasks') }}

),

switches as (

    select * from {{ ref('int_model_switches_assessed') }}

),

recommended as (

    select * from {{ ref('int_model_switch_targets') }}
    where is_recommended

),

kinds as (

    select * from {{ ref('savings_actions') }}
    where action_kind = 'inefficient_usage'

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# The model to move to: within the quality limits if there is one, else the cheapest whose quality is not known well enough. #}
targets as (

    select
        task_type,
        from_provider,
        from_model,
        to_provider,
        to_model,
        verdict,
        quality_change,
        row_number() over (
            partition by task_type, from_provider, from_model
            order by case when is_acceptable then 0 else 1 end asc, savings_usd desc, to_provider asc, to_model asc
        ) as preference
    from switches
    where verdict in ('acceptable', 'quality not measured', 'too few scores')

),

{# Where the whole task type moves away from the model, the fixes of single customers are part of that move. #}
moves as (

    select switches.task_type, switches.from_provider, switches.from_model
    from switches
    inner join recommended
        on switches.task_type = recommended.task_type and switches.to_provider = recommended.to_provider and switches.to_model = recommended.to_model
    where switches.is_acceptable

),

current_prices as (

    select price_periods.*
    from price_periods
    inner join as_of on {{ holds_at_end_of('as_of.as_of_date') }}

),

repriced as (

    select
        usage.*,
        targets.to_provider,
        targets.to_model,
        targets.verdict,
        targets.quality_change,
        {{ contracted_cost() }} as cost_after_usd
    from premium_usage as usage
    left join targets
        on usage.task_type = targets.task_type and usage.provider = targets.from_provider and usage.model = targets.from_model and targets.preference = 1
    left join current_prices as prices
        on targets.to_provider = prices.provider and targets.to_model = prices.model and usage.service_tier = prices.service_tier

),

summed as (

    select
        customer_id,
        product_id,
        feature_id,
        task_type,
        provider,
        model,
        to_provider as suggested_provider,
        to_model as suggested_model,
        verdict as suggestion_verdict,
        quality_change,
        min(first_usage_date) as first_usage_date,
        cast(sum(calls) as bigint) as calls,
        {{ money('sum(effective_cost_usd)') }} as cost_usd,
        case when count(cost_after_usd) = count(*) then {{ money('sum(cost_after_usd)') }} end as cost_after_usd
    from repriced
    group by all

),

valued as (

    select
        summed.*,
        {{ money('summed.cost_usd - summed.cost_after_usd') }} as monthly_savings_usd,
        {{ money('summed.cost_usd - summed.cost_after_usd * ' ~ decimal_of_double('1 + ' ~ assumption('model_switch_token_variation'), 'decimal(9, 6)')) }} as monthly_savings_low_usd,
        {{ money('summed.cost_usd - summed.cost_after_usd * ' ~ decimal_of_double('1 - ' ~ assumption('model_switch_token_variation'), 'decimal(9, 6)')) }} as monthly_savings_high_usd,
        moves.task_type is not null as is_part_of_switch
    from summed
    left join moves on summed.task_type = moves.task_type and summed.provider = moves.from_provider and summed.model = moves.from_model

),

fixes as (

    select
        task_type,
        provider,
        model,
        {{ money('sum(monthly_savings_usd)') }} as fix_usd
    from valued
    where suggestion_verdict = 'acceptable' and monthly_savings_usd > 0 and not is_part_of_switch
    group by task_type, provider, model

),

works as (

    select
        fixes.*,
        kinds.effort_days,
        kinds.effort_days_per_part,
        kinds.usd_per_effort_day,
        {{ work_of("fixes.task_type || ':' || fixes.provider || '/' || fixes.model", 'fixes.fix_usd', 'fixes.provider', 'fixes.model') }} as work_id
    from fixes
    cross join kinds

),

counted as (

    select task_type, provider, model, {{ is_counted_with_its_work('fix_usd') }} as is_counted
    from works

),

final as (

    select
        valued.*,
        coalesce(valued.suggestion_verdict = 'acceptable' and valued.monthly_savings_usd > 0 and counted.is_counted, false) as is_counted
    from valued
    left join counted on valued.task_type = counted.task_type and valued.provider = counted.provider and valued.model = counted.model

)

select * from final
