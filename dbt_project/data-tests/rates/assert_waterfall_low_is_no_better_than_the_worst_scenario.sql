-- After the price plan the low margin of the company is no higher than the expected one less what the plan loses of it in the worst of
-- the scenarios by which it is judged, to the cent in which these are compared.
with waterfall as (

    select * from {{ ref('rpt_decision_waterfall') }}
    where scope_type = 'company' and step = 'price'

),

chosen as (

    select * from {{ ref('rpt_plan_frontier') }}
    where is_chosen and not is_current_plan

)

select
    waterfall.gross_margin_low_usd,
    waterfall.gross_margin_usd - chosen.gross_margin_base_churn_after_savings_usd + chosen.gross_margin_worst_after_savings_usd as worst_usd
from waterfall
inner join chosen on 1 = 1
where waterfall.gross_margin_low_usd > waterfall.gross_margin_usd - chosen.gross_margin_base_churn_after_savings_usd + chosen.gross_margin_worst_after_savings_usd + 0.01
