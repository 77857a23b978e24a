{# one row per month x scope (total, provider, team) x item (team, customer, feature, provider and model): what it used in the month and, for comparison, in the one before #}

with usage as (

    select * from {{ ref('int_usage_owned_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

{# Calls whose cost is not known are in neither cost nor calls. A month that is not over is compared with as many days of the
   one before. Usage of the day after the last of a month belongs to the next: that names the month to compare with. #}
placed as (

    select
        usage.team_id,
        usage.customer_id,
        usage.product_id,
        usage.feature_id,
        usage.provider,
        usage.model,
        cast(date_trunc('month', usage.usage_date) as date) as month_start_date,
        last_day(usage.usage_date) + 1 as next_month_start_date,
        last_day(usage.usage_date) + 1 <> cast(date_trunc('month', as_of.as_of_date) as date)
        or as_of.as_of_date = last_day(as_of.as_of_date)
        or extract(day from usage.usage_date) <= extract(day from as_of.as_of_date) as is_compared,
        usage.calls - usage.uncosted_calls as calls,
        usage.input_tokens + usage.output_tokens - usage.uncosted_tokens as tokens,
        coalesce(usage.effective_cost_usd, 0) as cost_usd
    from usage
    cross join as_of
    where usage.usage_date between as_of.first_usage_date and as_of.as_of_date

),

{# Which months there are to compare: the last three and, where it has begun, the running one; each with the whole month before it in the data. #}
months as (

    select distinct placed.month_start_date
    from placed
    cross join as_of
    where
        as_of.first_usage_date <= cast(date_trunc('month', placed.month_start_date - 1) as date)
        and placed.month_start_date > as_of.as_of_date - 123

),

sides as (

    select
        month_start_date,
        team_id,
        customer_id,
        product_id,
        feature_id,
        provider,
        model,
        calls,
        tokens,
        cost_usd,
        0 as prior_calls,
        0 as prior_tokens,
        0 as prior_cost_usd
    from placed
    union all
    select
        next_month_start_date as month_start_date,
        team_id,
        customer_id,
        product_id,
        feature_id,
        provider,
        model,
        0 as calls,
        0 as tokens,
        0 as cost_usd,
        calls as prior_calls,
        tokens as prior_tokens,
        cost_usd as prior_cost_usd
    from placed
    where is_compared

),

items as (

    select
        sides.month_start_date,
        sides.team_id,
        sides.customer_id,
        sides.product_id,
        sides.feature_id,
        sides.provider,
        sides.model,
        cast(sum(sides.calls) as bigint) as calls,
        cast(sum(sides.tokens) as bigint) as tokens,
        {{ money('sum(sides.cost_usd)') }} as cost_usd,
        cast(sum(sides.prior_calls) as bigint) as prior_calls,
        cast(sum(sides.prior_tokens) as bigint) as prior_tokens,
        {{ money('sum(sides.prior_cost_usd)') }} as prior_cost_usd
    from sides
    inner join months on sides.month_start_date = months.month_start_date
    group by sides.month_start_date, sides.team_id, sides.customer_id, sides.product_id, sides.feature_id, sides.provider, sides.model

),

scoped as (

    select 'total' as scope, 'total' as scope_id, items.* from items
    union all
    select 'provider' as scope, items.provider as scope_id, items.* from items
    union all
    select 'team' as scope, items.team_id as scope_id, items.* from items

)

select * from scoped
