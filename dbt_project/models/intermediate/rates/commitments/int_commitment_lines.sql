{# one row per line of a bill for usage that a commitment of its cloud covers or could cover, as the seed or the bill says. Spot is not: no commitment takes it #}

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

typed as (

    select
        *,
        {{ machine_size('provider_name', 'instance_type') }} as size,
        case when instance_type is null then usage_kind else {{ machine_family('provider_name', 'instance_type') }} end as family
    from eligible
    where instance_type is not null or not is_by_instance or is_covered

),

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
        typed.list_cost_usd,
        typed.has_list_cost,
        typed.effective_cost_usd,
        typed.sustained_use_usd,
        {{ reserved_as('typed.instance_type', 'typed.family', 'case when fixed.family is null then sizes.normalized_units end', 'typed') }} as reserved_as,
        {{ units_of_machine('case when fixed.family is null then sizes.normalized_units end', 'typed') }} as units_per_instance
    from typed
    left join instance_sizes as sizes on typed.size = sizes.size
    left join fixed_size_families as fixed on typed.provider_name = fixed.provider_name and typed.family = fixed.family

)

select * from sized
