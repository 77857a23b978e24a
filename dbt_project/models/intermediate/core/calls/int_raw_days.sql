{# one row per UTC day with raw call files, or with rows in the last published build #}

{% set loaded_days = load_relation(loaded_days_relation()) if execute and not flags.FULL_REFRESH else none %}
{% set loaded_prices = load_relation(loaded_prices_relation()) if execute and not flags.FULL_REFRESH else none %}
{% set usage_slots = load_relation(_intermediate_table('int_usage_slots')) if execute and not flags.FULL_REFRESH else none %}
{% set unsettled_days = load_relation(unsettled_days_relation()) if execute else none %}

with call_files as (

    select * from {{ ref('int_call_files') }}

),

contract_rates as (

    select * from {{ ref('int_contract_rates') }}

),

price_rows as (

    select * from {{ ref('int_list_price_rows') }}

),

loaded_days as (

    {% if loaded_days %}
    select day_date, fingerprint from {{ loaded_days }}
    {% else %}
    select cast(null as date) as day_date, cast(null as string) as fingerprint
    where 1 = 0
    {% endif %}

),

{# Days that runs changed since, and did not publish. #}
unsettled_days as (

    {% if unsettled_days %}
    select distinct day_date from {{ unsettled_days }}
    {% else %}
    select cast(null as date) as day_date
    where 1 = 0
    {% endif %}

),

{# The usage of the days as they were built last. #}
used as (

    {% if usage_slots %}
    select distinct usage_date, model, service_tier, is_metered from {{ usage_slots }}
    {% else %}
    select cast(null as date) as usage_date, cast(null as string) as model, cast(null as string) as service_tier, false as is_metered
    where 1 = 0
    {% endif %}

),

{# What a variable says of every record is as much a reason to build a day anew as its files are. #}
days_with_files as (

    select
        partition_date as day_date,
        count(*) as file_count,
        {{ string_agg_sorted('file_version') }}
        || '|{{ var("max_tokens_per_call") }}|{{ var("max_cost_per_call_usd") }}{{ time_zone_version() }}' as file_listing
    from call_files
    group by partition_date

),

{# A negotiated rate that is added later changes the effective cost of the days it is valid on, and of no others. #}
rates_by_day as (

    select
        days_with_files.day_date,
        {{ string_agg_sorted('contract_rates.rate_text') }} as rate_listing
    from days_with_files
    inner join contract_rates
        on
            contract_rates.valid_from < {{ start_of_day('days_with_files.day_date + 1') }}
            and {{ start_of_day('days_with_files.day_date') }} < contract_rates.valid_to
    group by days_with_files.day_date

),

fingerprinted as (

    select
        days_with_files.day_date,
        days_with_files.file_count,
        md5(days_with_files.file_listing || '|' || coalesce(rates_by_day.rate_listing, '')) as fingerprint
    from days_with_files
    left join rates_by_day on days_with_files.day_date = rates_by_day.day_date

),

{# Without a build before, all that the lists say is new. #}
rows_then_and_now as (

    select 'now' as said, {{ price_row_columns() | join(', ') }} from price_rows
    {%- if loaded_prices %}
    union all
    select 'then' as said, {{ price_row_columns() | join(', ') }} from {{ loaded_prices }}
    {%- endif %}

),

rows_compared as (

    select {{ price_row_columns() | join(', ') }}, count(distinct said) = 2 as is_kept
    from rows_then_and_now
    group by {{ price_row_columns() | join(', ') }}

),

{# Since when a row changes what calls without meters cost: since it was recorded, where the list said something of its time before.
   What it restates is looked up by who reads it, unless calls must be summed apart for it, or are priced meter by meter. #}
prices_changed as (

    select
        changed.model,
        changed.service_tier,
        changed.valid_from as restated_from,
        case
            when changed.token_class not in ('input', 'cached_input', 'cache_write', 'output') then null
            when max(kept.recorded_on) is null or changed.usd_per_million_tokens is null then changed.valid_from
            when changed.min_input_tokens > 0 or changed.weekdays is not null or changed.hours_utc is not null then changed.valid_from
            else greatest(changed.valid_from, {{ start_of_day('changed.recorded_on') }})
        end as charged_from
    from rows_compared as changed
    left join rows_compared as kept
        on
            kept.is_kept
            and changed.provider = kept.provider
            and changed.model = kept.model
            and changed.service_tier = kept.service_tier
            and changed.token_class = kept.token_class
            and kept.valid_from <= changed.valid_from
            and kept.recorded_on < changed.recorded_on
    where not changed.is_kept
    group by changed.{{ price_row_columns() | join(', changed.') }}

),

{# Whatever the provider: where calls name none, it is the one of the lists that names the model. A price that begins within
   a day cuts that day for all models. #}
days_repriced as (

    select used.usage_date as day_date
    from used
    inner join prices_changed as prices
        on
            used.model = prices.model
            and used.service_tier = prices.service_tier
            and case when used.is_metered then prices.restated_from else prices.charged_from end < {{ start_of_day('used.usage_date + 1') }}
    union
    select cast(restated_from as date) as day_date
    from prices_changed
    where restated_from <> {{ start_of_day('cast(restated_from as date)') }}

),

newest as (

    select max(day_date) as day_date from fingerprinted

),

compared as (

    select
        coalesce(fingerprinted.day_date, loaded_days.day_date, unsettled_days.day_date) as day_date,
        cast(coalesce(fingerprinted.file_count, 0) as bigint) as file_count,
        fingerprinted.fingerprint,
        unsettled_days.day_date is not null as is_unsettled,
        coalesce(fingerprinted.fingerprint, '') <> coalesce(loaded_days.fingerprint, '')
        or unsettled_days.day_date is not null
        or days_repriced.day_date is not null as is_changed
    from fingerprinted
    full outer join loaded_days on fingerprinted.day_date = loaded_days.day_date
    full outer join unsettled_days on coalesce(fingerprinted.day_date, loaded_days.day_date) = unsettled_days.day_date
    left join days_repriced on fingerprinted.day_date = days_repriced.day_date

),

{# A day without files and one that a run left half done are never left alone. #}
judged as (

    select
        compared.day_date,
        compared.file_count,
        compared.fingerprint,
        compared.is_changed,
        compared.is_changed
        {%- if loaded_days and var('late_data_lookback_days') != 'all' %}
        and (
            compared.day_date >= newest.day_date - {{ var('late_data_lookback_days') }}
            or compared.file_count = 0
            or compared.is_unsettled
        )
        {%- endif %} as is_touched
    from compared
    cross join newest

)

select * from judged
