-- The proposed budgets of teams, of components, of providers, and of business units and cost centres where they are proposed, sum to that of the company
-- in each month, to the cent.
with proposals as (

    select * from {{ ref('rpt_budget_proposals') }}
    where period = 'month'

),

kinds as (

    select
        month_start_date,
        scope,
        sum(proposed_usd) as proposed_usd
    from proposals
    where scope in ('component', 'provider', 'team', 'business_unit', 'cost_centre')
    group by month_start_date, scope

)

select
    kinds.month_start_date,
    kinds.scope,
    kinds.proposed_usd,
    total.proposed_usd as company_usd
from kinds
inner join proposals as total on kinds.month_start_date = total.month_start_date and total.scope = 'total'
where kinds.proposed_usd <> total.proposed_usd
