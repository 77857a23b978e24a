{# one row per task type (30 days) or type of content (a month): what each step saves of the cost that the steps before it left #}

{# Of tokens in and of those from the cache, and whose prices: what is compared. #}
{% set cases = {
    'listed': ('input_tokens', 'cached_tokens', ''),
    'listed_prompt': ('prompt_left * input_tokens', 'prompt_left * cached_tokens', ''),
    'listed_cache': ('prompt_left * input_tokens', 'prompt_left * tokens_to_cache', ''),
    'listed_cache_batch': ('prompt_left * input_tokens', 'prompt_left * tokens_to_cache', 'batch_'),
    'listed_cache_alone': ('input_tokens', 'tokens_to_cache', ''),
    'listed_batch_alone': ('input_tokens', 'cached_tokens', 'batch_'),
} %}
{% set steps = {
    'prompt': {'left': ratio('listed_prompt_usd', 'listed_usd'), 'alone': ratio('listed_prompt_usd', 'listed_usd'), 'known': 'listed_usd is not null'},
    'cache': {
        'left': ratio('listed_cache_usd', 'listed_prompt_usd'), 'alone': ratio('listed_cache_alone_usd', 'listed_usd'),
        'known': 'more_cached_share = 0 or cached_price is not null'},
    'batch': {
        'left': '(1 - batchable_share * (1 - ' ~ ratio('listed_cache_batch_usd', 'listed_cache_usd') ~ '))',
        'alone': '(1 - batchable_share * (1 - ' ~ ratio('listed_batch_alone_usd', 'listed_usd') ~ '))',
        'known': 'batchable_share = 0 or batch_output_price is not null'},
} %}

with stackable as (

    select * from {{ ref('int_stackable_usage') }}

),

content_costs as (

    select * from {{ ref('rpt_content_costs') }}

),

usage as (

    select
        stackable.subject_kind,
        stackable.subject,
        stackable.input_tokens,
        stackable.cached_tokens,
        stackable.output_tokens,
        stackable.input_price,
        stackable.cached_price,
        stackable.output_price,
        stackable.batch_input_price,
        stackable.batch_cached_price,
        stackable.batch_output_price,
        stackable.more_cached_share,
        stackable.batchable_share,
        coalesce(stackable.cost_usd, content_costs.monthly_cost_usd) as cost_usd,
        coalesce(stackable.cost_after_model_usd, content_costs.monthly_cost_usd) as cost_after_model_usd,
        1 - stackable.shorter_prompt_share as prompt_left,
        least(stackable.cached_tokens + stackable.more_cached_share * stackable.input_tokens, stackable.input_tokens) as tokens_to_cache
    from stackable
    left join content_costs on case when stackable.subject_kind = 'content' then stackable.subject end = content_costs.content_type
    where coalesce(stackable.cost_usd, content_costs.monthly_cost_usd) is not null

),

{# What the tokens of each step cost by the price list, on the chosen model; only the proportions are used. #}
listed as (

    select
        {%- for case, (input, cached, tier) in cases.items() %}
        ({{ input }} - {{ cached }}) * {{ tier }}input_price
        + {{ cached }} * coalesce({{ tier }}cached_price, {{ tier }}input_price) + output_tokens * {{ tier }}output_price as {{ case }}_usd,
        {%- endfor %}
        *
    from usage

),

{# A step whose price is not known, or is none, leaves the cost as it was. #}
shares as (

    select
        {%- for step, share in steps.items() %}
        least(coalesce({{ share.left }}, 1), 1) as {{ step }}_left_share,
        least(coalesce({{ share.alone }}, 1), 1) as {{ step }}_alone_share,
        case when {{ share.known }} then 1 else 0 end as {{ step }}_is_known,
        {%- endfor %}
        *
    from listed

),

costed as (

    select
        *,
        {{ money_times('cost_after_model_usd', 'prompt_left_share') }} as cost_after_prompt_usd,
        {{ money_times('cost_after_model_usd', 'prompt_left_share * cache_left_share') }} as cost_after_cache_usd,
        {{ money_times('cost_after_model_usd', 'prompt_left_share * cache_left_share * batch_left_share') }} as cost_after_batch_usd
    from shares

),

summed as (

    select
        subject_kind,
        subject,
        {%- for step in steps %}
        {{ money('sum(cost_after_' ~ step ~ '_usd)') }} as cost_after_{{ step }}_usd,
        {{ money('sum(cost_after_model_usd - ' ~ money_times('cost_after_model_usd', step ~ '_alone_share') ~ ')') }} as {{ step }}_alone_usd,
        min({{ step }}_is_known) as {{ step }}_is_known,
        {%- endfor %}
        {{ money('sum(cost_usd)') }} as cost_usd,
        {{ money('sum(cost_after_model_usd)') }} as cost_after_model_usd
    from costed
    group by subject_kind, subject

),

final as (

    select
        subject_kind,
        subject,
        {{ money('cost_usd') }} as cost_usd,
        {{ money('cost_usd - cost_after_model_usd') }} as model_savings_usd,
        {%- for step in steps %}
        {{ money('case when ' ~ step ~ '_is_known = 1 then cost_after_' ~ (loop.previtem or 'model') ~ '_usd - cost_after_' ~ step ~ '_usd end') }} as {{ step }}_savings_usd,
        {%- endfor %}
        {{ money('cost_after_batch_usd') }} as cost_after_usd,
        {{ ratio('cost_usd - cost_after_batch_usd', 'cost_usd') }} as savings_share,
        {{ ratio('cost_usd - cost_after_model_usd + prompt_alone_usd + cache_alone_usd + batch_alone_usd', 'cost_usd') }} as added_up_share
    from summed

)

select * from final
