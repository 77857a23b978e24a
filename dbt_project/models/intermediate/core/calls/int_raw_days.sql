{# one row per UTC day with raw call files, or with rows in the last published build #}

{% set loaded_days = load_relation(loaded_days_relation()) if execute and not flags.FULL_REFRESH else none %}
{% set unpriced_models = load_relation(unpriced_models_relation()) if execute and not flags.FULL_REFRESH else none %}
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

unpriced_models as (

    {% if unpriced_models %}
    select day_date, model, price_digest from {{ unpriced_models }}
    {% else %}
    select cast(null as date) as day_date, cast(null as string) as model, cast(null as string) as price_digest
    where 1 = 0
    {% endif %}

),

{# What a variable says of every record is as much a reason to build a day anew as its files are. #}
days_with_files as (

    select
        partition_date as day_date,
        count(*) as file_count,
        {{ string_agg_sorted('file_version') }}
        || '|{{ var("max_tokens_per_call") }}|{{ var("max_cost_per_call_usd") }}|{{ var("price_packages") | join(",") }}' as file_listing
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

price_digests as (

    select
        model,
        {{ price_digest() }} as price_digest
    from price_rows
    group by model

),

{# Days with calls that had no price, and prices of their model that came or changed since. #}
days_priced_late as (

    select distinct unpriced_models.day_date
    from unpriced_models
    inner join price_digests on unpriced_models.model = price_digests.model
    where unpriced_models.price_digest is null or unpriced_models.price_digest <> price_digests.price_digest

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
        or days_priced_late.day_date is not null as is_changed
    from fingerprinted
    full outer join loaded_days on fingerprinted.day_date = loaded_days.day_date
    full outer join unsettled_days on coalesce(fingerprinted.day_date, loaded_days.day_date) = unsettled_days.day_date
    left join days_priced_late on fingerprinted.day_date = days_priced_late.day_date

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
