{# one row per note on the raw files: how many of all columns, customers or sources a check names, and what to do about them #}

with notes as (

    select * from {{ source('landing', 'notes') }}

),

final as (

    select
        check_name,
        affected,
        total,
        details
    from notes

)

select * from final
