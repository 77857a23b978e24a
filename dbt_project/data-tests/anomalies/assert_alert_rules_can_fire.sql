{# A rule has one limit, and a measure that exists, with subjects of its kind; otherwise it would be silent for ever. Which measures exist
   stands in the SQL of their model: what has no data today is no mistake. Nor is a kind of subject of which there is nobody today: no
   organization of several customers, no service that was unusual. #}

{% set measures = [] %}
{% if execute %}
    {% set model = graph.nodes.values() | selectattr('name', 'equalto', 'fct_alert_measures') | first %}
    {% set measures = modules.re.findall("'(\w+)' as measure\\b", model.raw_code) %}
{% endif %}
{% set scopes = ['total', 'business_unit', 'team', 'component', 'pool', 'provider', 'account', 'service', 'product', 'feature', 'model', 'customer'] %}
{% set kinds = {
    'budget_used': scopes, 'budget_projected': scopes, 'series_excess_cost': scopes + ['resource'], 'unrecorded_cost': scopes + ['resource'],
    'margin_share': ['customer', 'organization', 'portfolio']
} %}

with rules as (

    select * from {{ ref('alert_rules') }}

),

measured as (

    select distinct
        measure,
        subject_type
    from {{ ref('fct_alert_measures') }}

)

select
    rules.rule_id,
    rules.measure,
    rules.subject_type,
    rules.threshold_value,
    rules.threshold_name
from rules
left join measured on rules.measure = measured.measure and coalesce(rules.subject_type, measured.subject_type) = measured.subject_type
where
    (rules.threshold_value is null) = (rules.threshold_name is null)
    or rules.measure not in ('{{ measures | join("', '") }}')
    or (
        measured.measure is null
        and rules.measure in (select other.measure from measured as other)
        {%- for measure, possible in kinds.items() %}
        and not (rules.measure = '{{ measure }}' and rules.subject_type in ('{{ possible | join("', '") }}'))
        {%- endfor %}
    )
