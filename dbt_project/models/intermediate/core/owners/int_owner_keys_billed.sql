{# one row per owner key of bills, inventories and uses of GPUs x value that a rule can look at; an account is nearer than the one that is billed for it #}

with bills as (

    select * from {{ ref('int_focus_charges_validated') }}

),

inventory as (

    select * from {{ ref('int_inventory_validated') }}
    where is_newest

),

gpu_hours as (

    select * from {{ ref('stg_gpu_usage__gpu_hours') }}
    where rejection_reason is null

),

seen as (

    select distinct
        billing_account_id,
        sub_account_id,
        resource_id,
        tags,
        {{ charge_kind() }} as charge_kind,
        {{ owner_key(account_id='billing_account_id', sub_account_id='sub_account_id', resource_id='resource_id', tags='tags', charge_kind=charge_kind()) }}
            as owner_key
    from bills
    union distinct
    select
        cast(null as string) as billing_account_id,
        account_id as sub_account_id,
        resource_id,
        tags,
        'Usage' as charge_kind,
        {{ owner_key(sub_account_id='account_id', resource_id='resource_id', tags='tags') }} as owner_key
    from inventory
    union distinct
    select
        cast(null as string) as billing_account_id,
        cast(null as string) as sub_account_id,
        resource_id,
        tags,
        'Usage' as charge_kind,
        {{ owner_key(resource_id='resource_id', tags='tags') }} as owner_key
    from gpu_hours

),

tagged as (

    select
        owner_key,
        {{ json_object_rows('tags') }} as tag
    from seen
    where tags is not null

),

looked_at as (

    select tagged.owner_key, 'tag' as match_on, tagged.tag.key as match_key, tagged.tag.value as match_value, 1 as nearness from tagged
    union all
    select owner_key, 'resource' as match_on, cast(null as string) as match_key, resource_id as match_value, 1 as nearness from seen
    union all
    select owner_key, 'account' as match_on, cast(null as string) as match_key, sub_account_id as match_value, 1 as nearness from seen
    union all
    select owner_key, 'account' as match_on, cast(null as string) as match_key, billing_account_id as match_value, 2 as nearness from seen
    union all
    select owner_key, 'charge_kind' as match_on, cast(null as string) as match_key, charge_kind as match_value, 1 as nearness from seen

)

select * from looked_at
