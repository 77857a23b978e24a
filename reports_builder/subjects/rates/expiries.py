"""When commitments that are owned end, and whether to renew them."""

from reports_builder.evidence import Evidence, Prose, join, note
from reports_builder.insight_words import insight, phrase
from reports_builder.model import Column, Insight, KeyFigure, Section, Table
from reports_builder.warehouse import Warehouse

_DUE = (
    Column("provider_name", "Provider"),
    Column("commitment_name", "Commitment"),
    Column("team_id", "Team"),
    Column("ends_on", "Ends on", "day_short"),
    Column("decide_by_date", "Decide by", "day_short"),
    Column("cost_usd", "Cost a month", "usd_table"),
    Column("utilization_share", "Used", "percent"),
    Column("renewed_monthly_savings_usd", "Signed again, it saves", "usd_table"),
    Column("advice", "What to do"),
)


def due(warehouse: Warehouse) -> Evidence:
    """Commitments that end so soon that their renewal is to be decided now, the next to end first."""
    return warehouse.evidence(
        """
        select
            provider_name, commitment_name, coalesce(commitment_type, 'commitment') as commitment_type,
            team_id, ends_on, days_left, decide_by_date, is_renewed_automatically, cost_usd,
            utilization_share, renewed_hourly_usd, renewed_monthly_savings_usd, advice, owner_role, effort,
            used_by, machines, machines_to_change, first_to_change, machines_to_ask, asked_hourly_usd,
            first_to_ask, renewed_hourly_if_off_usd, renewed_monthly_savings_if_off_usd,
            unchanged_monthly_savings_if_off_usd, first_year_usd
        from rates.rpt_commitment_renewals
        where is_to_decide
        order by ends_on, provider_name, commitment_id
        """
    )


def due_said(owned: Evidence) -> tuple[Prose, ...]:
    """The next decision on a commitment that is owned, as one sentence; nothing where none ends soon."""
    if not owned.rows:
        return ()
    return (
        note("The ")
        + phrase("rates/_ends", owned)
        + note(": ")
        + _decision(owned)
        + _else_it_costs(owned)
        + note("."),
    )


def _decision(owned: Evidence) -> Prose:
    return phrase("rates/_renewal", owned, is_settled=_is_settled(owned))


def _is_settled(owned: Evidence) -> bool:
    """Whether the advice is one to carry out, and not a question that is open."""
    return owned["advice"] in ("renew it", "renew less of it", "let it end")


def _else_it_costs(owned: Evidence) -> Prose:
    if owned["renewed_monthly_savings_usd"] is None:
        return note("")
    return owned.say(
        ", else cost rises by **{renewed_monthly_savings_usd:usd}** a month (owner: {owner_role:text}, "
        "{effort:text})"
    )


def renewal_figure(owned: Evidence) -> tuple[KeyFigure, ...]:
    """By when to decide on the next commitment that ends; nothing where none ends soon."""
    if not owned.rows:
        return ()
    return (
        KeyFigure(
            "Decide on a renewal by",
            owned.cell("decide_by_date", "day_short"),
            status=owned.say("{advice:text}") + _else_it_costs(owned),
        ),
    )


def due_insight(warehouse: Warehouse) -> tuple[Insight, ...]:
    """The decision on commitments that end soon; nothing where none does."""
    owned = due(warehouse)
    if not owned.rows:
        return ()
    others = [
        phrase("rates/_another_due", other, is_settled=_is_settled(other)) for other in owned.each()[1:]
    ]
    return (
        insight(
            "rates/due",
            owned,
            is_settled=_is_settled(owned),
            others=join(others),
            supporting=Table(_DUE, owned),
        ),
    )


def expiries(warehouse: Warehouse) -> Evidence:
    """Commitments that have not ended, the next to end first, those without an end on record last."""
    return warehouse.evidence(
        """
        select
            provider_name, commitment_name, team_id, ends_on, days_left, is_renewed_automatically, cost_usd,
            utilization_share, savings_usd, hourly_cost_usd, renewed_hourly_usd, renewed_monthly_savings_usd,
            first_year_usd, coalesce(first_to_ask, 'none') as first_to_ask,
            coalesce(renewed_hourly_if_off_usd, renewed_hourly_usd) as renewed_hourly_if_off_usd,
            coalesce(renewed_monthly_savings_if_off_usd, renewed_monthly_savings_usd)
                as renewed_monthly_savings_if_off_usd,
            advice
        from rates.rpt_commitment_renewals
        order by ends_on nulls last, provider_name, commitment_id
        """
    )


def expiries_section(warehouse: Warehouse) -> tuple[Section, ...]:
    """The terms that run, and what their end takes away; nothing where nothing is owned."""
    owned = expiries(warehouse)
    if not owned.rows:
        return ()
    return (
        Section(
            "Commitments that you own: when they end",
            text=(
                note(
                    "Cost, use and savings are those of the last month that is over. What to sign again is "
                    "the level that pays best on what it covers once its machines are the right size and "
                    "off when they may be, with what else runs within its reach. What nobody says may be "
                    "off at night is taken to run, until the answer is known. The first year takes off the "
                    "work, and begins with the day after the data. The day on which a term "
                    "ends is that of the bill, or a row of the seed owned_commitments: without either it is "
                    "unknown, "
                    "and no alert is raised before it."
                ),
            ),
            tables=(
                Table(
                    (
                        Column("provider_name", "Provider"),
                        Column("commitment_name", "Commitment"),
                        Column("team_id", "Team"),
                        Column("ends_on", "Ends on", "day_short"),
                        Column("days_left", "Days left", "count"),
                        Column("is_renewed_automatically", "Renews by itself", "yes_no"),
                        Column("cost_usd", "Cost a month", "usd_table"),
                        Column("utilization_share", "Used", "percent"),
                        Column("savings_usd", "Saves", "delta_usd_table"),
                        Column("hourly_cost_usd", "Costs an hour", "usd_table"),
                        Column("renewed_hourly_usd", "Sign again", "usd_unit"),
                        Column("renewed_monthly_savings_usd", "That saves", "usd_table"),
                        Column("first_year_usd", "In the first year", "usd_table"),
                        Column("advice", "What to do"),
                        Column("first_to_ask", "Ask first, whether off at night"),
                        Column("renewed_hourly_if_off_usd", "If so, sign", "usd_unit"),
                        Column("renewed_monthly_savings_if_off_usd", "That saves then", "usd_table"),
                    ),
                    owned,
                    max_rows=20,
                ),
            ),
        ),
    )
