{# one row per provider x model x service tier x period in which none of its prices changes x size of the input x
   stretch of the UTC week, all half-open. All token classes side by side: a call needs one look-up, not eight. #}

{% set price_key = ['provider', 'model', 'service_tier'] %}
{% set token_classes = ['input', 'cached_input', 'cache_write', 'output'] %}

with stated as (

    select *
    from {{ ref('int_prices_stated') }}
    where token_class in ('{{ token_classes | join("', '") }}')

),

change_points as (

    select {{ price_key | join(', ') }}, valid_from as changed_at from stated
    union
    select {{ price_key | join(', ') }}, valid_to as changed_at
    from stated
    where basis = 'contracted'

),

bands as (

    select
        *,
        coalesce(
            lead(min_input_tokens) over (partition by {{ price_key | join(', ') }} order by min_input_tokens), 9223372036854775807
        ) as next_min_input_tokens
    from (select distinct {{ price_key | join(', ') }}, min_input_tokens from stated) as starts

),

{# The stretches of the week between two changes of any price of the model; most models have one, the whole week. #}
stretches as (

    select
        *,
        coalesce(
            lead(from_week_minute) over (partition by {{ price_key | join(', ') }} order by from_week_minute), 10080
        ) as to_week_minute
    from (
        select {{ price_key | join(', ') }}, 0 as from_week_minute from stated
        union
        select {{ price_key | join(', ') }}, from_week_minute from stated
        where from_week_minute is not null
        union
        select {{ price_key | join(', ') }}, to_week_minute as from_week_minute from stated
        where to_week_minute < 10080
    ) as starts

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

stated_by_period as (

    select
        periods.{{ price_key | join(', periods.') }},
        periods.valid_from,
        periods.valid_to,
        bands.min_input_tokens,
        bands.next_min_input_tokens,
        stretches.from_week_minute,
        stretches.to_week_minute,
        coalesce(max(stated.basis) filter (where stated.basis = 'contracted') is not null, false) as is_negotiated
        {%- for basis in ['charged', 'restated', 'contracted'] %}{% for token_class in token_classes %},
        {{ stated_price("stated.basis = '" ~ basis ~ "' and stated.token_class = '" ~ token_class ~ "'") }} as {{ basis }}_{{ token_class }}
        {%- endfor %}{% endfor %}
    from periods
    inner join bands on {% for column in price_key %}periods.{{ column }} = bands.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
    inner join stretches on {% for column in price_key %}periods.{{ column }} = stretches.{{ column }}{{ ' and ' if not loop.last }}{% endfor %}
    left join stated
        on
            {% for column in price_key -%}
            periods.{{ column }} = stated.{{ column }}
            and {% endfor -%}
            stated.valid_from <= periods.valid_from
            and periods.valid_from < stated.valid_to
            and stated.min_input_tokens <= bands.min_input_tokens
            and bands.min_input_tokens < coalesce(stated.next_min_input_tokens, bands.next_min_input_tokens)
            and coalesce(stated.from_week_minute, 0) <= stretches.from_week_minute
            and stretches.from_week_minute < coalesce(stated.to_week_minute, 10080)
    where periods.valid_from < periods.valid_to
    group by all

),

priced as (

    select
        {{ price_key | join(', ') }},
        valid_from,
        valid_to,
        min_input_tokens,
        next_min_input_tokens,
        from_week_minute,
        to_week_minute,
        {% for token_class in token_classes -%}
        charged_{{ token_class }} as list_usd_per_{{ token_class }}_token,
        coalesce(contracted_{{ token_class }}, charged_{{ token_class }}) as contracted_usd_per_{{ token_class }}_token,
        restated_{{ token_class }} as restated_usd_per_{{ token_class }}_token,
        {% endfor -%}
        is_negotiated
    from stated_by_period

)

select * from priced
