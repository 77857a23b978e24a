{# one row per move of a task to another model, or to the batch service, that somebody decided x month since: what the moved calls cost, and would have
   cost as before. To the batch service calls go with the model that they have #}

{% set was_from = "(accepted.action_kind = 'batch' and usage.service_tier = 'standard') or (usage.provider = accepted.from_provider and usage.model = accepted.from_model)" %}
{% set is_to = "(accepted.action_kind = 'batch' and usage.service_tier = 'batch') or (usage.provider = accepted.to_provider and usage.model = accepted.to_model)" %}

with accepted as (

    select * from {{ ref('int_savings_accepted') }}
    where task_type is not null

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

price_periods as (

    select * from {{ ref('int_price_periods') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

customer_calls as (

    select
        accepted.tracking_id,
        usage.customer_id,
        sum(usage.calls) as calls,
        coalesce(sum(usage.calls) filter (where {{ was_from }}), 0) as from_calls,
        coalesce(sum(usage.calls) filter (where {{ is_to }}), 0) as to_calls
    from accepted
    inner join usage_daily as usage
        on
            accepted.task_type = usage.task_type
            and usage.usage_date between accepted.accepted_date - 30 and accepted.accepted_date - 1
    group by accepted.tracking_id, usage.customer_id

),

{# The parts of the task that both sides had in the 30 days before: of each customer, because the calls of one who leaves move nowhere; of all for
   who is new. #}
before as (

    select
        tracking_id,
        {{ ratio('sum(from_calls)', 'sum(calls)') }} as from_share,
        {{ ratio('sum(to_calls)', 'sum(calls)') }} as to_share
    from customer_calls
    group by tracking_id

),

since as (

    select
        accepted.tracking_id,
        cast(date_trunc('month', usage.usage_date) as date) as month_start_date,
        usage.usage_date,
        usage.calls,
        usage.calls * coalesce({{ ratio('customer_calls.from_calls', 'customer_calls.calls') }}, before.from_share) as expected_from_calls,
        usage.calls * coalesce({{ ratio('customer_calls.to_calls', 'customer_calls.calls') }}, before.to_share) as expected_to_calls,
        {{ was_from }} as is_before,
        {{ is_to }} as is_after,
        usage.list_cost_usd,
        {{ list_cost() }} as list_cost_before_usd
    from accepted
    inner join usage_daily as usage on accepted.task_type = usage.task_type and accepted.accepted_date <= usage.usage_date
    inner join as_of on usage.usage_date <= as_of.as_of_date
    inner join before on accepted.tracking_id = before.tracking_id
    left join customer_calls on accepted.tracking_id = customer_calls.tracking_id and usage.customer_id = customer_calls.customer_id
    left join price_periods as prices
        on
            coalesce(accepted.from_provider, usage.provider) = prices.provider
            and coalesce(accepted.from_model, usage.model) = prices.model
            and case when accepted.action_kind = 'batch' then 'standard' else usage.service_tier end = prices.service_tier
            and {{ holds_at_end_of('usage.usage_date', 'prices') }}

),

monthly as (

    select
        tracking_id,
        month_start_date,
        cast(count(distinct usage_date) as integer) as measured_days,
        {{ stable_sum('expected_from_calls') }} as expected_from_calls,
        {{ stable_sum('expected_to_calls') }} as expected_to_calls,
        coalesce(sum(calls) filter (where is_before), 0) as before_calls,
        coalesce(sum(calls) filter (where is_after), 0) as after_calls,
        {{ money('sum(list_cost_usd) filter (where is_after)') }} as after_cost_usd,
        case
            when count(*) filter (where is_after and list_cost_before_usd is null) = 0
                then {{ money('sum(list_cost_before_usd) filter (where is_after)') }}
        end as after_cost_before_usd
    from since
    group by tracking_id, month_start_date

),

{# Those calls have moved that the old side would have had and the new one has more than it would have had: what left for a third model, or was there
   before, has not. #}
moved as (

    select
        *,
        coalesce(greatest({{ ratio('least(expected_from_calls - before_calls, after_calls - expected_to_calls)', 'after_calls') }}, 0), 0) as moved_share
    from monthly

),

measured as (

    select
        tracking_id,
        month_start_date,
        measured_days,
        {{ money_of_double('coalesce(after_cost_before_usd - after_cost_usd, 0) * moved_share') }} as saved_usd,
        after_calls > 0 and after_cost_before_usd is null as is_unknown
    from moved

)

select * from measured
