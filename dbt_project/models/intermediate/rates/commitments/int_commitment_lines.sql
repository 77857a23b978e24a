{# one row per line of a bill for usage that a commitment of its cloud covers or could cover, as the seed or the bill says. Spot is not: no commitment takes it #}

{% set is_flexible = "sizes.size is not null and fixed.family is null and typed.operating_system like 'linux%' and typed.tenancy in ('shared', 'default')" %}

with charges as (

    select * from {{ ref('fct_charges') }}

),

commitment_services as (

    select * from {{ ref('commitment_services') }}

),

instance_sizes as (

    select * from {{ ref('instance_sizes') }}

),

fixed_size_families as (

    select * from {{ ref('fixed_size_families') }}

),

{# What sustained use takes off a line belongs to its price on demand: a commitment takes its place. #}
sustained as (

    select
        charges.file_name,
        charges.line_number,
        charges.charge_date,
        {{ money('sum(charges.effective_cost_usd)') }} as sustained_use_usd
    from charges
    where charges.is_counted and {{ is_sustained_use('charges') }}
    group by charges.file_name, charges.line_number, charges.charge_date

),

eligible as (

    select
        charges.charge_id,
        charges.provider_name,
        coalesce(services.usage_kind, charges.service_name, 'unknown') as usage_kind,
        coalesce(services.plan_scope, lower(charges.service_name), 'unknown') as plan_scope,
        coalesce(services.is_by_instance, false) as is_by_instance,
        coalesce(charges.region_id, 'unknown') as region_id,
        charges.resource_id,
        charges.team_id,
        charges.billing_account_id,
        charges.sub_account_id,
        charges.charge_period_start_at,
        charges.charge_period_end_at,
        charges.pricing_quantity,
        charges.commitment_discount_id,
        charges.commitment_eligibility,
        charges.commitment_discount_status is not null as is_covered,
        case
            when charges.commitment_discount_status is not null then {{ commitment_reach('charges.commitment_discount_category', 'charges.commitment_discount_type') }}
        end as reach,
        lower(charges.commitment_discount_type) as commitment_type,
        greatest({{ ratio(unix_microseconds('charges.charge_period_end_at') ~ ' - ' ~ unix_microseconds('charges.charge_period_start_at'), 3600000000) }}, 1) as period_hours,
        {{ json_text('charges.sku_price_details', 'InstanceType') }} as instance_type,
        lower(coalesce({{ json_text('charges.sku_price_details', 'OperatingSystem') }}, 'Linux')) as operating_system,
        lower(coalesce({{ json_text('charges.sku_price_details', 'Tenancy') }}, 'Shared')) as tenancy,
        coalesce(charges.list_cost_usd, charges.effective_cost_usd) as list_cost_usd,
        charges.list_cost_usd is not null as has_list_cost,
        charges.effective_cost_usd,
        coalesce(sustained.sustained_use_usd, {{ money(0) }}) as sustained_use_usd
    from charges
    left join sustained
        on charges.file_name = sustained.file_name and charges.line_number = sustained.line_number and charges.charge_date = sustained.charge_date
    left join commitment_services as services
        on
            charges.provider_name = services.provider_name
            and lower(charges.service_name) = lower(services.service_name)
            and {{ place_in_text("lower(coalesce(charges.sku_meter, ''))", "lower(coalesce(services.meter_contains, ''))") }} > 0
    where
        charges.charge_category = 'Usage'
        and charges.is_counted
        and coalesce(charges.pricing_category, 'Standard') in ('Standard', 'Committed')
        and coalesce(charges.commitment_discount_status, 'Used') = 'Used'
        and (services.usage_kind is not null or charges.commitment_eligibility is not null or charges.commitment_discount_status = 'Used')

),

{# m5.xlarge is size xlarge of family m5, db.m5.large size large of db.m5; Google names a family before a hyphen. #}
typed as (

    select
        *,
        case
            when provider_name <> 'AWS' then ''
            when instance_type like '%.%.%' then split_part(instance_type, '.', 3)
            else split_part(instance_type, '.', 2)
        end as size,
        case
            when instance_type is null then usage_kind
            when provider_name = 'Google Cloud' then split_part(instance_type, '-', 1)
            when provider_name <> 'AWS' then instance_type
            when instance_type like '%.%.%' then split_part(instance_type, '.', 1) || '.' || split_part(instance_type, '.', 2)
            else split_part(instance_type, '.', 1)
        end as family
    from eligible
    where instance_type is not null or not is_by_instance or is_covered

),

{# A reservation covers all sizes of a family only on shared machines with Linux, and not of every family. #}
sized as (

    select
        typed.charge_id,
        typed.provider_name,
        typed.usage_kind,
        typed.plan_scope,
        typed.is_by_instance,
        typed.family,
        typed.instance_type,
        typed.region_id,
        typed.resource_id,
        typed.team_id,
        typed.billing_account_id,
        typed.sub_account_id,
        typed.operating_system,
        typed.tenancy,
        typed.charge_period_start_at,
        typed.charge_period_end_at,
        typed.pricing_quantity,
        typed.commitment_discount_id,
        typed.commitment_eligibility,
        typed.is_covered,
        typed.reach,
        typed.commitment_type,
        {# A line that says how many hours of a day a machine ran, and not which, is put at the beginning: spread over the day it would look steady. #}
        case when typed.is_by_instance then greatest(coalesce({{ ratio('typed.pricing_quantity', 'typed.period_hours') }}, 1), 1) else 1 end as machines,
        case
            when typed.is_by_instance and typed.pricing_quantity > 0
                then {{ ratio('typed.pricing_quantity', 'greatest(' ~ ratio('typed.pricing_quantity', 'typed.period_hours') ~ ', 1)') }}
            else typed.period_hours
        end as run_hours,
        typed.list_cost_usd,
        typed.has_list_cost,
        typed.effective_cost_usd,
        typed.sustained_use_usd,
        case
            when {{ is_flexible }} then typed.family
            else concat_ws(
                ' ',
                typed.instance_type,
                case when typed.operating_system not like 'linux%' then typed.operating_system end,
                case when typed.tenancy not in ('shared', 'default') then typed.tenancy end
            )
        end as reserved_as,
        cast(case when {{ is_flexible }} then sizes.normalized_units else 1 end as decimal(9, 2)) as units_per_instance
    from typed
    left join instance_sizes as sizes on typed.size = sizes.size
    left join fixed_size_families as fixed on typed.provider_name = fixed.provider_name and typed.family = fixed.family

)

select * from sized
