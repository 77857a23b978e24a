{# one row per offer that was judged on a series of usage, and per commitment that is owned: what whoever signs it has to know #}

{% set of_both = [
    'row_kind', 'decision', 'price_status', 'provider_name', 'offer_name', 'to_order', 'instance_type', 'platform', 'tenancy', 'region_id', 'flexibility', 'account_id',
    'payer_id', 'hourly_commitment_usd', 'condition', 'payment_month_usd', 'savings_30_days_usd', 'contract', 'owner_role', 'contract_effort_days', 'contract_effort_usd',
    'contract_savings_30_days_usd', 'months_to_start', 'machines_to_ask', 'savings_if_off_30_days_usd', 'decide_by_date', 'utilization_share', 'used_by', 'reason', 'price_source', 'offer_id'
] %}
{% set of_offers = [
    ('is_on_models', 'boolean'), ('machines', 'bigint'), ('term_months', 'integer'), ('payment_option', 'string'), ('first_signing_date', 'date'), ('last_signing_date', 'date'),
    ('first_term_ends_on', 'date'), ('last_term_ends_on', 'date'), ('tranches', 'string'), ('upfront_usd', 'decimal(28, 12)'), ('obligation_usd', 'decimal(28, 12)'),
    ('savings_low_30_days_usd', 'decimal(28, 12)'), ('savings_high_30_days_usd', 'decimal(28, 12)'), ('savings_after_price_plan_30_days_usd', 'decimal(28, 12)'),
    ('backtested_savings_30_days_usd', 'decimal(28, 12)'), ('money_at_risk_usd', 'decimal(28, 12)'), ('coverage_share', 'double'), ('break_even_months', 'double'),
    ('confidence', 'string'), ('measured_share', 'double'), ('simulated_share', 'double'), ('used_machines', 'integer'), ('only_resource_id', 'string'),
    ('machines_to_move', 'integer'), ('savings_if_not_moved_30_days_usd', 'decimal(28, 12)'), ('less_tied_offer_name', 'string'),
    ('less_tied_savings_30_days_usd', 'decimal(28, 12)'), ('priced_on', 'date'), ('price_address', 'string'), ('usage_group', 'string')
] %}
{% set of_owned = [('owned_until_date', 'date'), ('to_order_if_off', 'string'), ('savings_of_order_if_off_30_days_usd', 'decimal(28, 12)')] %}

{{ config(materialized=view_or_table()) }}

with recommendations as (

    select * from {{ ref('rpt_commitment_recommendations') }}

),

model_options as (

    select * from {{ ref('rpt_commitment_options') }}
    where is_recommended

),

chosen as (

    select * from {{ ref('int_commitments_chosen') }}
    where is_chosen

),

tranches as (

    select * from {{ ref('int_commitment_tranches') }}

),

works as (

    select * from {{ ref('int_actions__commitment') }}

),

renewals as (

    select * from {{ ref('rpt_commitment_renewals') }}

),

bought_for as (

    select * from {{ ref('int_commitment_usages_described') }}

),

kinds as (

    select * from {{ ref('savings_actions') }}
    where action_kind = 'commitment'

),

signed as (

    select
        tranches.usage_group,
        tranches.offer_id,
        max(tranches.months_to_wait) as months_to_wait,
        min(tranches.signed_month_date) as first_signing_date,
        max(tranches.signed_month_date) as last_signing_date,
        min(last_day(tranches.end_month_date)) as first_term_ends_on,
        max(last_day(tranches.end_month_date)) as last_term_ends_on,
        {{ string_agg_sorted(
            "cast(tranches.signed_month_date as string) || ': ' || case judged.commitment_kind when 'machines' then cast(" ~ whole_machines('tranches.units', 'bought_for.smallest_units') ~ " as string)"
            ~ " || ' x ' || bought_for.smallest_type else " ~ dollars_an_hour('tranches.units * tranches.usd_per_unit_hour') ~ ' end', '; ', by='tranches.tranche_number'
        ) }} as tranches
    from tranches
    inner join recommendations as judged on tranches.usage_group = judged.usage_group and tranches.offer_id = judged.offer_id
    left join bought_for on tranches.usage_group = bought_for.series_id
    group by tranches.usage_group, tranches.offer_id

),

offers as (

    select
        case when judged.is_recommended then 'to sign' else 'not to sign' end as row_kind,
        case when not judged.is_recommended then 'leave it' when judged.is_illustrative then 'ask for a quote' else 'sign it' end as decision,
        case when judged.is_illustrative then 'example of the project, not an offer: sign nothing before you have a quote' else 'price that you entered' end as price_status,
        judged.provider as provider_name, judged.is_on_models,
        judged.offer_name || case when judged.is_illustrative then ' (example)' else '' end as offer_name,
        case judged.commitment_kind
            when 'machines' then cast({{ whole_machines('judged.committed_units', 'bought_for.smallest_units') }} as string) || ' x ' || bought_for.smallest_type
            when 'capacity' then cast(cast(judged.committed_units as bigint) as string) || ' units of ' || judged.covers
            else {{ dollars_an_hour('judged.hourly_commitment_usd') }}
        end as to_order,
        case when judged.commitment_kind = 'machines' then bought_for.smallest_type end as instance_type,
        case when judged.commitment_kind = 'machines' then {{ whole_machines('judged.committed_units', 'bought_for.smallest_units') }} end as machines,
        case when judged.commitment_kind = 'machines' then bought_for.platform end as platform,
        case when judged.commitment_kind = 'machines' then bought_for.tenancy end as tenancy,
        judged.region_id,
        case
            when judged.is_on_models then case judged.covers when 'all models' then 'all models of the provider' else 'this model' end
            when judged.covers = 'everything' then 'any family, size and region'
            when judged.commitment_kind = 'spend' or bought_for.is_any_size then 'any size of ' || judged.covers || ' in the region'
            else 'this type in the region'
        end as flexibility,
        bought_for.account_id, bought_for.payer_id, judged.hourly_commitment_usd, judged.term_months, judged.payment_option,
        signed.first_signing_date, signed.last_signing_date, signed.first_term_ends_on, signed.last_term_ends_on, signed.tranches,
        case when signed.months_to_wait > 0 then 'make the savings on calls and machines first: it is sized on what they leave' end
        || case when judged.machines_to_move > 0 then '; sign it for those alone that have moved: ' || judged.first_to_move else '' end
        || case when judged.machines_to_ask > 0 then '; first ask whether ' || judged.first_to_ask || ' may be off at night' else '' end as condition,
        judged.upfront_cost_usd as upfront_usd, judged.monthly_payment_usd as payment_month_usd, judged.obligation_usd, judged.monthly_savings_usd as savings_30_days_usd,
        {# Of few machines none can be a fifth less: one of them goes. #}
        least(judged.monthly_savings_less_usage_usd, judged.monthly_savings_without_largest_usd) as savings_low_30_days_usd, judged.monthly_savings_more_usage_usd as savings_high_30_days_usd,
        {# The price plan makes customers leave, and with them calls: of no machine is it known whose it is. #}
        case when judged.is_on_models then model_options.net_monthly_savings_after_price_plan_usd when judged.is_recommended then judged.monthly_savings_usd end
            as savings_after_price_plan_30_days_usd,
        judged.backtested_monthly_savings_usd as backtested_savings_30_days_usd,
        case when works.work_parts > 0 then works.provider || ', ' || cast(works.work_parts as string) || ' in one contract' || case when works.is_illustrative then ', examples' else '' end end
            as contract,
        kinds.owner_role,
        {# What is of the whole contract stands on its first row alone, so that a column can be summed. #}
        {% for name, amount in [('effort_days', 'effort_days'), ('effort_usd', 'effort_usd'), ('savings_30_days_usd', 'monthly_savings_usd')] -%}
        case when row_number() over (partition by works.work_id order by judged.monthly_savings_usd desc, judged.usage_group asc, judged.offer_id asc) = 1 then works.work_{{ amount }} end
            as contract_{{ name }},
        {% endfor -%}
        cast(greatest(kinds.months_to_start, coalesce(signed.months_to_wait, 0)) as decimal(9, 6)) as months_to_start,
        judged.machines_to_ask, judged.monthly_savings_if_off_usd as savings_if_off_30_days_usd, judged.machines_to_move,
        judged.monthly_savings_if_not_moved_usd as savings_if_not_moved_30_days_usd, judged.simulated_share, judged.machines as used_machines,
        signed.first_signing_date - cast({{ assumption('commitment_quote_days') }} as integer) as decide_by_date,
        greatest(chosen.money_at_risk_usd, judged.largest_machine_obligation_usd) as money_at_risk_usd, judged.coverage_share, judged.utilization_share, judged.break_even_months, judged.confidence, judged.measured_share,
        judged.only_resource_id, coalesce(judged.used_by, bought_for.used_by) as used_by, judged.less_tied_offer_name, judged.less_tied_monthly_savings_usd as less_tied_savings_30_days_usd,
        judged.reason, judged.rate_source as price_source, judged.rate_priced_on as priced_on, judged.rate_address as price_address, judged.usage_group, judged.offer_id
    from recommendations as judged
    cross join kinds
    left join bought_for on case judged.covers when 'everything' then judged.alternatives else judged.usage_group end = bought_for.series_id
    left join signed on judged.usage_group = signed.usage_group and judged.offer_id = signed.offer_id
    left join chosen on judged.usage_group = chosen.usage_group and judged.offer_id = chosen.offer_id
    left join model_options on judged.offer_id = model_options.offer_id
    left join works on judged.usage_group = works.usage_group and judged.offer_id = works.offer_id

),

{# What is owned has a price already, and pays for its work from the day on which its term ends. #}
owned as (

    select
        'owned' as row_kind,
        renewals.advice as decision,
        'as on the bill: confirm the price of the next term' as price_status,
        renewals.provider_name, renewals.commitment_name as offer_name,
        {{ dollars_an_hour('renewals.renewed_hourly_usd') }} || ' of ' || {{ dollars_an_hour('renewals.hourly_cost_usd') }} as to_order,
        bought_for.smallest_type as instance_type, bought_for.platform, bought_for.tenancy, bought_for.region_id, renewals.commitment_type as flexibility,
        bought_for.account_id, bought_for.payer_id, renewals.renewed_hourly_usd as hourly_commitment_usd,
        case when renewals.is_renewed_automatically then 'it renews by itself unless somebody says no' else 'it ends unless somebody signs again' end
        || case when renewals.machines_to_change > 0 then '; it is sized as if ' || renewals.first_to_change || ' was changed first' else '' end
        || case
            when renewals.machines_to_ask > 0
                then
                    '; first ask whether ' || renewals.first_to_ask || ' may be off at night: if so, '
                    || case when renewals.renewed_hourly_if_off_usd > 0 then 'sign ' || {{ dollars_an_hour('renewals.renewed_hourly_if_off_usd') }} || ' again' else 'sign none of it again' end
            else ''
        end as condition,
        {{ money('renewals.renewed_hourly_usd * 730') }} as payment_month_usd,
        renewals.renewed_monthly_savings_usd as savings_30_days_usd,
        renewals.provider_name || ', renewal of ' || renewals.commitment_name as contract,
        renewals.owner_role, renewals.effort_days as contract_effort_days, renewals.effort_usd as contract_effort_usd,
        renewals.renewed_monthly_savings_usd as contract_savings_30_days_usd, renewals.months_to_start,
        renewals.machines_to_ask, renewals.unchanged_monthly_savings_if_off_usd as savings_if_off_30_days_usd,
        case when renewals.renewed_hourly_if_off_usd > 0 then {{ dollars_an_hour('renewals.renewed_hourly_if_off_usd') }} when renewals.renewed_hourly_if_off_usd = 0 then 'none' end as to_order_if_off, renewals.renewed_monthly_savings_if_off_usd as savings_of_order_if_off_30_days_usd,
        renewals.utilization_share, bought_for.used_by, cast(null as string) as reason, 'the bill' as price_source, renewals.commitment_id as offer_id,
        renewals.ends_on as owned_until_date, renewals.decide_by_date
    from renewals
    left join bought_for on {{ owned_commitment_series('renewals.provider_name', 'renewals.commitment_id') }} = bought_for.series_id

),

together as (

    select {{ of_both | join(', ') }}, {% for name, _ in of_offers %}{{ name }}, {% endfor %}{% for name, type in of_owned %}cast(null as {{ type }}) as {{ name }}{{ ', ' if not loop.last }}{% endfor %} from offers
    union all
    select {{ of_both | join(', ') }}, {% for name, type in of_offers %}cast(null as {{ type }}) as {{ name }}, {% endfor %}{% for name, _ in of_owned %}{{ name }}{{ ', ' if not loop.last }}{% endfor %} from owned

),

final as (

    select
        *,
        'USD' as currency,
        case row_kind when 'owned' then 1 when 'to sign' then 2 else 3 end as row_order,
        {{ payback_months('contract_effort_usd', 'contract_savings_30_days_usd') }} as contract_payback_months,
        {{ first_year_net('contract_effort_usd', 'contract_savings_30_days_usd', 'months_to_start') }} as contract_first_year_usd
    from together

)

select * from final
