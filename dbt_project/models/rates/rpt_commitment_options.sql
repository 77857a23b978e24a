{# one row per offer on sale x usage basis x level kind: what committing would have cost and saved, hour by hour #}

with outcomes as (

    select * from {{ ref('int_commitment_outcomes') }}

),

decided as (

    select * from {{ ref('int_commitments_chosen') }}
    where is_first_of_level

),

hours as (

    select * from {{ ref('fct_commitment_hours') }}

),

task_savings as (

    select * from {{ ref('int_task_savings') }}

),

customers_planned as (

    select * from {{ ref('int_customers_planned') }}

),

{# The way without a promise: of usage as it was, caching only of what does not wait; what the actions leave has both behind it. Where no call of
   a task reads from a cache, what caching would save is unknown and not nothing. #}
without_contract as (

    select
        bases.usage_basis,
        case bases.usage_basis when 'as_used' then task_savings.provider else task_savings.planned_provider end as provider,
        case bases.usage_basis when 'as_used' then task_savings.model else task_savings.planned_model end as model,
        case bases.usage_basis when 'as_used' then task_savings.batch_gross_usd else task_savings.batch_net_usd end as batch_usd,
        case
            when max(task_savings.cached_share) over (partition by task_savings.task_type) > 0
                then case bases.usage_basis
                    when 'as_used' then {{ money_of_double('task_savings.caching_gross_usd * (1 - coalesce(task_savings.batch_moved_share, 0))') }}
                    else task_savings.caching_net_usd
                end
        end as caching_usd
    from task_savings
    cross join (values ('as_used'), ('after_actions')) as bases (usage_basis)

),

saved_without_contract as (

    select
        outcomes.offer_id,
        outcomes.usage_basis,
        {{ money('sum(coalesce(ways.batch_usd, 0) + coalesce(ways.caching_usd, 0))') }} as savings_without_contract_usd
    from outcomes
    inner join without_contract as ways
        on
            outcomes.usage_basis = ways.usage_basis
            and outcomes.provider = ways.provider
            and (outcomes.model = ways.model or outcomes.model = 'all models')
    where outcomes.history_id = 'models' and outcomes.level_kind = 'optimal' and (ways.batch_usd is not null or ways.caching_usd is not null)
    group by outcomes.offer_id, outcomes.usage_basis

),

priced as (

    select
        outcomes.*,
        ways.savings_without_contract_usd,
        {# A month has 730 hours on average; the term is paid for in them. #}
        {{ money(money('outcomes.hourly_commitment_usd * outcomes.upfront_share') ~ ' * cast(730 * outcomes.term_months as decimal(9, 0))') }} as upfront_cost_usd,
        decided.money_at_risk_usd,
        decided.risk_limit_usd,
        decided.reason in ('the target of coverage is reached', 'beyond the limit of risk', 'its contract saves less than its work costs') as is_beyond_limits,
        decided.reason as portfolio_reason,
        coalesce(decided.is_chosen, false) as is_chosen
    from outcomes
    left join decided
        on
            case when outcomes.usage_basis = 'after_actions' then outcomes.offer_id end = decided.offer_id
            and outcomes.series_id = decided.usage_group
            and outcomes.level_kind = decided.level_kind
    left join saved_without_contract as ways on outcomes.offer_id = ways.offer_id and outcomes.usage_basis = ways.usage_basis
    where outcomes.history_id = 'models'

),

{# Whom the price plan makes leave, or serves less, takes a part of every hour along. #}
planned as (

    select {{ ratio('max(total_usd)', 'max(optimised_total_usd)') }} as usage_share_after_price_plan
    from customers_planned

),

after_price_plan as (

    select
        priced.offer_id,
        priced.usage_basis,
        priced.level_kind,
        max(planned.usage_share_after_price_plan) as usage_share_after_price_plan,
        {{ stable_sum(
            'least(cast(hours.demanded_units as double) * planned.usage_share_after_price_plan, cast(priced.committed_units as double))'
            ~ ' * cast(hours.usd_per_demanded_unit as double)'
        ) }} as covered
    from priced
    inner join hours on priced.offer_id = hours.offer_id and priced.usage_basis = hours.usage_basis
    cross join planned
    where priced.is_chosen and cast(hours.usage_hour_at as date) between priced.lookback_start_date and priced.lookback_end_date
    group by priced.offer_id, priced.usage_basis, priced.level_kind

),

judged as (

    select
        priced.*,
        max(case when priced.is_best_option then priced.net_monthly_savings_usd end) over (partition by priced.usage_basis, priced.alternatives) as best_net_usd,
        after_price_plan.usage_share_after_price_plan,
        {{ money_of_double('(after_price_plan.covered - cast(priced.commitment_cost_usd as double)) * cast(priced.months_per_lookback as double)') }}
            as net_monthly_savings_after_price_plan_usd
    from priced
    left join after_price_plan
        on priced.offer_id = after_price_plan.offer_id and priced.usage_basis = after_price_plan.usage_basis and priced.level_kind = after_price_plan.level_kind

),

options as (

    select
        offer_id,
        offer_name,
        provider,
        model,
        usage_basis,
        level_kind,
        commitment_kind,
        term_months,
        payment_option,
        cast(discount_share as double) as discount_share,
        is_illustrative,
        offer_source,
        lookback_start_date,
        lookback_end_date,
        lookback_hours,
        hours_with_usage,
        committed_units,
        hourly_commitment_usd,
        on_demand_cost_usd,
        commitment_cost_usd,
        covered_usd,
        {{ money('on_demand_cost_usd - covered_usd') }} as uncovered_usd,
        {{ money('on_demand_cost_usd - covered_usd + commitment_cost_usd') }} as total_cost_usd,
        {{ ratio('covered_usd', 'on_demand_cost_usd') }} as coverage_share,
        utilization_share,
        utilization_share * {{ ratio('commitment_cost_usd', 'covered_usd') }} as break_even_utilization_share,
        {{ ratio('covered_usd - commitment_cost_usd', 'on_demand_cost_usd') }} as effective_savings_rate,
        upfront_cost_usd,
        {{ money(money('hourly_commitment_usd') ~ ' * cast(730 * term_months as decimal(9, 0))') }} as obligation_usd,
        {# Upfront / (730 x (what the commitment replaces per hour - what it still costs per hour)). #}
        case
            when upfront_cost_usd > 0 and covered_usd > commitment_cost_usd * (1 - upfront_share)
                then {{ ratio('upfront_cost_usd', '730 * ' ~ ratio('covered_usd - commitment_cost_usd * (1 - upfront_share)', 'lookback_hours')) }}
        end as break_even_months,
        coalesce(net_monthly_savings_usd, {{ money(0) }}) as net_monthly_savings_usd,
        coalesce(net_monthly_savings_less_usage_usd, {{ money(0) }}) as net_monthly_savings_less_usage_usd,
        coalesce(net_monthly_savings_more_usage_usd, {{ money(0) }}) as net_monthly_savings_more_usage_usd,
        savings_without_contract_usd,
        usage_share_after_price_plan,
        net_monthly_savings_after_price_plan_usd,
        best_units_less_usage,
        best_units_more_usage,
        coalesce(regret_less_usage_usd, {{ money(0) }}) as regret_less_usage_usd,
        coalesce(regret_more_usage_usd, {{ money(0) }}) as regret_more_usage_usd,
        case
            when is_chosen then 'recommended'
            when is_beyond_limits then portfolio_reason
            when outcome = 'pays' and net_monthly_savings_usd < best_net_usd then 'pays less than another offer'
            when outcome = 'pays' and not is_best_option then 'ranked lower after weights for term and payment'
            else outcome
        end as verdict,
        is_chosen as is_recommended,
        coalesce(is_beyond_limits, false) as is_beyond_limits,
        money_at_risk_usd,
        risk_limit_usd,
        {# Where no level pays, the smallest that is sold shows by how much. #}
        level_kind = case
            when max(case when level_kind = 'optimal' then committed_units end) over (partition by offer_id, usage_basis) > 0 then 'optimal'
            else 'smallest'
        end as is_level_to_judge
    from judged

)

select * from options
