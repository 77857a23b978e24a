{# Whether a name, in lower case, is what a rule of price_book_names means. #}
{% macro is_named_by(name, rule) -%}
    case {{ rule }}.match_kind
        when 'equals' then {{ name }} = {{ rule }}.pattern
        when 'starts_with' then substring({{ name }}, 1, length({{ rule }}.pattern)) = {{ rule }}.pattern
        when 'ends_with' then right({{ name }}, length({{ rule }}.pattern)) = {{ rule }}.pattern
        when 'contains' then replace({{ name }}, {{ rule }}.pattern, '') <> {{ name }}
        when 'regex' then {{ regex_found(name, rule ~ '.pattern') }}
    end
    and case when {{ rule }}.except_regex is not null then not {{ regex_found(name, rule ~ '.except_regex') }} else true end
{%- endmacro %}

{# Whether a name, in lower case, has a region or a country as a part that ends with a slash: us-gov-west-1/, europe-west4/, swedencentral/, eu/. #}
{% macro names_a_place(name) -%}
    {{ regex_found(name, "'(^|/)(" ~ [
        '(us|eu|ca|sa|ap|me|af|il|mx|cn|asia|europe|northamerica|southamerica|australia|africa)(-gov|-iso[a-z]?)?-[a-z]+-?[0-9]+[a-z]?',
        'us|eu|uk|apac|ap|jp|au|ca|sa|in|kr|ch|emea|asia|europe',
        '(north|south|east|west|central)+us[0-9]?(euap|stage)?|usgov[a-z]+|usdod[a-z]+|china(north|east)[0-9]?',
        '(canada|brazil|france|germany|sweden|switzerland|uk|norway|poland|italy|spain|uae|southafrica|japan|korea|australia|israel|mexico|qatar|austria|malaysia|indonesia|newzealand|chile)(north|south|east|west|central)+[0-9]?',
        '(north|west|east|southeast)(europe|asia)|(south|central|west)india'
    ] | join('|') ~ ")/'") }}
{%- endmacro %}

{# Whether a rule says of a name, in lower case, no more than it may: a place in the name has a price of its own or none. A
   rule that finds a part of the name does not see the place; one that names the whole, or the place too, does. A name with
   eu. or the like before it may also be one of a publisher's prices for regions in general. #}
{% macro keeps_its_region(name, rule) -%}
    case
        when {{ rule }}.match_kind = 'equals' then true
        when {{ names_a_place(name) }} then false
        when {{ regex_found(name, "'(^|[/.])us-gov[.]'") }} then {{ rule }}.pattern like '%us-gov%'
        when {{ regex_found(name, "'(^|/)(eu|apac|ap|jp|au|in|ca|sa|uk|me|af|kr|sg)[.]'") }}
            then {{ rule }}.model like 'regional.%' or {{ regex_found(rule ~ '.pattern', "'(^|/)(eu|apac|ap|jp|au|in|ca|sa|uk|me|af|kr|sg)[.]'") }}
        else true
    end
{%- endmacro %}

{# The provider of a call that names none, by its model; null where the model does not say it. Literals, not a join:
   it costs nothing where every call names its provider. Known once int_models_resolved is built. #}
{% macro provider_by_model(model) -%}
    {%- set resolved_ref = ref('int_models_resolved') -%}
    {%- set resolved = load_relation(resolved_ref) if execute else none -%}
    {%- set found = run_query('select model, provider from ' ~ resolved ~ ' where is_found_by_model order by model').rows if resolved else [] -%}
    {%- if found -%}
        case {{ model }} {% for row in found %}when {{ text_literal(row[0]) }} then {{ text_literal(row[1]) }} {% endfor %}end
    {%- else -%}
        cast(null as string)
    {%- endif -%}
{%- endmacro %}

{# The name of a provider, in lower case, as price lists write it: some conventions call a few by another.
   Not Fireworks and other hosts of open models: their prices of a model are not one, and a near name prices nothing. #}
{% macro provider_as_listed(name) -%}
    case lower({{ name }})
        when 'x_ai' then 'x-ai'
        when 'gcp.gen_ai' then 'google'
        when 'azure_ai' then 'azure'
        when 'azure.ai.inference' then 'azure'
        else lower({{ name }})
    end
{%- endmacro %}
