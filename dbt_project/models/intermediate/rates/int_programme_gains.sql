{# one row per programme of the decision waterfall before commitments: what it changes a month, what it takes once, and what the years from today bring, each customer
   of the price plan from its own day on #}

with customers_planned as (

    select * from {{ ref('int_customers_planned') }}

),

customer_savings as (

    select * from {{ ref('int_customer_savings') }}

),

scheduled as (

    select * from {{ ref('int_works_scheduled') }}

),

price_plan_starts as (

    select * from {{ ref('int_price_plan_starts') }}

),

actions_on_calls as (

    select * from {{ ref('int_actions_on_calls') }}

),

candidates as (

    select * from {{ ref('int_plan_candidates_judged') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}

),

churn_rates as (

    select * from {{ ref('int_churn_rates') }}
    where subscription_tier = 'all'

),

works as (

    select distinct kinds.programme, actions_on_calls.work_id, actions_on_calls.work_effort_usd as effort_usd
    from actions_on_calls
    inner join kinds on actions_on_calls.action_kind = kinds.action_kind
    where actions_on_calls.is_counted

),

{# The price plan takes its work where it is another than today's. #}
efforts as (

    select programme, effort_usd from works
    union all
    select
        kinds.programme,
        {{ money('kinds.effort_days * kinds.usd_per_effort_day') }} as effort_usd
    from kinds
    inner join candidates on candidates.is_chosen and not candidates.is_current
    where kinds.action_kind = 'price_plan'

),

summed_efforts as (

    select programme, {{ money('sum(effort_usd)') }} as effort_usd
    from efforts
    group by programme

),

{# What has no work would begin as its kinds do. #}
starts as (

    select
        kinds.programme,
        cast(coalesce(max(kinds.months_to_start), 0) as decimal(9, 6)) as months_to_start,
        coalesce(max(summed_efforts.effort_usd), {{ money(0) }}) as effort_usd
    from kinds
    left join summed_efforts on kinds.programme = summed_efforts.programme
    where kinds.programme in ('routing', 'settings', 'price')
    group by kinds.programme

),

{# What one customer changes, and from when; the price plan begins for nobody whose contract has no end. #}
changes as (

    select
        kinds.programme, scheduled.months_to_start, {{ money(0) }} as revenue_change_usd,
        customer_savings.net_monthly_savings_usd as change_usd, customer_savings.low_monthly_savings_usd as change_low_usd,
        customer_savings.high_monthly_savings_usd as change_high_usd
    from customer_savings
    inner join actions_on_calls on customer_savings.action_id = actions_on_calls.action_id and actions_on_calls.is_counted
    inner join scheduled on actions_on_calls.work_id = scheduled.work_id
    inner join kinds on customer_savings.action_kind = kinds.action_kind
    left join customers_planned on customer_savings.customer_id = customers_planned.customer_id
    where not coalesce(customers_planned.is_cost_unknown, false)
    union all
    select
        starts.programme, starts.months_to_start, {{ money(0) }} as revenue_change_usd, {{ money(0) }} as change_usd, {{ money(0) }} as change_low_usd, {{ money(0) }} as change_high_usd
    from starts
    inner join customers_planned on not customers_planned.is_cost_unknown
    union all
    select
        'price' as programme, price_plan_starts.months_to_start,
        {{ money('customers_planned.priced_revenue_usd - customers_planned.revenue_usd') }} as revenue_change_usd,
        {{ money('customers_planned.priced_revenue_usd - customers_planned.revenue_usd + customers_planned.optimised_cost_usd - customers_planned.priced_cost_usd') }} as change_usd,
    {%- for case in ['low', 'high'] %}
    {{ money('customers_planned.priced_revenue_#_usd - customers_planned.revenue_usd + customers_planned.cost_usd - customers_planned.routing_#_usd - customers_planned.settings_#_usd - customers_planned.priced_cost_#_usd' | replace('#', case)) }} as change_{{ case }}_usd{{ ',' if not loop.last }}
    {%- endfor %}
    from customers_planned
    left join price_plan_starts on customers_planned.customer_id = price_plan_starts.customer_id
    where not customers_planned.is_cost_unknown

),

summed as (

    select
        changes.programme,
        min(case when changes.change_usd <> 0 then changes.months_to_start end) as months_to_start,
        max(case when changes.change_usd <> 0 then changes.months_to_start end) as last_start_months,
        {% for case in ['', '_low', '_high'] -%}
        {{ money('sum(changes.change' ~ case ~ '_usd)') }} as change{{ case }}_usd,
        {% endfor -%}
        {% for case, churn in [('', ''), ('_low', '_high'), ('_high', '_low')] -%}
        {% for year, months in [('first', 12), ('second', 24), ('third', 36)] -%}
        {{ money('sum(' ~ money('cast(changes.change' ~ case ~ '_usd as decimal(25, 12)) * ' ~ customer_months('greatest(coalesce(changes.months_to_start, 36), ' ~ (months - 12) ~ ')', months, 'churn_rates.monthly_churn_rate' ~ churn)) ~ ')') }} as {{ year }}_year{{ case }}_usd,
        {% endfor -%}
        {% endfor -%}
        {{ money('sum(changes.revenue_change_usd)') }} as revenue_change_usd
    from changes
    left join churn_rates on 1 = 1
    group by changes.programme

),

{# Until what has been gained is the effort: between two starts it grows by what those before bring. #}
running as (

    select
        changes.programme, changes.months_to_start, churn_rates.monthly_churn_rate,
        sum(sum(changes.change_usd)) over so_far as gained_a_month_usd,
        sum(sum({{ money('cast(changes.change_usd as decimal(25, 12)) * changes.months_to_start') }})) over so_far as missed_usd,
        sum(sum({{ money('cast(changes.change_usd as decimal(25, 12)) * ' ~ still_there_share('changes.months_to_start', 'churn_rates.monthly_churn_rate')) }})) over so_far as still_there_usd,
        lead(changes.months_to_start) over (partition by changes.programme order by changes.months_to_start) as next_start_months
    from changes
    left join churn_rates on 1 = 1
    where changes.change_usd <> 0 and changes.months_to_start is not null
    group by changes.programme, changes.months_to_start, churn_rates.monthly_churn_rate
    window so_far as (partition by changes.programme order by changes.months_to_start rows between unbounded preceding and current row)

),

reached as (

    select
        running.programme,
        running.next_start_months,
        {{ months_until_paid_back('starts.effort_usd', 'running.gained_a_month_usd', 'running.missed_usd', 'running.still_there_usd', 'running.monthly_churn_rate') }} as months_from_today
    from running
    inner join starts on running.programme = starts.programme

),

paid_back as (

    select
        programme,
        min(months_from_today) as months_from_today
    from reached
    where months_from_today <= coalesce(next_start_months, months_from_today)
    group by programme

),

final as (

    select
        starts.programme,
        starts.effort_usd,
        coalesce(summed.months_to_start, starts.months_to_start) as months_to_start,
        coalesce(summed.last_start_months, starts.months_to_start) as last_start_months,
        summed.revenue_change_usd, summed.change_usd, summed.change_low_usd, summed.change_high_usd,
        case when summed.change_usd > 0 then paid_back.months_from_today end as payback_with_start_months,
        {{ money('summed.first_year_usd - starts.effort_usd') }} as first_year_usd,
        {{ money('summed.first_year_low_usd - starts.effort_usd') }} as first_year_low_usd,
        {{ money('summed.first_year_high_usd - starts.effort_usd') }} as first_year_high_usd,
        summed.second_year_usd, summed.second_year_low_usd, summed.second_year_high_usd,
        summed.third_year_usd, summed.third_year_low_usd, summed.third_year_high_usd
    from starts
    left join summed on starts.programme = summed.programme
    left join paid_back on starts.programme = paid_back.programme

)

select * from final
