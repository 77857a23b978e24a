{# one row per commitment of the seed owned_commitments, or of which a bill states the term: when it begins and ends. A view over few rows #}

{{ config(materialized=view_or_table()) }}

with owned as (

    select * from {{ ref('owned_commitments') }}

),

bill_lines as (

    select * from {{ ref('int_focus_charges_converted') }}

),

{# A term that ends at midnight ends with the day before. #}
terms_on_bills as (

    select
        provider_name,
        commitment_discount_id as commitment_id,
        cast(min(commitment_start_at) as date) as starts_on,
        cast({{ from_unix_microseconds(unix_microseconds('max(commitment_end_at)') ~ ' - 1') }} as date) as ends_on
    from bill_lines
    where commitment_discount_id is not null and commitment_end_at is not null
    group by provider_name, commitment_discount_id

),

terms as (

    select
        coalesce(owned.provider_name, terms_on_bills.provider_name) as provider_name,
        coalesce(owned.commitment_id, terms_on_bills.commitment_id) as commitment_id,
        owned.commitment_name,
        coalesce(owned.starts_on, terms_on_bills.starts_on) as starts_on,
        coalesce(owned.ends_on, terms_on_bills.ends_on) as ends_on,
        coalesce(owned.is_renewed_automatically, false) as is_renewed_automatically
    from owned
    full outer join terms_on_bills on owned.provider_name = terms_on_bills.provider_name and owned.commitment_id = terms_on_bills.commitment_id

)

select * from terms
