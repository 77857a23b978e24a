{# one row per provider x SKU, as lines of bills that count before the calls word it, x model and service tier of the calls that it means #}

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
        {{ sku_text() }} as sku_text
    from bills
    where is_overlap and is_counted

),

models as (

    select distinct
        coalesce(provider_names.provider_name, usage_daily.provider) as provider_name,
        usage_daily.model,
        usage_daily.service_tier
    from usage_daily
    inner join ai_services on usage_daily.provider = ai_services.provider
    left join provider_names on lower(usage_daily.provider) = provider_names.name_in_source

),

named as (

    select
        skus.provider_name,
        skus.sku_text,
        models.model,
        models.service_tier,
        {{ has_word('skus.sku_text', 'lower(models.service_tier)') }} as has_tier,
        max(length(models.model)) over (partition by skus.provider_name, skus.sku_text) as longest_name
    from skus
    inner join models
        on skus.provider_name = models.provider_name and {{ has_word('skus.sku_text', 'lower(models.model)') }}

),

{# A bill words its SKUs as it likes: they are of the longest name of a model in use that stands in their text as a whole
   word, and of the service tier named there, if one is. #}
matched as (

    select
        *,
        bool_or(has_tier) over (partition by provider_name, sku_text) as names_tier
    from named
    where length(model) = longest_name

),

final as (

    select provider_name, sku_text, model, service_tier
    from matched
    where has_tier or not names_tier

)

select * from final
