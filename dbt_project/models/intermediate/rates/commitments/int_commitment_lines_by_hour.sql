{# one row per line of a bill that a commitment covers or could cover x hour in which it ran. A view: read once, by the model that needs it #}

{{ config(materialized=view_or_table()) }}

{% set part_of_line = 'least(timed.run_hours - numbers.number, 1) / timed.run_hours' %}

with lines as (

    select * from {{ ref('int_commitment_lines') }}

),

numbers as (

    {{ whole_numbers(0, 743) }}

),

lasting as (

    select
        *,
        greatest({{ ratio(unix_microseconds('charge_period_end_at') ~ ' - ' ~ unix_microseconds('charge_period_start_at'), 3600000000) }}, 1) as period_hours
    from lines
    where effective_cost_usd > 0 and list_cost_usd > 0 and (has_list_cost or not is_covered)

),

{# A line that says how many hours of a day a machine ran, and not which, is put at the beginning: spread over the day it would look steady. #}
timed as (

    select
        *,
        case when is_by_instance then greatest(coalesce({{ ratio('pricing_quantity', 'period_hours') }}, 1), 1) else 1 end as machines,
        case
            when is_by_instance and pricing_quantity > 0
                then {{ ratio('pricing_quantity', 'greatest(' ~ ratio('pricing_quantity', 'period_hours') ~ ', 1)') }}
            else period_hours
        end as run_hours
    from lasting

),

final as (

    select
        timed.charge_id,
        timed.provider_name,
        timed.usage_kind,
        timed.plan_scope,
        timed.family,
        timed.reserved_as,
        timed.region_id,
        timed.units_per_instance,
        timed.operating_system,
        timed.tenancy,
        timed.resource_id,
        timed.is_by_instance,
        timed.is_covered,
        timed.reach,
        timed.commitment_discount_id,
        cast(timed.charge_period_start_at as date) as charge_date,
        {{ from_unix_microseconds(unix_microseconds(start_of_hour('timed.charge_period_start_at')) ~ ' + cast(numbers.number as bigint) * 3600000000') }} as usage_hour_at,
        timed.machines * least(timed.run_hours - numbers.number, 1) as machine_hours,
        cast(timed.list_cost_usd as double) * {{ part_of_line }} as list_usd,
        cast(timed.effective_cost_usd as double) * {{ part_of_line }} as paid_usd,
        cast(timed.effective_cost_usd + timed.sustained_use_usd as double) * {{ part_of_line }} as on_demand_usd
    from timed
    inner join numbers on numbers.number < timed.run_hours

)

select * from final
