{# one row per series of usage x offer that could cover it: the level to commit to, what it saves, how sure that is, and why it is or is not recommended #}

{% set spans = ['last_7', 'last_30', 'last_60', 'last_90'] %}
{% set quantile_names = ['p05', 'p25', 'p50', 'p75', 'p95', 'max'] %}

with outcomes as (

    select * from {{ ref('int_commitment_outcomes') }}

),

decided as (

    select * from {{ ref('int_commitments_chosen') }}
    where is_first_of_level

),

compared as (

    select * from {{ ref('int_commitment_alternatives') }}

),

bases as (

    select * from {{ ref('int_commitment_bases') }}

),

quantiles as (

    select * from {{ ref('int_commitment_quantiles') }}

),

cases as (

    select * from {{ ref('int_commitment_cases') }}

),

histories as (

    select
        history_id,
        least({{ ratio('max(hours)', 2160) }}, 1) as history_share
    from cases
    where usage_case = 'last_90'
    group by history_id

),

levels as (

    select
        outcomes.offer_id,
        outcomes.series_id,
        max(case when outcomes.level_kind = 'stable' then outcomes.committed_units end) as stable_units,
        max(case when outcomes.level_kind = 'stable' then outcomes.net_monthly_savings_usd end) as stable_savings_usd,
        max(case when outcomes.level_kind = 'optimal' then outcomes.committed_units end) as optimal_units,
        max(case when outcomes.level_kind = 'optimal' then outcomes.net_monthly_savings_usd end) as optimal_savings_usd,
        coalesce(max(case when decided.is_chosen then outcomes.level_kind end), max(case when outcomes.is_best_option then outcomes.level_kind end)) as preferred_kind,
        bool_or(outcomes.level_kind = 'guarded') as is_guarded
    from outcomes
    left join decided
        on outcomes.offer_id = decided.offer_id and outcomes.series_id = decided.usage_group and outcomes.level_kind = decided.level_kind
    where outcomes.usage_basis = 'after_actions'
    group by outcomes.offer_id, outcomes.series_id

),

advised as (

    select
        outcomes.*,
        levels.stable_units, levels.stable_savings_usd, levels.optimal_units, levels.optimal_savings_usd,
        {% for name in ['used_by', 'machines', 'only_resource_id', 'machines_to_ask', 'named_to_ask', 'asked_monthly_usd', 'machines_to_move', 'named_to_move', 'simulated_share'] -%}
        bases.{{ name }},
        {% endfor -%}
        bases.largest_units, bases.largest_monthly_usd, bases.largest_move_monthly_usd, bases.asked_units, bases.asked_covered_usd,
        {% for quantile in quantile_names %}quantiles.used_units_{{ quantile }}, {% endfor %}
        histories.history_share,
        {{ money(money('outcomes.hourly_commitment_usd * outcomes.upfront_share') ~ ' * cast(730 * outcomes.term_months as decimal(9, 0))') }} as upfront_cost_usd,
        {{ money('outcomes.hourly_commitment_usd * (1 - outcomes.upfront_share) * 730') }} as monthly_payment_usd,
        least({{ ratio('quantiles.used_units_p05', 'outcomes.committed_units') }}, 1) as steadiness_share,
        least({% for span in spans %}{{ ratio('outcomes.best_units_' ~ span, 'outcomes.committed_units') }}, {% endfor %}1) as agreement_share,
        {# The backtest chose the best level of its days, so it is held against the best one of today. #}
        {{ ratio('outcomes.backtested_savings_usd', 'levels.optimal_savings_usd') }} as backtest_share,
        coalesce(compared.is_to_be_measured, false) as is_to_be_measured,
        coalesce(decided.is_chosen, false) as is_chosen,
        case
            when decided.is_chosen then 'recommended'
            when outcomes.is_recommended then decided.reason
            when outcomes.outcome in ('pays', 'measure first') then compared.reason
            else outcomes.outcome
        end as reason,
        compared.less_tied_offer_name, compared.less_tied_monthly_savings_usd,
        compared.one_year_offer_name, compared.one_year_monthly_savings_usd, compared.one_year_obligation_usd
    from outcomes
    inner join levels
        on
            outcomes.offer_id = levels.offer_id
            and outcomes.series_id = levels.series_id
            and outcomes.level_kind = coalesce(levels.preferred_kind, case when levels.is_guarded then 'guarded' else 'optimal' end)
    inner join histories on outcomes.history_id = histories.history_id
    left join decided
        on outcomes.offer_id = decided.offer_id and outcomes.series_id = decided.usage_group and outcomes.level_kind = decided.level_kind
    left join compared on outcomes.offer_id = compared.offer_id and outcomes.series_id = compared.series_id
    left join bases on outcomes.series_id = bases.series_id and outcomes.committed_units = bases.level_units
    left join quantiles on outcomes.series_id = quantiles.series_id and outcomes.usage_basis = quantiles.usage_basis
    where outcomes.usage_basis = 'after_actions'

),

sure as (

    select
        *,
        case when committed_units > 0 then least(history_share, steadiness_share, agreement_share, measured_share) end as confidence_share
    from advised

),

final as (

    select
        series_id as usage_group,
        offer_id,
        offer_name,
        alternatives,
        provider,
        history_id = 'models' as is_on_models,
        model as covers,
        region_id,
        commitment_kind,
        term_months,
        payment_option,
        cast(discount_share as double) as discount_share,
        is_illustrative,
        offer_source as rate_source, priced_on as rate_priced_on, price_address as rate_address,
        lookback_start_date,
        lookback_end_date,
        lookback_hours,
        hours_with_usage,
        committed_units, stable_units, optimal_units, backtested_units,
        {% for span in spans %}best_units_{{ span }}, {% endfor %}
        hourly_commitment_usd,
        upfront_cost_usd,
        monthly_payment_usd,
        {{ money('upfront_cost_usd + cast(monthly_payment_usd as decimal(25, 12)) * term_months') }} as obligation_usd,
        {{ month_after('lookback_end_date', 'term_months') }} as term_end_month_date,
        less_tied_offer_name, less_tied_monthly_savings_usd, one_year_offer_name, one_year_monthly_savings_usd, one_year_obligation_usd,
        {{ money('net_monthly_savings_usd - one_year_monthly_savings_usd') }} as longer_term_monthly_savings_usd,
        {{ money('upfront_cost_usd + cast(monthly_payment_usd as decimal(25, 12)) * term_months - one_year_obligation_usd') }} as longer_term_obligation_usd,
        on_demand_cost_usd,
        coalesce(net_monthly_savings_usd, {{ money(0) }}) as monthly_savings_usd,
        coalesce(stable_savings_usd, {{ money(0) }}) as stable_monthly_savings_usd,
        coalesce(optimal_savings_usd, {{ money(0) }}) as optimal_monthly_savings_usd,
        backtested_savings_usd as backtested_monthly_savings_usd,
        {% for span in spans -%}
        net_monthly_savings_{{ span }}_usd as monthly_savings_{{ span }}_usd,
        {% endfor -%}
        net_monthly_savings_less_usage_usd as monthly_savings_less_usage_usd,
        net_monthly_savings_more_usage_usd as monthly_savings_more_usage_usd,
        regret_less_usage_usd,
        regret_more_usage_usd,
        {{ ratio('covered_usd', 'on_demand_cost_usd') }} as coverage_share,
        utilization_share,
        utilization_share * {{ ratio('commitment_cost_usd', 'covered_usd') }} as break_even_utilization_share,
        case
            when upfront_cost_usd > 0 and covered_usd > commitment_cost_usd * (1 - upfront_share)
                then {{ ratio('upfront_cost_usd', '730 * ' ~ ratio('covered_usd - commitment_cost_usd * (1 - upfront_share)', 'lookback_hours')) }}
        end as break_even_months,
        {{ ratio('covered_usd - commitment_cost_usd', 'on_demand_cost_usd') }} as effective_savings_rate,
        {% for quantile in quantile_names %}used_units_{{ quantile }}, {% endfor %}
        {% for name in ['history', 'steadiness', 'agreement', 'measured'] -%}
        case when committed_units > 0 then {{ name }}_share end as {{ name }}_share,
        {% endfor -%}
        used_by, machines, only_resource_id, machines_to_ask, named_to_ask as first_to_ask, machines_to_move, named_to_move as first_to_move, simulated_share,
        {{ money('net_monthly_savings_usd - asked_monthly_usd') }} as monthly_savings_if_off_usd,
        case when model <> 'everything' and machines_to_ask > 0 then cast(greatest(committed_units - asked_units, 0) as decimal(15, 6)) end as committed_units_if_off,
        case
            when model <> 'everything' and committed_units <= asked_units then {{ money(0) }}
            when model <> 'everything' then {{ money('net_monthly_savings_usd - asked_covered_usd + ' ~ money(money('asked_units * usd_per_unit_hour') ~ ' * lookback_hours') ~ ' * months_per_lookback') }}
        end as monthly_savings_of_fewer_if_off_usd,
        {{ lowest_savings('net_monthly_savings_usd', 'net_monthly_savings_less_usage_usd', '') }} as monthly_savings_low_usd,
        {{ money('net_monthly_savings_usd - largest_move_monthly_usd') }} as monthly_savings_if_not_moved_usd,
        {{ money('net_monthly_savings_usd - largest_monthly_usd') }} as monthly_savings_without_largest_usd,
        {{ money(money('largest_units * usd_per_unit_hour') ~ ' * cast(730 * term_months as decimal(9, 0))') }} as largest_machine_obligation_usd,
        backtest_share,
        confidence_share,
        case
            when
                confidence_share >= {{ assumption('commitment_high_confidence_share') }} and backtest_share >= {{ assumption('commitment_backtest_share_from') }}
                and coalesce(machines_to_ask + machines_to_move, 0) = 0
                then 'high'
            when confidence_share >= {{ assumption('commitment_medium_confidence_share') }} then 'medium'
            when confidence_share is not null then 'low'
        end as confidence,
        reason,
        is_to_be_measured,
        is_chosen as is_recommended,
        cast(count(*) over (partition by history_id = 'models', reason, is_to_be_measured, is_chosen) as bigint) as options_of_reason,
        cast(row_number() over (partition by history_id = 'models', reason, is_to_be_measured, is_chosen order by coalesce(net_monthly_savings_usd, 0) desc, offer_id asc, series_id asc) as bigint) as rank_of_reason
    from sure

)

select * from final
