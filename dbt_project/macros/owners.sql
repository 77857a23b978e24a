{# Everything that owner rules look at in one text: charges with the same text have the same owner. The team is the one that
   the call names; what a source does not know is left out. #}
{% macro owner_key(team_id=none, product_id=none, feature_id=none, account_id=none, sub_account_id=none, resource_id=none, tags=none, charge_kind=none) -%}
    {%- set parts = [] -%}
    {%- for part in [team_id, product_id, feature_id, account_id, sub_account_id, resource_id, tags] -%}
    {%- do parts.append(key_part(part) ~ " || '|'" if part else "'|'") -%}
    {%- endfor -%}
    {%- if charge_kind -%}
    {%- do parts.append("coalesce(nullif(" ~ charge_kind ~ ", 'Usage'), '')") -%}
    {%- endif -%}
    {{ parts | join(' || ') }}
{%- endmacro %}

{# What a line of a bill is for, where that says whose it is when nothing else does: its category, that it is for support, or what is idle in a cluster. #}
{% macro charge_kind(line='') -%}
    case when {{ line }}service_subcategory = 'Support' then 'Support' when {{ is_idle(line) }} then 'Idle' else {{ line }}charge_category end
{%- endmacro %}

{# Whether a dated row of a seed holds at the beginning of a stretch of days; an empty date is for ever. #}
{% macro holds_in(stretch, dated) -%}
    coalesce({{ dated }}.valid_from_date, {{ first_day() }}) <= {{ stretch }}.valid_from_date
    and {{ stretch }}.valid_from_date < coalesce({{ dated }}.valid_to_date, {{ day_without_end() }})
{%- endmacro %}

{# Whether two values are the same to an owner rule. #}
{% macro is_same_value(value, other) -%}
    case owner_rules.letter_case
        when 'any' then lower(trim({{ value }})) = lower(trim({{ other }}))
        else {{ value }} = {{ other }}
    end
{%- endmacro %}

{% macro first_day() -%}cast('1900-01-01' as date){%- endmacro %}

{% macro day_without_end() -%}cast('9999-12-31' as date){%- endmacro %}

{# The keys of who bears a cost. Parts of a shared cost are rounded in the order of these columns. #}
{% macro owner_columns() -%}
    {{ return([
        'organization_id', 'product_id', 'feature_id', 'customer_id', 'team_id', 'business_unit_id', 'project_id', 'user_id', 'cost_centre',
    ]) }}
{%- endmacro %}

{# A name as a part of a key whose parts stand between `|`: one that a name holds is written otherwise. #}
{% macro key_part(name) -%}
    replace(replace(coalesce({{ name }}, ''), '~', '~0'), '|', '~1')
{%- endmacro %}

{# Whether a cost of fct_allocated_costs_daily serves customers: AI, shared pools, and what names a customer, product or feature. The machines
   of a team that names none of them are that team's, and in no unit that customers pay for, until a pool shares them out. #}
{% macro serves_customers(costs) -%}
    (
        {{ costs }}.cost_component = 'ai' or not {{ costs }}.is_direct
        {%- for column in ['customer_id', 'product_id', 'feature_id'] %} or {{ costs }}.{{ column }} <> 'unallocated'{% endfor %}
    )
{%- endmacro %}

{# A select with one row per scope of a budget that somebody owns: its name, and who answers for it. A product or feature is its team's where all of it
   is one team's. Of the steps `owners` (dim_owners) and `features` (dim_features). #}
{% macro scope_owners() -%}
    select
        owner_type as scope,
        owner_id as scope_id,
        owner_name as scope_name,
        case when owner_id <> 'unallocated' then owner_name end as owner_name
    from owners
    where is_latest
    {%- for scope in ['product', 'feature'] %}
    union all
    select
        '{{ scope }}' as scope,
        {{ scope }}_id as scope_id,
        {{ scope }}_id as scope_name,
        max(team_name) as owner_name
    from features
    where team_id <> 'unallocated' and {{ scope }}_id <> 'unallocated'
    group by {{ scope }}_id
    having min(team_id) = max(team_id)
    {%- endfor %}
{%- endmacro %}
