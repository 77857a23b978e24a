{# The name of the series of usage that an offer of a cloud is judged on: machines, or dollars on a family of them. #}
{% macro commitment_series(covers, usage='') -%}
    concat_ws(
        ' / ',
        {{ usage }}provider_name,
        {{ usage }}usage_kind,
        {{ usage }}{{ 'reserved_as' if covers == 'instances' else 'family' }},
        {{ usage }}region_id{{ ", 'USD'" if covers == 'family' }}
    )
{%- endmacro %}

{# The name of the series of usage that an owned commitment covers. #}
{% macro owned_commitment_series(provider_name, commitment_id) -%}
    {{ provider_name }} || ' / owned / ' || {{ commitment_id }}
{%- endmacro %}

{# Whether a level of an offer pays by itself, or why not; what it saves per 30 days is null where nothing of its usage is in the case. #}
{% macro commitment_outcome(on_demand_cost, units, saved, saved_less_usage, covered, commitment_cost, units_last_3, backtested, measured_share) -%}
    case
        when coalesce({{ on_demand_cost }}, 0) = 0 then 'no usage'
        when {{ units }} = 0 or {{ saved }} <= 0 then 'does not pay'
        when {{ saved_less_usage }} < 0 then 'loses if usage falls'
        when
            {{ saved }} < {{ assumption('commitment_min_savings_usd') }}
            or {{ covered }} - {{ commitment_cost }} < {{ covered }} * {{ assumption('commitment_min_savings_share') }}
            then 'saves too little'
        when {{ units }} > {{ units_last_3 }} then 'usage is going'
        when {{ backtested }} < 0 then 'lost in the backtest'
        when {{ measured_share }} < {{ assumption('commitment_measured_share_from') }} then 'measure first'
        else 'pays'
    end
{%- endmacro %}

{# What an owned commitment takes: machines of the kind that it was bought for in their region, one family in its region, or all of its scope. #}
{% macro commitment_reach(category, type) -%}
    case when {{ category }} = 'Usage' then 'reservation' when lower({{ type }}) like '%instance%' then 'family' else 'scope' end
{%- endmacro %}

{# What an owned commitment could cover besides what it covers: usage of the same key. #}
{% macro reach_key(usage, reach='reach') -%}
    case {{ reach }}
        when 'reservation' then concat_ws(' / ', {{ usage }}.usage_kind, {{ usage }}.reserved_as, {{ usage }}.region_id)
        when 'family' then concat_ws(' / ', {{ usage }}.usage_kind, {{ usage }}.family, {{ usage }}.region_id)
        else {{ usage }}.plan_scope
    end
{%- endmacro %}

{# What is promised by the hour, as a person orders it. #}
{% macro dollars_an_hour(hourly_usd) -%}
    cast(cast({{ hourly_usd }} as decimal(18, 4)) as string) || ' USD an hour'
{%- endmacro %}

{# How many machines of a size a number of units is. #}
{% macro whole_machines(units, units_of_one) -%}
    cast(round({{ ratio(units, units_of_one) }}) as bigint)
{%- endmacro %}

{# m5.xlarge is size xlarge of family m5, db.m5.large size large of db.m5; Google names a family before a hyphen. #}
{% macro machine_size(provider_name, instance_type) -%}
    case
        when {{ provider_name }} <> 'AWS' then ''
        when {{ instance_type }} like '%.%.%' then split_part({{ instance_type }}, '.', 3)
        else split_part({{ instance_type }}, '.', 2)
    end
{%- endmacro %}
{% macro machine_family(provider_name, instance_type) -%}
    case
        when {{ provider_name }} = 'Google Cloud' then split_part({{ instance_type }}, '-', 1)
        when {{ provider_name }} <> 'AWS' then {{ instance_type }}
        when {{ instance_type }} like '%.%.%' then split_part({{ instance_type }}, '.', 1) || '.' || split_part({{ instance_type }}, '.', 2)
        else split_part({{ instance_type }}, '.', 1)
    end
{%- endmacro %}

{# A reservation covers all sizes of a family only on shared machines with Linux, and not of every family. #}
{% macro covers_any_size(normalized_units, usage) -%}
    ({{ normalized_units }} is not null and {{ usage }}.operating_system like 'linux%' and {{ usage }}.tenancy in ('shared', 'default'))
{%- endmacro %}
{% macro reserved_as(instance_type, family, normalized_units, usage) -%}
    case
        when {{ covers_any_size(normalized_units, usage) }} then {{ family }}
        else concat_ws(
            ' ',
            {{ instance_type }},
            case when {{ usage }}.operating_system not like 'linux%' then {{ usage }}.operating_system end,
            case when {{ usage }}.tenancy not in ('shared', 'default') then {{ usage }}.tenancy end
        )
    end
{%- endmacro %}
{% macro units_of_machine(normalized_units, usage) -%}
    cast(case when {{ covers_any_size(normalized_units, usage) }} then {{ normalized_units }} else 1 end as decimal(9, 2))
{%- endmacro %}

{# The type that a resource takes by the accepted actions on it, of several the last. #}
{% macro accepted_type() -%}
    max_by(target, applied_order) filter (where is_accepted and action_kind in ('right_size', 'cheaper_type', 'arm_type'))
{%- endmacro %}

{# The part of a resource's cost that the accepted actions on it leave to commit to: none of what is to stand still at night, or to run on spare capacity. #}
{% macro share_left_to_commit_to() -%}
    case when bool_or(is_accepted and action_kind in ('off_hours', 'spot')) then 0 else {{ ratio('min(cost_after_usd)', 'max(scope_cost_usd)') }} end
{%- endmacro %}

{# What an hour of a resource costs by the types that accepted actions give it, as a share of what it cost. #}
{% macro price_left_by_types() -%}
    {%- set price_share = 'coalesce(min(case when is_accepted and action_kind in ({0}) then ' ~ ratio('cost_after_usd', 'cost_after_usd + possible_usd') ~ ' end), 1)' -%}
    {{ price_share.format("'right_size', 'cheaper_type'") }} * {{ price_share.format("'arm_type'") }}
{%- endmacro %}

{# The first three of many by name, and how many more there are; null of none. #}
{% macro some_named(name, is_meant, place) -%}
    {{ string_agg_sorted('case when ' ~ is_meant ~ ' and ' ~ place ~ ' <= 3 then ' ~ name ~ ' end', ', ', by=place) }}
    || case when count(case when {{ is_meant }} then 1 end) > 3 then ' and ' || cast(count(case when {{ is_meant }} then 1 end) - 3 as string) || ' more' else '' end
{%- endmacro %}

{# The least that a commitment saves of the cases that are looked at: less usage, the machine that most of it rests on gone, those to ask for off at night. #}
{% macro lowest_savings(savings, savings_less_usage, bases) -%}
    {{ money('least(' ~ savings_less_usage ~ ', ' ~ savings ~ ' - coalesce(greatest(' ~ bases ~ 'largest_monthly_usd, ' ~ bases ~ 'asked_monthly_usd), 0))') }}
{%- endmacro %}
