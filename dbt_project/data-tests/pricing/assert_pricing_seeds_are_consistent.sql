{# The seeds that people edit: one plan is today's, unless there is none, a plan's rows agree, a price follows its stated basis to within five
   percent of rounding, each churn scenario is there with probabilities from 0 to 1. #}

with pricing_plans as (

    select * from {{ ref('pricing_plans') }}

)

select
    plan_id as subject,
    'price does not follow its cost basis and target margin' as problem
from pricing_plans
where
    unit_cost_basis_usd is not null
    and abs(cast(usd_per_unit as double) * (1 - cast(target_margin_share as double)) / cast(unit_cost_basis_usd as double) - 1) > 0.05
union all
select
    plan_id as subject,
    'rows of one plan differ in name, kind or is_current' as problem
from pricing_plans
group by plan_id
having count(distinct plan_name) > 1 or count(distinct plan_kind) > 1 or count(distinct is_current) > 1
union all
select
    'pricing_plans' as subject,
    'exactly one plan must be current' as problem
from pricing_plans
having count(*) > 0 and count(distinct case when is_current then plan_id end) <> 1
union all
select
    plan_id as subject,
    'a fee or a price is below zero' as problem
from pricing_plans
where base_fee_usd < 0 or usd_per_unit < 0 or included_units < 0
union all
select
    'pricing_churn_scenarios' as subject,
    'low, base and high must be there, with probabilities from 0 to 1' as problem
from {{ ref('pricing_churn_scenarios') }}
having count(distinct churn_scenario) <> 3 or min(leave_probability) < 0 or max(leave_probability) > 1
