"""The commitments that go together: chosen by savings per dollar at risk, and signed in tranches."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Section, Table
from reports_builder.warehouse import Warehouse

_CHOSEN = (
    Column("step_rank", "Step", "count"),
    Column("usage_group", "Usage"),
    Column("offer_name", "Offer"),
    Column("level_name", "Level"),
    Column("hourly_commitment_usd", "Per hour", "usd_table"),
    Column("obligation_usd", "Promised in all", "usd_table"),
    Column("monthly_savings_usd", "Saves a month", "usd_table"),
    Column("money_at_risk_usd", "At risk", "usd_table"),
    Column("portfolio_coverage_share", "Covered up to here", "percent"),
)
_LEFT = (
    Column("step_rank", "Step", "count"),
    Column("usage_group", "Usage"),
    Column("offer_name", "Offer"),
    Column("monthly_savings_usd", "Would save a month", "usd_table"),
    Column("money_at_risk_usd", "At risk", "usd_table"),
    Column("portfolio_at_risk_usd", "With all before it", "usd_table"),
    Column("reason", "Why not"),
)
_MONTHS = (
    Column("month_start_date", "Month", "month"),
    Column("signed_usd_per_hour", "Sign per hour", "usd_table"),
    Column("ended_usd_per_hour", "Ends per hour", "usd_table"),
    Column("hourly_commitment_usd", "In force per hour", "usd_table"),
    Column("coverage_share", "Covered", "percent"),
    Column("monthly_savings_usd", "Saves a month", "usd_table"),
    Column("delayed_savings_usd", "Saved less until the next", "usd_table"),
)


def _totals(warehouse: Warehouse) -> Evidence:
    """The last step that is in the portfolio, beside the last of all; no row where none is."""
    return warehouse.evidence(
        """
        select
            last_step.portfolio_monthly_savings_usd as saved_usd,
            last_step.portfolio_at_risk_usd as at_risk_usd,
            last_step.portfolio_coverage_share as covered_share,
            last_step.owned_coverage_share as owned_share,
            last_step.target_coverage_share as target_share, last_step.risk_limit_usd as limit_usd,
            every_step.portfolio_monthly_savings_usd as all_saved_usd,
            every_step.portfolio_at_risk_usd as all_at_risk_usd,
            last_step.step_rank < every_step.step_rank as is_cut
        from rates.rpt_commitment_portfolio as last_step
        cross join rates.rpt_commitment_portfolio as every_step
        where last_step.is_chosen and every_step.step_rank is not null
        order by last_step.step_rank desc, every_step.step_rank desc
        limit 1
        """
    )


def _steps(warehouse: Warehouse, *, is_chosen: bool) -> Evidence:
    """What is in the portfolio, in the order in which it was added, or what a limit kept out."""
    return warehouse.evidence(
        """
        select
            step_rank, usage_group,
            offer_name || case when is_illustrative then ' (example)' else '' end as offer_name, level_name,
            hourly_commitment_usd, obligation_usd, monthly_savings_usd, money_at_risk_usd,
            portfolio_at_risk_usd, portfolio_coverage_share, reason
        from rates.rpt_commitment_portfolio
        where case when :is_chosen then is_chosen
            else reason in ('the target of coverage is reached', 'beyond the limit of risk') end
        order by step_rank, usage_group
        """,
        is_chosen=is_chosen,
    )


def _ladder(warehouse: Warehouse) -> Evidence:
    """The months of the whole portfolio, with the sum of what the tranches save less."""
    return warehouse.evidence(
        """
        select
            month_start_date, signed_usd_per_hour, ended_usd_per_hour, hourly_commitment_usd, coverage_share,
            monthly_savings_usd, delayed_savings_usd, sum(delayed_savings_usd) over () as all_delayed_usd,
            max(ended_usd_per_hour) over () as most_ended_usd, max(hourly_commitment_usd) over () as most_usd
        from rates.rpt_commitment_ladder
        where is_total
        order by month_start_date
        """
    )


def portfolio_sections(warehouse: Warehouse) -> tuple[Section, ...]:
    """What to sign together, what a limit keeps out, and in which months; nothing where nothing is chosen."""
    totals, months = _totals(warehouse), _ladder(warehouse)
    if not totals.rows:
        return ()
    return (
        Section(
            "A portfolio of commitments, of clouds and on models",
            text=(_said(totals),),
            tables=(
                Table(
                    _CHOSEN,
                    _steps(warehouse, is_chosen=True),
                    note(
                        "In the order in which they are added: by what they save for a dollar at risk. "
                        "At risk is what is paid for nothing until the end, if every hour uses only what "
                        "nineteen of twenty use"
                    ),
                    max_rows=40,
                ),
                *_left_table(_steps(warehouse, is_chosen=False)),
            ),
        ),
        Section(
            "The portfolio in tranches",
            text=(
                months.say(
                    "Signed in tranches, at most {most_ended_usd:usd} of {most_usd:usd} an hour ends in "
                    "one month. That costs {all_delayed_usd:usd} of savings that begin later. Nothing is "
                    "taken to be renewed."
                ),
            ),
            tables=(Table(_MONTHS, months, max_rows=40),),
        ),
    )


def _left_table(left: Evidence) -> tuple[Table, ...]:
    return (Table(_LEFT, left, note("Kept out by target or limit"), max_rows=20),) if left.rows else ()


def _said(totals: Evidence) -> Prose:
    return totals.say(
        "Together they save **{saved_usd:usd}** a month with **{at_risk_usd:usd}** at risk, of at most "
        "{limit_usd:usd}. They and what is owned cover {covered_share:percent} of what could be covered; now "
        "it is {owned_share:percent}, and the target {target_share:percent}."
    ) + (
        totals.say(
            " Without target and limit they would save {all_saved_usd:usd} a month, with "
            "{all_at_risk_usd:usd} at risk."
        )
        if totals["is_cut"]
        else note("")
    )
