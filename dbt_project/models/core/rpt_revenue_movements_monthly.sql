{# one row per month of the data up to the as-of date: the monthly fees in force at its end, and what moved them since its beginning #}

with plans as (

    select * from {{ ref('int_customers_validated') }}
    where rejection_reason is null

),

contracts as (

    select * from {{ ref('customer_contracts') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

months as (

    select
        dates.month_start_date,
        min(dates.month_start_date) - 1 as opening_date,
        max(dates.date_day) as closing_date,
        max(dates.date_day) = max(dates.month_end_date) as is_complete_month
    from dates
    inner join as_of on dates.date_day <= as_of.as_of_date
    group by dates.month_start_date

),

points as (

    select month_start_date, opening_date as point_date, true as is_opening from months
    union all
    select month_start_date, closing_date as point_date, false as is_opening from months

),

known as (

    select
        customer_id,
        min(signup_date) as first_signup_date
    from plans
    group by customer_id

),

{# A customer counts at a point of time with the fee of its plan or contract on that day; who comes and goes between two points is in neither. #}
in_force as (

    select
        points.month_start_date,
        plans.customer_id,
        bool_or(points.is_opening) as was_there,
        bool_or(not points.is_opening) as is_there,
        {{ money('coalesce(sum(coalesce(contracts.monthly_fee_usd, plans.monthly_fee_usd)) filter (where points.is_opening), 0)') }} as opening_usd,
        {{ money('coalesce(sum(coalesce(contracts.monthly_fee_usd, plans.monthly_fee_usd)) filter (where not points.is_opening), 0)') }} as closing_usd
    from points
    inner join plans
        on plans.signup_date <= points.point_date and (plans.churned_date is null or plans.churned_date > points.point_date)
    left join contracts
        on
            plans.customer_id = contracts.customer_id
            and contracts.valid_from <= points.point_date
            and (contracts.valid_to is null or contracts.valid_to > points.point_date)
    group by points.month_start_date, plans.customer_id

),

moved as (

    select
        in_force.*,
        case
            when not in_force.was_there and known.first_signup_date < in_force.month_start_date then 'reactivated'
            when not in_force.was_there then 'new'
            when not in_force.is_there then 'churned'
            when in_force.closing_usd > in_force.opening_usd then 'expansion'
            when in_force.closing_usd < in_force.opening_usd then 'contraction'
        end as movement
    from in_force
    inner join known on in_force.customer_id = known.customer_id

),

summed as (

    select
        months.month_start_date,
        months.is_complete_month,
        {{ money('coalesce(sum(moved.opening_usd), 0)') }} as opening_mrr_usd,
        {% for movement in ['new', 'expansion', 'contraction', 'churned', 'reactivated'] %}
        {{ money("coalesce(sum(moved.closing_usd - moved.opening_usd) filter (where moved.movement = '" ~ movement ~ "'), 0)") }} as {{ movement }}_mrr_usd,
        {% endfor %}
        {{ money('coalesce(sum(moved.closing_usd), 0)') }} as mrr_usd,
        cast(count(*) filter (where moved.is_there) as bigint) as customers,
        cast(count(*) filter (where moved.movement = 'new') as bigint) as new_customers,
        cast(count(*) filter (where moved.movement = 'churned') as bigint) as churned_customers,
        cast(count(*) filter (where moved.movement = 'reactivated') as bigint) as reactivated_customers
    from months
    left join moved on months.month_start_date = moved.month_start_date
    group by months.month_start_date, months.is_complete_month

),

retained as (

    select
        *,
        {{ ratio('opening_mrr_usd + expansion_mrr_usd + contraction_mrr_usd + churned_mrr_usd', 'opening_mrr_usd') }} as nrr_share,
        {{ ratio('opening_mrr_usd + contraction_mrr_usd + churned_mrr_usd', 'opening_mrr_usd') }} as grr_share,
        {{ ratio('mrr_usd', 'opening_mrr_usd') }} - 1 as mrr_change_share
    from summed

),

final as (

    select
        *,
        {{ assumption('net_retention_month_from') }} as nrr_target_share,
        coalesce(nrr_share < {{ assumption('net_retention_month_from') }}, false) as is_retention_low
    from retained

)

select * from final
