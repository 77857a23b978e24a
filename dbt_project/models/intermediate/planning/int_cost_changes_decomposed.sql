{# one row per month x scope x item: what the days of the month, price, volume, mix, efficiency, what is new and what is lost changed in its cost #}

with items as (

    select * from {{ ref('int_usage_items_monthly') }}

),

{# Calls add up. Hours of a machine add up to those of another only in a sum that no bill has: each resource is compared on its own, without one each meter. #}
grouped as (

    select
        *,
        cast(quantity as double) as units,
        cast(calendar_quantity as double) as prior_units,
        cast(calendar_tokens as double) as prior_tokens,
        case
            when unit = 'calls' then 'calls'
            else {{ key_part('provider') }} || '|' || {{ key_part('service_name') }} || '|' || {{ key_part('unit') }} || '|' || {{ key_part('coalesce(resource_id, meter)') }}
        end as unit_group
    from items

),

{# New and lost is who uses a feature, and a resource, that was not there before or is no more; another model or meter under the same use is mix. #}
paired as (

    select
        *,
        sum(quantity) over pair as pair_quantity,
        sum(calendar_quantity) over pair as prior_pair_quantity
    from grouped
    window pair as (partition by month_start_date, scope, scope_id, unit_group, customer_id, product_id, feature_id)

),

marked as (

    select
        *,
        case when unit is null then 'unmeasured' when prior_pair_quantity <= 0 then 'new' when pair_quantity <= 0 then 'lost' else 'continuing' end as standing
    from paired

),

{# The days of the month come first: what goes on is compared with the month before as it would have been with the days of this one. #}
counted as (

    select
        *,
        case when standing in ('continuing', 'unmeasured') then calendar_cost_usd else prior_cost_usd end as base_usd,
        cast(sum(quantity) over same_standing as double) as scope_units,
        cast(sum(calendar_quantity) over same_standing as double) as prior_scope_units
    from marked
    window same_standing as (partition by month_start_date, scope, scope_id, unit_group, standing)

),

{# One factor after the other is set to what it became: first all calls, or the hours of a resource, then the item's share of them, then the tokens of a
   call; what is left is the price. What grew a millionfold was not there before, nor what a bill had taken back. #}
{% set base = 'cast(base_usd as double)' %}
stepped as (

    select
        *,
        case
            when standing <> 'continuing' or prior_units <= 0 or abs(scope_units) > prior_scope_units * 1e6 then base_usd
            else {{ money_of_double(base ~ ' * (scope_units / nullif(prior_scope_units, 0))') }}
        end as after_volume_usd,
        case
            when standing <> 'continuing' then base_usd
            when prior_units <= 0 or abs(units) > prior_units * 1e6 then cost_usd
            else {{ money_of_double(base ~ ' * ' ~ ratio('units', 'prior_units')) }}
        end as after_mix_usd,
        case
            when standing <> 'continuing' then base_usd
            when prior_units <= 0 or abs(units) > prior_units * 1e6 then cost_usd
            when units = 0 then {{ money(0) }}
            when tokens > 0 and prior_tokens > 0 and tokens <= prior_tokens * 1e6
                then {{ money_of_double(base ~ ' * ' ~ ratio('tokens', 'prior_tokens')) }}
            else {{ money_of_double(base ~ ' * ' ~ ratio('units', 'prior_units')) }}
        end as after_efficiency_usd,
        {# The logarithmic mean of both costs (LMDI): it needs both above zero, as it does what they are made of. #}
        case
            when
                standing = 'continuing' and cost_usd > 0 and base_usd > 0 and units > 0 and prior_units > 0 and scope_units > 0
                and prior_scope_units > 0 and (unit_group <> 'calls' or (tokens > 0 and prior_tokens > 0))
                then case
                    when cost_usd = base_usd then cast(cost_usd as double)
                    else cast(cost_usd - base_usd as double) / ln(cast(cost_usd as double) / {{ base }})
                end
        end as mean_cost
    from counted

),

sequential as (

    select
        *,
        {{ money('base_usd - prior_cost_usd') }} as days_usd,
        {{ money('after_volume_usd - base_usd') }} as volume_usd,
        {{ money('after_mix_usd - after_volume_usd') }} as mix_usd,
        {{ money('after_efficiency_usd - after_mix_usd') }} as efficiency_usd,
        {%- for standing, part in [('new', 'new'), ('lost', 'lost'), ('unmeasured', 'other_costs')] %}
        {{ money("case when standing = '" ~ standing ~ "' then cost_usd - base_usd else 0 end") }} as {{ part }}_usd,
        {%- endfor %}
        {{ money("case when standing = 'continuing' then cost_usd - after_efficiency_usd else 0 end") }} as price_usd
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
            else {{ money_of_double('mean_cost * ln(cast(tokens as double) / units / (prior_tokens / prior_units))') }}
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
        resource_id,
        meter,
        unit,
        days_usd,
        price_usd,
        volume_usd,
        mix_usd,
        efficiency_usd,
        new_usd,
        lost_usd,
        other_costs_usd,
        {# The rest, so that no digit is lost. #}
        {{ money('cost_usd - base_usd - new_usd - lost_usd - other_costs_usd - lmdi_volume_usd - lmdi_mix_usd - lmdi_efficiency_usd') }} as lmdi_price_usd,
        lmdi_volume_usd,
        lmdi_mix_usd,
        lmdi_efficiency_usd
    from checked

)

select * from final
