{# one row per month x scope x item: what price, volume, mix, efficiency, new and lost customers changed in its cost #}

with items as (

    select * from {{ ref('int_usage_items_monthly') }}

),

{# New and lost is who uses a feature and did not, or did and does no more; another model under the same use is mix. #}
paired as (

    select
        *,
        sum(calls) over pair as pair_calls,
        sum(prior_calls) over pair as prior_pair_calls
    from items
    window pair as (partition by month_start_date, scope, scope_id, customer_id, product_id, feature_id)

),

marked as (

    select
        *,
        case when prior_pair_calls = 0 then 'new' when pair_calls = 0 then 'lost' else 'continuing' end as standing
    from paired

),

counted as (

    select
        *,
        cast(sum(calls) over same_standing as double) as scope_calls,
        cast(sum(prior_calls) over same_standing as double) as prior_scope_calls
    from marked
    window same_standing as (partition by month_start_date, scope, scope_id, standing)

),

{# One factor after the other is set to what it became: first all calls, then the item's share of them, then the tokens of a
   call; what is left is the price. What grew a millionfold was not there before. #}
stepped as (

    select
        *,
        case
            when standing <> 'continuing' or scope_calls > prior_scope_calls * 1e6 then prior_cost_usd
            when prior_calls = 0 then {{ money(0) }}
            else {{ money_of_double('cast(prior_cost_usd as double) * (scope_calls / nullif(prior_scope_calls, 0))') }}
        end as after_volume_usd,
        case
            when standing <> 'continuing' then prior_cost_usd
            when prior_calls = 0 or calls > prior_calls * 1e6 then cost_usd
            else {{ money_of_double(ratio('cast(prior_cost_usd as double) * calls', 'prior_calls')) }}
        end as after_mix_usd,
        case
            when standing <> 'continuing' then prior_cost_usd
            when prior_calls = 0 or calls > prior_calls * 1e6 then cost_usd
            when calls = 0 then {{ money(0) }}
            when tokens > 0 and prior_tokens > 0 and tokens <= prior_tokens * 1e6
                then {{ money_of_double(ratio('cast(prior_cost_usd as double) * tokens', 'prior_tokens')) }}
            else {{ money_of_double(ratio('cast(prior_cost_usd as double) * calls', 'prior_calls')) }}
        end as after_efficiency_usd,
        {# The logarithmic mean of both costs (LMDI): it needs both above zero. #}
        case
            when standing = 'continuing' and cost_usd > 0 and prior_cost_usd > 0 and calls > 0 and prior_calls > 0 and tokens > 0 and prior_tokens > 0
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
            else {{ money_of_double('mean_cost * ln(scope_calls / prior_scope_calls)') }}
        end as lmdi_volume_usd,
        case
            when mean_cost is null then mix_usd
            else {{ money_of_double('mean_cost * ln(calls / scope_calls / (prior_calls / prior_scope_calls))') }}
        end as lmdi_mix_usd,
        case
            when mean_cost is null then efficiency_usd
            else {{ money_of_double('mean_cost * ln(cast(tokens as double) / calls / (cast(prior_tokens as double) / prior_calls))') }}
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
