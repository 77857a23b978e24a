{# one row per task type x budget (low_cost, balanced, premium), per type of content that is planned x budget, and for all content x budget: the
   model to take under it #}

with models as (

    select * from {{ ref('rpt_model_efficiency') }}

),

prices as (

    select * from {{ ref('dim_models') }}

),

plans as (

    select * from {{ ref('content_plans') }}

),

content_costs as (

    select * from {{ ref('rpt_content_costs') }}

),

floors as (

    select * from {{ ref('task_quality_floors') }}

),

{# Only what was measured can be chosen by quality; it keeps a floor if the lower end of its interval does, as in rpt_model_efficiency. #}
measured as (

    select
        models.task_type,
        models.provider,
        models.model,
        models.like_for_like_cost_per_call_usd,
        models.quality_score_avg,
        models.quality_score_lower,
        models.latency_p50_ms,
        coalesce(floors.minimum_quality_score, 0) as quality_floor,
        coalesce(floors.maximum_quality_loss, 0) as quality_loss
    from models
    left join floors on models.task_type = floors.task_type
    where models.is_quality_measured

),

{# Of a task the cost is that of the same tokens on each model, of content that of the tokens planned for a piece: at the plan's price on
   the model that is planned, else by the price list. #}
work as (

    select
        measured.*,
        cast(null as string) as content_type,
        cast(null as bigint) as pieces_per_month,
        measured.like_for_like_cost_per_call_usd as cost_usd,
        {{ money('null') }} as planned_month_usd
    from measured
    union all
    select
        measured.*,
        plans.content_type,
        plans.pieces_per_month,
        case
            when measured.provider = plans.provider and measured.model = plans.model then content_costs.cost_per_piece_usd
            else
                {{ money(
                    token_cost('plans.input_tokens', 'cast(prices.usd_per_million_input_tokens * 0.000001 as decimal(18, 12))')
                    ~ ' + ' ~ token_cost('plans.output_tokens', 'cast(prices.usd_per_million_output_tokens * 0.000001 as decimal(18, 12))')
                ) }}
        end as cost_usd,
        content_costs.monthly_cost_usd as planned_month_usd
    from plans
    inner join content_costs on plans.content_type = content_costs.content_type
    {# A company that labels its calls with the type of content has measured it itself. #}
    inner join measured on coalesce(plans.task_type, plans.content_type) = measured.task_type
    left join prices on measured.provider = prices.provider and measured.model = prices.model

),

compared as (

    select
        *,
        max(quality_score_avg) over (partition by task_type, content_type) as best_quality
    from work
    where cost_usd is not null

),

candidates as (

    select 'low_cost' as budget, compared.* from compared
    where compared.quality_score_lower >= compared.quality_floor
    union all
    select 'balanced' as budget, compared.* from compared
    where compared.quality_score_avg >= compared.best_quality - compared.quality_loss and compared.quality_score_lower >= compared.quality_floor
    union all
    select 'premium' as budget, compared.* from compared
    where compared.quality_score_avg = compared.best_quality

),

ranked as (

    select
        *,
        row_number() over (partition by task_type, content_type, budget order by cost_usd, -quality_score_avg, provider, model) as place
    from candidates

),

priced as (

    select
        *,
        case when content_type is null then cost_usd end as cost_per_call_usd,
        case when content_type is not null then cost_usd end as cost_per_piece_usd,
        {{ money('cast(cost_usd as decimal(25, 12)) * cast(pieces_per_month as decimal(12, 0))') }} as monthly_cost_usd
    from ranked
    where place = 1

),

{# A type without a choice is in no total, so there is none. #}
totals as (

    select
        budget,
        sum(pieces_per_month) as pieces_per_month,
        sum(monthly_cost_usd) as monthly_cost_usd,
        case when count(planned_month_usd) = count(*) then sum(planned_month_usd) end as planned_month_usd
    from priced
    where content_type is not null
    group by budget
    having count(*) = (select count(*) from plans)

),

chosen as (
    {% set columns = [
        'task_type', 'content_type', 'budget', 'provider', 'model', 'cost_per_call_usd', 'cost_per_piece_usd', 'pieces_per_month', 'monthly_cost_usd',
        'planned_month_usd', 'quality_score_avg', 'quality_score_lower', 'quality_floor', 'latency_p50_ms'
    ] %}
    select {{ columns | join(', ') }} from priced
    union all
    select
        'all' as task_type, 'all' as content_type, budget, null as provider, null as model, null as cost_per_call_usd, null as cost_per_piece_usd,
        pieces_per_month, monthly_cost_usd, planned_month_usd, null as quality_score_avg, null as quality_score_lower, null as quality_floor, null as latency_p50_ms
    from totals

),

final as (

    select
        task_type,
        content_type,
        budget,
        provider,
        model,
        cost_per_call_usd,
        cost_per_piece_usd,
        cast(pieces_per_month as bigint) as pieces_per_month,
        {{ money('monthly_cost_usd') }} as monthly_cost_usd,
        {{ money('monthly_cost_usd - planned_month_usd') }} as change_from_plan_usd,
        quality_score_avg,
        quality_score_lower,
        quality_floor,
        latency_p50_ms
    from chosen

)

select * from final
