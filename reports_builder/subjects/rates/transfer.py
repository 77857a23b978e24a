"""What transfer costs by the way that bytes take, and what the same bytes would cost on another way."""

from reports_builder.evidence import Evidence, join, note
from reports_builder.model import Column, Section, Table
from reports_builder.warehouse import Warehouse

_PATHS = (
    Column("provider_name", "Provider"),
    Column("path", "Where to"),
    Column("dearest_meter", "Dearest meter"),
    Column("transferred_gb", "GB", "count"),
    Column("cost_usd", "Cost a month", "usd_table"),
    Column("paid_usd_per_gb", "A GB", "usd_unit"),
)
_OPTIONS = (
    Column("option_path", "Or"),
    Column("option_cost_usd", "All of it costs there", "usd_table"),
    Column("price_source", "By the price"),
    Column("monthly_savings_usd", "Saves a month", "usd_table"),
    Column("low_savings_usd", "Low", "usd_table"),
    Column("high_savings_usd", "High", "usd_table"),
    Column("effort", "Work"),
    Column("owner_role", "Decides"),
    Column("payback_months", "Pays back after its start", "months"),
)


def _counted(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            count(*) as paths,
            count(*) filter (where option_path is not null) as judged_paths,
            count(*) filter (where verdict = 'worth a closer look') as open_paths,
            coalesce(sum(cost_usd), 0) as cost_usd,
            max(moved_share) as moved_share,
            coalesce(sum(cost_usd) filter (where verdict like 'unknown:%'), 0) as unknown_usd,
            coalesce(sum(monthly_savings_usd) filter (where verdict = 'worth a closer look'), 0) as open_usd
        from rates.rpt_transfer_paths
        """
    )


def _paths(warehouse: Warehouse) -> Evidence:
    return warehouse.evidence(
        """
        select
            provider_name, path, dearest_meter, transferred_gb, cost_usd, paid_usd_per_gb, option_path,
            option_cost_usd, price_source, monthly_savings_usd, low_savings_usd, high_savings_usd, effort,
            owner_role, payback_months, verdict
        from rates.rpt_transfer_paths
        where cost_usd <> 0 or cost_usd is null
        order by cost_usd desc nulls first, provider_name, path, billing_account_id
        """
    )


def transfer_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """The ways that bytes take on the bills; nothing where no bill charges for transfer."""
    counts, paths = _counted(warehouse), _paths(warehouse)
    if not paths.rows:
        return ()
    said = [counts.say("Transfer cost {cost_usd:usd_table} in the last 30 days of the bills.")]
    if counts["open_paths"]:
        said.append(
            counts.say(
                "For {open_paths:count} of {paths:count} ways another one is worth a closer look: "
                "{open_usd:usd_table} less a month, if {moved_share:percent} of the bytes take it "
                "(transfer_base_share)."
            )
        )
    elif counts["unknown_usd"] != counts["cost_usd"]:
        said.append(note("No other way is worth a closer look."))
    if counts["unknown_usd"]:
        said.append(
            counts.say(
                "For {unknown_usd:usd_table} of it nobody can tell: the bill does not say which way the "
                "bytes went, counts them in something else than GB, or the other way has no price."
            )
        )
    return (
        Section(
            "Ways of transfer",
            text=(join(said),),
            tables=(
                Table(
                    (
                        *_PATHS,
                        *(_OPTIONS if counts["judged_paths"] else ()),
                        Column("verdict", "Verdict"),
                    ),
                    paths,
                    note("Dearest first; in no total"),
                    max_rows=20,
                ),
            ),
        ),
    )
