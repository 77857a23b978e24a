{# one row per resource of the inventories, as it came: names, types and units of the warehouse, nothing judged yet #}

{% set amounts = [
    ('cpu_utilization', 'decimal(9, 4)'),
    ('cpu_utilization_max', 'decimal(9, 4)'),
    ('memory_utilization', 'decimal(9, 4)'),
    ('memory_utilization_max', 'decimal(9, 4)'),
    ('network_in', 'decimal(24, 4)'),
    ('network_out', 'decimal(24, 4)'),
    ('object_count', 'bigint'),
    ('size_gb', 'decimal(24, 6)'),
] %}

with resources as (

    select * from {{ source('inventory', 'resources') }}

),

typed as (

    select
        file_name,
        cast(line_number as bigint) as line_number,
        line_problem,
        resource_id,
        resource_type,
        provider as stated_provider_name,
        account_id,
        region as region_id,
        cast(try_cast(created_on as timestamp) as date) as created_date,
        cast(try_cast(snapshot_on as timestamp) as date) as snapshot_date,
        instance_type,
        state,
        storage_class,
        case lower(is_versioned) when 'true' then true when 'false' then false when 'enabled' then true when 'disabled' then false end as is_versioned,
        encryption,
        attached_to as attached_resource_id,
        tags,
        {% for name, type in amounts -%}
        try_cast({{ name }} as {{ type }}) as {{ name }},
        {% endfor -%}
        (
            {%- for name, type in amounts %}
            ({{ name }} is not null and try_cast({{ name }} as {{ type }}) is null) or
            {%- endfor %}
            (created_on is not null and try_cast(created_on as timestamp) is null)
        ) as is_value_malformed,
        raw_record
    from resources

)

select * from typed
