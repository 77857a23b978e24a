-- What the programmes on AI and prices change and bring in the first year is the waterfall's own, to the last decimal.
with results as (

    select * from {{ ref('rpt_company_result') }}

),

waterfall as (

    select * from {{ ref('rpt_decision_waterfall') }}

)

select
    results.change_usd,
    waterfall.change_usd + waterfall.change_before_usd as waterfall_change_usd,
    results.first_year_usd,
    waterfall.first_year_usd as waterfall_first_year_usd
from results
inner join waterfall on results.step = 'ai_and_price' and waterfall.step = 'price' and waterfall.scope_type = 'company'
where
    abs(results.change_usd - waterfall.change_usd - waterfall.change_before_usd) > 0
    or abs(results.first_year_usd - waterfall.first_year_usd) > 0
