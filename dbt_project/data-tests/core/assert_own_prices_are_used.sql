{# Own prices that probably mean a model which calls name otherwise: a list price of a model that no call names while calls of that
   provider have no price; a negotiated one whose model differs from a called one by capitals and signs alone. #}
{{ config(severity='warn') }}

with usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

model_aliases as (

    select * from {{ ref('model_aliases') }}

),

called as (

    select provider, model, sum(unpriced_calls) as unpriced_calls
    from usage_daily
    group by provider, model

),

named as (

    select provider, model from called
    union
    select model_aliases.priced_provider as provider, model_aliases.priced_model as model
    from model_aliases
    inner join called on model_aliases.provider = called.provider and model_aliases.model = called.model

),

own_prices as (

    select distinct 'model_prices' as seed, provider, model from {{ ref('model_prices') }}
    union all
    select distinct 'price_overrides' as seed, provider, model from {{ ref('price_overrides') }}

),

unused as (

    select own_prices.* from own_prices
    anti join named on own_prices.provider = named.provider and own_prices.model = named.model

),

meant as (

    select distinct
        unused.seed,
        unused.provider || '/' || unused.model as price_of,
        called.provider || '/' || called.model as called_as
    from unused
    inner join called
        on
            {{ regex_removed("lower(unused.provider)", "'[^a-z0-9]'") }} = {{ regex_removed("lower(called.provider)", "'[^a-z0-9]'") }}
            and (
                {{ regex_removed("lower(unused.model)", "'[^a-z0-9]'") }} = {{ regex_removed("lower(called.model)", "'[^a-z0-9]'") }}
                or unused.seed = 'model_prices' and called.unpriced_calls > 0
            )

)

select * from meant
