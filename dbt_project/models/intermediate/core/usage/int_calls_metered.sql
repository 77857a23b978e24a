{# one row per call that counts and has metered units: audio, images, writes to the cache for an hour, searches, pages and the
   like, priced part by part at its instant #}

{{ config(enabled=landed_call_sources() | length > 0, materialized='incremental', unique_key='partition_date') }}

with calls as (

    select * from {{ ref('int_calls_accepted') }}

),

parts as (

    select * from {{ ref('int_metered_parts_priced') }}

),

{# A call has a cost where each part has one, and some part has a price: nothing at no price is not free. #}
costed as (

    select
        partition_date,
        call_id,
        {% for cost, price in {'list': 'charged', 'restated': 'restated', 'contracted': 'charged'}.items() -%}
        case when count({{ cost }}_cost_usd) = count(*) and count({{ price }}_usd_per_unit) > 0 then {{ money('sum(' ~ cost ~ '_cost_usd)') }} end
            as {{ cost }}_cost_usd,
        {% endfor -%}
        max(case when is_negotiated then 1 else 0 end) = 1 as is_negotiated,
        min(price_class) filter (where list_cost_usd is null and quantity > 0) as waits_for
    from parts
    where {{ is_touched_day('partition_date') }}
    group by partition_date, call_id

),

priced as (

    select
        calls.*,
        costed.list_cost_usd,
        costed.contracted_cost_usd,
        costed.restated_cost_usd,
        costed.is_negotiated,
        costed.waits_for
    from calls
    inner join costed on calls.partition_date = costed.partition_date and calls.call_id = costed.call_id
    where calls.metered_units is not null and {{ is_touched_day('calls.partition_date') }}

)

select
    *,
    {{ money(effective_cost()) }} as effective_cost_usd
from priced
