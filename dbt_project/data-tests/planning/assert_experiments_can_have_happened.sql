{# Nobody begins to pay who did not sign up, and an experiment begins before it ends. #}

with experiments as (

    select * from {{ ref('allowance_experiments') }}

)

select * from experiments
where conversions < 0 or conversions > trials or allowance_tokens < 0 or last_date < first_date
