{# one row per offer x series of usage that pays, or would once its use is measured: what is chosen for the same usage, and what the best term of a year would be #}

with outcomes as (

    select * from {{ ref('int_commitment_outcomes') }}

),

rates as (

    select * from {{ ref('int_cloud_offer_rates') }}
    where covers = 'everything'

),

{# What would cover the same usage without a tie to a family and a region. #}
less_tied as (

    select
        provider_name || ' / ' || usage_kind || ' / ' || family || ' / ' || region_id as group_id,
        term_months,
        payment_option,
        min_by(offer_name, {{ in_order('-discount_share', 'offer_name') }}) as offer_name,
        max(discount_share) as discount_share
    from rates
    group by provider_name || ' / ' || usage_kind || ' / ' || family || ' / ' || region_id, term_months, payment_option

),

options as (

    select
        *,
        group_id = alternatives as is_on_everything,
        {{ money(money('hourly_commitment_usd') ~ ' * cast(730 * term_months as decimal(9, 0))') }} as obligation_usd
    from outcomes
    where usage_basis = 'after_actions' and outcome in ('pays', 'measure first') and kind_rank = 1

),

chosen as (

    select
        outcome,
        alternatives,
        group_id,
        {{ money('sum(net_monthly_savings_usd)') }} as net_monthly_savings_usd
    from options
    where is_best_option
    group by outcome, alternatives, group_id

),

{# A plan on everything is held against all that is chosen on parts of it. #}
chosen_on_parts as (

    select
        outcome,
        alternatives,
        {{ money('sum(net_monthly_savings_usd)') }} as net_monthly_savings_usd
    from chosen
    group by outcome, alternatives

),

of_a_year as (

    select
        *,
        row_number() over (partition by outcome, group_id order by preference_usd desc, offer_id asc) as year_rank
    from options
    where term_months = 12

),

final as (

    select
        options.offer_id,
        options.series_id,
        options.is_best_option and options.outcome = 'measure first' as is_to_be_measured,
        case
            when options.outcome = 'measure first' then options.outcome
            when options.is_recommended then 'recommended'
            when coalesce(chosen.net_monthly_savings_usd, case when options.is_on_everything then chosen_on_parts.net_monthly_savings_usd end) is null
                then 'a plan on everything is ranked before its parts'
            when options.net_monthly_savings_usd < coalesce(chosen.net_monthly_savings_usd, chosen_on_parts.net_monthly_savings_usd)
                then 'another offer for the same usage saves more'
            else 'ranked lower after weights for term and payment'
        end as reason,
        less_tied.offer_name as less_tied_offer_name,
        {# The same hours covered, at the price of the other: what it gives less of the list price falls due in every hour. #}
        {{ money_of_double(
            'cast(options.net_monthly_savings_usd as double) - cast(options.hourly_commitment_usd as double) * options.lookback_hours * cast(options.months_per_lookback as double)'
            ~ ' * ' ~ ratio('options.discount_share - less_tied.discount_share', '1 - options.discount_share')
        ) }} as less_tied_monthly_savings_usd,
        of_a_year.offer_name as one_year_offer_name,
        of_a_year.net_monthly_savings_usd as one_year_monthly_savings_usd,
        of_a_year.obligation_usd as one_year_obligation_usd
    from options
    left join chosen on options.outcome = chosen.outcome and options.alternatives = chosen.alternatives and options.group_id = chosen.group_id
    left join chosen_on_parts on options.outcome = chosen_on_parts.outcome and options.alternatives = chosen_on_parts.alternatives
    left join less_tied
        on options.group_id = less_tied.group_id and options.term_months = less_tied.term_months and options.payment_option = less_tied.payment_option
    left join of_a_year
        on
            case when options.is_best_option and options.term_months > 12 then options.group_id end = of_a_year.group_id
            and options.outcome = of_a_year.outcome
            and of_a_year.year_rank = 1

)

select * from final
