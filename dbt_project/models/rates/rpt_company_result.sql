{# one row per step: fees less all spend of 30 days today, after the programmes on AI and prices, after machines and storage, after commitments #}

with customers_planned as (

    select * from {{ ref('int_customers_planned') }}

),

programme_gains as (

    select * from {{ ref('int_programme_gains') }}

),

usage_actions as (

    select * from {{ ref('int_actions__usage') }}

),

commitments as (

    select * from {{ ref('int_actions__commitment') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}

),

scheduled as (

    select * from {{ ref('int_works_scheduled') }}

),

churn_rates as (

    select * from {{ ref('rpt_churn_rates') }}
    where subscription_tier = 'all'

),

spend_by_category as (

    select * from {{ ref('rpt_spend_by_category') }}

),

spend as (

    select
        {{ money("max(case when service_category = 'all' then cost_usd end)") }} as cost_usd,
        {{ money("max(case when service_category = 'all' then cost_less_revenue_usd end)") }} as cost_less_revenue_usd,
        {{ money("coalesce(max(case when service_category = 'AI and Machine Learning' then other_cost_usd end), max(case when service_category = 'all' then cost_usd end))") }}
            as beside_ai_usd
    from spend_by_category

),

planned as (

    select max({{ ratio('total_usd', 'optimised_total_usd') }}) as left_share
    from customers_planned
    where not is_cost_unknown

),

{# What each piece of work changes a month, and what it takes once. Departures leave a part of a contract on models unused. #}
works as (

    select
        2 as step_order, programme, revenue_change_usd, change_usd, change_low_usd, change_high_usd, effort_usd, last_start_months as months_to_start,
        first_year_usd, first_year_low_usd, first_year_high_usd, false as is_on_calls
    from programme_gains
    union all
    select
        3 as step_order,
        kinds.programme,
        {{ money(0) }} as revenue_change_usd,
        usage_actions.net_monthly_savings_usd as change_usd,
        usage_actions.low_monthly_savings_usd as change_low_usd,
        usage_actions.high_monthly_savings_usd as change_high_usd,
        {{ effort_of('usage_actions.parts', 'usage_actions.one_off_cost_usd') }} as effort_usd,
        scheduled.months_to_start, {{ money('null') }} as first_year_usd, {{ money('null') }} as first_year_low_usd, {{ money('null') }} as first_year_high_usd, false as is_on_calls
    from usage_actions
    inner join kinds on usage_actions.action_kind = kinds.action_kind
    inner join scheduled on usage_actions.action_id = scheduled.work_id
    union all
    select
        4 as step_order,
        kinds.programme,
        {{ money(0) }} as revenue_change_usd,
        {%- for case, column in [('', 'net'), ('_low', 'low'), ('_high', 'high')] %}
        case
            when commitments.source_mart = 'rates.rpt_commitment_options'
                then {{ money_of_double('cast(commitments.' ~ column ~ '_monthly_savings_usd as double) * coalesce(planned.left_share, 0)') }}
            else commitments.{{ column }}_monthly_savings_usd
        end as change{{ case }}_usd,
        {%- endfor %}
        commitments.effort_usd,
        scheduled.months_to_start, {{ money('null') }} as first_year_usd, {{ money('null') }} as first_year_low_usd, {{ money('null') }} as first_year_high_usd,
        commitments.source_mart = 'rates.rpt_commitment_options' as is_on_calls
    from commitments
    inner join kinds on commitments.action_kind = kinds.action_kind
    inner join scheduled on commitments.action_kind = scheduled.action_kind
    cross join planned
    where commitments.is_counted

),

steps as (

    select 1 as step_order, 'today' as step, 'Today' as step_name
    union all
    select 2 as step_order, 'ai_and_price' as step, 'After the AI and price programmes' as step_name
    union all
    select 3 as step_order, 'infrastructure' as step, 'After machines and storage' as step_name
    union all
    select 4 as step_order, 'commitments' as step, 'After commitments that are quoted' as step_name

),

{# Of a step without work nothing changes; of one whose work cannot be valued nothing is known. What is saved on calls goes with the customers that make them. #}
gained as (

    select
        steps.step_order, steps.step, steps.step_name,
        {{ money('coalesce(sum(case when works.step_order = steps.step_order then works.effort_usd end), 0)') }} as effort_usd,
        {{ money('coalesce(sum(works.effort_usd), 0)') }} as effort_so_far_usd,
        steps.step_order = 1 or bool_or(coalesce(works.step_order = steps.step_order and (works.effort_usd > 0 or works.change_usd <> 0), false)) as is_shown,
        {{ money('coalesce(sum(works.revenue_change_usd), 0)') }} as revenue_change_usd,
        {%- for case, churn in [('', ''), ('_low', '_high'), ('_high', '_low')] %}
        {%- set rate = 'case when works.is_on_calls then churn_rates.monthly_churn_rate' ~ churn ~ ' end' %}
        case when count({{ 'works.change' ~ case ~ '_usd' }}) = count(works.step_order) then {{ money('coalesce(sum(works.change' ~ case ~ '_usd), 0)') }} end as gained{{ case }}_usd,
        case
            when count({{ 'works.change' ~ case ~ '_usd' }}) = count(works.step_order)
                then {{ money('coalesce(sum(coalesce(works.first_year' ~ case ~ '_usd, ' ~ first_year_net('works.effort_usd', 'works.change' ~ case ~ '_usd', 'works.months_to_start', rate) ~ ')), 0)') }}
        end as first_year{{ case }}_usd,
        {%- endfor %}
        cast(coalesce(max(case when works.effort_usd > 0 then works.months_to_start end), 0) as double) as last_start_months
    from steps
    left join works on steps.step_order >= works.step_order
    left join churn_rates on 1 = 1
    group by steps.step_order, steps.step, steps.step_name

),

final as (

    select
        cast(gained.step_order as integer) as step_order, gained.step, gained.step_name,
        {{ money('spend.cost_usd - spend.cost_less_revenue_usd + gained.revenue_change_usd') }} as revenue_usd,
        {{ money('spend.cost_usd + gained.revenue_change_usd - gained.gained_usd') }} as all_spend_usd,
        {{ money('gained.gained_usd - spend.cost_less_revenue_usd') }} as result_usd,
        {{ money('gained.gained_low_usd - spend.cost_less_revenue_usd') }} as result_low_usd,
        {{ money('gained.gained_high_usd - spend.cost_less_revenue_usd') }} as result_high_usd,
        {{ money('gained.gained_usd - coalesce(lag(gained.gained_usd) over (order by gained.step_order), 0)') }} as change_usd,
        gained.effort_usd,
        gained.effort_so_far_usd,
        gained.last_start_months,
        gained.is_shown,
        spend.beside_ai_usd,
        {# Of what machines and commitments save a part is beside AI itself. #}
        case
            when gained.step_order <= 2 and gained.gained_usd is not null and spend.beside_ai_usd <> 0
                then greatest({{ ratio('gained.gained_usd - spend.cost_less_revenue_usd + spend.beside_ai_usd', 'spend.beside_ai_usd') }}, 0)
        end as beside_ai_borne_share,
        gained.first_year_usd, gained.first_year_low_usd, gained.first_year_high_usd
    from gained
    inner join spend on spend.cost_less_revenue_usd is not null

)

select * from final
