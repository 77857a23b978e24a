{# The cost columns of usage that is joined to its price period: usage columns from `usage`, prices from `prices`.
   Null where a price that is needed is not known, or where the tokens are not known. #}
{% macro list_cost(usage='usage', prices='prices') -%}
    {{ _cost_at(usage, prices, 'list') }}
{%- endmacro %}

{% macro contracted_cost(usage='usage', prices='prices') -%}
    {{ _cost_at(usage, prices, 'contracted') }}
{%- endmacro %}

{# The cost at what the price list says today, later corrections included. #}
{% macro restated_cost(usage='usage', prices='prices') -%}
    {{ _cost_at(usage, prices, 'restated') }}
{%- endmacro %}

{# What usage costs in effect: at the negotiated price, where that gives a cost, else what was charged, else the list price. #}
{% macro effective_cost() -%}
    coalesce(case when is_negotiated then contracted_cost_usd end, billed_cost_usd, list_cost_usd)
{%- endmacro %}

{# The rows of a CTE that sums calls by price slot, with their costs. Reads `price_periods` beside it. #}
{% macro costed_slots(summed_by_slot) -%}
    select
        *,
        {{ effective_cost() }} as effective_cost_usd
    from (
        select
            usage.*,
            case when usage.has_usage then {{ list_cost() }} end as list_cost_usd,
            case when usage.has_usage then {{ contracted_cost() }} end as contracted_cost_usd,
            coalesce(prices.is_negotiated, false) as is_negotiated
        from {{ summed_by_slot }} as usage
        left join price_periods as prices
            on {{ is_priced_by('usage', 'prices', 'slot_start_at', 'usage.min_input_tokens', 'usage.week_minute') }}
    ) as priced
{%- endmacro %}

{# Input tokens are all prompt tokens: what was read from the cache and what was written to it are parts of them.
   A model without any price has no cost, not even of no tokens: it may be billed by something else. #}
{% macro _cost_at(usage, prices, kind) -%}
    {%- set cached = usage ~ '.cached_input_tokens' -%}
    {%- set written = 'coalesce(' ~ usage ~ '.cache_write_input_tokens, 0)' -%}
    case
        when {{ prices }}.provider is not null
            then
                {{ token_cost("(" ~ usage ~ ".input_tokens - " ~ cached ~ " - " ~ written ~ ")", prices ~ "." ~ kind ~ "_usd_per_input_token") }}
                + {{ money(token_cost(cached, prices ~ "." ~ kind ~ "_usd_per_cached_input_token") ~ " + " ~ token_cost(written, prices ~ "." ~ kind ~ "_usd_per_cache_write_token")) }}
                + {{ token_cost(usage ~ ".output_tokens", prices ~ "." ~ kind ~ "_usd_per_output_token") }}
    end
{%- endmacro %}

{# Which token classes of a call need a price that is not known, as bits: calls with and without a cost are summed apart.
   Only classes that some model lacks a price for are looked at, and literals, not a join: most calls are not. #}
{% macro unpriced_classes(calls='calls') -%}
    {%- set tokens = {
        'input': calls ~ '.input_tokens - ' ~ calls ~ '.cached_input_tokens - ' ~ calls ~ '.cache_write_input_tokens',
        'cached_input': calls ~ '.cached_input_tokens',
        'cache_write': calls ~ '.cache_write_input_tokens',
        'output': calls ~ '.output_tokens'
    } -%}
    {%- set prices = load_relation(_intermediate_table('int_price_periods')) if execute else none -%}
    cast(0
    {%- for token_class in (tokens if prices else []) -%}
        {%- set models = run_query(
            'select distinct model from ' ~ prices ~ ' where list_usd_per_' ~ token_class ~ '_token is null or contracted_usd_per_'
            ~ token_class ~ '_token is null or restated_usd_per_' ~ token_class ~ '_token is null order by model'
        ).columns[0].values() -%}
        {%- if models %}
        + case when {{ tokens[token_class] }} > 0 and {{ calls }}.model in (
            {%- for model in models %}{{ _sql_text(model) }}{{ ', ' if not loop.last }}{% endfor -%}
        ) then {{ 2 ** loop.index0 }} else 0 end
        {%- endif -%}
    {%- endfor %} as integer)
{%- endmacro %}

{# The size of input from which the prices of a call hold, where a model in use is priced by size; 0 below the first.
   Sums by it stay exact. Literals, not a join: most models have one price, and a call is then not looked at. #}
{% macro input_band(input_tokens) -%}
    {%- set prices = load_relation(_intermediate_table('int_price_periods')) if execute else none -%}
    {%- set starts = run_query('select distinct min_input_tokens from ' ~ prices ~ ' where min_input_tokens > 0 order by min_input_tokens desc').columns[0].values() if prices else [] -%}
    {%- if starts -%}
        cast(case {% for start in starts %}when {{ input_tokens }} >= {{ start }} then {{ start }} {% endfor %}else 0 end as bigint)
    {%- else -%}
        cast(0 as bigint)
    {%- endif -%}
{%- endmacro %}

{# Joins usage to its price, by instant, by size of the input and by minute of the week. #}
{% macro is_priced_by(usage, prices, used_at, input_tokens, week_minute) -%}
    {{ usage }}.provider = {{ prices }}.provider
    and {{ usage }}.model = {{ prices }}.model
    and {{ usage }}.service_tier = {{ prices }}.service_tier
    and {{ prices }}.valid_from <= {{ usage }}.{{ used_at }}
    and {{ usage }}.{{ used_at }} < {{ prices }}.valid_to
    and {{ prices }}.min_input_tokens <= {{ input_tokens }}
    and {{ input_tokens }} < {{ prices }}.next_min_input_tokens
    and {{ holds_at_minute(prices, week_minute) }}
{%- endmacro %}

{# The price of a model that holds as a day ends, in its last minute, for inputs of the smallest size: what is judged by one price is judged by it. #}
{% macro holds_at_end_of(day, prices='price_periods') -%}
    {{ prices }}.valid_from < {{ start_of_day(day ~ ' + 1') }}
    and {{ start_of_day(day ~ ' + 1') }} <= {{ prices }}.valid_to
    and {{ prices }}.min_input_tokens = 0
    and {{ holds_at_minute(prices, '(' ~ iso_weekday(day) ~ ' * 1440 - 1)') }}
{%- endmacro %}
