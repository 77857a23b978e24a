{# one row per call with metered units x price class: how much of it the call used. The parts of a call's tokens sum to its
   tokens; units stand beside them. #}

{{ config(enabled=landed_call_sources() | length > 0, materialized='view') }}

with calls as (

    select * from {{ ref('int_calls_accepted') }}

),

metered as (

    select
        {% for meter in (token_meters() | list) + unit_meters() -%}
        {{ metered_quantity(meter) }} as {{ meter }},
        {% endfor -%}
        partition_date,
        call_id,
        called_at,
        provider,
        model,
        service_tier,
        input_tokens,
        cached_input_tokens,
        cache_write_input_tokens,
        output_tokens
    from calls
    where metered_units is not null and {{ is_touched_day('partition_date') }}

),

{# Where units are told and no tokens, there are none. What is read from the cache as audio is audio, too. #}
counted as (

    select
        *,
        coalesce(input_tokens, case when has_units and output_tokens is null then 0 end) as prompt_tokens,
        coalesce(output_tokens, case when has_units and input_tokens is null then 0 end) as answer_tokens,
        greatest(input_audio_tokens - cached_input_audio_tokens, 0) as fresh_audio_tokens
    from (
        select *, {{ unit_meters() | join(' + ') }} > 0 as has_units
        from metered
    ) as told

),

{% set parts = {
    'input': 'prompt_tokens - cached_input_tokens - cache_write_input_tokens - fresh_audio_tokens - input_image_tokens',
    'cached_input': 'cached_input_tokens - cached_input_audio_tokens',
    'cache_write': 'cache_write_input_tokens - cache_write_1h_tokens',
    'output': 'answer_tokens - output_audio_tokens - output_image_tokens - output_reasoning_tokens',
} %}
{% for meter in token_meters() %}{% do parts.update({meter: 'fresh_audio_tokens' if meter == 'input_audio_tokens' else meter}) %}{% endfor %}
{% for meter in unit_meters() %}{% do parts.update({meter: meter}) %}{% endfor %}

parts as (

    {% for price_class, quantity in parts.items() -%}
    select
        partition_date,
        call_id,
        called_at,
        provider,
        model,
        service_tier,
        coalesce(prompt_tokens, 0) as input_tokens,
        '{{ price_class }}' as price_class,
        '{{ token_meters().get(price_class) or price_class }}' as class_instead,
        cast({{ quantity }} as decimal(24, 6)) as quantity
    from counted
    {{ "where " ~ quantity ~ " <> 0" if price_class not in ['input', 'output'] }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

)

select * from parts
