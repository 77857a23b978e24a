{# one row per investment x kind of figure x scenario x method x item #}

with investments as (

    select * from {{ ref('int_investments') }}

),

scenarios as (

    select * from {{ ref('int_investment_scenarios') }}

),

measures as (

    select * from {{ ref('int_investment_measures') }}

),

sensitivities as (

    select * from {{ ref('int_investment_sensitivities') }}

),

lines as (

    select * from {{ ref('int_investment_lines_spread') }}

),

claims as (

    select * from {{ ref('investment_claims') }}

),

measured as (

    select
        measures.investment_id,
        'measure' as kind,
        measures.scenario,
        measures.method,
        cast(measures.item as string) as item,
        measures.value,
        measures.unit,
        measures.status,
        case
            when measures.method = 'irr' and measures.status = 'several' then 'The value is zero at several rates: none of them is the return. Judge it by its value.'
            when measures.method = 'irr' and measures.status = 'none' then 'The value is zero at no rate.'
            when measures.method = 'mirr' and measures.status = 'none' then 'There is no money put in, or none that comes out.'
            when measures.status = 'first crossing only' then 'Money goes out again after it: it is the first time that all is back, not the last.'
            when measures.method like 'payback%' and measures.status = 'none' then 'The money does not come back, or none is put in first.'
            when measures.method = 'npv' then scenarios.description
        end as note
    from measures
    left join scenarios on measures.investment_id = scenarios.investment_id and measures.scenario = scenarios.scenario

),

claimed as (

    select
        claims.investment_id,
        coalesce(claims.scenario, 'base') as scenario,
        claims.claim_id,
        claims.claim,
        claims.claimed_value,
        claims.unit,
        claims.reason,
        min(measures.value) as value
    from claims
    left join measures
        on
            claims.investment_id = measures.investment_id
            and claims.scenario = measures.scenario
            and claims.method = measures.method
    group by
        claims.investment_id, coalesce(claims.scenario, 'base'), claims.claim_id, claims.claim, claims.claimed_value, claims.unit, claims.reason

),

{# The plan of the periods of which something is known. #}
known as (

    select
        investment_id,
        max(period) as last_period
    from lines
    where basis = 'realised'
    group by investment_id

),

realised as (

    select
        lines.investment_id,
        lines.kind,
        cast(sum(case when lines.basis = 'realised' then lines.amount_usd else 0 end) as double) as value,
        cast(sum(case when lines.basis = 'planned' then lines.amount_usd else 0 end) as double) as planned_value
    from lines
    inner join known on lines.investment_id = known.investment_id and lines.period <= known.last_period
    group by lines.investment_id, lines.kind

),

stacked as (

    select
        investment_id, kind, scenario, method, item, value,
        cast(null as double) as low_value, cast(null as double) as high_value, cast(null as double) as compared_value,
        unit, status, note
    from measured
    union all
    select investment_id, kind, scenario, method, item, value, low_value, high_value, compared_value, unit, status, note
    from sensitivities
    union all
    select
        investment_id,
        'claim' as kind,
        scenario,
        claim_id as method,
        '1' as item,
        value,
        cast(null as double) as low_value,
        cast(null as double) as high_value,
        claimed_value as compared_value,
        coalesce(unit, 'none') as unit,
        case
            when claimed_value is null or value is null then 'not a figure'
            when abs(value - claimed_value) <= {{ assumption('investment_claim_tolerance') }} * abs(value) then 'follows'
            else 'does not follow'
        end as status,
        claim || ': ' || reason || '.' as note
    from claimed
    union all
    select
        investment_id,
        'realised' as kind,
        'base' as scenario,
        case when kind = 'cost' then 'total_cost' else 'total_benefit' end as method,
        '1' as item,
        value,
        cast(null as double) as low_value,
        cast(null as double) as high_value,
        planned_value as compared_value,
        'usd' as unit,
        'known' as status,
        cast(null as string) as note
    from realised

),

final as (

    select
        stacked.investment_id,
        investments.investment_name,
        investments.investment_name || case when investments.is_illustrative then ' (example)' else '' end as investment_label,
        investments.owner_role,
        coalesce(investments.is_illustrative, false) as is_illustrative,
        investments.measured_action_id,
        stacked.kind,
        stacked.scenario,
        stacked.method,
        stacked.item,
        round(stacked.value, 9) as value,
        stacked.low_value,
        stacked.high_value,
        round(stacked.compared_value, 9) as compared_value,
        stacked.unit,
        investments.period_unit,
        stacked.status,
        stacked.note,
        cast(row_number() over (
            partition by stacked.investment_id, stacked.kind, stacked.scenario
            order by
                case
                    when stacked.kind = 'tornado' then abs(stacked.high_value - stacked.low_value)
                    when stacked.kind = 'driver' then {{ ratio('stacked.value', 'stacked.compared_value') }}
                end desc nulls last,
                stacked.method,
                stacked.item
        ) as integer) as rank_number
    from stacked
    inner join investments on stacked.investment_id = investments.investment_id

)

select * from final
