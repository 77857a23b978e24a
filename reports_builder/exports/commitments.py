"""The commitments to sign and those that are owned, as a table for those who sign."""

from reports_builder.errors import ReportError
from reports_builder.evidence import Evidence
from reports_builder.exports.cents import amounts_in_cents
from reports_builder.warehouse import Warehouse

_PER_HOUR = frozenset({"hourly_commitment_usd"})


def read_commitments(warehouse: Warehouse, all_options: bool) -> Evidence:
    """What ends next, then what is recommended, those that save most first; all else only where asked.

    Amounts are in cents. ReportError when there are none.
    """
    found = warehouse.evidence(
        """
        select
            row_kind, decision, price_status, provider_name, offer_name, to_order, machines, instance_type,
            platform, tenancy, region_id, flexibility, account_id, payer_id, hourly_commitment_usd,
            term_months, payment_option, condition, owned_until_date, decide_by_date, first_signing_date,
            first_term_ends_on, last_signing_date, last_term_ends_on, tranches,
            currency, upfront_usd, payment_month_usd, obligation_usd, money_at_risk_usd,
            savings_30_days_usd, savings_low_30_days_usd, savings_high_30_days_usd,
            machines_to_ask, savings_if_off_30_days_usd, to_order_if_off, savings_of_order_if_off_30_days_usd,
            machines_to_move, savings_if_not_moved_30_days_usd,
            savings_after_price_plan_30_days_usd, backtested_savings_30_days_usd, less_tied_offer_name,
            less_tied_savings_30_days_usd,
            owner_role, contract, contract_effort_days, contract_effort_usd, contract_savings_30_days_usd,
            contract_payback_months, contract_first_year_usd,
            used_by, used_machines, only_resource_id, coverage_share, utilization_share, break_even_months,
            measured_share, simulated_share, confidence, reason,
            price_source, priced_on, price_address, usage_group, offer_id
        from rates.rpt_commitment_orders
        where :all_options or row_kind <> 'not to sign'
        order by row_order, owned_until_date nulls last, savings_30_days_usd desc, usage_group, offer_id
        """,
        all_options=all_options,
    )
    if not found.rows:
        which = "no usage that an offer could cover" if all_options else "no commitment to sign or to renew"
        raise ReportError(f"{warehouse.path} has {which}.")
    return amounts_in_cents(found, but=_PER_HOUR)
