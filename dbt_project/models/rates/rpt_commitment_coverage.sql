{# one row per month x provider x commitment on its bills, and one for all of the provider: what it covers, how far it is used, what it saves, whose the rest is #}

with charges as (

    select * from {{ ref('fct_charges') }}

),

lines as (

    select * from {{ ref('int_commitment_lines') }}

),

commitment_services as (

    select * from {{ ref('commitment_services') }}
    where is_by_instance

),

bought as (

    select
        cast(date_trunc('month', charge_date) as date) as month_start_date,
        provider_name,
        commitment_discount_id as commitment_id, commitment_discount_name as commitment_name, commitment_discount_type as commitment_type, commitment_discount_category as commitment_category,
        case when charge_category = 'Usage' then commitment_discount_status else coalesce(commitment_discount_status, charge_category) end as part,
        coalesce(team_id, 'shared') as team_id,
        billed_cost_usd,
        effective_cost_usd
    from charges
    where commitment_discount_id is not null and is_counted and effective_cost_usd is not null

),

{# Whose a commitment is: who bears most of what was not used of it, else of what was. #}
owned as (

    select
        month_start_date, provider_name, commitment_id, team_id,
        row_number() over (
            partition by month_start_date, provider_name, commitment_id
            order by sum(case when part = 'Unused' then effective_cost_usd else 0 end) desc, sum(effective_cost_usd) desc, team_id asc
        ) as owner_rank
    from bought
    group by month_start_date, provider_name, commitment_id, team_id

),

{# What each could cover is all usage of the kinds that it covers. #}
commitments as (

    select
        month_start_date, provider_name, commitment_id,
        max(commitment_name) as commitment_name,
        min(commitment_type) as commitment_type,
        max(commitment_category) as commitment_category,
        {{ commitment_reach('max(commitment_category)', 'min(commitment_type)') }} as reach,
        {{ money("sum(case when part = 'Used' then effective_cost_usd else 0 end)") }} as used_cost_usd,
        {{ money("sum(case when part = 'Unused' then effective_cost_usd else 0 end)") }} as unused_cost_usd,
        {{ money("sum(case when part = 'Purchase' then billed_cost_usd else 0 end)") }} as purchased_usd
    from bought
    group by month_start_date, provider_name, commitment_id

),

{# At list price on demand, unknown where the bill has none for a line of it. A dollar that several programmes could cover is in it once. #}
eligible as (

    select
        cast(date_trunc('month', charge_period_start_at) as date) as month_start_date,
        provider_name, usage_kind, plan_scope, family, reserved_as, region_id, commitment_eligibility,
        case when is_covered then coalesce(commitment_discount_id, 'unknown') end as commitment_id,
        case when count(list_cost_usd) = count(*) then {{ money('sum(list_cost_usd)') }} end as on_demand_usd,
        {{ money('sum(effective_cost_usd)') }} as effective_cost_usd
    from lines
    group by all

),

reached as (

    select distinct
        eligible.month_start_date, eligible.provider_name, eligible.commitment_id, commitments.commitment_type, commitments.reach,
        {{ reach_key('eligible', 'commitments.reach') }} as reach_key
    from eligible
    left join commitments
        on eligible.month_start_date = commitments.month_start_date and eligible.provider_name = commitments.provider_name and eligible.commitment_id = commitments.commitment_id
    where eligible.commitment_id is not null

),

{# Where the bill names the programmes that could take a line, it must name that of the commitment. #}
of_commitment as (

    select
        reached.month_start_date, reached.provider_name, reached.commitment_id,
        case
            when count(case when eligible.commitment_id = reached.commitment_id and eligible.on_demand_usd is null then 1 end) = 0
                then {{ money('sum(case when eligible.commitment_id = reached.commitment_id then eligible.on_demand_usd end)') }}
        end as covered_usd,
        case when count(eligible.on_demand_usd) = count(*) then {{ money('sum(eligible.on_demand_usd)') }} end as eligible_usd
    from reached
    inner join eligible
        on
            reached.month_start_date = eligible.month_start_date
            and reached.provider_name = eligible.provider_name
            and reached.reach_key = {{ reach_key('eligible', 'reached.reach') }}
    where
        eligible.commitment_id is not distinct from reached.commitment_id
        or eligible.commitment_eligibility is null
        or reached.commitment_type is null
        or {{ place_in_text('lower(eligible.commitment_eligibility)', 'lower(reached.commitment_type)') }} > 0
    group by reached.month_start_date, reached.provider_name, reached.commitment_id

),

{# Hours of a service whose machines can be reserved, on a line that names no type of machine: nobody can say which offer would take them. #}
untyped as (

    select
        cast(date_trunc('month', charges.charge_period_start_at) as date) as month_start_date,
        charges.provider_name,
        {{ money('sum(coalesce(charges.list_cost_usd, charges.effective_cost_usd))') }} as untyped_usd
    from charges
    inner join commitment_services as services on charges.provider_name = services.provider_name and lower(charges.service_name) = lower(services.service_name)
    where
        charges.charge_category = 'Usage' and charges.is_counted and coalesce(charges.pricing_category, 'Standard') = 'Standard' and charges.commitment_discount_status is null
        and lower(charges.consumed_unit) in ('hrs', 'hours', 'hour', 'h', '1 hour') and {{ json_text('charges.sku_price_details', 'InstanceType') }} is null
    group by cast(date_trunc('month', charges.charge_period_start_at) as date), charges.provider_name

),

of_provider as (

    select
        month_start_date,
        provider_name,
        case when count(*) filter (where commitment_id is not null and on_demand_usd is null) = 0 then {{ money('coalesce(sum(on_demand_usd) filter (where commitment_id is not null), 0)') }} end as covered_usd,
        case when count(on_demand_usd) = count(*) then {{ money('sum(on_demand_usd)') }} end as eligible_usd,
        {{ money('sum(case when commitment_id is null then effective_cost_usd else 0 end)') }} as uncovered_cost_usd
    from eligible
    group by month_start_date, provider_name

),

of_all as (

    select
        month_start_date,
        provider_name,
        {% for part in ['used_cost', 'unused_cost', 'purchased'] %}{{ money('sum(' ~ part ~ '_usd)') }} as {{ part }}_usd{{ ', ' if not loop.last }}{% endfor %}
    from commitments
    group by month_start_date, provider_name

),

together as (

    select
        commitments.month_start_date, commitments.provider_name, commitments.commitment_id, commitments.commitment_name, commitments.commitment_type,
        commitments.commitment_category, commitments.used_cost_usd, commitments.unused_cost_usd, commitments.purchased_usd, false as is_total,
        owned.team_id,
        case when of_commitment.commitment_id is null then {{ money(0) }} else of_commitment.covered_usd end as covered_usd,
        of_commitment.eligible_usd,
        case when of_commitment.commitment_id is null then {{ money(0) }} else of_commitment.covered_usd end as compared_usd,
        {{ money('commitments.used_cost_usd + commitments.unused_cost_usd') }} as paid_usd, {{ money('null') }} as untyped_usd
    from commitments
    left join of_commitment
        on commitments.month_start_date = of_commitment.month_start_date and commitments.provider_name = of_commitment.provider_name and commitments.commitment_id = of_commitment.commitment_id
    inner join owned on commitments.month_start_date = owned.month_start_date and commitments.provider_name = owned.provider_name and commitments.commitment_id = owned.commitment_id
    where owned.owner_rank = 1
    union all
    select
        coalesce(of_provider.month_start_date, untyped.month_start_date) as month_start_date, coalesce(of_provider.provider_name, untyped.provider_name) as provider_name, 'all' as commitment_id, cast(null as string) as commitment_name,
        cast(null as string) as commitment_type, cast(null as string) as commitment_category,
        coalesce(of_all.used_cost_usd, {{ money(0) }}) as used_cost_usd,
        coalesce(of_all.unused_cost_usd, {{ money(0) }}) as unused_cost_usd,
        coalesce(of_all.purchased_usd, {{ money(0) }}) as purchased_usd,
        true as is_total,
        cast(null as string) as team_id,
        coalesce(of_provider.covered_usd, case when of_provider.provider_name is null then {{ money(0) }} end) as covered_usd,
        of_provider.eligible_usd, of_provider.eligible_usd as compared_usd,
        {{ money('coalesce(of_all.used_cost_usd, 0) + coalesce(of_all.unused_cost_usd, 0) + of_provider.uncovered_cost_usd') }} as paid_usd,
        coalesce(untyped.untyped_usd, {{ money(0) }}) as untyped_usd
    from of_provider
    full outer join untyped on of_provider.month_start_date = untyped.month_start_date and of_provider.provider_name = untyped.provider_name
    left join of_all on of_provider.month_start_date = of_all.month_start_date and of_provider.provider_name = of_all.provider_name

),

final as (

    select
        month_start_date, provider_name, commitment_id, is_total, commitment_name, commitment_type, commitment_category, team_id,
        purchased_usd, used_cost_usd, unused_cost_usd, covered_usd, eligible_usd,
        {{ money('compared_usd - paid_usd') }} as savings_usd,
        {{ ratio('covered_usd', 'eligible_usd') }} as coverage_share,
        {{ ratio('used_cost_usd', 'used_cost_usd + unused_cost_usd') }} as utilization_share,
        {{ ratio('compared_usd - paid_usd', 'compared_usd') }} as effective_savings_rate,
        untyped_usd
    from together

)

select * from final
