{# one row per month x scope x item: what price, volume, mix, efficiency, what is new and what is lost changed in its cost #}

with items as (

    select * from {{ ref('int_usage_items_monthly') }}

),

{# Calls add up, hours of a service do, hours and gigabytes do not. #}
grouped as (

    select
        *,
        cast(quantity as double) as units,
        cast(prior_quantity as double) as prior_units,
        case when unit = 'calls' and model is not null then 'calls' else {{ key_part('provider') }} || '|' || {{ key_part('service_name') }} || '|' || unit end as unit_group
    from items

),

{# New and lost is who uses a feature or a service and did not, or did and does no more; another model or meter under the same use is mix. #}
paired as (

    select
        *,
        sum(quantity) over pair as pair_quantity,
        sum(prior_quantity) over pair as prior_pair_quantity
    from grouped
    window pair as (partition by month_start_date, scope, scope_id, unit_group, customer_id, product_id, feature_id)

),

marked as (

    select
        *,
        case when prior_pair_quantity <= 0 then 'new' when pair_quantity <= 0 then 'lost' else 'continuing' end as standing
    from paired

),

counted as (

    select
        *,
        cast(sum(quantity) over same_standing as double) as scope_units,
        cast(sum(prior_quantity) over same_standing as double) as prior_scope_units
    from marked
    window same_standing as (partition by month_start_date, scope, scope_id, unit_group, standing)

),

{# One factor after the other is set to what it became: first all calls or hours, then the item's share of them, then the tokens of a
   call; what is left is the price. What grew a millionfold was not there before, nor what a bill had taken back. #}
stepped as (

    select
        *,
        case
            when standing <> 'continuing' or prior_units <= 0 or abs(scope_units) > prior_scope_units * 1e6 then prior_cost_usd
            else {{ money_of_double('cast(prior_cost_usd as double) * (scope_units / nullif(prior_scope_units, 0))') }}
        end as after_volume_usd,
        case
            when standing <> 'continuing' then prior_cost_usd
            when prior_units <= 0 or abs(units) > prior_units * 1e6 then cost_usd
            else {{ money_of_double(ratio('cast(prior_cost_usd as double) * units', 'prior_units')) }}
        end as after_mix_usd,
        case
            when standing <> 'continuing' then prior_cost_usd
            when prior_units <= 0 or abs(units) > prior_units * 1e6 then cost_usd
            when units = 0 then {{ money(0) }}
            when tokens > 0 and prior_tokens > 0 and tokens <= prior_tokens * 1e6
                then {{ money_of_double(ratio('cast(prior_cost_usd as double) * tokens', 'prior_tokens')) }}
            else {{ money_of_double(ratio('cast(prior_cost_usd as double) * units', 'prior_units')) }}
        end as after_efficiency_usd,
        {# The logarithmic mean of both costs (LMDI): it needs both above zero, as it does what they are made of. #}
        case
            when
                standing = 'continuing' and cost_usd > 0 and prior_cost_usd > 0 and units > 0 and prior_units > 0 and scope_units > 0
                and prior_scope_units > 0 and (unit_group <> 'calls' or (tokens > 0 and prior_tokens > 0))
                then case
                    when cost_usd = prior_cost_usd then cast(cost_usd as double)
                    else cast(cost_usd - prior_cost_usd as double) / ln(cast(cost_usd as double) / cast(prior_cost_usd as double))
                end
        end as mean_cost
    from counted

),

sequential as (

    select
        *,
        {{ money('after_volume_usd - prior_cost_usd') }} as volume_usd,
        {{ money('after_mix_usd - after_volume_usd') }} as mix_usd,
        {{ money('after_efficiency_usd - after_mix_usd') }} as efficiency_usd,
        {{ money("case when standing = 'continuing' then cost_usd - after_efficiency_usd else 0 end") }} as price_usd,
        {{ money("case when standing = 'new' then cost_usd - prior_cost_usd else 0 end") }} as new_usd,
        {{ money("case when standing = 'lost' then cost_usd - prior_cost_usd else 0 end") }} as lost_usd
    from stepped

),

checked as (

    select
        *,
        case
            when mean_cost is null then volume_usd
            else {{ money_of_double('mean_cost * ln(scope_units / prior_scope_units)') }}
        end as lmdi_volume_usd,
        case
            when mean_cost is null then mix_usd
            else {{ money_of_double('mean_cost * ln(units / scope_units / (prior_units / prior_scope_units))') }}
        end as lmdi_mix_usd,
        case
            when mean_cost is null or unit_group <> 'calls' then efficiency_usd
            else {{ money_of_double('mean_cost * ln(cast(tokens as double) / units / (cast(prior_tokens as double) / prior_units))') }}
        end as lmdi_efficiency_usd
    from sequential

),

final as (

    select
        month_start_date,
        scope,
        scope_id,
        team_id,
        customer_id,
        product_id,
        feature_id,
        provider,
        model,
        service_name,
        meter,
        unit,
        cost_usd,
        prior_cost_usd,
        price_usd,
        volume_usd,
        mix_usd,
        efficiency_usd,
        new_usd,
        lost_usd,
        {# The rest, so that no digit is lost. #}
        {{ money('cost_usd - prior_cost_usd - new_usd - lost_usd - lmdi_volume_usd - lmdi_mix_usd - lmdi_efficiency_usd') }} as lmdi_price_usd,
        lmdi_volume_usd,
        lmdi_mix_usd,
        lmdi_efficiency_usd
    from checked

)

select * from final
