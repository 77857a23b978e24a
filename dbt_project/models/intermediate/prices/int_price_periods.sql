{# one row per provider x model x service tier x period in which none of its prices changes, half-open.
   All token classes side by side: a call needs one look-up, not six. #}

with list_prices as (

    select * from {{ ref('int_list_prices') }}

),

contract_rates as (

    select * from {{ ref('int_contract_rates') }}

),

change_points as (

    select provider, model, service_tier, valid_from as changed_at from list_prices
    union
    select provider, model, service_tier, valid_from as changed_at from contract_rates
    union
    select provider, model, service_tier, valid_to as changed_at from contract_rates

),

periods as (

    select
        provider,
        model,
        service_tier,
        changed_at as valid_from,
        coalesce(
            lead(changed_at) over (partition by provider, model, service_tier order by changed_at),
            cast('9999-12-31 00:00:00' as timestamp)
        ) as valid_to
    from change_points

),

list_by_period as (

    select
        periods.provider,
        periods.model,
        periods.service_tier,
        periods.valid_from,
        max(list_prices.usd_per_token) filter (where list_prices.token_class = 'input') as list_usd_per_input_token,
        max(list_prices.usd_per_token) filter (where list_prices.token_class = 'cached_input') as list_usd_per_cached_input_token,
        max(list_prices.usd_per_token) filter (where list_prices.token_class = 'output') as list_usd_per_output_token
    from periods
    inner join list_prices
        on
            periods.provider = list_prices.provider
            and periods.model = list_prices.model
            and periods.service_tier = list_prices.service_tier
            and list_prices.valid_from <= periods.valid_from
            and periods.valid_from < list_prices.valid_to
    group by periods.provider, periods.model, periods.service_tier, periods.valid_from

),

contracted_by_period as (

    select
        periods.provider,
        periods.model,
        periods.service_tier,
        periods.valid_from,
        max(contract_rates.usd_per_token) filter (where contract_rates.token_class = 'input') as contracted_usd_per_input_token,
        max(contract_rates.usd_per_token) filter (where contract_rates.token_class = 'cached_input') as contracted_usd_per_cached_input_token,
        max(contract_rates.usd_per_token) filter (where contract_rates.token_class = 'output') as contracted_usd_per_output_token
    from periods
    inner join contract_rates
        on
            periods.provider = contract_rates.provider
            and periods.model = contract_rates.model
            and periods.service_tier = contract_rates.service_tier
            and contract_rates.valid_from <= periods.valid_from
            and periods.valid_from < contract_rates.valid_to
    group by periods.provider, periods.model, periods.service_tier, periods.valid_from

),

priced as (

    select
        periods.provider,
        periods.model,
        periods.service_tier,
        periods.valid_from,
        periods.valid_to,
        list_by_period.list_usd_per_input_token,
        list_by_period.list_usd_per_cached_input_token,
        list_by_period.list_usd_per_output_token,
        contracted_by_period.valid_from is not null as is_negotiated,
        coalesce(contracted_by_period.contracted_usd_per_input_token, list_by_period.list_usd_per_input_token) as contracted_usd_per_input_token,
        coalesce(contracted_by_period.contracted_usd_per_cached_input_token, list_by_period.list_usd_per_cached_input_token)
            as contracted_usd_per_cached_input_token,
        coalesce(contracted_by_period.contracted_usd_per_output_token, list_by_period.list_usd_per_output_token) as contracted_usd_per_output_token
    from periods
    left join list_by_period
        on
            periods.provider = list_by_period.provider
            and periods.model = list_by_period.model
            and periods.service_tier = list_by_period.service_tier
            and periods.valid_from = list_by_period.valid_from
    left join contracted_by_period
        on
            periods.provider = contracted_by_period.provider
            and periods.model = contracted_by_period.model
            and periods.service_tier = contracted_by_period.service_tier
            and periods.valid_from = contracted_by_period.valid_from
    where periods.valid_from < periods.valid_to

)

select * from priced
