{# one row per payer x meter with a price by volume x region where it has its own: the tier of the last month that is over, and the volume at which the next pays #}

{% set stress = assumption('commitment_stress_share') %}
{% set is_reached = '(tiers.next_from_units is null or used.used_units < tiers.next_from_units)' %}

with charges as (

    select * from {{ ref('int_focus_charges_converted') }}
    where is_counted and charge_category = 'Usage' and consumed_quantity is not null

),

price_tiers as (

    select * from {{ ref('price_tiers') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}
    where action_kind = 'price_tier'

),

last_month as (

    select
        cast(date_trunc('month', cast(date_trunc('month', as_of_date + 1) as date) - 1) as date) as month_start_date,
        cast(date_trunc('month', as_of_date + 1) as date) as next_month_start_date
    from as_of

),

tiers as (

    select
        price_tiers.*,
        last_month.month_start_date,
        last_month.next_month_start_date,
        lead(price_tiers.from_units) over tiers_of_meter as next_from_units,
        lead(price_tiers.usd_per_unit) over tiers_of_meter as next_usd_per_unit
    from price_tiers
    inner join last_month
        on price_tiers.valid_from <= last_month.month_start_date and last_month.month_start_date < price_tiers.valid_to
    window tiers_of_meter as (
        partition by price_tiers.provider_name, price_tiers.meter_name, price_tiers.region_id order by price_tiers.from_units
    )

),

used as (

    select
        tiers.provider_name,
        tiers.meter_name,
        tiers.region_id,
        charges.billing_account_id,
        max(tiers.month_start_date) as month_start_date,
        max(tiers.consumed_unit) as consumed_unit,
        cast(sum(charges.consumed_quantity) as decimal(28, 6)) as used_units,
        {{ money('sum(charges.effective_cost_usd)') }} as effective_cost_usd,
        case when count(charges.list_cost_usd) = count(*) then {{ money('sum(charges.list_cost_usd)') }} end as list_cost_usd
    from tiers
    inner join charges
        on
            tiers.provider_name = charges.provider_name
            and {{ place_in_text("lower(coalesce(charges.sku_meter, ''))", 'tiers.meter_contains') }} > 0
            and lower(charges.consumed_unit) = lower(tiers.consumed_unit)
            and (tiers.region_id is null or tiers.region_id = charges.region_id)
            and cast(charges.charge_period_start_at as date) >= tiers.month_start_date
            and cast(charges.charge_period_start_at as date) < tiers.next_month_start_date
    where tiers.from_units = 0
    group by tiers.provider_name, tiers.meter_name, tiers.region_id, charges.billing_account_id

),

{# What a tier charges: its own part of the volume, or all of it where the tier that is reached prices all. Lines that name no payer may be of
   several, whose volumes do not count together: they reach no tier that anybody knows. #}
priced as (

    select
        used.provider_name,
        used.meter_name,
        used.region_id,
        used.billing_account_id,
        max(used.month_start_date) as month_start_date,
        max(used.consumed_unit) as consumed_unit,
        max(used.used_units) as used_units,
        max(used.effective_cost_usd) as effective_cost_usd,
        max(used.list_cost_usd) as list_cost_usd,
        max(tiers.source) as price_source,
        {{ money_of_double(stable_sum(
            'case when tiers.is_graduated then least(used.used_units, coalesce(tiers.next_from_units, used.used_units)) - tiers.from_units'
            ~ ' when ' ~ is_reached ~ ' then used.used_units else 0 end * tiers.usd_per_unit'
        )) }} as tiered_cost_usd,
        max(case when tiers.from_units = 0 and tiers.usd_per_unit = 0 then tiers.next_from_units end) as free_units,
        max(case when tiers.from_units = 0 and tiers.usd_per_unit = 0 then tiers.next_usd_per_unit end) as usd_per_unit_after_free,
        max(case when {{ is_reached }} then tiers.usd_per_unit end) as usd_per_unit,
        max(case when {{ is_reached }} then tiers.next_from_units end) as next_from_units,
        max(case when {{ is_reached }} then tiers.next_usd_per_unit end) as next_usd_per_unit,
        bool_and(tiers.is_graduated) as is_graduated
    from used
    left join tiers
        on
            used.provider_name = tiers.provider_name
            and used.meter_name = tiers.meter_name
            and used.region_id is not distinct from tiers.region_id
            and tiers.from_units <= case when used.billing_account_id is not null then used.used_units end
    where tiers.provider_name is not null or used.billing_account_id is null
    group by used.provider_name, used.meter_name, used.region_id, used.billing_account_id

),

{# greatest() skips a null: without a free tier nothing of it is left. #}
counted as (

    select
        *,
        cast(case when free_units is not null then greatest(free_units - used_units, 0) end as decimal(28, 6)) as unused_free_units,
        coalesce(not is_graduated and used_units * usd_per_unit > next_from_units * next_usd_per_unit, false) as is_to_buy_up
    from priced

),

{# A volume that comes to the next tier by itself costs less there by itself: only what is bought up to it is a decision. #}
offered as (

    select
        counted.*,
        {% for column, usage in [('monthly_savings_usd', '1'), ('low_savings_usd', '1 - ' ~ stress), ('high_savings_usd', '1 + ' ~ stress)] -%}
        case
            when counted.is_to_buy_up
                then {{ money_of_double(
                    'cast(counted.used_units * counted.usd_per_unit as double) * (' ~ usage ~ ')'
                    ~ ' - greatest(cast(counted.next_from_units as double), counted.used_units * (' ~ usage ~ ')) * counted.next_usd_per_unit'
                ) }}
        end as {{ column }},
        {% endfor -%}
        case when counted.is_to_buy_up then kinds.owner_role end as owner_role,
        case when counted.is_to_buy_up then {{ days_in_words('kinds.effort_days + kinds.effort_days_per_part') }} end as effort,
        case when counted.is_to_buy_up then {{ effort_of('1') }} end as effort_usd
    from counted
    cross join kinds

),

final as (

    select
        provider_name,
        billing_account_id,
        billing_account_id is not null as is_payer_known,
        meter_name,
        region_id,
        month_start_date,
        consumed_unit,
        used_units,
        effective_cost_usd,
        list_cost_usd,
        tiered_cost_usd,
        {{ ratio('effective_cost_usd', 'used_units') }} as paid_usd_per_unit,
        {{ money('effective_cost_usd - tiered_cost_usd') }} as price_gap_usd,
        case
            when billing_account_id is null then 'unknown: the bill names no payer'
            when effective_cost_usd is null then 'unknown: a currency has no rate'
            when abs(effective_cost_usd - tiered_cost_usd) <= 0.01 * tiered_cost_usd then 'none'
            when list_cost_usd is null then 'the bill states no list price'
            when abs(list_cost_usd - tiered_cost_usd) > 0.01 * tiered_cost_usd then 'the bill lists other prices under this meter (other classes, or a list that changed)'
            else 'a discount or credit on the bill'
        end as price_gap_cause,
        price_source,
        free_units,
        unused_free_units,
        {{ money_of_double('unused_free_units * usd_per_unit_after_free') }} as unused_free_usd,
        usd_per_unit,
        next_from_units,
        next_usd_per_unit,
        {# Where the tier prices all units, it pays to buy up to it as soon as that costs less than the volume does. #}
        case when is_graduated then cast(next_from_units as double) else {{ ratio('next_from_units * next_usd_per_unit', 'usd_per_unit') }} end as break_even_units,
        {{ ratio('used_units', 'next_from_units') }} as next_tier_reached_share,
        coalesce(
            {{ ratio('used_units', 'next_from_units') }} >= {{ assumption('price_tier_near_share') }} or is_to_buy_up, false
        ) as is_near_next_tier,
        case
            when billing_account_id is null then 'unknown: the bill names no payer'
            when free_units > used_units then 'within the free tier'
            when next_from_units is null then 'in the last tier'
            when is_to_buy_up then 'the next tier pays: buy up to it'
            when next_usd_per_unit >= usd_per_unit then 'the next tier is no cheaper'
            else 'below the next tier'
        end as verdict,
        monthly_savings_usd,
        low_savings_usd,
        high_savings_usd,
        owner_role,
        effort,
        effort_usd,
        {{ payback_months('effort_usd', 'monthly_savings_usd') }} as payback_months
    from offered

)

select * from final
