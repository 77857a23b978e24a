{# one row per UTC day with calls that had no price when the day was last built, and for which there is one now #}

{{ config(materialized='view') }}

{% set waiting = load_relation(waiting_usage_relation()) if execute and not flags.FULL_REFRESH else none %}

with price_periods as (

    select * from {{ ref('int_price_periods') }}

),

prices_stated as (

    select * from {{ ref('int_prices_stated') }}

),

models_resolved as (

    select * from {{ ref('int_models_resolved') }}

),

waiting_usage as (

    {% if waiting %}
    select * from {{ waiting }}
    {% else %}
    select
        cast(null as date) as usage_date,
        cast(null as timestamp) as used_at,
        cast(null as timestamp) as slot_end_at,
        cast(null as string) as provider,
        cast(null as string) as model,
        cast(null as string) as service_tier,
        cast(null as bigint) as min_input_tokens,
        cast(null as bigint) as input_tokens,
        cast(null as bigint) as cached_input_tokens,
        cast(null as bigint) as cache_write_input_tokens,
        cast(null as bigint) as output_tokens,
        cast(null as string) as waits_for
    where 1 = 0
    {% endif %}

),

{# A price that begins within the slot counts, too: the rebuilt day has a slot of its own for it. #}
priced_late as (

    select distinct usage.usage_date as day_date
    from waiting_usage as usage
    left join models_resolved as found on usage.provider = 'unknown' and usage.model = found.model and found.is_found_by_model
    inner join price_periods as prices
        on
            coalesce(found.provider, usage.provider) = prices.provider
            and usage.model = prices.model
            and usage.service_tier = prices.service_tier
            and prices.valid_from < usage.slot_end_at
            and usage.used_at < prices.valid_to
            and usage.min_input_tokens < prices.next_min_input_tokens
    where usage.waits_for is null and {{ list_cost() }} is not null
    union
    select usage.usage_date as day_date
    from waiting_usage as usage
    inner join prices_stated as prices
        on
            usage.provider = prices.provider
            and usage.model = prices.model
            and usage.service_tier = prices.service_tier
            and usage.waits_for = prices.token_class
            and prices.basis = 'charged'
            and prices.usd_per_token is not null
            and prices.valid_from < usage.slot_end_at
            and usage.used_at < prices.valid_to

)

select * from priced_late
