"""The commitments that were judged, as a table for those who sign them."""

from reports_builder.errors import ReportError
from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def read_commitments(warehouse: Warehouse, all_options: bool) -> Evidence:
    """The recommended options, those that save most first, or all with the reason.

    ReportError when there are none.
    """
    found = warehouse.evidence(
        """
        select *
        from rates.rpt_commitment_recommendations
        where :all_options or is_recommended
        order by is_recommended desc, monthly_savings_usd desc, usage_group, offer_id
        """,
        all_options=all_options,
    )
    if not found.rows:
        which = "no usage that an offer could cover" if all_options else "no commitment to recommend"
        raise ReportError(f"{warehouse.path} has {which}.")
    return found
