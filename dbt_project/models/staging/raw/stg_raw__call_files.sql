{# one row per raw call file #}

with files as (

    {{ raw_call_files() }}

),

dated as (

    select
        file_name,
        split_part(file_name, 'date=', 2) as file_key,
        cast(split_part(split_part(file_name, 'date=', 2), '/', 1) as date) as partition_date,
        cast(size_bytes as bigint) as size_bytes,
        modified_at
    from files

)

select * from dated
