{# one row per basis (charged, restated, contracted) x price x period x size of the input x stretch of the UTC week in which
   it holds: list prices and negotiated rates in one shape. Basis `charged` is what was known when the calls were made, or,
   where nothing was, what was recorded first; `restated` is what the list says today. A price without days and hours has one
   row, whose stretch is null: it holds wherever no price with a stretch does. #}

{% set price_key = ['provider', 'model', 'service_tier', 'token_class'] %}
{% set rate_columns = ['service_tier', 'token_class', 'usd_per_token', 'valid_from', 'valid_to', 'weekdays', 'hours_utc'] %}

with price_rows as (

    select * from {{ ref('int_list_price_rows') }}

),

contract_rates as (

    select * from {{ ref('int_contract_rates') }}

),

models_resolved as (

    select * from {{ ref('int_models_resolved') }}

),

stretches as (

    select * from {{ ref('int_price_stretches') }}

),

versions as (

    select distinct
        {{ price_key | join(', ') }},
        valid_from,
        recorded_on,
        {{ start_of_day('recorded_on') }} as recorded_at
    from price_rows

),

change_points as (

    select {{ price_key | join(', ') }}, valid_from as changed_at from versions
    union
    select {{ price_key | join(', ') }}, recorded_at as changed_at
    from versions
    where valid_from < recorded_at

),

periods as (

    select
        {{ price_key | join(', ') }},
        changed_at as valid_from,
        coalesce(
            lead(changed_at) over (partition by {{ price_key | join(', ') }} order by changed_at),
            cast('9999-12-31 00:00:00' as timestamp)
        ) as valid_to
    from change_points

),

candidates as (

    select
        periods.*,
        versions.valid_from as version_valid_from,
        versions.recorded_on,
        versions.recorded_at <= periods.valid_from as is_known
    from periods
    inner join versions
        on
            {% for column in price_key -%}
            periods.{{ column }} = versions.{{ column }}
            and {% endfor -%}
            versions.valid_from <= periods.valid_from

),

ranked as (

    select
        *,
        row_number() over (
            partition by {{ price_key | join(', ') }}, valid_from
            order by
                case when is_known then version_valid_from end desc nulls last,
                case when is_known then recorded_on end desc nulls last,
                recorded_on asc,
                version_valid_from desc
        ) as charged_rank,
        row_number() over (
            partition by {{ price_key | join(', ') }}, valid_from order by version_valid_from desc, recorded_on desc
        ) as restated_rank
    from candidates

),

chosen as (

    select *, 'charged' as basis
    from ranked
    where charged_rank = 1
    union all
    select *, 'restated' as basis
    from ranked
    where restated_rank = 1

),

list_prices as (

    select
        chosen.basis,
        chosen.{{ price_key | join(', chosen.') }},
        price_rows.weekdays,
        price_rows.hours_utc,
        price_rows.min_input_tokens,
        lead(price_rows.min_input_tokens) over (
            partition by
                chosen.basis, chosen.{{ price_key | join(', chosen.') }}, chosen.valid_from, price_rows.weekdays, price_rows.hours_utc
            order by price_rows.min_input_tokens
        ) as next_min_input_tokens,
        cast(price_rows.usd_per_million_tokens * cast(0.000001 as decimal(7, 6)) as decimal(18, 12)) as usd_per_token,
        chosen.valid_from,
        chosen.valid_to
    from chosen
    inner join price_rows
        on
            {% for column in price_key -%}
            chosen.{{ column }} = price_rows.{{ column }}
            and {% endfor -%}
            chosen.version_valid_from = price_rows.valid_from
            and chosen.recorded_on = price_rows.recorded_on

),

{# A rate agreed for a model holds for every name under which calls use it, and whatever the size of the input. #}
named_rates as (

    select provider, model, {{ rate_columns | join(', ') }} from contract_rates
    union
    select models_resolved.provider, models_resolved.model, rates.{{ rate_columns | join(', rates.') }}
    from contract_rates as rates
    inner join models_resolved on rates.provider = models_resolved.priced_provider and rates.model = models_resolved.priced_model
    anti join contract_rates as own_rates on models_resolved.provider = own_rates.provider and models_resolved.model = own_rates.model

),

stated as (

    select basis, provider, model, {{ rate_columns | join(', ') }}, min_input_tokens, next_min_input_tokens
    from list_prices
    union all
    select
        'contracted' as basis,
        provider,
        model,
        {{ rate_columns | join(', ') }},
        cast(0 as bigint) as min_input_tokens,
        cast(null as bigint) as next_min_input_tokens
    from named_rates

),

placed as (

    select
        stated.basis,
        stated.provider,
        stated.model,
        stated.service_tier,
        stated.token_class,
        stated.usd_per_token,
        stated.valid_from,
        stated.valid_to,
        stated.min_input_tokens,
        stated.next_min_input_tokens,
        stretches.from_week_minute,
        stretches.to_week_minute
    from stated
    left join stretches
        on coalesce(stated.weekdays, '') = coalesce(stretches.weekdays, '') and coalesce(stated.hours_utc, '') = coalesce(stretches.hours_utc, '')
    {# Days or hours that cannot be read are no time at all. #}
    where stretches.from_week_minute is not null or (stated.weekdays is null and stated.hours_utc is null)

)

select * from placed
