{# one row per provider x model: those with a price, and those seen in calls; prices of the standard tier on the as-of date #}

with price_periods as (

    select * from {{ ref('int_price_periods') }}

),

list_price_rows as (

    select * from {{ ref('int_list_price_rows') }}

),

model_retirements as (

    select * from {{ ref('model_retirements') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

as_of as (

    select * from {{ ref('int_as_of_date') }}

),

current_prices as (

    select
        price_periods.provider,
        price_periods.model,
        cast(price_periods.list_usd_per_input_token * 1000000 as decimal(18, 6)) as usd_per_million_input_tokens,
        cast(price_periods.list_usd_per_cached_input_token * 1000000 as decimal(18, 6)) as usd_per_million_cached_input_tokens,
        cast(price_periods.list_usd_per_output_token * 1000000 as decimal(18, 6)) as usd_per_million_output_tokens
    from price_periods
    inner join as_of on {{ holds_at_end_of('as_of.as_of_date') }}
    where price_periods.service_tier = 'standard'

),

recorded as (

    select
        list_price_rows.provider,
        list_price_rows.model,
        max(case when list_price_rows.service_tier = 'standard' and list_price_rows.token_class = 'input' then list_price_rows.recorded_on end) as list_price_recorded_date,
        max(case when list_price_rows.service_tier = 'standard' and list_price_rows.token_class = 'input' then list_price_rows.price_source end) as list_price_source,
        max(
            case
                when list_price_rows.service_tier = 'standard' and list_price_rows.token_class = 'cached_input' then list_price_rows.price_source
                when list_price_rows.service_tier = 'batch' and list_price_rows.token_class = 'input' then list_price_rows.price_source
            end
        ) as other_price_source
    from list_price_rows
    inner join as_of on cast(list_price_rows.valid_from as date) <= as_of.as_of_date
    group by list_price_rows.provider, list_price_rows.model

),

used as (

    select
        provider,
        model,
        min(usage_date) as first_usage_date,
        max(usage_date) as last_usage_date
    from usage_daily
    group by provider, model

),

described as (

    select
        coalesce(used.provider, current_prices.provider) as provider,
        coalesce(used.model, current_prices.model) as model,
        current_prices.usd_per_million_input_tokens is not null as is_priced,
        current_prices.usd_per_million_input_tokens,
        current_prices.usd_per_million_cached_input_tokens,
        current_prices.usd_per_million_output_tokens,
        recorded.list_price_recorded_date,
        recorded.list_price_source,
        recorded.other_price_source,
        used.first_usage_date,
        used.last_usage_date
    from used
    full outer join current_prices on used.provider = current_prices.provider and used.model = current_prices.model
    left join recorded on current_prices.provider = recorded.provider and current_prices.model = recorded.model

),

{# A model that answers after its last day is kept by an arrangement that no page of its provider knows. #}
ended as (

    select
        described.*,
        model_retirements.retired_on as retired_date,
        coalesce(described.last_usage_date >= model_retirements.retired_on, false) as is_kept_beyond_end,
        coalesce(
            model_retirements.retired_on <= as_of.as_of_date + {{ assumption('model_retired_within_days', 'integer') }}
            and coalesce(described.last_usage_date < model_retirements.retired_on, true), false
        ) as is_ending
    from described
    cross join as_of
    left join model_retirements on described.provider = model_retirements.provider and described.model = model_retirements.model

)

select * from ended
