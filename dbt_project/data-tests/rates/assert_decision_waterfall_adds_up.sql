-- In each step the customers sum to the company, the change leads from the step before to this one, what a programme would bring
-- alone is its change and what it shares with the programmes before it, and what each adds in the first year sums to the first year of all.
with steps as (

    select
        *,
        sum(own_first_year_usd) over (partition by scope_type, scope_id order by step_order) as added_first_year_usd
    from {{ ref('rpt_decision_waterfall') }}

),

compared as (

    select
        step,
        sum(case scope_type when 'company' then revenue_usd else -revenue_usd end) as revenue_usd,
        sum(case scope_type when 'company' then cost_usd else -cost_usd end) as cost_usd,
        sum(case scope_type when 'company' then alone_usd else -alone_usd end) as alone_usd,
        sum(case when scope_type = 'company' then change_usd - (gross_margin_usd - margin_before_usd) else 0 end) as change_usd,
        sum(case when scope_type = 'company' then alone_usd - change_usd - overlap_usd else 0 end) as overlap_usd,
        sum(overlap_usd - overlap_with_routing_usd - overlap_with_settings_usd - overlap_with_price_usd) as overlap_parts_usd,
        sum(case when scope_type = 'company' then first_year_usd - added_first_year_usd else 0 end) as first_year_usd
    from steps
    group by step

)

select * from compared
where
    abs(revenue_usd) > 0 or abs(cost_usd) > 0 or abs(alone_usd) > 0 or abs(change_usd) > 0 or abs(overlap_usd) > 0 or abs(overlap_parts_usd) > 0
    or abs(first_year_usd) > 0
