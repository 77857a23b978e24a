{# one row per step x scope: revenue, cost of AI and margin of 30 days today and after each programme, of the company and of each customer #}

with customers_planned as (

    select * from {{ ref('int_customers_planned') }}

),

programme_gains as (

    select * from {{ ref('int_programme_gains') }}

),

churn_rates as (

    select * from {{ ref('rpt_churn_rates') }}
    where subscription_tier = 'all'

),

commitments as (

    select * from {{ ref('int_actions__commitment') }}

),

scheduled as (

    select * from {{ ref('int_works_scheduled') }}

),

committed as (

    select
        'commitments' as step,
        {{ money("coalesce(sum(commitments.gross_monthly_savings_usd), 0)") }} as alone_usd,
        {{ money("coalesce(sum(commitments.net_monthly_savings_usd), 0)") }} as net_usd,
        {{ money("coalesce(sum(commitments.low_monthly_savings_usd), 0)") }} as low_usd,
        {{ money("coalesce(sum(commitments.high_monthly_savings_usd), 0)") }} as high_usd,
        {{ money('coalesce(sum(commitments.effort_usd), 0)') }} as effort_usd,
        cast(coalesce(max(scheduled.months_to_start), 0) as decimal(9, 6)) as months_to_start
    from commitments
    inner join scheduled on commitments.action_kind = scheduled.action_kind
    where commitments.is_counted and commitments.source_mart = 'rates.rpt_commitment_options'

),

{# Departures leave a part of a contract unused. #}
contracted as (

    select
        customers_planned.*,
        {{ money_of_double('cast(committed.net_usd as double) * coalesce(' ~ ratio('customers_planned.total_usd', 'customers_planned.optimised_total_usd') ~ ', 0)') }} as contract_usd,
        {{ money_of_double('cast(committed.low_usd as double) * coalesce(' ~ ratio('customers_planned.total_usd', 'customers_planned.optimised_total_usd') ~ ', 0)') }} as contract_low_usd,
        {{ money_of_double('cast(committed.high_usd as double) * coalesce(' ~ ratio('customers_planned.total_usd', 'customers_planned.optimised_total_usd') ~ ', 0)') }} as contract_high_usd,
        committed.alone_usd as contract_alone_usd,
        committed.net_usd as contract_net_usd
    from customers_planned
    cross join committed

),

split as (

    select
        *,
    {%- for part in ['', '_low', '_high', '_alone', '_net'] %}
    coalesce({{ split_exactly('contract' ~ part ~ '_usd', 'running_usd', 'previous_usd', 'nullif(total_usd, 0)') }}, {{ money(0) }}) as own_contract{{ part }}_usd{{ ',' if not loop.last }}
    {%- endfor %}
    from contracted

),

steps as (

    select
        1 as step_order, 'today' as step, customer_id, customer_name, is_cost_unknown,
        revenue_usd, cost_usd, revenue_usd as revenue_low_usd, cost_usd as cost_low_usd, revenue_usd as revenue_high_usd, cost_usd as cost_high_usd,
        {{ money(0) }} as alone_usd, {{ money(0) }} as overlap_with_routing_usd, {{ money(0) }} as overlap_with_settings_usd, {{ money(0) }} as overlap_with_price_usd
    from split
    union all
    select
        2 as step_order, 'routing' as step, customer_id, customer_name, is_cost_unknown,
        revenue_usd, cost_usd - routing_usd as cost_usd, revenue_usd as revenue_low_usd, cost_usd - routing_low_usd as cost_low_usd, revenue_usd as revenue_high_usd, cost_usd - routing_high_usd as cost_high_usd,
        routing_usd as alone_usd, {{ money(0) }} as overlap_with_routing_usd, {{ money(0) }} as overlap_with_settings_usd, {{ money(0) }} as overlap_with_price_usd
    from split
    union all
    select
        3 as step_order, 'settings' as step, customer_id, customer_name, is_cost_unknown,
        revenue_usd, optimised_cost_usd as cost_usd, revenue_usd as revenue_low_usd, cost_usd - routing_low_usd - settings_low_usd as cost_low_usd,
        revenue_usd as revenue_high_usd, cost_usd - routing_high_usd - settings_high_usd as cost_high_usd,
        settings_alone_usd as alone_usd, settings_alone_usd - settings_usd as overlap_with_routing_usd,
        {{ money(0) }} as overlap_with_settings_usd, {{ money(0) }} as overlap_with_price_usd
    from split
    union all
    select
        4 as step_order, 'price' as step, customer_id, customer_name, is_cost_unknown,
        priced_revenue_usd as revenue_usd, priced_cost_usd as cost_usd,
        priced_revenue_low_usd as revenue_low_usd, priced_cost_low_usd as cost_low_usd, priced_revenue_high_usd as revenue_high_usd, priced_cost_high_usd as cost_high_usd,
        priced_revenue_usd - revenue_usd + optimised_cost_usd - priced_cost_usd + priced_routing_lost_usd + priced_settings_lost_usd as alone_usd,
        priced_routing_lost_usd as overlap_with_routing_usd, priced_settings_lost_usd as overlap_with_settings_usd, {{ money(0) }} as overlap_with_price_usd
    from split
    union all
    select
        5 as step_order, 'commitments' as step, customer_id, customer_name, is_cost_unknown,
        priced_revenue_usd as revenue_usd, priced_cost_usd - own_contract_usd as cost_usd,
        priced_revenue_low_usd as revenue_low_usd, priced_cost_low_usd - own_contract_low_usd as cost_low_usd,
        priced_revenue_high_usd as revenue_high_usd, priced_cost_high_usd - own_contract_high_usd as cost_high_usd,
        own_contract_alone_usd as alone_usd, own_contract_alone_usd - own_contract_net_usd as overlap_with_routing_usd,
        {{ money(0) }} as overlap_with_settings_usd, own_contract_net_usd - own_contract_usd as overlap_with_price_usd
    from split

),

scoped as (

    select 'customer' as scope_type, steps.customer_id as scope_id, steps.customer_name as scope_name, steps.* from steps
    union all
    select 'company' as scope_type, 'company' as scope_id, 'Company' as scope_name, steps.* from steps

),

summed as (

    select
        step_order, step, scope_type, scope_id, scope_name,
        {{ money('sum(revenue_usd)') }} as revenue_usd,
        {{ money('sum(cost_usd)') }} as cost_usd,
        {{ money('sum(case when not is_cost_unknown then revenue_usd - cost_usd end)') }} as gross_margin_usd,
        {{ money('sum(case when not is_cost_unknown then revenue_low_usd - cost_low_usd end)') }} as gross_margin_low_usd,
        {{ money('sum(case when not is_cost_unknown then revenue_high_usd - cost_high_usd end)') }} as gross_margin_high_usd,
        {%- for column in ['revenue_low_usd', 'cost_low_usd', 'revenue_high_usd', 'cost_high_usd', 'alone_usd', 'overlap_with_routing_usd', 'overlap_with_settings_usd', 'overlap_with_price_usd'] %}
        {{ money('sum(' ~ column ~ ')') }} as {{ column }},
        {%- endfor %}
        {{ ratio('sum(case when not is_cost_unknown then revenue_usd - cost_usd end)', 'sum(revenue_usd) filter (where not is_cost_unknown)') }} as gross_margin_share,
        count(*) filter (where not is_cost_unknown and revenue_usd < cost_usd and customer_id <> 'unallocated') as losing_customers,
        {{ money("coalesce(sum(cost_usd - revenue_usd) filter (where not is_cost_unknown and revenue_usd < cost_usd and customer_id <> 'unallocated'), 0)") }} as losses_usd,
        count(*) filter (where is_cost_unknown) as customers_of_unknown_cost
    from scoped
    group by step_order, step, scope_type, scope_id, scope_name

),

changed as (

    select
        *,
    {%- for case in ['', '_low', '_high'] %}
    {{ money('case when step_order = 1 then 0 else gross_margin#_usd - lag(gross_margin#_usd) over of_scope end' | replace('#', case)) }} as change{{ case }}_usd{{ ',' if not loop.last }}
    {%- endfor %}
    from summed
    window of_scope as (partition by scope_type, scope_id order by step_order)

),

{# What a programme brings from its own start on, in each month with those of today's customers that are still there as they leave now, and no new ones. #}
yearly as (

    select
        changed.*,
        case when changed.scope_type = 'company' then coalesce(programme_gains.effort_usd, own.effort_usd, {{ money(0) }}) end as effort_usd,
        coalesce(programme_gains.months_to_start, own.months_to_start, 0) as months_to_start, coalesce(programme_gains.last_start_months, own.months_to_start, 0) as last_start_months,
        coalesce(programme_gains.payback_with_start_months, {{ payback_from_today_months('own.effort_usd', 'changed.change_usd', 'own.months_to_start', 'churn_rates.monthly_churn_rate') }})
            as payback_with_start_months,
        {% for case, churn in [('', ''), ('_low', '_high'), ('_high', '_low')] -%}
        {%- set rate = 'churn_rates.monthly_churn_rate' ~ churn -%}
        {{ 'coalesce(programme_gains.first_year' ~ case ~ '_usd, ' ~ first_year_net('coalesce(own.effort_usd, 0)', 'changed.change' ~ case ~ '_usd', 'coalesce(own.months_to_start, 0)', rate) ~ ')' }} as own_first_year{{ case }}_usd,
        {% for year, ends in [('second', 24), ('third', 36)] -%}
        {{ money('coalesce(programme_gains.' ~ year ~ '_year' ~ case ~ '_usd, cast(changed.change' ~ case ~ '_usd as decimal(25, 12)) * ' ~ customer_months(ends - 12, ends, rate) ~ ')') }} as own_{{ year }}_year{{ case }}_usd,
        {% endfor -%}{% endfor -%}
        churn_rates.monthly_churn_rate
    from changed
    left join programme_gains on changed.step = programme_gains.programme
    left join committed as own on changed.step = own.step
    left join churn_rates on 1 = 1

),

final as (

    select
        cast(step_order as integer) as step_order, step, case step
            when 'today' then 'Today'
            when 'routing' then 'After routing: cheaper models'
            when 'settings' then 'After settings: batch, caching'
            when 'price' then 'After the price plan'
            else 'After commitments'
        end as step_name,
        scope_type, scope_id, scope_name, revenue_usd, cost_usd, gross_margin_usd, gross_margin_share, revenue_low_usd, cost_low_usd,
        gross_margin_low_usd, revenue_high_usd, cost_high_usd, gross_margin_high_usd, {{ money('gross_margin_usd - change_usd') }} as margin_before_usd, {{ money(money('sum(change_usd) over so_far') ~ ' - change_usd') }} as change_before_usd, change_usd, change_low_usd, change_high_usd, alone_usd,
        {{ money('overlap_with_routing_usd + overlap_with_settings_usd + overlap_with_price_usd') }} as overlap_usd, overlap_with_routing_usd, overlap_with_settings_usd, overlap_with_price_usd,
        cast(losing_customers as bigint) as losing_customers, losses_usd, cast(customers_of_unknown_cost as bigint) as customers_of_unknown_cost,
        effort_usd, cast(months_to_start as double) as months_to_start, cast(last_start_months as double) as last_start_months, monthly_churn_rate,
        max(case when step = 'today' then losing_customers end) over of_scope > 0 as is_losing_today, min(gross_margin_usd) over of_scope as lowest_gross_margin_usd,
        {%- for name, value in [('payback_with_start_months', 'payback_with_start_months'), ('payback_months', 'payback_with_start_months - cast(months_to_start as double)'), ('pays_from_year', pays_from_year('payback_with_start_months')), ('own_first_year_usd', 'own_first_year_usd')] %}
        case when scope_type = 'company' then {{ value }} end as {{ name }},
        {%- endfor %}
    {%- for years in [['first'], ['first', 'second'], ['first', 'second', 'third']] -%}{%- for case in ['', '_low', '_high'] %}
        {{ money("sum(case when scope_type = 'company' then own_" ~ years | join('_year' ~ case ~ '_usd + own_') ~ '_year' ~ case ~ '_usd end) over so_far') }} as {{ years[-1] }}_year{{ case }}_usd{{ ',' if years[-1] ~ case != 'third_high' }}
    {%- endfor -%}{%- endfor %}
    from yearly
    window
        of_scope as (partition by scope_type, scope_id),
        so_far as (partition by scope_type, scope_id order by step_order rows between unbounded preceding and current row)

)

select * from final
