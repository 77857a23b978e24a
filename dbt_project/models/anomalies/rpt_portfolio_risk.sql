{# one row per measure (revenue, spend): how much of it belongs to customers who cost more than their fees, beside the 30 days before #}

with margins as (

    select * from {{ ref('int_customer_margins') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

measured as (

    select
        'revenue' as measure,
        is_unprofitable,
        prior_gross_margin_usd < 0 as was_unprofitable,
        revenue_usd as amount_usd,
        prior_revenue_usd as prior_amount_usd
    from margins
    union all
    select
        'spend' as measure,
        is_unprofitable,
        prior_gross_margin_usd < 0 as was_unprofitable,
        cost_to_serve_usd as amount_usd,
        prior_cost_to_serve_usd as prior_amount_usd
    from margins

),

summed as (

    select
        measure,
        cast(count_if(is_unprofitable) as bigint) as customers_at_risk,
        {{ money('coalesce(sum(amount_usd) filter (where is_unprofitable), 0)') }} as at_risk_usd,
        {{ money('sum(amount_usd)') }} as total_usd,
        case when count(prior_amount_usd) > 0 then cast(count_if(was_unprofitable) as bigint) end as prior_customers_at_risk,
        case
            when count(prior_amount_usd) > 0 then {{ money('coalesce(sum(prior_amount_usd) filter (where was_unprofitable), 0)') }}
        end as prior_at_risk_usd,
        {{ money('sum(prior_amount_usd)') }} as prior_total_usd
    from measured
    group by measure

),

shares as (

    select
        *,
        {{ ratio('at_risk_usd', 'total_usd') }} as at_risk_share,
        {{ ratio('prior_at_risk_usd', 'prior_total_usd') }} as prior_at_risk_share
    from summed

),

final as (

    select
        shares.measure,
        as_of.as_of_date,
        shares.customers_at_risk,
        shares.at_risk_usd,
        shares.total_usd,
        shares.at_risk_share,
        shares.prior_customers_at_risk,
        shares.prior_at_risk_usd,
        shares.prior_total_usd,
        shares.prior_at_risk_share,
        shares.at_risk_share - shares.prior_at_risk_share as change_share,
        case
            when shares.at_risk_share - shares.prior_at_risk_share > {{ assumption('portfolio_risk_steady_change') }} then 'rising'
            when shares.at_risk_share - shares.prior_at_risk_share < -{{ assumption('portfolio_risk_steady_change') }} then 'falling'
            when shares.at_risk_share - shares.prior_at_risk_share is not null then 'steady'
            else 'unknown'
        end as trend
    from shares
    cross join as_of
    {# Bills alone have no day on which to judge a margin. #}
    where as_of.as_of_date is not null

)

select * from final
