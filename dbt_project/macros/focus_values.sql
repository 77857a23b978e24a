{# The values that FOCUS allows, by the column that staging makes of its own; those of every version. #}
{% macro focus_values() %}
    {{ return({
        'charge_category': ['Usage', 'Purchase', 'Tax', 'Credit', 'Adjustment'],
        'charge_class': ['Correction'],
        'charge_frequency': ['One-Time', 'Recurring', 'Usage-Based'],
        'pricing_category': ['Standard', 'Dynamic', 'Committed', 'Other'],
        'commitment_discount_category': ['Spend', 'Usage'],
        'commitment_discount_status': ['Used', 'Unused'],
        'service_category': [
            'AI and Machine Learning', 'Analytics', 'Business Applications', 'Compute', 'Databases', 'Developer Tools',
            'Identity', 'Integration', 'Internet of Things', 'Management and Governance', 'Media', 'Migration', 'Mobile',
            'Multicloud', 'Networking', 'Other', 'Security', 'Storage', 'Web',
        ],
    }) }}
{% endmacro %}

{# A value in the spelling of FOCUS, whatever capitals, blanks and hyphens it came with; one that FOCUS does not know
   stays as it is. #}
{% macro focus_spelling(raw_column, column) -%}
    case {{ _letters(raw_column) }}
    {%- for value in focus_values()[column] %}
        when '{{ value | lower | replace(' ', '') | replace('-', '') }}' then '{{ value }}'
    {%- endfor %}
        else {{ raw_column }}
    end
{%- endmacro %}

{% macro _letters(text) -%}
    replace(replace(replace(lower({{ text }}), ' ', ''), '-', ''), '_', '')
{%- endmacro %}

{# Names of the columns, joined by a comma, whose value is none that FOCUS allows; null where there is none. #}
{% macro unknown_focus_values(columns) -%}
    nullif(concat_ws(', ',
    {%- for column in columns %}
        case when {{ column }} not in ('{{ focus_values()[column] | join("', '") }}') then '{{ column }}' end{{ ',' if not loop.last }}
    {%- endfor %}
    ), '')
{%- endmacro %}

{# Whether a text says an amount that its type cannot hold: no number, too large, or so small that nothing is left. #}
{% macro is_lost_by_cast(text, amount) -%}
    ({{ text }} is not null and ({{ amount }} is null or ({{ amount }} = 0 and try_cast({{ text }} as double) <> 0)))
{%- endmacro %}
