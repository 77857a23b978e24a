{# one row per offer on sale x series of usage x usage basis x level kind: what it saves per 30 days in each case, and whether to sign it #}

{% set spans = ['last_3', 'last_7', 'last_30', 'last_60', 'last_90'] %}

with offers as (

    select * from {{ ref('int_commitment_offers') }}

),

levels as (

    select * from {{ ref('int_commitment_levels') }}

),

cases as (

    select * from {{ ref('int_commitment_cases') }}

),

valued as (

    select
        levels.*,
        cases.months,
        {{ money('(levels.on_demand_cost_usd - levels.total_cost_usd) * cases.months') }} as saved_usd,
        row_number() over (
            partition by levels.offer_id, levels.series_id, levels.usage_basis, levels.usage_case
            order by levels.total_cost_usd asc, levels.level_units asc
        ) as cost_rank
    from levels
    inner join offers on levels.offer_id = offers.offer_id and levels.series_id = offers.series_id
    inner join cases on offers.history_id = cases.history_id and levels.usage_case = cases.usage_case

),

{# The best levels, had one known the usage of each case; usage that is gone in one has none. Without any in the days that choose, there is no backtest. #}
hindsight as (

    select
        offer_id, series_id, usage_basis,
        {% for case in ['less_usage', 'more_usage'] -%}
        max(case when cost_rank = 1 and usage_case = '{{ case }}' then level_units end) as best_units_{{ case }},
        max(case when cost_rank = 1 and usage_case = '{{ case }}' then total_cost_usd end) as best_cost_{{ case }}_usd,
        {% endfor -%}
        max(case when cost_rank = 1 and usage_case = 'fitting' then level_units end) as best_units_fitting,
        {% for case in ['as_judged'] + spans -%}
        coalesce(max(case when cost_rank = 1 and usage_case = '{{ case }}' then level_units end), cast(0 as decimal(15, 6))) as best_units_{{ case }},
        {% endfor -%}
        max(case when is_stable then level_units end) as stable_units, max(case when is_smallest then level_units end) as smallest_units
    from valued
    group by offer_id, series_id, usage_basis

),

{# Usage of the last 3 days that carries less than the best level is going: the level is guarded by it. #}
choices as (

    select *, 'optimal' as level_kind, best_units_as_judged as committed_units from hindsight
    union all
    select *, 'stable' as level_kind, stable_units as committed_units from hindsight
    union all
    select *, 'smallest' as level_kind, smallest_units as committed_units from hindsight
    union all
    select *, 'guarded' as level_kind, best_units_last_3 as committed_units from hindsight
    where best_units_last_3 < best_units_as_judged

),

results as (

    select
        choices.offer_id, choices.series_id, choices.usage_basis, choices.level_kind,
        {% for name in ['on_demand_cost_usd', 'covered_usd', 'commitment_cost_usd', 'used_unit_hours', 'hours_with_usage'] -%}
        max(case when valued.usage_case = 'as_judged' then valued.{{ name }} end) as {{ name }},
        {% endfor -%}
        {% for case in ['as_judged', 'less_usage', 'more_usage'] + spans -%}
        max(case when valued.usage_case = '{{ case }}' then valued.saved_usd end) as saved_{{ case }}_usd,
        {% endfor -%}
        {% for case in ['less_usage', 'more_usage'] -%}
        max(case when valued.usage_case = '{{ case }}' then cast((valued.total_cost_usd - choices.best_cost_{{ case }}_usd) * valued.months as decimal(28, 12)) end)
            as regret_{{ case }}_usd,
        {% endfor -%}
        max(case when judging.level_units is not null then judging.saved_usd end) as backtested_savings_usd
    from choices
    inner join valued
        on
            choices.offer_id = valued.offer_id and choices.series_id = valued.series_id and choices.usage_basis = valued.usage_basis
            and choices.committed_units = valued.level_units
    left join valued as judging
        on
            choices.offer_id = judging.offer_id and choices.series_id = judging.series_id and choices.usage_basis = judging.usage_basis
            and choices.best_units_fitting = judging.level_units and judging.usage_case = 'judging'
    group by choices.offer_id, choices.series_id, choices.usage_basis, choices.level_kind

),

classed as (

    select
        offers.*,
        bases.usage_basis,
        kinds.level_kind,
        cases.first_date as lookback_start_date, cases.last_date as lookback_end_date, cast(cases.hours as bigint) as lookback_hours, cases.months as months_per_lookback,
        coalesce(choices.committed_units, 0) as committed_units,
        {{ money('coalesce(choices.committed_units, 0) * offers.usd_per_unit_hour') }} as hourly_commitment_usd,
        coalesce(results.hours_with_usage, 0) as hours_with_usage,
        {% for name in ['on_demand_cost', 'covered', 'commitment_cost'] -%}
        coalesce(results.{{ name }}_usd, 0) as {{ name }}_usd,
        {% endfor -%}
        {{ ratio('results.used_unit_hours', 'choices.committed_units * cases.hours') }} as utilization_share,
        results.saved_as_judged_usd as net_monthly_savings_usd,
        results.saved_less_usage_usd as net_monthly_savings_less_usage_usd,
        results.saved_more_usage_usd as net_monthly_savings_more_usage_usd,
        results.regret_less_usage_usd, results.regret_more_usage_usd, choices.best_units_less_usage, choices.best_units_more_usage,
        {% for span in spans -%}
        choices.best_units_{{ span }}, results.saved_{{ span }}_usd as net_monthly_savings_{{ span }}_usd,
        {% endfor -%}
        choices.best_units_fitting as backtested_units, results.backtested_savings_usd,
        {{ commitment_outcome(
            'results.on_demand_cost_usd', 'choices.committed_units', 'results.saved_as_judged_usd', 'results.saved_less_usage_usd', 'results.covered_usd',
            'results.commitment_cost_usd', 'choices.best_units_last_3', 'results.backtested_savings_usd', 'offers.measured_share'
        ) }} as outcome
    from offers
    cross join (values ('as_used'), ('after_actions'), ('owned')) as bases (usage_basis)
    cross join (values ('optimal'), ('stable'), ('smallest'), ('guarded')) as kinds (level_kind)
    inner join cases on offers.history_id = cases.history_id and cases.usage_case = 'as_judged'
    left join choices
        on
            offers.offer_id = choices.offer_id and offers.series_id = choices.series_id
            and bases.usage_basis = choices.usage_basis and kinds.level_kind = choices.level_kind
    left join results
        on
            offers.offer_id = results.offer_id and offers.series_id = results.series_id
            and bases.usage_basis = results.usage_basis and kinds.level_kind = results.level_kind
    where choices.committed_units is not null or (offers.history_id = 'models' and kinds.level_kind <> 'guarded' and bases.usage_basis <> 'owned')

),

{# Options for the same usage exclude one another: of each series the level that saves most, of each group of usage the offer that saves most
   by preference, and a plan on everything only where it saves more than all offers on parts of it. What is to be measured first is ranked apart. #}
preferred as (

    select
        *,
        {{ money_of_double(
            'net_monthly_savings_usd'
            ~ ' * case when term_months > 12 then ' ~ assumption('commitment_long_term_weight')
            ~ ' when term_months = 12 then ' ~ assumption('commitment_one_year_weight') ~ ' else 1 end'
            ~ ' * case upfront_share when 0 then ' ~ assumption('commitment_no_upfront_weight')
            ~ ' when 1 then ' ~ assumption('commitment_all_upfront_weight') ~ ' else 1 end'
        ) }} as preference_usd,
        row_number() over (partition by offer_id, series_id, usage_basis, outcome order by net_monthly_savings_usd desc nulls last, level_kind asc) as kind_rank
    from classed

),

offered as (

    select
        usage_basis, outcome, alternatives, group_id, offer_id, group_id = alternatives as is_on_everything,
        {{ money('sum(preference_usd)') }} as preference_usd,
        row_number() over (partition by usage_basis, outcome, group_id order by sum(preference_usd) desc, offer_id asc) as offer_rank
    from preferred
    where kind_rank = 1 and (outcome = 'pays' or (outcome = 'measure first' and group_id <> alternatives))
    group by usage_basis, outcome, alternatives, group_id, offer_id

),

weighed as (

    select
        *,
        coalesce(
            sum(case when is_on_everything then preference_usd end) over of_all
            >= coalesce(sum(case when not is_on_everything and outcome = 'pays' then preference_usd end) over of_all, 0), false
        ) as is_everything_better
    from offered
    where offer_rank = 1
    window of_all as (partition by usage_basis, alternatives)

),

ranked as (

    select preferred.*, coalesce(preferred.kind_rank = 1 and weighed.is_on_everything = weighed.is_everything_better, false) as is_best_option
    from preferred
    left join weighed
        on preferred.outcome = weighed.outcome and preferred.usage_basis = weighed.usage_basis and preferred.group_id = weighed.group_id and preferred.offer_id = weighed.offer_id

),

recommended as (

    select *, usage_basis = 'after_actions' and outcome = 'pays' and is_best_option as is_recommended from ranked

)

select * from recommended
