{# one row per case in which a commitment is judged: the usage as it was, less of it, more of it #}

with cases as (

    select
        'as_judged' as usage_case,
        cast(1 as decimal(6, 4)) as usage_factor
    union all
    select
        'less_usage' as usage_case,
        {{ decimal_of_double('1 - ' ~ assumption('commitment_stress_share'), 'decimal(6, 4)') }} as usage_factor
    union all
    select
        'more_usage' as usage_case,
        {{ decimal_of_double('1 + ' ~ assumption('commitment_stress_share'), 'decimal(6, 4)') }} as usage_factor

)

select * from cases
