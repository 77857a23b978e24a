-- What pages that advise a team suggest is what is proposed for the next quarter, with and without savings.
with advice as (

    select * from {{ ref('rpt_budget_advice') }}
    where month_phase <> 'ended'

),

proposals as (

    select * from {{ ref('rpt_budget_proposals') }}
    where scope = 'team' and period = 'month' and month_start_date = quarter_start_date

)

select
    advice.team_id,
    advice.suggested_budget_usd,
    advice.suggested_without_savings_usd,
    proposals.proposed_after_savings_usd,
    proposals.proposed_a_month_usd
from advice
inner join proposals on advice.team_id = proposals.scope_id
where
    advice.suggested_without_savings_usd <> proposals.proposed_a_month_usd
    or advice.proposed_after_savings_usd <> coalesce(proposals.proposed_after_savings_usd, proposals.proposed_a_month_usd)
    or advice.suggested_budget_usd not in (proposals.proposed_a_month_usd, coalesce(proposals.proposed_after_savings_usd, proposals.proposed_a_month_usd))
