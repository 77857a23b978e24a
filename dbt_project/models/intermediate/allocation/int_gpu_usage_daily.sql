{# one row per accepted line of the use of GPUs x UTC day on which it asked for a card or had one #}

with gpu_hours as (

    select * from {{ ref('stg_gpu_usage__gpu_hours') }}
    where rejection_reason is null

),

provider_names as (

    select * from {{ ref('provider_names') }}

),

owner_matches as (

    select * from {{ ref('int_owner_matches') }}

),

used as (

    select
        *,
        file_name || '#' || cast(line_number as string) as usage_id,
        coalesce(requested_at, started_at) as asked_at,
        coalesce(ended_at, requested_at) as last_at,
        cast(gpus as double) * cast(coalesce(gpu_fraction, 1) as double) as cards,
        {{ owner_key(resource_id='resource_id', tags='tags') }} as owner_key
    from gpu_hours

),

days as (

    {{ day_spine('(select min(cast(asked_at as date)) from used)', '(select max(cast(last_at as date)) from used)') }}

),

{# Seconds of the day from a moment to the end of the line; a line of no length is on the day on which it began. #}
by_day as (

    select
        used.*,
        days.date_day as usage_date,
        {% for moment, seconds in [('asked_at', 'asked_seconds'), ('started_at', 'held_seconds')] -%}
        greatest(
            (
                {{ unix_microseconds('least(used.last_at, ' ~ start_of_day('days.date_day + 1') ~ ')') }}
                - {{ unix_microseconds('greatest(used.' ~ moment ~ ', ' ~ start_of_day('days.date_day') ~ ')') }}
            ) / 1000000.0, 0
        ) as {{ seconds }},
        {% endfor -%}
        ({{ unix_microseconds('used.last_at') }} - {{ unix_microseconds('used.started_at') }}) / 1000000.0 as all_held_seconds,
        case when used.started_at is not null then {{ unix_microseconds('greatest(used.started_at, ' ~ start_of_day('days.date_day') ~ ')') }} end as held_from_us
    from used
    inner join days
        on
            cast(used.asked_at as date) <= days.date_day
            and (days.date_day = cast(used.asked_at as date) or {{ start_of_day('days.date_day') }} < used.last_at)

),

{# Where the line says how long the card was in use, this is shared over its days by their seconds. #}
timed as (

    select
        *,
        case
            when started_at is null then 0
            when uptime_seconds is null then held_seconds
            when all_held_seconds > 0 then cast(uptime_seconds as double) * held_seconds / all_held_seconds
            else cast(uptime_seconds as double)
        end as used_seconds
    from by_day

),

measured as (

    select
        timed.usage_id,
        timed.usage_date,
        coalesce(provider_names.provider_name, timed.stated_provider_name) as provider_name,
        timed.resource_id,
        timed.instance_type,
        timed.gpu_model,
        timed.workload_kind,
        timed.memory_share,
        timed.served_provider,
        timed.served_model,
        timed.held_from_us,
        timed.held_from_us + cast(round(timed.used_seconds * 1000000) as bigint) as held_until_us,
        owner_matches.owner_rule,
        owner_matches.business_unit_id,
        owner_matches.team_id,
        owner_matches.project_id,
        owner_matches.user_id,
        owner_matches.cost_centre,
        {{ decimal_of_double('timed.cards * greatest(timed.asked_seconds, timed.used_seconds) / 3600', 'decimal(18, 9)') }} as requested_gpu_hours,
        {{ decimal_of_double('timed.cards * timed.used_seconds / 3600', 'decimal(18, 9)') }} as allocated_gpu_hours,
        {{ decimal_of_double('timed.cards * timed.used_seconds / 3600 * cast(timed.busy_share as double)', 'decimal(18, 9)') }} as measured_gpu_hours
    from timed
    inner join owner_matches
        on
            timed.owner_key = owner_matches.owner_key
            and owner_matches.valid_from_date <= timed.usage_date
            and timed.usage_date < owner_matches.valid_to_date
    left join provider_names on lower(timed.stated_provider_name) = provider_names.name_in_source

)

select * from measured
