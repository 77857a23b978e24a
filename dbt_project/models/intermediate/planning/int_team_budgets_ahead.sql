{# one row per team with a budget to come: whether open savings keep it, and what is proposed holds, in each month to the end of the next quarter #}

with budgets as (

    select * from {{ ref('int_budgets_projected') }}
    where scope = 'team' and period = 'month' and period_phase <> 'ended'

),

savings as (

    select * from {{ ref('int_budget_savings') }}
    where scope = 'team' and period = 'month'

),

proposed as (

    select * from {{ ref('int_budgets_proposed') }}
    where scope = 'team' and is_in_quarter

),

budgeted as (

    select
        budgets.scope_id as team_id,
        budgets.period_start_date as month_start_date,
        cast(budgets.budget_usd as decimal(28, 12)) as budget_usd,
        {{ money_of_double('cast(budgets.actual_usd as double) + budgets.cost_ahead') }} as expected_usd,
        savings.open_savings_usd,
        savings.open_savings_low_usd,
        savings.all_saved_from_date,
        savings.period_savings_usd,
        savings.period_savings_low_usd
    from budgets
    left join savings on budgets.scope_id = savings.scope_id and budgets.period_start_date = savings.period_start_date

),

last_budgets as (

    select * from budgeted
    qualify row_number() over (partition by team_id order by month_start_date desc) = 1

),

{# Months of the next quarter without a budget are held against the last that there is. #}
months_ahead as (

    select team_id, month_start_date, budget_usd, expected_usd, open_savings_usd, open_savings_low_usd, all_saved_from_date, period_savings_usd, period_savings_low_usd
    from budgeted
    where expected_usd is not null
    union all
    select
        last_budgets.team_id,
        proposed.month_start_date,
        last_budgets.budget_usd,
        proposed.expected_usd,
        last_budgets.open_savings_usd,
        last_budgets.open_savings_low_usd,
        last_budgets.all_saved_from_date,
        case when proposed.month_start_date >= last_budgets.all_saved_from_date then last_budgets.open_savings_usd end as period_savings_usd,
        case when proposed.month_start_date >= last_budgets.all_saved_from_date then last_budgets.open_savings_low_usd end as period_savings_low_usd
    from proposed
    inner join last_budgets on proposed.scope_id = last_budgets.team_id and proposed.month_start_date > last_budgets.month_start_date

),

proposals as (

    select
        scope_id as team_id,
        {{ cents_a_month('proposed_cents') }} as a_month_usd,
        max(growth_share) as growth_share,
        max(contingency_share) as contingency_share
    from proposed
    group by scope_id

),

{# The last month that is not kept decides from when on the budget is. #}
held as (

    select
        months_ahead.*,
        max(case when months_ahead.period_savings_usd >= months_ahead.expected_usd - months_ahead.budget_usd then null else months_ahead.month_start_date end)
            over (partition by months_ahead.team_id) as last_missed_date,
        max(case when months_ahead.period_savings_low_usd >= months_ahead.expected_usd - months_ahead.budget_usd then null else months_ahead.month_start_date end)
            over (partition by months_ahead.team_id) as last_missed_low_date,
        proposals.a_month_usd,
        {{ budget_after_savings('proposals.a_month_usd', 'coalesce(months_ahead.open_savings_usd, 0)', 'proposals.growth_share', 'proposals.contingency_share') }} as after_savings_usd,
        months_ahead.expected_usd - months_ahead.budget_usd as overrun_usd,
        months_ahead.expected_usd - coalesce(months_ahead.period_savings_usd, 0) as left_usd,
        coalesce(months_ahead.month_start_date >= months_ahead.all_saved_from_date, true) as is_all_saved
    from months_ahead
    left join proposals on months_ahead.team_id = proposals.team_id

),

final as (

    select
        team_id,
        {%- for low in ['', '_low'] %}
        coalesce(
            min(case when month_start_date > coalesce(last_missed{{ low }}_date, {{ first_day() }}) and open_savings_usd is not null then month_start_date end),
            min(case when month_start_date = last_missed{{ low }}_date and open_savings{{ low }}_usd >= overrun_usd then all_saved_from_date end)
        ) as kept{{ low }}_from_date,
        {%- endfor %}
        {{ money('max(overrun_usd)') }} as most_over_usd,
        {{ money('max(case when is_all_saved then left_usd - budget_usd end)') }} as most_over_after_savings_usd,
        {{ money('max(expected_usd)') }} as most_expected_usd,
        max(a_month_usd) as proposed_a_month_usd,
        max(after_savings_usd) as proposed_after_savings_usd,
        min(case when expected_usd > a_month_usd or (is_all_saved and left_usd > after_savings_usd) then month_start_date end) as proposal_missed_from_date,
        last_day(max(month_start_date)) as last_date_ahead
    from held
    group by team_id

)

select * from final
