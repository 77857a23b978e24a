{# one row per accepted line of the billing files, per day of one for more than a day, or per owner of calls that a line which counts before them is shared out to #}

{% set kept, amounts, owners = bill_line_columns(), bill_line_amounts(), owner_columns() %}

with bills as (

    select * from {{ ref('int_focus_charges_converted') }}

),

usage_owned as (

    select * from {{ ref('int_usage_owned_daily') }}

),

provider_names as (

    select * from {{ ref('provider_names') }}

),

skus as (

    select * from {{ ref('int_bill_skus_matched') }}

),

owner_matches as (

    select * from {{ ref('int_owner_matches') }}

),

bill_pools as (

    select * from {{ ref('bill_pools') }}

),

lines as (

    select
        *,
        source_name as source,
        {{ sku_text() }} as sku_text,
        cast(charge_period_start_at as date) as charge_date,
        is_overlap and is_counted as is_shared_out,
        {{ is_for_days() }} as is_for_days
    from bills

),

used as (

    select
        usage_owned.usage_date as charge_date,
        coalesce(provider_names.provider_name, usage_owned.provider) as provider_name,
        usage_owned.model,
        usage_owned.service_tier,
        usage_owned.{{ owners | join(', usage_owned.') }},
        usage_owned.owner_rule,
        {{ money('sum(usage_owned.effective_cost_usd)') }} as effective_cost_usd
    from usage_owned
    left join provider_names on lower(usage_owned.provider) = provider_names.name_in_source
    where usage_owned.effective_cost_usd > 0
    group by all

),

{# By the effective cost of the calls within the period of the line. #}
weighed as (

    select
        lines.charge_id as origin_charge_id,
        used.charge_date,
        used.model,
        used.service_tier,
        {% for owner in owners -%}
        used.{{ owner }},
        {% endfor -%}
        used.owner_rule,
        used.effective_cost_usd as used_usd,
        {{ money('sum(used.effective_cost_usd) over (partition by lines.charge_id)') }} as total_used_usd,
        {{ money('sum(used.effective_cost_usd) over (
            partition by lines.charge_id
            order by used.charge_date, used.model, used.service_tier, used.' ~ owners | join(' nulls last, used.') ~ ' nulls last, used.owner_rule
            rows between unbounded preceding and current row
        )') }} as running_used_usd
    from lines
    inner join skus
        on
            lines.provider_name = skus.provider_name
            and lines.billing_month_start_date = skus.billing_month_start_date
            and lines.sku_text = skus.sku_text
    inner join used
        on
            skus.provider_name = used.provider_name
            and skus.model = used.model
            and skus.service_tier = used.service_tier
            and cast(lines.charge_period_start_at as date) <= used.charge_date
            and {{ start_of_day('used.charge_date') }} < lines.charge_period_end_at
    where lines.is_shared_out

),

shared_out as (

    select
        lines.charge_id || '/' || cast(weighed.charge_date as string) || '/' || weighed.model || '/' || weighed.service_tier || '/' || md5(
            {%- for owner in owners %}
            {{ key_part('weighed.' ~ owner) }} || '|' ||
            {%- endfor %}
            weighed.owner_rule
        ) as charge_id,
        lines.charge_id as origin_charge_id,
        weighed.charge_date,
        weighed.model,
        weighed.service_tier,
        {{ period_on_day('lines.', 'weighed.charge_date') }},
        lines.{{ kept | join(', lines.') }},
        {% for amount, type in amounts.items() -%}
        {{ split_exactly('lines.' ~ amount, 'weighed.running_used_usd', '(weighed.running_used_usd - weighed.used_usd)', 'weighed.total_used_usd', type) }}
            as {{ amount }},
        {% endfor -%}
        'llm_usage' as cost_pool,
        weighed.{{ owners | join(', weighed.') }},
        weighed.owner_rule,
        cast(null as string) as allocation_driver,
        true as is_direct
    from lines
    inner join weighed on lines.charge_id = weighed.origin_charge_id

),

numbers as (

    {{ whole_numbers(0, 31) }}

),

{# The UTC days of lines for more than a day, in microseconds from the start of the line. #}
days as (

    select
        lines.charge_id as origin_charge_id,
        lines.charge_date + numbers.number as charge_date,
        {{ unix_microseconds('lines.charge_period_end_at') }} - {{ unix_microseconds('lines.charge_period_start_at') }} as line_microseconds,
        {{ unix_microseconds("least(lines.charge_period_end_at, " ~ start_of_day('lines.charge_date + numbers.number + 1') ~ ")") }} - {{ unix_microseconds('lines.charge_period_start_at') }} as running_microseconds,
        {{ unix_microseconds("greatest(lines.charge_period_start_at, " ~ start_of_day('lines.charge_date + numbers.number') ~ ")") }} - {{ unix_microseconds('lines.charge_period_start_at') }} as previous_microseconds
    from lines
    inner join numbers on {{ start_of_day('lines.charge_date + numbers.number') }} < lines.charge_period_end_at
    where lines.is_for_days

),

whole as (

    select
        lines.charge_id || coalesce('/' || cast(days.charge_date as string), '') as charge_id,
        lines.charge_id as origin_charge_id,
        coalesce(days.charge_date, lines.charge_date) as charge_date,
        cast(null as string) as model,
        cast(null as string) as service_tier,
        {{ period_on_day('lines.', 'days.charge_date') }},
        lines.{{ kept | join(', lines.') }},
        {% for amount, type in amounts.items() -%}
        case
            when days.origin_charge_id is null then lines.{{ amount }}
            else {{ split_exactly('lines.' ~ amount, 'days.running_microseconds', 'days.previous_microseconds', 'days.line_microseconds', type) }}
        end as {{ amount }},
        {% endfor -%}
        case when lines.is_shared_out then 'unexplained by usage' when lines.is_overlap then 'llm_usage' else coalesce(bill_pools.cost_pool, 'billed_services') end
            as cost_pool,
        {% for owner in owners -%}
        case
            when bill_pools.cost_pool is null
                then {{ "owner_matches." ~ owner if owner in ['team_id', 'business_unit_id', 'project_id', 'user_id', 'cost_centre'] else "'unallocated'" }}
        end as {{ owner }},
        {% endfor -%}
        owner_matches.owner_rule,
        {{ pool_driver('lines') }} as allocation_driver,
        bill_pools.cost_pool is null as is_direct
    from lines
    left join days on lines.charge_id = days.origin_charge_id
    inner join owner_matches
        on
            {{ owner_key(
                account_id='lines.billing_account_id', sub_account_id='lines.sub_account_id', resource_id='lines.resource_id', tags='lines.tags',
                charge_kind=charge_kind('lines.')
            ) }}
            = owner_matches.owner_key
            and owner_matches.valid_from_date <= coalesce(days.charge_date, lines.charge_date)
            and coalesce(days.charge_date, lines.charge_date) < owner_matches.valid_to_date
    left join bill_pools on case when not lines.is_overlap then owner_matches.owner_id end = bill_pools.cost_pool
    where lines.charge_id not in (select weighed.origin_charge_id from weighed)

),

{% set columns = ['charge_id', 'origin_charge_id', 'charge_date', 'model', 'service_tier', 'charge_period_start_at', 'charge_period_end_at'] + kept + (amounts | list) + ['cost_pool'] + owners + ['owner_rule', 'allocation_driver', 'is_direct'] %}

charges as (

    select {{ columns | join(', ') }} from shared_out
    union all
    select {{ columns | join(', ') }} from whole

)

select * from charges
