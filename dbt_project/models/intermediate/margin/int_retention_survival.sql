{# one row per subscription tier x candidate of its retention (the most likely, and those that are not much less so) x month of life: the share of new customers who
   are there at its end, up to 30 years #}

with fits as (

    select * from {{ ref('int_retention_fits') }}

),

months as (

    {{ whole_numbers(0, 359) }}

),

survived as (

    select
        fits.*,
        months.number as age_month,
        exp(sum(case when months.number = 0 then 0 else ln((fits.beta + months.number - 1) / (fits.alpha + fits.beta + months.number - 1)) end) over so_far) as survival_share
    from fits
    cross join months
    window so_far as (partition by fits.subscription_tier, fits.is_best, fits.alpha, fits.beta order by months.number rows between unbounded preceding and current row)

)

select * from survived
