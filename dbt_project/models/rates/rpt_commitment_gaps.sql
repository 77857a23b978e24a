{# one row per provider x reason why usage that a commitment could cover is covered or not: what it costs per 30 days. Those that were judged sum to what the portfolio calls eligible #}

{{ config(materialized=view_or_table()) }}

with outcomes as (

    select * from {{ ref('int_commitment_outcomes') }}
    where usage_basis = 'after_actions'

),

decided as (

    select * from {{ ref('int_commitments_chosen') }}

),

owned as (

    select * from {{ ref('int_commitments_owned') }}

),

lines as (

    select * from {{ ref('int_commitment_lines') }}
    where not is_covered and effective_cost_usd > 0 and list_cost_usd > 0

),

rates as (

    select distinct provider_name, usage_kind, family, region_id from {{ ref('int_cloud_offer_rates') }}

),

cases as (

    select * from {{ ref('int_commitment_cases') }}
    where usage_case = 'as_judged'

),

{# What the offers for a group of usage see of it, as the portfolio counts it: what a plan on everything sees beyond all groups is a group of its own. #}
seen_by_offer as (

    select provider, history_id, alternatives, group_id, offer_id, {{ money('sum(' ~ money_times('on_demand_cost_usd', 'cast(months_per_lookback as double)') ~ ')') }} as seen_usd
    from outcomes
    where level_kind = 'optimal'
    group by provider, history_id, alternatives, group_id, offer_id

),

seen as (

    select provider, history_id, alternatives, group_id, {{ money('max(seen_usd)') }} as seen_usd
    from seen_by_offer
    group by provider, history_id, alternatives, group_id

),

open_usage as (

    select
        provider, history_id, alternatives, group_id,
        case
            when group_id = alternatives
                then greatest(seen_usd - coalesce(sum(case when group_id <> alternatives then seen_usd end) over (partition by alternatives), 0), 0)
            else seen_usd
        end as open_usd
    from seen

),

chosen as (

    select group_id, {{ money('sum(covered_monthly_usd)') }} as signed_usd
    from decided
    where is_chosen
    group by group_id

),

{# Why the option of a group that is nearest to a signature has none: one that pays before one that has to be measured, and that before the others by what they would save. #}
refused as (

    select
        outcomes.alternatives,
        outcomes.group_id,
        case when outcomes.outcome = 'pays' then coalesce(decided.reason, 'pays') else outcomes.outcome end as reason,
        row_number() over (
            partition by outcomes.group_id
            order by
                case
                    when decided.reason in ('the target of coverage is reached', 'beyond the limit of risk', 'its contract saves less than its work costs') then 1
                    when outcomes.outcome = 'pays' then 2
                    when outcomes.outcome = 'measure first' then 3
                    else 4
                end asc,
                outcomes.net_monthly_savings_usd desc nulls last, outcomes.offer_id asc, outcomes.series_id asc, outcomes.level_kind asc
        ) as nearness
    from outcomes
    left join decided on outcomes.offer_id = decided.offer_id and outcomes.series_id = decided.usage_group and outcomes.level_kind = decided.level_kind

),

judged as (

    select
        open_usage.provider, open_usage.alternatives, open_usage.group_id, open_usage.open_usd, chosen.signed_usd,
        max(case when open_usage.group_id = open_usage.alternatives then chosen.signed_usd end) over (partition by open_usage.alternatives) as signed_on_everything_usd,
        refused.reason
    from open_usage
    left join chosen on open_usage.group_id = chosen.group_id
    left join refused on open_usage.group_id = refused.group_id and refused.nearness = 1

),

{# A plan on everything covers groups of all kinds: what it leaves runs in too few hours, whichever group it is of. #}
parts as (

    select provider as provider_name, 'to sign' as reason, group_id, signed_usd as monthly_usd
    from judged
    where signed_usd > 0
    union all
    select
        provider as provider_name,
        case when coalesce(signed_usd, signed_on_everything_usd) is not null then 'in too few hours' else reason end as reason, group_id,
        open_usd - case when signed_on_everything_usd is not null then 0 else coalesce(signed_usd, 0) end as monthly_usd
    from judged
    union all
    select
        provider as provider_name, 'in too few hours' as reason, cast(null as string) as group_id, -signed_on_everything_usd as monthly_usd
    from judged
    where group_id = alternatives and signed_on_everything_usd is not null
    union all
    select provider_name, 'owned' as reason, commitment_discount_id as group_id, owned_monthly_usd as monthly_usd
    from owned

),

{# What was used, whether or not it stays: the difference to what was judged is what other actions take first. #}
used as (

    select
        lines.provider_name,
        rates.provider_name is not null as has_offer,
        {{ money('sum(' ~ money_times('lines.effective_cost_usd + lines.sustained_use_usd', 'cast(cases.months as double)') ~ ')') }} as used_usd
    from lines
    inner join cases on lines.provider_name = cases.history_id and cast(lines.charge_period_start_at as date) between cases.first_date and cases.last_date
    left join rates
        on
            lines.provider_name = rates.provider_name
            and lines.usage_kind = rates.usage_kind
            and lines.family = rates.family
            and lines.region_id = rates.region_id
    group by lines.provider_name, rates.provider_name is not null

),

of_clouds as (

    select history_id as provider_name, {{ money('sum(open_usd)') }} as open_usd
    from open_usage
    group by history_id

),

rows_of_reasons as (

    select provider_name, reason, true as is_judged, count(distinct case when monthly_usd <> 0 then group_id end) as usage_groups, {{ money('sum(monthly_usd)') }} as monthly_usd
    from parts
    group by provider_name, reason
    union all
    select
        used.provider_name,
        'other actions come first' as reason,
        false as is_judged,
        cast(null as bigint) as usage_groups,
        {{ money('used.used_usd - of_clouds.open_usd') }} as monthly_usd
    from used
    inner join of_clouds on used.provider_name = of_clouds.provider_name
    where used.has_offer
    union all
    select provider_name, 'no offer is on file' as reason, false as is_judged, cast(null as bigint) as usage_groups, used_usd as monthly_usd
    from used
    where not has_offer

),

final as (

    select
        provider_name, reason, is_judged, usage_groups, monthly_usd,
        case when is_judged then {{ ratio('monthly_usd', 'sum(case when is_judged then monthly_usd end) over ()') }} end as judged_share,
        case
            when reason = 'owned' then 'covered'
            when reason = 'to sign' then 'sign it, in the tranches of the ladder'
            when reason = 'measure first' then 'measure the use of its machines, then judge again'
            when reason in ('beyond the limit of risk', 'its contract saves less than its work costs') then 'leave it on demand, or change the limit'
            when reason = 'other actions come first' then 'carry out the actions on machines first'
            when reason = 'no offer is on file' then 'ask for an offer'
            else 'leave it on demand'
        end as what_to_do
    from rows_of_reasons
    where monthly_usd <> 0

)

select * from final
