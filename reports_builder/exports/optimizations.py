"""What to do with which resource, as a list to work through."""

from reports_builder.errors import ReportError
from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def read_optimizations(warehouse: Warehouse, all_answers: bool) -> Evidence:
    """The actions worth doing, those that save most first, or all answers with the reason.

    ReportError when there are none.
    """
    found = warehouse.evidence(
        """
        select *
        from rates.rpt_usage_optimizations
        where :all_answers or verdict = 'accepted'
        order by monthly_savings_usd desc, provider_name, resource_id, applied_order
        """,
        all_answers=all_answers,
    )
    if not found.rows:
        which = "no resource to judge" if all_answers else "no resource with anything to do"
        raise ReportError(f"{warehouse.path} has {which}.")
    return found
