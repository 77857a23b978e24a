{# one row per UTC day x provider x model x service tier with charges: what the source charged beside what the list says #}

{% set causes = {'price': 'price', 'token_class': 'token class', 'tier': 'tier', 'unpriced': 'unpriced', 'rounding': 'rounding'} %}

with charges_compared as (

    select * from {{ ref('int_charges_compared') }}

),

summed as (

    select
        usage_date,
        provider,
        model,
        service_tier,
        cast(sum(calls) as bigint) as calls,
        cast(coalesce(sum(calls) filter (where cause = 'unpriced'), 0) as bigint) as unpriced_calls,
        {{ money('sum(billed_cost_usd)') }} as billed_cost_usd,
        {{ money('coalesce(sum(list_cost_usd), 0)') }} as list_cost_usd,
        {{ money('coalesce(sum(restated_cost_usd), 0)') }} as restated_list_cost_usd,
        {% for name, cause in causes.items() -%}
        {{ money("coalesce(sum(difference_usd) filter (where cause = '" ~ cause ~ "'), 0)") }} as {{ name }}_difference_usd,
        {% endfor -%}
        {{ money('sum(difference_usd)') }} as difference_usd
    from charges_compared
    group by usage_date, provider, model, service_tier

),

named as (

    select
        *,
        greatest({% for name in causes %}abs({{ name }}_difference_usd){{ ', ' if not loop.last }}{% endfor %}) as largest_difference_usd
    from summed

),

restatements as (

    select
        usage_date,
        provider,
        model,
        service_tier,
        calls,
        unpriced_calls,
        billed_cost_usd,
        list_cost_usd,
        restated_list_cost_usd,
        difference_usd,
        {% for name in causes -%}
        {{ name }}_difference_usd,
        {% endfor -%}
        case
            when largest_difference_usd = 0 then 'none'
            {% for name, cause in causes.items() -%}
            when abs({{ name }}_difference_usd) = largest_difference_usd then '{{ cause }}'
            {% endfor -%}
        end as main_cause
    from named

)

select * from restatements
