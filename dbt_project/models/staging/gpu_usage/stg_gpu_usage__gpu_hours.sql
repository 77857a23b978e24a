{# one row per line of the use of GPUs, with the reason for which it cannot count, or null #}

{% set amounts = [
    ('uptime_seconds', 'decimal(18, 6)'),
    ('gpus', 'decimal(12, 4)'),
    ('gpu_fraction', 'decimal(12, 10)'),
    ('busy_share', 'decimal(12, 6)'),
    ('memory_share', 'decimal(12, 6)'),
] %}

with gpu_hours as (

    select * from {{ source('gpu_usage', 'gpu_hours') }}

),

typed as (

    select
        file_name,
        cast(line_number as bigint) as line_number,
        line_problem,
        try_cast(requested_at as timestamp) as requested_at,
        try_cast(started_at as timestamp) as started_at,
        try_cast(ended_at as timestamp) as ended_at,
        started_at as raw_started_at,
        provider as stated_provider_name,
        node as resource_id,
        instance_type,
        gpu_model,
        gpu_id,
        mig_profile,
        namespace,
        pod,
        workload_kind,
        served_provider,
        served_model,
        tags,
        {% for name, type in amounts -%}
        try_cast({{ name }} as {{ type }}) as {{ name }},
        {% endfor -%}
        (
            {%- for name, type in amounts %}
            ({{ name }} is not null and try_cast({{ name }} as {{ type }}) is null){{ ' or' if not loop.last }}
            {%- endfor %}
        ) as is_value_malformed,
        raw_record
    from gpu_hours

),

{# A pod that never started has no start; it asked for a card and cost nothing. #}
judged as (

    select
        *,
        case
            when line_problem is not null then line_problem
            when is_value_malformed then 'value_malformed'
            when raw_started_at is not null and started_at is null then 'start_malformed'
            when started_at is not null and ended_at is null then 'end_malformed'
            when ended_at < coalesce(started_at, requested_at) then 'ends_before_its_start'
            when started_at is null and requested_at is null then 'start_missing'
            when gpus < 0 or gpu_fraction < 0 or gpu_fraction > 1 then 'gpus_impossible'
            when busy_share < 0 or busy_share > 1 or memory_share < 0 or memory_share > 1 then 'share_impossible'
            when uptime_seconds < 0 then 'uptime_negative'
        end as rejection_reason
    from typed

)

select * from judged
