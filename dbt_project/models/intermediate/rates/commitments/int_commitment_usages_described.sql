{# one row per series of usage on the bill of a cloud that an offer could cover, or that an owned commitment covers: what one buys for it, who pays, whose it is #}

with lines as (

    select * from {{ ref('int_commitment_lines') }}

),

cases as (

    select * from {{ ref('int_commitment_cases') }}
    where usage_case = 'as_judged'

),

optimized as (

    select * from {{ ref('int_usage_optimized') }}

),

machine_types as (

    select * from {{ ref('int_machine_types') }}

),

resized as (

    select
        provider_name,
        resource_id,
        {{ accepted_type() }} as target,
        {{ share_left_to_commit_to() }} as left_share
    from optimized
    group by provider_name, resource_id

),

{# By the type that a machine takes, and what the actions leave of it, as the engine sees it. #}
usages as (

    select
        lines.provider_name, lines.usage_kind, lines.plan_scope, lines.region_id, lines.commitment_discount_id, lines.is_covered, lines.is_by_instance,
        coalesce(types.instance_type, lines.instance_type) as instance_type, coalesce(types.family, lines.family) as family,
        case
            when types.family is null then lines.reserved_as else {{ reserved_as('types.instance_type', 'types.family', 'types.normalized_units', 'lines') }}
        end as reserved_as,
        case when types.family is null then lines.units_per_instance else {{ units_of_machine('types.normalized_units', 'lines') }} end as units_per_instance,
        lines.operating_system, lines.tenancy, lines.sub_account_id, lines.billing_account_id,
        coalesce(lines.team_id, 'shared') as team_id,
        {{ money("sum(case when lines.reach = 'reservation' and lines.is_by_instance then lines.effective_cost_usd end)") }} as reserved_usd,
        sum(case when lines.reach = 'reservation' and lines.is_by_instance then lines.pricing_quantity end) as reserved_hours,
        {{ money('sum(case when cast(lines.charge_period_start_at as date) between cases.first_date and cases.last_date then '
            ~ money_of_double('cast(lines.list_cost_usd as double) * case when lines.is_covered then 1 else coalesce(resized.left_share, 1) end') ~ ' end)') }} as judged_usd
    from lines
    inner join cases on lines.provider_name = cases.history_id
    left join resized on lines.provider_name = resized.provider_name and lines.resource_id = resized.resource_id
    left join machine_types as types on lines.provider_name = types.provider_name and case when not lines.is_covered then resized.target end = types.instance_type
    where lines.is_covered or coalesce(resized.left_share, 1) > 0
    group by all

),

{# A line belongs to each series that it could be a part of. #}
series as (

    select {{ commitment_series('instances', 'usages.') }} as series_id, usages.* from usages
    where not usages.is_covered and usages.is_by_instance
    union all
    select {{ commitment_series('family', 'usages.') }} as series_id, usages.* from usages
    where not usages.is_covered
    union all
    select usages.provider_name || ' / ' || usages.plan_scope as series_id, usages.* from usages
    where not usages.is_covered
    union all
    select {{ owned_commitment_series('usages.provider_name', "coalesce(usages.commitment_discount_id, 'unknown')") }} as series_id, usages.* from usages
    where usages.is_covered

),

teams as (

    select
        series_id,
        team_id,
        {{ ratio('sum(judged_usd)', 'sum(sum(judged_usd)) over (partition by series_id)') }} as team_share,
        row_number() over (partition by series_id order by sum(judged_usd) desc nulls last, team_id asc) as team_rank
    from series
    group by series_id, team_id
    having sum(judged_usd) > 0

),

used as (

    select
        series_id,
        {{ string_agg_sorted("team_id || ' ' || " ~ percent_text('team_share'), ', ', by='team_rank') }} as used_by
    from teams
    where team_rank <= 5
    group by series_id

),

accounts as (

    select
        series_id,
        sub_account_id,
        row_number() over (partition by series_id order by sum(judged_usd) desc nulls last, sub_account_id asc) as account_rank
    from series
    where sub_account_id is not null
    group by series_id, sub_account_id

),

accounts_named as (

    select
        series_id,
        {{ some_named('sub_account_id', 'sub_account_id is not null', 'account_rank') }} as account_id
    from accounts
    group by series_id

),

bought as (

    select
        series_id,
        {# Machines are bought as so many of the smallest type that is in use: where sizes count, they cover the larger ones too. #}
        min_by(instance_type, {{ in_order('units_per_instance', 'instance_type') }}) as smallest_type,
        min(units_per_instance) as smallest_units,
        {% for name, column in [
            ('platform', 'operating_system'), ('tenancy', 'tenancy'), ('payer_id', 'billing_account_id'), ('region_id', 'region_id')
        ] -%}
        case
            when count(distinct {{ column }}) = 1 then min({{ column }})
            when count(distinct {{ column }}) > 1 then cast(count(distinct {{ column }}) as string) || ' different'
        end as {{ name }},
        {% endfor -%}
        {{ ratio('sum(reserved_usd)', 'sum(reserved_hours * units_per_instance)') }} as owned_usd_per_unit_hour,
        bool_and(reserved_as = family) as is_any_size
    from series
    group by series_id

),

final as (

    select
        bought.*,
        accounts_named.account_id,
        used.used_by
    from bought
    left join accounts_named on bought.series_id = accounts_named.series_id
    left join used on bought.series_id = used.series_id

)

select * from final
