{# one row per basis x list price: provider x model x service tier x token class x smallest input x days and hours
   of the week x period, half-open.
   Basis `charged` is what was known when the calls were made, or, where nothing was, what was recorded first;
   `restated` is what the list says today. #}

{% set price_key = ['provider', 'model', 'service_tier', 'token_class'] %}

with price_rows as (

    select * from {{ ref('int_list_price_rows') }}

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

priced as (

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
        chosen.valid_to,
        price_rows.price_source
    from chosen
    inner join price_rows
        on
            {% for column in price_key -%}
            chosen.{{ column }} = price_rows.{{ column }}
            and {% endfor -%}
            chosen.version_valid_from = price_rows.valid_from
            and chosen.recorded_on = price_rows.recorded_on

)

select * from priced
