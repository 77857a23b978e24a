{# one row per customer with fees or cost in the trailing 30 days, and one for cost without a customer: today, its savings, and the chosen price plan #}

with customer_margins as (

    select * from {{ ref('int_customer_margins') }}

),

allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

customer_savings as (

    select * from {{ ref('int_customer_savings') }}

),

actions_on_calls as (

    select * from {{ ref('int_actions_on_calls') }}

),

rated_candidates as (

    select * from {{ ref('int_plan_candidates_rated') }}

),

candidates as (

    select * from {{ ref('int_plan_candidates_judged') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# Cost of AI that no customer on record caused is the company's, and no customer's. Servers and support that no pool shares out are no
   cost of serving: no programme here changes them. #}
unowned as (

    select
        'unallocated' as customer_id,
        {{ money('sum(allocated_costs.allocated_cost_usd)') }} as cost_usd
    from allocated_costs
    inner join as_of on allocated_costs.usage_date between as_of.window_start_date and as_of.as_of_date
    where
        allocated_costs.cost_component = 'ai'
        and (not allocated_costs.is_allocated or allocated_costs.customer_id not in (select customer_margins.customer_id from customer_margins))

),

today as (

    select
        customer_id,
        customer_name,
        revenue_usd,
        cost_to_serve_usd as cost_usd,
        calls > 0 and uncosted_calls >= calls as is_cost_unknown
    from customer_margins
    where has_activity
    union all
    select
        customer_id,
        'Not allocated to a customer' as customer_name,
        {{ money(0) }} as revenue_usd,
        coalesce(cost_usd, {{ money(0) }}) as cost_usd,
        false as is_cost_unknown
    from unowned

),

saved as (

    select
        coalesce(today.customer_id, 'unallocated') as customer_id,
        {% for programme in ['routing', 'settings'] -%}
        {{ money("coalesce(sum(customer_savings.net_monthly_savings_usd) filter (where kinds.programme = '" ~ programme ~ "'), 0)") }} as {{ programme }}_usd,
        {{ money("coalesce(sum(customer_savings.low_monthly_savings_usd) filter (where kinds.programme = '" ~ programme ~ "'), 0)") }} as {{ programme }}_low_usd,
        {{ money("coalesce(sum(customer_savings.high_monthly_savings_usd) filter (where kinds.programme = '" ~ programme ~ "'), 0)") }} as {{ programme }}_high_usd,
        {% endfor -%}
        {{ money("coalesce(sum(customer_savings.gross_monthly_savings_usd) filter (where kinds.programme = 'settings'), 0)") }} as settings_alone_usd
    from customer_savings
    inner join actions_on_calls on customer_savings.action_id = actions_on_calls.action_id and actions_on_calls.is_counted
    inner join kinds on customer_savings.action_kind = kinds.action_kind
    left join today on customer_savings.customer_id = today.customer_id
    group by coalesce(today.customer_id, 'unallocated')

),

{# Under the chosen plan a customer pays another invoice, and stays, and is served, in part. #}
priced as (

    select
        candidates.usage_unit, candidates.floor_share, rated_candidates.customer_id, rated_candidates.is_priced, rated_candidates.current_revenue_usd, rated_candidates.cost_usd,
        rated_candidates.revenue_usd, rated_candidates.cheapest_usd,
        {{ served_share('rated_candidates') }} as served_share,
        rated_candidates.leave_probability_low, rated_candidates.leave_probability_base, rated_candidates.leave_probability_high
    from rated_candidates
    inner join candidates on rated_candidates.structure_id = candidates.structure_id and rated_candidates.transition_id = candidates.transition_id
    where candidates.is_chosen and not candidates.is_current

),

{# The low case is the worst scenario by which the plan is judged: nobody leaves, departures of any level, or each customer takes its cheapest tier. The high
   case has the better of the two other levels of departures. #}
scenarios as (

    select
        case least(after_gross_margin_usd, after_gross_margin_low_usd, after_gross_margin_base_usd, after_gross_margin_high_usd, after_gross_margin_cheapest_usd)
            when after_gross_margin_low_usd then 'low' when after_gross_margin_high_usd then 'high' when after_gross_margin_cheapest_usd then 'cheapest'
            when after_gross_margin_usd then 'nobody' else 'base'
        end as worst_scenario,
        case when after_gross_margin_low_usd < after_gross_margin_high_usd then 'high' else 'low' end as best_churn
    from candidates
    where is_chosen

),

planned as (

    select
        today.customer_id, today.customer_name, today.is_cost_unknown, today.revenue_usd, today.cost_usd,
        coalesce(saved.routing_usd, {{ money(0) }}) as routing_usd,
        coalesce(saved.routing_low_usd, {{ money(0) }}) as routing_low_usd,
        coalesce(saved.routing_high_usd, {{ money(0) }}) as routing_high_usd,
        coalesce(saved.settings_usd, {{ money(0) }}) as settings_usd,
        coalesce(saved.settings_low_usd, {{ money(0) }}) as settings_low_usd,
        coalesce(saved.settings_high_usd, {{ money(0) }}) as settings_high_usd,
        coalesce(saved.settings_alone_usd, {{ money(0) }}) as settings_alone_usd,
        coalesce(priced.revenue_usd, today.revenue_usd) as asked_usd,
        coalesce({{ revenue_after_savings('priced', 'priced.usage_unit', 'coalesce(saved.routing_usd + saved.settings_usd, 0)', 'priced.floor_share') }}, today.revenue_usd) as plan_revenue_usd,
        1 - coalesce(priced.leave_probability_base, 0) as stay_share,
        1 - coalesce(case scenarios.worst_scenario when 'low' then priced.leave_probability_low when 'high' then priced.leave_probability_high when 'nobody' then 0 else priced.leave_probability_base end, 0)
            as stay_low_share,
        1 - coalesce(case when scenarios.best_churn = 'low' then priced.leave_probability_low else priced.leave_probability_high end, 0) as stay_high_share,
        coalesce(priced.served_share, 1) as served_share,
        case when scenarios.worst_scenario = 'cheapest' then priced.cheapest_usd end as asked_at_most_low_usd
    from today
    left join saved on today.customer_id = saved.customer_id
    left join priced on today.customer_id = priced.customer_id
    left join scenarios on 1 = 1

),

{# What leaves with a customer, or is no longer served, takes along its cost, and the savings on it. What a plan by credits asks less for
   once calls cost less is shared with the savings that it falls with. #}
expected as (

    select
        *,
        {{ decimal_of_double('coalesce(' ~ ratio('routing_usd', 'routing_usd + settings_usd') ~ ', 1)', 'decimal(9, 8)') }} as routing_share,
        {{ money('cast(asked_usd - plan_revenue_usd as decimal(25, 12)) * cast(stay_share as decimal(6, 4))') }} as no_longer_asked_usd,
        cast(stay_share * served_share as decimal(9, 8)) as kept_share,
        cast(stay_low_share * served_share as decimal(9, 8)) as kept_low_share,
        cast(stay_high_share * served_share as decimal(9, 8)) as kept_high_share,
        {{ money('cast(plan_revenue_usd as decimal(25, 12)) * cast(stay_share as decimal(6, 4))') }} as priced_revenue_usd,
        {{ money('cast(least(plan_revenue_usd, coalesce(asked_at_most_low_usd, plan_revenue_usd)) as decimal(25, 12)) * cast(stay_low_share as decimal(6, 4))') }} as priced_revenue_low_usd,
        {{ money('cast(plan_revenue_usd as decimal(25, 12)) * cast(stay_high_share as decimal(6, 4))') }} as priced_revenue_high_usd
    from planned

),

costed as (

    select
        *,
        {{ money('cost_usd - routing_usd - settings_usd') }} as optimised_cost_usd,
        {{ money('cast(cost_usd - routing_usd - settings_usd as decimal(25, 12)) * kept_share') }} as priced_cost_usd,
        {{ money('cast(cost_usd - routing_low_usd - settings_low_usd as decimal(25, 12)) * kept_low_share') }} as priced_cost_low_usd,
        {{ money('cast(cost_usd - routing_high_usd - settings_high_usd as decimal(25, 12)) * kept_high_share') }} as priced_cost_high_usd,
        {{ money('routing_usd - cast(routing_usd as decimal(25, 12)) * kept_share + ' ~ money('cast(no_longer_asked_usd as decimal(25, 12)) * routing_share')) }}
            as priced_routing_lost_usd,
        {{ money('settings_usd - cast(settings_usd as decimal(25, 12)) * kept_share + no_longer_asked_usd - ' ~ money('cast(no_longer_asked_usd as decimal(25, 12)) * routing_share')) }}
            as priced_settings_lost_usd
    from expected

),

{# A contract is the company's; each customer bears it by what it then costs. #}
running as (

    select
        costed.*,
        {{ money('sum(priced_cost_usd) over up_to_customer') }} as running_usd,
        {{ money(money('sum(priced_cost_usd) over up_to_customer') ~ ' - priced_cost_usd') }} as previous_usd,
        {{ money('sum(priced_cost_usd) over whole') }} as total_usd,
        {{ money('sum(optimised_cost_usd) over whole') }} as optimised_total_usd
    from costed
    window
        up_to_customer as (order by customer_id asc rows between unbounded preceding and current row),
        whole as (order by customer_id asc rows between unbounded preceding and unbounded following)

)

select * from running
