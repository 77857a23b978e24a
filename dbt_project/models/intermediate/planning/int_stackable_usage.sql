{# one row per task type x model of the trailing 30 days at the standard tier, and per type of content planned for a month: tokens, the prices of the
   chosen model, and what can be saved beside its choice #}

{% set kept = assumption('model_switch_base_share', 'decimal(6, 4)') %}

with task_usage as (

    select * from {{ ref('int_task_usage_switched') }}

),

task_savings as (

    select * from {{ ref('int_task_savings') }}

),

content_plans as (

    select * from {{ ref('content_plans') }}

),

levers as (

    select * from {{ ref('savings_levers') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

prices as (

    select
        price_periods.provider,
        price_periods.model,
        {%- for tier in ['standard', 'batch'] %}
        {%- for kind in ['input', 'cached_input', 'output'] %}
        cast(max(price_periods.contracted_usd_per_{{ kind }}_token * 1000000) filter (where price_periods.service_tier = '{{ tier }}') as double) as {{ tier }}_{{ kind }},
        {%- endfor %}
        {%- endfor %}
        count(*) as periods
    from price_periods
    inner join as_of on {{ holds_at_end_of('as_of.as_of_date') }}
    group by price_periods.provider, price_periods.model

),

{# A switch is counted for the calls that are kept on the other model. #}
tasks as (

    select
        task_usage.task_type as subject,
        task_usage.planned_provider as provider,
        task_usage.planned_model as model,
        task_usage.input_tokens,
        task_usage.cached_input_tokens,
        task_usage.output_tokens,
        task_usage.effective_cost_usd as cost_usd,
        case
            when task_usage.is_switched then {{ money(money('task_usage.cost_after_switch_usd * ' ~ kept) ~ ' + ' ~ money('task_usage.effective_cost_usd * (1 - ' ~ kept ~ ')')) }}
            else task_usage.effective_cost_usd
        end as cost_after_model_usd,
        {{ ratio('task_savings.more_cached_tokens', 'task_usage.input_tokens') }} as more_cached_share,
        coalesce(task_savings.batch_moved_share, 0) as batchable_share
    from task_usage
    inner join task_savings
        on
            task_usage.task_type = task_savings.task_type
            and task_usage.provider = task_savings.provider
            and task_usage.model = task_savings.model
    where task_usage.service_tier = 'standard'

),

{% set own_input = 'cast(content_plans.usd_per_million_input_tokens as double)' %}
{% set own_output = 'cast(content_plans.usd_per_million_output_tokens as double)' %}
{% set input_price = 'coalesce(' ~ own_input ~ ', prices.standard_input)' %}
{% set output_price = 'coalesce(' ~ own_output ~ ', prices.standard_output)' %}
{% set batch_price_share = 'coalesce(cast(levers.batch_price_share as double), ' ~ ratio('prices.batch_output', 'prices.standard_output') ~ ')' %}
{% set cached_price = 'coalesce(' ~ input_price ~ ' * cast(levers.cached_price_share as double), ' ~ input_price ~ ' * ' ~ ratio('prices.standard_cached_input', 'prices.standard_input') ~ ')' %}

{# Prices are USD a million tokens. What a price list says of a model holds in proportion for a price of one's own. #}
usage as (

    select
        'content' as subject_kind,
        content_plans.content_type as subject,
        cast(content_plans.pieces_per_month * content_plans.input_tokens as double) as input_tokens,
        cast(0 as double) as cached_tokens,
        cast(content_plans.pieces_per_month * content_plans.output_tokens as double) as output_tokens,
        {{ money('null') }} as cost_usd,
        {{ money('null') }} as cost_after_model_usd,
        {{ input_price }} as input_price,
        {{ cached_price }} as cached_price,
        {{ output_price }} as output_price,
        {{ input_price }} * {{ batch_price_share }} as batch_input_price,
        {{ cached_price }} * {{ batch_price_share }} as batch_cached_price,
        {{ output_price }} * {{ batch_price_share }} as batch_output_price,
        coalesce(cast(levers.shorter_prompt_share as double), 0) as shorter_prompt_share,
        coalesce(cast(levers.repeated_prompt_share as double), 0) as more_cached_share,
        coalesce(cast(levers.batchable_share as double), 0) as batchable_share
    from content_plans
    left join levers on content_plans.content_type = levers.subject and levers.subject_kind = 'content'
    left join prices on content_plans.provider = prices.provider and content_plans.model = prices.model
    union all
    select
        'task' as subject_kind,
        tasks.subject,
        cast(tasks.input_tokens as double) as input_tokens,
        cast(tasks.cached_input_tokens as double) as cached_tokens,
        cast(tasks.output_tokens as double) as output_tokens,
        tasks.cost_usd,
        tasks.cost_after_model_usd,
        prices.standard_input as input_price,
        prices.standard_cached_input as cached_price,
        prices.standard_output as output_price,
        prices.batch_input as batch_input_price,
        prices.batch_cached_input as batch_cached_price,
        prices.batch_output as batch_output_price,
        coalesce(cast(levers.shorter_prompt_share as double), 0) as shorter_prompt_share,
        coalesce(tasks.more_cached_share, 0) as more_cached_share,
        cast(tasks.batchable_share as double) as batchable_share
    from tasks
    left join levers on tasks.subject = levers.subject and levers.subject_kind = 'task'
    left join prices on tasks.provider = prices.provider and tasks.model = prices.model

)

select * from usage
