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

shares as (

    select
        tracking_id,
        customer_id,
        cast(calls as double) as calls,
        {{ ratio('from_calls', 'calls') }} as from_share,
        {{ ratio('to_calls', 'calls') }} as to_share
    from customer_calls

),

since as (

    select
        accepted.tracking_id,
        cast(date_trunc('month', usage.usage_date) as date) as month_start_date,
        usage.usage_date,
        usage.customer_id,
        usage.calls,
        {{ was_from }} as is_before,
        {{ is_to }} as is_after,
        usage.list_cost_usd,
        {{ list_cost() }} as list_cost_before_usd
    from accepted
    inner join usage_daily as usage on accepted.task_type = usage.task_type and accepted.accepted_date <= usage.usage_date
    inner join as_of on usage.usage_date <= as_of.as_of_date
    left join price_periods as prices
        on
            coalesce(accepted.from_provider, usage.provider) = prices.provider
            and coalesce(accepted.from_model, usage.model) = prices.model
            and case when accepted.action_kind = 'batch' then 'standard' else usage.service_tier end = prices.service_tier
            and {{ holds_at_end_of('usage.usage_date', 'prices') }}

),

days as (

    select
        tracking_id,
        month_start_date,
        cast(count(distinct usage_date) as integer) as measured_days
    from since
    group by tracking_id, month_start_date

),

by_customer as (

    select
        tracking_id,
        month_start_date,
        customer_id,
        sum(calls) as calls,
        coalesce(sum(calls) filter (where is_before), 0) as before_calls,
        coalesce(sum(calls) filter (where is_after), 0) as after_calls,
        {{ money('sum(list_cost_usd) filter (where is_after)') }} as after_cost_usd,
        {{ money('sum(list_cost_before_usd) filter (where is_after)') }} as after_cost_before_usd,
        count(*) filter (where is_after and list_cost_before_usd is null) as unpriced
    from since
    group by tracking_id, month_start_date, customer_id

),

{# Each customer against its own 30 days before: the calls of one who leaves, and of one who is new, have moved nowhere. What would be expected if
   nothing were done varies by chance, since both months are samples. #}
expected as (

    select
        by_customer.*,
        by_customer.calls * shares.from_share as expected_from_calls,
        by_customer.calls * shares.to_share as expected_to_calls,
        by_customer.calls * shares.from_share * (1 - shares.from_share) * (1 + by_customer.calls / shares.calls) as from_variance,
        by_customer.calls * shares.to_share * (1 - shares.to_share) * (1 + by_customer.calls / shares.calls) as to_variance
    from by_customer
    inner join shares on by_customer.tracking_id = shares.tracking_id and by_customer.customer_id is not distinct from shares.customer_id

),

monthly as (

    select
        days.tracking_id,
        days.month_start_date,
        max(days.measured_days) as measured_days,
        coalesce({{ stable_sum('expected.expected_from_calls') }}, 0) as due_calls,
        {{ stable_sum('expected.expected_from_calls - expected.before_calls') }} as fewer_calls,
        {{ stable_sum('expected.after_calls - expected.expected_to_calls') }} as more_calls,
        {{ stable_sum('expected.from_variance') }} as from_variance,
        {{ stable_sum('expected.to_variance') }} as to_variance,
        coalesce(sum(expected.after_calls), 0) as after_calls,
        {{ money('sum(expected.after_cost_usd)') }} as after_cost_usd,
        case when sum(expected.unpriced) = 0 then {{ money('sum(expected.after_cost_before_usd)') }} end as after_cost_before_usd
    from days
    left join expected on days.tracking_id = expected.tracking_id and days.month_start_date = expected.month_start_date
    group by days.tracking_id, days.month_start_date

),

{# Those calls have moved that the old side has fewer and the new one more than expected: what left for a third model, or was there before, has
   not. A difference that chance makes is none: two standard deviations on either side. #}
moved as (

    select
        *,
        case
            when fewer_calls > 2 * sqrt(from_variance) and more_calls > 2 * sqrt(to_variance) then least(fewer_calls, more_calls)
            else cast(0 as double)
        end as moved_calls
    from monthly

),

measured as (

    select
        tracking_id,
        month_start_date,
        measured_days,
        due_calls,
        moved_calls,
        {{ money_of_double('coalesce(after_cost_before_usd - after_cost_usd, 0) * coalesce(' ~ ratio('moved_calls', 'after_calls') ~ ', 0)') }} as saved_usd,
        moved_calls > 0 and after_cost_before_usd is null as is_unknown
    from moved

)

select * from measured
