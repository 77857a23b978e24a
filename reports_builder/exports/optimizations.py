"""What to do with which resource, as a list to work through."""

from reports_builder.errors import ReportError
from reports_builder.evidence import Evidence
from reports_builder.exports.cents import amounts_in_cents
from reports_builder.warehouse import Warehouse


def read_optimizations(warehouse: Warehouse, all_answers: bool) -> Evidence:
    """The actions worth doing, those that save most first, or all answers with the reason.

    Amounts are in cents. ReportError when there are none.
    """
    found = warehouse.evidence(
        """
        select
            verdict, action_kind, provider_name, account_id, region_id, team_id, user_id,
            resource_id, resource_name, resource_type, instance_type, storage_class, state, target,
            reason, owner_role, first_step, decided_date, months_to_start,
            'USD' as currency, scope_cost_usd as cost_30_days_usd, monthly_savings_usd as savings_30_days_usd,
            low_monthly_savings_usd as savings_low_30_days_usd,
            high_monthly_savings_usd as savings_high_30_days_usd,
            possible_monthly_savings_usd as savings_if_done_30_days_usd,
            gross_monthly_savings_usd as savings_alone_30_days_usd, overlap_usd as overlap_30_days_usd,
            cost_after_usd as cost_after_30_days_usd, effort_usd, payback_months, payback_with_start_months,
            confidence, assumption, price_source, price_valid_from_date, applied_order, work_id
        from rates.rpt_usage_optimizations
        where :all_answers or verdict = 'accepted'
        order by monthly_savings_usd desc, provider_name, resource_id, applied_order
        """,
        all_answers=all_answers,
    )
    if not found.rows:
        which = "no resource to judge" if all_answers else "no resource with anything to do"
        raise ReportError(f"{warehouse.path} has {which}.")
    return amounts_in_cents(found)
