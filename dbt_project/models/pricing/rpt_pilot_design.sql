{# one row per group of customers x churn scenario: what a pilot with half of the group could measure, when it stops, what it costs #}

with rated_candidates as (

    select * from {{ ref('int_plan_candidates_rated') }}

),

candidates as (

    select * from {{ ref('int_plan_candidates_judged') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# Who is asked for more under the chosen plan can be given notice, or be the one that is compared with. #}
risers as (

    select rated_candidates.*
    from rated_candidates
    inner join candidates on rated_candidates.structure_id = candidates.structure_id and rated_candidates.transition_id = candidates.transition_id
    where candidates.is_chosen and not candidates.is_current and rated_candidates.rise_share > 0

),

{# Those of the control group leave as customers leave today. #}
today as (

    select
        {{ ratio(
            'count(*) filter (where customers.churned_date between as_of.window_start_date and as_of.as_of_date)',
            'count(*) filter (where customers.churned_date is null or customers.churned_date >= as_of.window_start_date)'
        ) }} as control_leave_share
    from customers
    cross join as_of
    where customers.is_known

),

grouped as (

    select 'loss_makers' as customer_group, * from risers
    where not is_profitable
    union all
    select 'profitable' as customer_group, * from risers
    where is_profitable
    union all
    select 'all' as customer_group, * from risers

),

by_scenario as (

    select
        customer_group, 'low' as churn_scenario, customer_id, current_revenue_usd, cost_usd, revenue_usd, served_cost_usd,
        leave_probability_low as leave_probability
    from grouped
    union all
    select
        customer_group, 'base' as churn_scenario, customer_id, current_revenue_usd, cost_usd, revenue_usd, served_cost_usd,
        leave_probability_base as leave_probability
    from grouped
    union all
    select
        customer_group, 'high' as churn_scenario, customer_id, current_revenue_usd, cost_usd, revenue_usd, served_cost_usd,
        leave_probability_high as leave_probability
    from grouped

),

summed as (

    select
        customer_group,
        churn_scenario,
        count(*) as customers,
        cast(floor(count(*) / 2.0) as bigint) as customers_with_notice,
        cast(sum(leave_probability) as double) / count(*) as notice_leave_share,
        {{ money('sum(cast(revenue_usd - served_cost_usd as decimal(25, 12)) * (1 - leave_probability) - (current_revenue_usd - cost_usd))') }} as group_change_usd,
        {{ money('sum(case when current_revenue_usd > cost_usd then cast(current_revenue_usd - cost_usd as decimal(25, 12)) * leave_probability else 0 end)') }}
            as group_margin_lost_usd
    from by_scenario
    group by customer_group, churn_scenario

),

compared as (

    select
        summed.*,
        coalesce(today.control_leave_share, 0) as control_leave_share,
        summed.notice_leave_share - coalesce(today.control_leave_share, 0) as difference_share,
        coalesce(today.control_leave_share, 0) * (1 - coalesce(today.control_leave_share, 0))
        + summed.notice_leave_share * (1 - summed.notice_leave_share) as variance
    from summed
    cross join today

),

powered as (

    select
        *,
        case
            when difference_share <> 0 and variance > 0
                then abs(difference_share) * sqrt(cast(customers_with_notice as double)) / sqrt(variance) - {{ assumption('pilot_significance_z') }}
        end as power_z,
        case
            when difference_share <> 0
                then cast(ceil(round(
                    power({{ assumption('pilot_significance_z') }} + {{ assumption('pilot_power_z') }}, 2) * variance / power(difference_share, 2), 6
                )) as bigint)
        end as customers_needed
    from compared

),

judged as (

    select
        *,
        case when power_z is not null then {{ normal_cdf('power_z') }} end as power_share,
        coalesce(customers_with_notice >= customers_needed, false) as can_be_measured,
        {# More departures than this happen by chance in one of twenty pilots whose customers leave as the scenario says. #}
        cast(ceil(round(
            customers_with_notice * notice_leave_share + 1.645 * sqrt(customers_with_notice * notice_leave_share * (1 - notice_leave_share)), 6
        )) as bigint) as departures_by_chance
    from powered

),

final as (

    select
        customer_group,
        churn_scenario,
        customers,
        customers_with_notice,
        control_leave_share,
        notice_leave_share,
        power_share,
        customers_needed,
        can_be_measured,
        case
            when can_be_measured then 'can be measured'
            when customers_needed is null then 'cannot be measured: no difference is expected'
            else
                'cannot be measured with so few: ' || cast(customers_needed as string) || ' in each half are needed, and there are '
                || cast(customers_with_notice as string)
        end as verdict,
        case when departures_by_chance < customers_with_notice then departures_by_chance end as departures_that_stop_it,
        {{ money_of_double('cast(group_change_usd as double) * ' ~ ratio('customers_with_notice', 'customers')) }} as expected_margin_change_usd,
        {{ money_of_double('cast(group_margin_lost_usd as double) * ' ~ ratio('customers_with_notice', 'customers')) }} as margin_lost_usd
    from judged

)

select * from final
