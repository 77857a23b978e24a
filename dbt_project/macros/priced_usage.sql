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

{# What usage costs in effect: at the negotiated price, where that gives a cost, else what was charged, else the list price. Given
   the two costs as expressions and not as columns, it works out only the one that it needs. #}
{% macro effective_cost(contracted='contracted_cost_usd', billed='billed_cost_usd', list='list_cost_usd', is_negotiated='is_negotiated') -%}
    coalesce(case when {{ is_negotiated }} then {{ contracted }} end, {{ billed }}, {{ list }})
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
    {%- set unpriced = models_cut_by('unpriced class') -%}
    cast(0
    {%- for token_class in tokens if token_class in unpriced %}
        + case when {{ tokens[token_class] }} > 0 and {{ is_cut(calls, unpriced[token_class]) }} then {{ 2 ** (tokens | list).index(token_class) }} else 0 end
    {%- endfor %} as integer)
{%- endmacro %}

{# The size of input from which the prices of a call hold, where its model is priced by size; 0 below the first.
   Sums by it stay exact. Literals, not a join: most models have one price, and a call is then not looked at. #}
{% macro input_band(calls) -%}
    {%- set sizes = models_cut_by('input size') -%}
    cast({{ largest_reached(calls ~ '.input_tokens', calls, sizes) if sizes else 0 }} as bigint)
{%- endmacro %}

{# The models whose calls are summed apart by a kind of value, as literals: value to (from, to, service tier) to models, so that
   prices of other models, tiers and years cut no day another way. #}
{% macro models_cut_by(kind) -%}
    {%- set stated = load_relation(_intermediate_table('int_prices_stated')) if execute else none -%}
    {%- set periods = load_relation(_intermediate_table('int_price_periods')) if execute else none -%}
    {%- set found = {} -%}
    {%- if stated and periods -%}
        {%- set selects = [] -%}
        {%- if kind == 'unpriced class' -%}
            {%- for token_class in ['input', 'cached_input', 'cache_write', 'output'] -%}
                {%- set prices = [] -%}
                {%- for basis in ['list', 'contracted', 'restated'] -%}{%- do prices.append(basis ~ '_usd_per_' ~ token_class ~ '_token') -%}{%- endfor -%}
                {%- do selects.append("select '" ~ token_class ~ "' as cut, model, service_tier, valid_from, valid_to from " ~ periods ~ ' where ' ~ prices | join(' is null or ') ~ ' is null') -%}
            {%- endfor -%}
        {%- else -%}
            {%- for column in {'input size': ['min_input_tokens'], 'week minute': ['from_week_minute', 'to_week_minute']}[kind] -%}
                {%- do selects.append(
                    'select ' ~ column ~ ' as cut, model, service_tier, valid_from, valid_to from ' ~ stated ~ ' where ' ~ column ~ ' > 0'
                    ~ (' and ' ~ column ~ ' < 10080' if kind == 'week minute' else '') ~ " and token_class in ('input', 'cached_input', 'cache_write', 'output')"
                ) -%}
            {%- endfor -%}
        {%- endif -%}
        {%- for cut, since, until, tier, model in run_query(
            'select cut, cast(min(valid_from) as string), cast(max(valid_to) as string), service_tier, model from ('
            ~ selects | join(' union all ') ~ ') as cuts group by cut, service_tier, model order by 1, 2, 3, 4, 5'
        ).rows -%}
            {%- do found.setdefault(cut | string, {}).setdefault((since | string, until | string, tier), []).append(text_literal(model)) -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(found) }}
{%- endmacro %}

{# Whether a call is of one of the models and of their tier, in the time in which they are cut. #}
{% macro is_cut(calls, models_by_time) -%}
    ({% for (since, until, tier), models in models_by_time.items() -%}
    {{ calls }}.model in ({{ models | join(', ') }}) and {{ calls }}.service_tier = {{ text_literal(tier) }}
    {%- if since > '1971' %} and {{ calls }}.called_at >= cast('{{ since }}' as timestamp){% endif %}
    {%- if until < '9999' %} and {{ calls }}.called_at < cast('{{ until }}' as timestamp){% endif %}{{ ' or ' if not loop.last }}
    {%- endfor %})
{%- endmacro %}

{# The largest of the values at which a call's model is cut that the call reaches, else 0. #}
{% macro largest_reached(measure, calls, cuts) -%}
    case {% for start in cuts | map('int') | sort(reverse=true) %}when {{ measure }} >= {{ start }} and {{ is_cut(calls, cuts[start | string]) }} then {{ start }} {% endfor %}else 0 end
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
