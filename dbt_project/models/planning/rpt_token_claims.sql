{# one row per figure that somebody printed of free tokens: what follows from the segments, prices and assumptions #}

with claims as (

    select * from {{ ref('token_claims') }}

),

economics as (

    select * from {{ ref('rpt_token_economics') }}

),

{# Where several allowances are worth the same, the smallest. #}
best as (

    select
        segment,
        min(allowance_tokens) as best_allowance_tokens
    from economics
    where is_best
    group by segment

),

computed as (

    select
        claims.claim_id,
        claims.claim,
        claims.claimed_value,
        claims.unit,
        claims.reason,
        case claims.measure
            when 'best_allowance_tokens' then cast(best.best_allowance_tokens as double)
            when 'revenue_per_payer_usd' then {{ ratio('economics.revenue_usd', '1000 * economics.conversion_share') }}
            {%- for measure in ['covered_user_share', 'covered_token_share', 'conversion_share', 'lifetime_value_ratio', 'payback_months', 'price_position_share'] %}
            when '{{ measure }}' then economics.{{ measure }}
            {%- endfor %}
        end as value
    from claims
    left join economics on claims.allowance_tokens = economics.allowance_tokens and claims.segment = economics.segment
    left join best on claims.segment = best.segment

),

final as (

    select
        claim_id,
        claim,
        coalesce(unit, 'none') as unit,
        claimed_value,
        value,
        case
            when claimed_value is null or value is null then 'not a figure'
            when abs(value - claimed_value) <= {{ assumption('investment_claim_tolerance') }} * abs(value) then 'follows'
            else 'does not follow'
        end as status,
        case when reason is null then claim || '.' else claim || ': ' || reason || '.' end as note
    from computed

)

select * from final
