{# one row per move of a task to another model that somebody decided x month since: what the moved calls cost, and would have cost on the model before #}

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

{# The part of the task that the old model had in the 30 days before. #}
before as (

    select
        accepted.tracking_id,
        {{ ratio(
            'coalesce(sum(usage_daily.calls) filter (where usage_daily.provider = accepted.from_provider and usage_daily.model = accepted.from_model), 0)',
            'sum(usage_daily.calls)'
        ) }} as from_share
    from accepted
    inner join usage_daily
        on
            accepted.task_type = usage_daily.task_type
            and usage_daily.usage_date between accepted.accepted_date - 30 and accepted.accepted_date - 1
    group by accepted.tracking_id

),

since as (

    select
        accepted.tracking_id,
        cast(date_trunc('month', usage.usage_date) as date) as month_start_date,
        usage.usage_date,
        usage.calls,
        usage.provider = accepted.from_provider and usage.model = accepted.from_model as is_before,
        usage.provider = accepted.to_provider and usage.model = accepted.to_model as is_after,
        usage.list_cost_usd,
        {{ list_cost() }} as list_cost_before_usd
    from accepted
    inner join usage_daily as usage on accepted.task_type = usage.task_type and accepted.accepted_date <= usage.usage_date
    inner join as_of on usage.usage_date <= as_of.as_of_date
    left join price_periods as prices
        on
            accepted.from_provider = prices.provider
            and accepted.from_model = prices.model
            and usage.service_tier = prices.service_tier
            and {{ holds_at_end_of('usage.usage_date', 'prices') }}

),

monthly as (

    select
        tracking_id,
        month_start_date,
        cast(count(distinct usage_date) as integer) as measured_days,
        sum(calls) as task_calls,
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

{# Of the calls on the new model those have moved that the old one would have had; the others were there before. #}
moved as (

    select
        monthly.*,
        coalesce(least(greatest({{ ratio('before.from_share * monthly.task_calls - monthly.before_calls', 'monthly.after_calls') }}, 0), 1), 0) as moved_share
    from monthly
    inner join before on monthly.tracking_id = before.tracking_id

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
