{# one row per provider x month of the bill x SKU, as lines of bills that count before the calls word it, x model and service tier of the calls that it means #}

with bills as (

    select * from {{ ref('int_focus_charges_converted') }}

),

usage_daily as (

    select * from {{ ref('fct_usage_daily') }}

),

provider_names as (

    select * from {{ ref('provider_names') }}

),

ai_services as (

    select * from {{ ref('ai_services') }}

),

skus as (

    select distinct
        provider_name,
        billing_month_start_date,
        {{ sku_text() }} as sku_text,
        {{ undated(sku_text()) }} as undated_text
    from bills
    where is_overlap and is_counted

),

models as (

    select distinct
        coalesce(provider_names.provider_name, usage_daily.provider) as provider_name,
        usage_daily.model,
        {{ undated('lower(usage_daily.model)') }} as undated_name,
        usage_daily.service_tier
    from usage_daily
    inner join ai_services on usage_daily.provider = ai_services.provider
    left join provider_names on lower(usage_daily.provider) = provider_names.name_in_source

),

{# A bill words its SKUs as it likes: they are of the longest name of a model in use that stands in their text as a whole
   word, and of the service tier named there, if one is. #}
named as (

    select
        skus.provider_name,
        skus.billing_month_start_date,
        skus.sku_text,
        models.model,
        models.service_tier,
        {{ has_word('skus.sku_text', 'lower(models.model)') }} as is_named,
        length(models.undated_name) as name_length,
        {{ has_word('skus.sku_text', 'lower(models.service_tier)') }} as has_tier
    from skus
    inner join models
        on
            skus.provider_name = models.provider_name
            and (
                {{ has_word('skus.sku_text', 'lower(models.model)') }}
                or {{ has_word('skus.undated_text', 'models.undated_name') }}
            )

),

longest as (

    select
        provider_name,
        billing_month_start_date,
        sku_text,
        model,
        service_tier,
        has_tier,
        is_named and length(model) = max(case when is_named then length(model) end) over (partition by provider_name, billing_month_start_date, sku_text) as is_named
    from (
        select
            *,
            max(name_length) over (partition by provider_name, billing_month_start_date, sku_text) as longest_name
        from named
    ) as measured
    where name_length = longest_name

),

{# Calls and bills name one model by its alias and by a dated version of it. A model that the bill of a month names word for word has the
   lines that do so; one that it names nowhere has those of the other names. #}
worded as (

    select
        *,
        bool_or(is_named) over (partition by provider_name, billing_month_start_date, model) as is_named_somewhere
    from longest

),

matched as (

    select
        *,
        bool_or(has_tier) over (partition by provider_name, billing_month_start_date, sku_text) as names_tier
    from worded
    where is_named or not is_named_somewhere

),

final as (

    select provider_name, billing_month_start_date, sku_text, model, service_tier
    from matched
    where has_tier or not names_tier

)

select * from final
