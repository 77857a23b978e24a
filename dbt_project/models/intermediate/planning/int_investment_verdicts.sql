{# one row per investment: its value and chance of a loss by its plan and after every step that pays for itself, and whether to sign it #}

with measures as (

    select * from {{ ref('int_investment_measures') }}

),

drivers as (

    select * from {{ ref('int_investment_drivers_summed') }}

),

risks as (

    select * from {{ ref('int_investment_risks') }}

),

stepped as (

    select
        investment_id,
        {{ stable_sum('improved_value - present_value - steps_usd') }} as gained_value
    from drivers
    group by investment_id

),

final as (

    select
        risks.investment_id,
        base.value as base_value,
        base.value + stepped.gained_value as improved_base_value,
        risks.loss_share,
        risks.loss_share_after_steps,
        {# Where a loss is too likely by the plan, its steps may save it; where it still is after all of them, nothing does. #}
        case
            when risks.loss_share <= {{ assumption('investment_loss_share_up_to') }} then 'sign'
            when risks.loss_share_after_steps <= {{ assumption('investment_loss_share_up_to') }} then 'sign after the steps'
            else 'do not sign'
        end as verdict
    from risks
    inner join stepped on risks.investment_id = stepped.investment_id
    inner join measures as base on risks.investment_id = base.investment_id and base.scenario = 'base' and base.method = 'npv'

)

select * from final
