{# one row per provider x type of machine that the seeds know: its family, and what of it a reservation counts #}

{{ config(materialized=view_or_table()) }}

with instance_types as (

    select * from {{ ref('instance_types') }}

),

gpu_instance_types as (

    select * from {{ ref('gpu_instance_types') }}

),

instance_sizes as (

    select * from {{ ref('instance_sizes') }}

),

fixed_size_families as (

    select * from {{ ref('fixed_size_families') }}

),

types as (

    select provider_name, instance_type from instance_types
    union distinct
    select provider_name, instance_type from gpu_instance_types

),

typed as (

    select
        provider_name,
        instance_type,
        {{ machine_family('provider_name', 'instance_type') }} as family,
        {{ machine_size('provider_name', 'instance_type') }} as size
    from types

),

final as (

    select
        typed.provider_name,
        typed.instance_type,
        typed.family,
        case when fixed.family is null then sizes.normalized_units end as normalized_units
    from typed
    left join instance_sizes as sizes on typed.size = sizes.size
    left join fixed_size_families as fixed on typed.provider_name = fixed.provider_name and typed.family = fixed.family

)

select * from final
