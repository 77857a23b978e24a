-- The parts of a difference sum to it to the last decimal, by both ways of taking it apart.
select
    month_start_date,
    basis,
    scope,
    scope_id,
    max(total_variance_usd) as total_variance_usd,
    sum(variance_usd) as parts_usd,
    sum(lmdi_usd) as lmdi_parts_usd
from {{ ref('rpt_cost_variances') }}
group by month_start_date, basis, scope, scope_id
having sum(variance_usd) <> max(total_variance_usd) or sum(lmdi_usd) <> max(total_variance_usd)
