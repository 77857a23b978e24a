{# one row per series of usage x offer that pays x level (best, or stable): whether it is in the portfolio, and what keeps it out.
   A group of usage goes from nothing to its best option by steps; the steps of all groups are taken by what they save per dollar at risk #}

{% set amounts = ['preference_usd', 'net_monthly_savings_usd', 'pays_back_usd', 'covered_monthly_usd', 'money_at_risk_usd'] %}
{% set slope = ratio('best_at_risk.preference_usd - others.preference_usd', 'best_at_risk.money_at_risk_usd - others.money_at_risk_usd') %}

with outcomes as (

    select * from {{ ref('int_commitment_outcomes') }}

),

quantiles as (

    select * from {{ ref('int_commitment_quantiles') }}

),

owned_by_commitment as (

    select * from {{ ref('int_commitments_owned') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}
    where action_kind = 'commitment'

),

{# What is paid until the end for units that no hour uses, if every hour uses only what 95 % of the hours do. #}
options as (

    select
        outcomes.*,
        levels.level_name,
        max(case when outcomes.is_recommended and outcomes.group_id = outcomes.alternatives then 1 else 0 end) over (partition by outcomes.alternatives) = 1 as is_on_everything,
        {{ money_of_double('cast(outcomes.net_monthly_savings_usd as double) * ' ~ months_that_pay_back('outcomes.term_months')) }} as pays_back_usd,
        {{ money_times('outcomes.covered_usd', 'cast(outcomes.months_per_lookback as double)') }} as covered_monthly_usd,
        {{ money(money('outcomes.hourly_commitment_usd') ~ ' * cast(730 * outcomes.term_months as decimal(9, 0))') }} as obligation_usd,
        {{ money_of_double(
            'cast(outcomes.usd_per_unit_hour as double) * 730 * outcomes.term_months * greatest(outcomes.committed_units - quantiles.used_units_p05, 0)'
        ) }} as money_at_risk_usd
    from outcomes
    inner join quantiles on outcomes.series_id = quantiles.series_id and outcomes.usage_basis = quantiles.usage_basis
    inner join (values ('best'), ('stable')) as levels (level_name)
        on case levels.level_name when 'best' then outcomes.kind_rank = 1 else outcomes.level_kind = 'stable' end
    where outcomes.usage_basis = 'after_actions' and outcomes.outcome = 'pays'

),

{# An offer is taken for all of a group, as the engine ranks it: a reservation has a series for each type of machine. #}
bundles as (

    select
        provider, group_id, offer_id, level_name,
        {% for amount in amounts %}{{ money('sum(' ~ amount ~ ')') }} as {{ amount }}{{ ',' if not loop.last }}{% endfor %}
    from options
    where (group_id = alternatives) = is_on_everything
    group by provider, group_id, offer_id, level_name
    union all
    select distinct
        provider, group_id, cast(null as string) as offer_id, cast(null as string) as level_name,
        {% for amount in amounts %}{{ money(0) }} as {{ amount }}{{ ',' if not loop.last }}{% endfor %}
    from options

),

best_at_risk as (

    select *
    from bundles
    qualify row_number() over (partition by group_id, money_at_risk_usd order by preference_usd desc, offer_id asc nulls last, level_name asc) = 1

),

{# A step is worth looking at when no mix of others saves more at the same risk: the upper hull of the options of its group. #}
slopes as (

    select
        best_at_risk.*,
        min(case when others.money_at_risk_usd < best_at_risk.money_at_risk_usd then {{ slope }} end) as slope_before,
        max(case when others.money_at_risk_usd > best_at_risk.money_at_risk_usd then {{ slope }} end) as slope_after
    from best_at_risk
    inner join best_at_risk as others on best_at_risk.group_id = others.group_id
    group by all

),

steps as (

    select
        *,
        {% for amount in amounts %}{{ amount }} - coalesce(lag({{ amount }}) over of_group, 0) as more_{{ amount }}, {% endfor %}
        row_number() over (
            order by offer_id is null asc, case when slope_before is null then preference_usd end desc nulls last, slope_before desc nulls last, group_id asc, money_at_risk_usd asc
        ) as place,
        false as is_over_target, false as is_over_limit
    from slopes
    where slope_before is null or (slope_before > 0 and slope_before >= coalesce(slope_after, 0))
    window of_group as (partition by group_id order by money_at_risk_usd)

),

{# What could be covered, per 30 days: of a group what its offers see most of, and of all groups together at least what a plan on everything sees. #}
seen as (

    select alternatives, group_id, offer_id, {{ money('sum(' ~ money_times('on_demand_cost_usd', 'cast(months_per_lookback as double)') ~ ')') }} as seen_usd
    from outcomes
    where usage_basis = 'after_actions' and level_kind = 'optimal'
    group by alternatives, group_id, offer_id

),

eligible as (

    select greatest(sum(case when group_id <> alternatives then seen_usd else 0 end), max(case when group_id = alternatives then seen_usd else 0 end)) as open_usd
    from (select distinct alternatives, group_id, max(seen_usd) over (partition by alternatives, group_id) as seen_usd from seen) as groups_seen
    group by alternatives

),

limits as (

    select
        *, {{ ratio('owned_usd', 'eligible_monthly_usd') }} as owned_coverage_share, {{ assumption('commitment_target_coverage') }} as target_coverage_share,
        {{ money_of_double('cast(eligible_monthly_usd as double) * 365 / 30 * ' ~ assumption('commitment_risk_limit_share')) }} as risk_limit_usd
    from (
        select max(owned.owned_usd) as owned_usd, {{ money('coalesce(sum(eligible.open_usd), 0) + max(owned.owned_usd)') }} as eligible_monthly_usd
        from (select {{ money('coalesce(sum(owned_monthly_usd), 0)') }} as owned_usd from owned_by_commitment) as owned left join eligible on true
    ) as sums

),

{# The first step that is not taken ends the list: so no other choice saves more at no more risk. What a provider sells is one contract, and has to be worth
   its work both of all steps and of those that the limits leave: where it is not, the others have its room. #}
{% for pass, before in [('within', 'steps'), ('taken', 'within')] %}
worth_{{ before }} as (

    select {{ before }}.provider
    from {{ before }} cross join kinds
    group by {{ before }}.provider, kinds.effort_days, kinds.effort_days_per_part, kinds.usd_per_effort_day
    having coalesce(sum(case when not {{ before }}.is_over_target and not {{ before }}.is_over_limit then {{ before }}.more_pays_back_usd end) >= {{ effort_of('count(distinct ' ~ before ~ '.group_id)') }}, true)

),

{{ pass }} as (

    select
        sums.*,
        greatest(
            sums.owned_coverage_share, coalesce(max(sums.portfolio_coverage_share) over (order by sums.step_rank rows between unbounded preceding and 1 preceding), 0)
        ) >= sums.target_coverage_share as is_over_target,
        sums.portfolio_at_risk_usd > sums.risk_limit_usd as is_over_limit
    from (
        select
            steps.provider, steps.group_id, steps.offer_id, steps.level_name, steps.slope_before, steps.more_pays_back_usd,
            cast(row_number() over up_to_the_step as bigint) as step_rank,
            {{ money('sum(steps.more_net_monthly_savings_usd) over up_to_the_step') }} as portfolio_monthly_savings_usd,
            {{ money('sum(steps.more_money_at_risk_usd) over up_to_the_step') }} as portfolio_at_risk_usd,
            {{ ratio('limits.owned_usd + sum(steps.more_covered_monthly_usd) over up_to_the_step', 'limits.eligible_monthly_usd') }} as portfolio_coverage_share,
            limits.target_coverage_share, limits.owned_coverage_share, limits.risk_limit_usd
        from steps
        cross join limits
        inner join worth_{{ before }} on steps.provider = worth_{{ before }}.provider
        where steps.offer_id is not null
        window up_to_the_step as (order by steps.place)
    ) as sums

),
{% endfor %}
chosen as (

    select
        *,
        not is_over_target and not is_over_limit and row_number() over (partition by group_id, is_over_target or is_over_limit order by step_rank desc) = 1 as is_chosen
    from taken

),

final as (

    select
        options.series_id as usage_group, options.offer_id, options.level_name, options.level_kind, options.offer_name, options.history_id, options.group_id, options.is_illustrative,
        options.term_months, options.payment_option, cast(options.upfront_share as double) as upfront_share, options.lookback_end_date, options.committed_units, options.unit_increment, options.minimum_units,
        options.usd_per_unit_hour, options.hourly_commitment_usd, options.obligation_usd, options.net_monthly_savings_usd as monthly_savings_usd,
        options.covered_monthly_usd, options.money_at_risk_usd, chosen.slope_before as savings_per_usd_at_risk, chosen.step_rank, chosen.portfolio_monthly_savings_usd, chosen.portfolio_at_risk_usd, chosen.portfolio_coverage_share,
        limits.owned_usd, limits.owned_coverage_share, limits.eligible_monthly_usd, limits.target_coverage_share, limits.risk_limit_usd,
        coalesce(chosen.is_chosen, false) as is_chosen,
        row_number() over (partition by options.offer_id, options.series_id, options.level_kind order by case when chosen.is_chosen then 0 else 1 end, options.level_name) = 1 as is_first_of_level,
        case
            when chosen.is_chosen then 'chosen'
            when (options.group_id = options.alternatives) and not options.is_on_everything then 'offers on parts of it are ranked first'
            when (options.group_id <> options.alternatives) and options.is_on_everything then 'a plan on everything is ranked first'
            when steps.place is null then 'others for the same usage save more for their risk'
            when chosen.step_rank is null then 'its contract saves less than its work costs'
            when chosen.is_over_target then 'the target of coverage is reached'
            when chosen.is_over_limit then 'beyond the limit of risk'
            else 'more of the same usage is worth it'
        end as reason
    from options
    cross join limits
    left join steps on options.group_id = steps.group_id and options.offer_id = steps.offer_id and options.level_name = steps.level_name
    left join chosen on options.group_id = chosen.group_id and options.offer_id = chosen.offer_id and options.level_name = chosen.level_name

)

select * from final
