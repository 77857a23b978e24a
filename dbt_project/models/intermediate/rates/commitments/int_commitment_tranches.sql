{# one row per commitment of the portfolio x tranche in which it is signed #}

with decided as (

    select * from {{ ref('int_commitments_chosen') }}

),

bases as (

    select * from {{ ref('int_commitment_bases') }}

),

scheduled as (

    select * from {{ ref('int_works_scheduled') }}

),

numbers as (

    {{ whole_numbers(1, 36) }}

),

{# The price plan is no part of the usage that commitments are judged on: it is not waited for. #}
waits as (

    select cast(ceil(coalesce(max(months_to_start), 0)) as integer) as months_to_wait
    from scheduled
    where action_kind <> 'commitment'

),

{# No more tranches than the term has room for, and none smaller than what is sold. What rests on machines that are yet to take another type is signed
   once a look-back shows them. #}
planned as (

    select
        decided.*,
        waits.months_to_wait
        + case when bases.machines_to_move > 0 then cast(ceil({{ ratio(var('commitment_lookback_days'), days_of_mean_month()) }}) as integer) else 0 end as months_to_wait,
        {{ assumption('commitment_tranche_months', 'integer') }} as months_between,
        cast(round({{ ratio('decided.committed_units', 'decided.unit_increment') }}) as bigint) as increments,
        greatest(
            least(
                {{ assumption('commitment_tranches', 'integer') }},
                cast(floor({{ ratio('decided.term_months', assumption('commitment_tranche_months')) }}) as integer),
                cast(floor({{ ratio('decided.committed_units', 'decided.minimum_units') }}) as integer)
            ), 1
        ) as tranches
    from decided
    cross join waits
    left join bases on decided.usage_group = bases.series_id and decided.committed_units = bases.level_units
    where decided.is_chosen

),

{# By cumulative rounding up, so that the first tranche is the largest. It is signed in the month after the actions are done; the last month paid is that of
   as many instalments as the term has months. #}
final as (

    select
        planned.usage_group,
        planned.offer_id,
        planned.offer_name,
        planned.is_illustrative,
        planned.history_id,
        planned.term_months,
        planned.usd_per_unit_hour,
        {{ decimal_of_double('planned.upfront_share', 'decimal(6, 4)') }} as paid_upfront_share,
        planned.monthly_savings_usd,
        planned.eligible_monthly_usd,
        numbers.number as tranche_number,
        planned.months_to_wait,
        {{ month_after('planned.lookback_end_date + 1', 'planned.months_to_wait + planned.months_between * (numbers.number - 1)') }} as signed_month_date,
        {{ month_after('planned.lookback_end_date + 1', 'planned.months_to_wait + planned.months_between * (numbers.number - 1) + planned.term_months - 1') }} as end_month_date,
        case
            when planned.tranches = 1 then planned.committed_units
            else cast(planned.unit_increment * (
                cast(ceil({{ ratio('planned.increments * numbers.number', 'planned.tranches') }}) as bigint)
                - cast(ceil({{ ratio('planned.increments * (numbers.number - 1)', 'planned.tranches') }}) as bigint)
            ) as decimal(15, 6))
        end as units
    from planned
    inner join numbers on numbers.number <= planned.tranches

)

select * from final
