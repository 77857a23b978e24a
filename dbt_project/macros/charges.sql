{# An amount in the billing currency of its row, in USD; null where the rate is not known. 24 and 13 digits, so that
   the product fits into 38 on every engine. #}
{% macro in_usd(amount) -%}
    case
        when billing_currency = 'USD' then {{ money(amount) }}
        else {{ money("cast(" ~ amount ~ " as decimal(24, 12)) * cast(usd_per_unit as decimal(13, 10))") }}
    end
{%- endmacro %}

{# The part of an amount of one day and SKU that one token class bears: its cost at the price where the amount is that
   cost, else by share of the list cost. Null where no class has a price to share by. #}
{% macro token_class_part(amount) -%}
    case
        when {{ amount }} = total_list_at_price_usd then list_at_price_usd
        when {{ amount }} = total_contracted_at_price_usd then contracted_at_price_usd
        when total_list_at_price_usd = 0 then {{ money('null') }}
        else {{ split_exactly(amount, 'running_list_at_price_usd', '(running_list_at_price_usd - list_at_price_usd)', 'total_list_at_price_usd') }}
    end
{%- endmacro %}

{# First day of the month that a billing period is for: the one in which the middle of it lies, of its first 31 days where it
   is longer, and of two halves the earlier. A bill whose month begins at midnight of another zone begins up to 14 hours
   before that month in UTC, so without an end the month is that of 14 hours after the start. In microseconds. #}
{% macro billing_month(start_at, end_at) -%}
    cast(date_trunc('month', {{ from_unix_microseconds(
        unix_microseconds(start_at) ~ " + case when " ~ end_at ~ " is null then 14 * 3600000000
            else greatest(floor(least(" ~ unix_microseconds(end_at) ~ " - " ~ unix_microseconds(start_at) ~ ", 31 * 86400000000) / 2) - 1, 0) end"
    ) }}) as date)
{%- endmacro %}

{# What the parts of a line of a bill have in common. #}
{% macro bill_line_columns() -%}
    {{ return([
        'source', 'file_name', 'line_number', 'billing_period_start_date', 'billing_period_end_date', 'billing_month_start_date', 'billing_account_id', 'provider_name', 'publisher_name',
        'host_provider_name', 'service_category', 'service_subcategory', 'service_name', 'charge_category', 'charge_description',
        'sku_id', 'sku_meter', 'sku_price_id', 'token_class', 'pricing_category', 'pricing_currency', 'pricing_unit',
        'consumed_unit', 'billing_currency', 'usd_per_unit', 'list_unit_price_billing_currency',
        'contracted_unit_price_billing_currency', 'is_overlap', 'is_billed_without_effective', 'is_counted', 'invoice_issuer_name',
        'service_provider_name', 'invoice_id', 'billing_account_name', 'sub_account_id', 'sub_account_name', 'charge_class',
        'charge_frequency', 'region_id', 'resource_id', 'resource_name', 'resource_type', 'sku_price_details',
        'commitment_discount_id', 'commitment_discount_name', 'commitment_discount_category', 'commitment_discount_type',
        'commitment_discount_status', 'commitment_discount_unit', 'commitment_eligibility', 'tags', 'list_unit_price_pricing_currency',
        'contracted_unit_price_pricing_currency',
    ]) }}
{%- endmacro %}

{# What is shared out to its parts, with the types. #}
{% macro bill_line_amounts() -%}
    {{ return({
        'billed_cost_billing_currency': 'decimal(28, 12)',
        'effective_cost_billing_currency': 'decimal(28, 12)',
        'list_cost_billing_currency': 'decimal(28, 12)',
        'contracted_cost_billing_currency': 'decimal(28, 12)',
        'billed_cost_usd': 'decimal(28, 12)',
        'effective_cost_usd': 'decimal(28, 12)',
        'list_cost_usd': 'decimal(28, 12)',
        'contracted_cost_usd': 'decimal(28, 12)',
        'effective_cost_pricing_currency': 'decimal(28, 12)',
        'pricing_quantity': 'decimal(38, 15)',
        'consumed_quantity': 'decimal(38, 15)',
        'commitment_discount_quantity': 'decimal(38, 15)',
    }) }}
{%- endmacro %}

{# The period of the part of a line on a day, as two columns; without a day that of the line. #}
{% macro period_on_day(line, day) -%}
    greatest({{ line }}charge_period_start_at, {{ start_of_day(day) }}) as charge_period_start_at,
    least({{ line }}charge_period_end_at, {{ start_of_day(day ~ ' + 1') }}) as charge_period_end_at
{%- endmacro %}

{# Whether a line of a bill pays for several days, a month at most, and so is a part of each. A day of another zone, 25 hours when clocks go back, counts whole
   on the UTC day it starts; so does what is paid for longer: bills state what that costs a month in lines of their own. #}
{% macro is_for_days(line='') -%}
    coalesce(
        {{ unix_microseconds(line ~ 'charge_period_end_at') }} - {{ unix_microseconds(line ~ 'charge_period_start_at') }}
        between 25 * 3600000000 + 1 and (31 * 24 + 1) * 3600000000,
        false
    )
{%- endmacro %}

{# The columns of core.fct_charges, in its order, that the models which feed it have: all but what is worked out there. #}
{% macro ledger_column_names() -%}
    {%- set ledger = graph.nodes.get('model.ai_finops.fct_charges', {}) if execute else {} -%}
    {%- set names = [] -%}
    {%- for name in ledger.get('columns', {}) if name != 'cost_component' -%}
        {%- do names.append(name) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}

{# The same of one model that feeds it, null for what it does not have. #}
{% macro ledger_columns(charges) -%}
    {%- set nodes = graph.nodes if execute else {} -%}
    {%- set columns = [] -%}
    {%- for name in ledger_column_names() -%}
        {%- if name in nodes['model.ai_finops.' ~ charges].columns -%}
            {%- do columns.append(name) -%}
        {%- else -%}
            {%- do columns.append('cast(null as ' ~ nodes['model.ai_finops.fct_charges'].columns[name].data_type ~ ') as ' ~ name) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ columns | join(', ') if columns else '*' }}
{%- endmacro %}

{# Whether a word stands in a text by itself: neither letter, digit, dot nor hyphen on either side of where it first stands. #}
{% macro has_word(text, word) -%}
    (
        {{ place_in_text(text, word) }} > 0
        and substring(' ' || {{ text }}, {{ place_in_text(text, word) }}, 1) not in ('-', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9')
        and substring(' ' || {{ text }}, {{ place_in_text(text, word) }}, 1) not between 'a' and 'z'
        and substring({{ text }} || ' ', {{ place_in_text(text, word) }} + length({{ word }}), 1) not in ('-', '.', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9')
        and substring({{ text }} || ' ', {{ place_in_text(text, word) }} + length({{ word }}), 1) not between 'a' and 'z'
    )
{%- endmacro %}

{# A text in lower case without the dates of versions of models (gpt-4o-2024-08-06, claude-sonnet-4-20250514), and without -latest. #}
{% macro undated(text) -%}
    {{ regex_removed(text, "'[-@_](20[0-9][0-9][-_]?[01][0-9][-_]?[0-3][0-9]|latest)'") }}
{%- endmacro %}

{# What a line of a bill says about its SKU, as one text in lower case. #}
{% macro sku_text() -%}
    lower(concat_ws(' ', sku_id, sku_meter, charge_description, resource_name, sku_price_details))
{%- endmacro %}

{# The driver by which a capacity is shared out: the tokens of the calls that it serves. #}
{% macro capacity_driver(served) -%}
    'tokens of ' || lower({{ served }}.provider || '/' || {{ served }}.model || '/' || {{ served }}.service_tier)
{%- endmacro %}

{# Whether a line of a bill is what nobody used of a cluster, as its own tool says. #}
{% macro is_idle(line='') -%}
    coalesce({{ line }}resource_type = 'Idle', false)
{%- endmacro %}

{# The driver by which that is shared out: the cost of the same resource (CPU, memory, GPU) in its cluster, or on its node. #}
{% macro idle_driver(line, is_of_node=false) -%}
    'cost of ' || lower({{ line }}.charge_description) || ' in ' || coalesce({{ line }}.billing_account_id, '') {%- if is_of_node %} || '/' || {{ json_text(line ~ '.tags', 'node') }}{% endif %}
{%- endmacro %}

{# By what a line of a bill that belongs to a pool is shared out. #}
{% macro pool_driver(line) -%}
    case
        when bill_pools.driver is null or bill_pools.driver <> 'resource_cost' then bill_pools.driver
        when {{ json_text(line ~ '.tags', 'node') }} is null then {{ idle_driver(line) }}
        else {{ idle_driver(line, true) }}
    end
{%- endmacro %}

{# How many of calls without a cost of their own are without any: those that a capacity served bear their share of it, unless
   their tokens are unknown. #}
{% macro not_paid_by_capacity(count, usage='usage', paid='paid_days') -%}
    case when {{ paid }}.allocation_driver is null then {{ usage }}.{{ count }} else least({{ usage }}.{{ count }}, {{ usage }}.calls_without_usage) end
{%- endmacro %}

{# What a line of a bill is for, in one text: lines of two months with the same text are the same line again. #}
{% macro bill_key(line, columns=['provider_name', 'service_name', 'resource_id', 'charge_description']) -%}
    {%- for name in columns -%}
    {{ key_part(line ~ '.' ~ name) if name else "''" }}{{ " || '|' || " if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
