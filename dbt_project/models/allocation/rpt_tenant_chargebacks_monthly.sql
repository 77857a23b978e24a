{# one row per calendar month x customer with cost, and one each for what has no customer and for what serves none: what it cost by component, what its calls cost each, beside
   the month before #}

{% set components = ['ai', 'infrastructure', 'storage', 'transfer', 'services', 'other'] %}

with allocated_costs as (

    select * from {{ ref('fct_allocated_costs_daily') }}

),

usage_borne as (

    select * from {{ ref('int_usage_borne_daily') }}

),

customers as (

    select * from {{ ref('dim_customers') }}

),

dates as (

    select * from {{ ref('dim_dates') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

months as (

    {{ covered_months() }}

),

{# Machines of a team serve no customer: beside calls without one they would make those look dear. #}
costs as (

    select
        cast(date_trunc('month', allocated_costs.usage_date) as date) as month_start_date,
        case when {{ serves_customers('allocated_costs') }} then allocated_costs.customer_id else 'not_serving' end as customer_id,
        {%- for component in components %}
        {{ money("coalesce(sum(case when allocated_costs.cost_component = '" ~ component ~ "' then allocated_costs.allocated_cost_usd end), 0)") }} as {{ component }}_cost_usd,
        {%- endfor %}
        {{ money('coalesce(sum(case when allocated_costs.is_direct then allocated_costs.allocated_cost_usd end), 0)') }} as direct_cost_usd,
        {{ money('coalesce(sum(allocated_costs.allocated_cost_usd), 0)') }} as total_cost_usd
    from allocated_costs
    inner join as_of on allocated_costs.usage_date between as_of.first_usage_date and as_of.as_of_date
    group by all

),

usage as (

    select
        cast(date_trunc('month', usage_date) as date) as month_start_date,
        customer_id,
        cast(sum(calls) as bigint) as calls,
        cast(sum(failed_calls) as bigint) as failed_calls,
        cast(sum(calls) - sum(uncosted_calls) as bigint) as costed_calls,
        cast(sum(input_tokens) + sum(output_tokens) - sum(uncosted_tokens) as bigint) as costed_tokens
    from usage_borne
    group by cast(date_trunc('month', usage_date) as date), customer_id

),

joined as (

    select
        costs.*,
        coalesce(usage.calls, 0) as calls,
        coalesce(usage.failed_calls, 0) as failed_calls,
        usage.costed_calls,
        usage.costed_tokens,
        months.covered_days,
        months.days_in_month,
        lag(costs.month_start_date) over (partition by costs.customer_id order by costs.month_start_date) as last_month,
        lag(costs.total_cost_usd) over (partition by costs.customer_id order by costs.month_start_date) as last_cost_usd,
        lag(months.covered_days) over (partition by costs.customer_id order by costs.month_start_date) as last_covered_days,
        {%- for component in components %}
        {{ money_of_double(ratio('costs.' ~ component ~ '_cost_usd', 'months.covered_days')) }} as {{ component }}_daily_usd,
        {%- endfor %}
        costs.month_start_date = max(costs.month_start_date) over () as is_latest
    from costs
    inner join months on costs.month_start_date = months.month_start_date
    left join usage on costs.month_start_date = usage.month_start_date and costs.customer_id = usage.customer_id

),

changed as (

    select
        *,
        customer_id not in ('unallocated', 'not_serving') as is_customer,
        {%- for component in components %}
        {{ component }}_daily_usd - coalesce(lag({{ component }}_daily_usd) over (partition by customer_id order by month_start_date), 0) as {{ component }}_change_usd,
        {%- endfor %}
        coalesce(last_month = cast(date_trunc('month', month_start_date - 1) as date), false) as has_last_month
    from joined

),

compared as (

    select
        *,
        greatest({{ components | join('_change_usd, ') }}_change_usd) as most_change_usd
    from changed

),

final as (

    select
        compared.month_start_date,
        compared.customer_id,
        case compared.customer_id
            when 'unallocated' then 'Cost to serve, customer unknown'
            when 'not_serving' then 'Not a cost of serving customers'
            else coalesce(customers.customer_name, compared.customer_id)
        end as customer_name,
        compared.is_customer,
        customers.organization_id,
        {%- for component in components %}
        compared.{{ component }}_cost_usd,
        {%- endfor %}
        compared.direct_cost_usd,
        {{ money('compared.total_cost_usd - compared.direct_cost_usd') }} as shared_cost_usd,
        compared.total_cost_usd,
        {{ ratio('compared.total_cost_usd', 'sum(compared.total_cost_usd) over (partition by compared.month_start_date)') }} as cost_share,
        compared.calls,
        case when compared.is_customer then {{ money_of_double(ratio('compared.total_cost_usd', 'compared.costed_calls')) }} end as cost_per_call_usd,
        case when compared.is_customer then {{ money_of_double(ratio('1000 * compared.total_cost_usd', 'compared.costed_tokens')) }} end as cost_per_1k_tokens_usd,
        case when compared.has_last_month then compared.last_cost_usd end as prior_month_cost_usd,
        case when compared.has_last_month then {{ ratio(ratio('compared.total_cost_usd', 'compared.covered_days'), ratio('compared.last_cost_usd', 'compared.last_covered_days')) }} - 1 end
            as daily_cost_change_share,
        case
            when not compared.has_last_month then null
            when compared.most_change_usd <= 0 then 'none'
            {%- for component in components %}
            when compared.{{ component }}_change_usd = compared.most_change_usd then '{{ component }}'
            {%- endfor %}
        end as largest_increase,
        1 - {{ ratio('compared.failed_calls', 'compared.calls') }} as answered_share,
        {#- Models on both sides: what all spend has beside them would make every token of the company dear. #}
        case
            when compared.is_customer and compared.costed_tokens > 0
                then (1 - {{ ratio('compared.failed_calls', 'compared.calls') }}) * least(1, {{ ratio(
                    ratio('sum(case when compared.costed_tokens > 0 then compared.ai_cost_usd end) over (partition by compared.month_start_date)', 'sum(compared.costed_tokens) over (partition by compared.month_start_date)'),
                    ratio('compared.ai_cost_usd', 'compared.costed_tokens')
                ) }})
        end as efficiency_score,
        compared.covered_days,
        compared.days_in_month,
        compared.covered_days < compared.days_in_month as is_partial_month,
        compared.is_latest
    from compared
    left join customers on compared.customer_id = customers.customer_id

)

select * from final
