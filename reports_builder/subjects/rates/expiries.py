"""When commitments that are owned end, and whether to renew them."""

from reports_builder.evidence import Evidence, Prose, join, note
from reports_builder.model import Column, Insight, KeyFigure, Recommendation, Section, Table
from reports_builder.subjects.capabilities import RATE_OPTIMIZATION, RATES
from reports_builder.warehouse import Warehouse

_DECISIONS = {
    "renew it": "renew it",
    "renew less of it": "renew less of it, {renewed_hourly_usd:usd_table} an hour",
    "let it end": "let it end",
}
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
            first_to_ask
        from rates.rpt_commitment_renewals
        where is_to_decide
        order by ends_on, provider_name, commitment_id
        """
    )


def due_said(owned: Evidence) -> Prose:
    """The next decision on a commitment that is owned, as one sentence; nothing where none ends soon."""
    if not owned.rows:
        return note("")
    return _ends(owned, " The ") + note(": ") + _decision(owned) + _else_it_costs(owned) + note(".")


def _ends(owned: Evidence, begins: str) -> Prose:
    return (
        note(begins)
        + owned.say(
            "{commitment_type:text} of {team_id:text} with {provider_name:text}"
            if owned["team_id"]
            else "{commitment_type:text} with {provider_name:text}"
        )
        + owned.say(
            " ends on {ends_on:day} and "
            + ("renews by itself" if owned["is_renewed_automatically"] else "does not renew by itself")
        )
    )


def _decision(owned: Evidence) -> Prose:
    todo = _DECISIONS.get(str(owned["advice"]))
    if todo is None:
        return owned.say("{advice:text}; decide by {decide_by_date:day}")
    first = ", once you know whether {first_to_ask:text} may be off at night" * bool(owned["machines_to_ask"])
    return owned.say(todo + first + ", by {decide_by_date:day}")


def _who_uses_it(owned: Evidence) -> Prose:
    """Whose machines it covers, and which of them are to change before it is signed again."""
    said = note("") if owned["used_by"] is None else owned.say(" It is used by {used_by:text}.")
    if owned["machines_to_change"]:
        said += owned.say(
            " Of the {machines:count} machines that it covers {machines_to_change:count} can be ended, off "
            "at night, smaller or on spare capacity before ({first_to_change:text}): what to sign again is "
            "sized as if they were."
        )
    if owned["machines_to_ask"]:
        said += owned.say(
            " Of {machines_to_ask:count} of the {machines:count} machines that it covers no tag says whether "
            "they may be off at night ({first_to_ask:text}); {asked_hourly_usd:usd_unit} an hour of it is "
            "theirs."
        )
    return said


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
    others = join(
        [_ends(other, " The ") + note(": ") + _decision(other) + note(".") for other in owned.each()[1:]], ""
    )
    return (
        Insight(
            title=owned.say("A commitment with {provider_name:text} ends on {ends_on:day}: {advice:text}"),
            problem=_ends(owned, "The ")
            + owned.say(
                ", {days_left:count} days from the last day of the data. In the last month that is over it "
                "cost **{cost_usd:usd}** and was {utilization_share:percent} used. Beyond its end its usage "
                "is paid at the price on demand."
            )
            + _who_uses_it(owned),
            domain_spec=RATE_OPTIMIZATION,
            domain_framework=RATES,
            ubr_impact=owned.say("**{renewed_monthly_savings_usd:usd}** a month that its end takes away.")
            if owned["renewed_monthly_savings_usd"] is not None
            else note("Unknown: nothing of it is known to be worth signing again."),
            recommendation=Recommendation(
                note("Decide on the ")
                + owned.say("{commitment_type:text} that ends on {ends_on:day}: ")
                + _decision(owned)
                + note(".")
                + others,
                str(owned["owner_role"]),
                str(owned["effort"]),
            ),
            outcome=owned.say(
                "**{renewed_monthly_savings_usd:usd}** a month against the price on demand; in no other sum. "
                "Assumption: the usage that it covers goes on as in the last 30 days, at the terms of today."
            )
            if owned["renewed_monthly_savings_usd"] is not None
            else note("Nothing is signed that does not pay. Assumption: usage stays as it is."),
            supporting=Table(_DUE, owned, note("commitments whose end is near.")),
        ),
    )


def expiries(warehouse: Warehouse) -> Evidence:
    """Commitments that have not ended, the next to end first, those without an end on record last."""
    return warehouse.evidence(
        """
        select
            provider_name, commitment_name, team_id, ends_on, days_left, is_renewed_automatically, cost_usd,
            utilization_share, savings_usd, hourly_cost_usd, renewed_hourly_usd, renewed_monthly_savings_usd,
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
                    "what the engine would sign on what it covers once its machines are the right size and "
                    "off when they may be, with what else runs within its reach. The day on which a term "
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
                        Column("renewed_hourly_usd", "Sign again", "usd_table"),
                        Column("renewed_monthly_savings_usd", "That saves", "usd_table"),
                        Column("advice", "What to do"),
                    ),
                    owned,
                    max_rows=20,
                ),
            ),
        ),
    )
