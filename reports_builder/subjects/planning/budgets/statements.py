"""What the reports and the dashboard say of budgets of every scope."""

from collections.abc import Mapping

from reports_builder.evidence import Evidence, Prose, join, literal, note
from reports_builder.formatting import Value
from reports_builder.model import Column, KeyFigure, Section, Table
from reports_builder.subjects.planning.budgets import queries as ask
from reports_builder.subjects.planning.scopes import scope_in_words
from reports_builder.subjects.planning.statements import how_ranges_held
from reports_builder.warehouse import Warehouse

BUDGETS = "Budgets to come"
"""The title of the section that lists them."""

_TENTHS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "all")
_COMPANY = {"total": "All spend", "component": "AI spend"}


def chance_in_words(share: Value) -> str:
    """A chance as so many cases of ten: a range drawn of few sums says no more."""
    tenths = round(10 * float(str(share)))
    return f"in {_TENTHS[tenths]} of ten cases" if tenths else "in fewer than one of ten cases"


def _period(record: Mapping[str, Value]) -> str:
    return f"{record['period']} from {record['period_start_date']}"


def _status(record: Mapping[str, Value]) -> str:
    """How the budget stands; of one that will not last, in how many days it is spent, and between which."""
    days, early, late = (
        None if record[name] is None else round(float(str(record[name])))
        for name in ("days_to_breach", "earliest_days_to_breach", "latest_days_to_breach")
    )
    if record["budget_status"] == "may stop":
        return f"may stop: {chance_in_words(record['stop_chance_share'])}"
    if days is None:
        return str(record["budget_status"])
    to = " or later" if late is None else f" to {late}"
    between = "" if early is None else f" ({early}{to})"
    return f"{record['budget_status']}: spent in {days} days{between}"


BUDGET_COLUMNS = (
    Column("scope", "Budget of", words=scope_in_words),
    Column("period", "Period", words=_period),
    Column("budget_usd", "Budget", "usd_table"),
    Column("actual_usd", "Spent", "usd_table"),
    Column("burn_share", "Used", "percent"),
    Column("forecast_usd", "Heading for", "usd_table"),
    Column("forecast_basis", "By"),
    Column("lower_usd", "Low", "usd_table"),
    Column("upper_usd", "High", "usd_table"),
    Column("event_usd", "Of it known events", "delta_usd_table"),
    Column("days_within_range_share", "Past days within range", "percent"),
    Column("sums_within_range_share", "Past 30-day sums within range", "percent"),
    Column("budget_status", "Status", words=_status),
    Column("gate", "Gate"),
    Column("stated_by", "Set by"),
)


def company_budget_figures(company: Evidence, teams: Prose, *, is_ai_alone: bool) -> tuple[KeyFigure, ...]:
    """What was spent of each of the company's budgets of a month; ``teams`` is how theirs stand."""
    budgets = list(company.each())
    if is_ai_alone:
        # Where AI is all that is known, a budget of all spend is of more than is seen here.
        budgets = budgets[-1:]
    return tuple(
        KeyFigure(
            budget.say(f"{_COMPANY[str(budget['scope'])]} of {{period_start_date:month}}"),
            budget.cell("actual_usd", "usd_table"),
            target=budget.cell("budget_usd", "usd_table"),
            status=_company_status(budget) + (note("; ") + teams if budget is budgets[0] else note("")),
        )
        for budget in budgets
    )


def _company_status(budget: Evidence) -> Prose:
    if budget["period_phase"] == "ended" or budget["forecast_usd"] is None:
        return budget.cell("budget_status", "text")
    return budget.say("{budget_status:text}: {forecast_usd:usd_table} are expected for the month")


def what_is_kept(ahead: Evidence, counted: Evidence, missed: Evidence) -> Prose:
    """How many budgets are heading over, and which is missed again and again."""
    if not ahead.rows:
        return note(
            "No budget is set for the time to come: set one with `python -m reports_builder budget set`."
        )
    said = counted.say("Of {budgets:count} budgets to come {heading_over:count} are heading over")
    if counted["heading_over"]:
        said += (
            note(", furthest that of ")
            + literal(scope_in_words(ahead.records()[0]))
            + ahead.say(": {forecast_usd:usd} against {budget_usd:usd}")
        )
    said += note(".")
    if not missed.rows:
        return said
    return (
        said
        + note(" Missed again and again, so that the budget or the use has to change: ")
        + join(
            [
                budget.say("that of {scope:words} {scope_name:text} ({missed_in_a_row:count} times in a row)")
                for budget in missed.each()
            ],
            ", ",
        )
        + note(".")
    )


def budgets_section(warehouse: Warehouse, ahead: Evidence) -> tuple[Section, ...]:
    """Budgets to come with what is spent, where they are heading and when they break."""
    if not ahead.rows:
        return ()
    return (
        Section(
            BUDGETS,
            text=(
                note(
                    "Days are those of UTC, up to the as-of date; files that come late still change what is "
                    "spent. The range is that of past forecasts; known events (seed forecast_events, ends of "
                    "commitments) are in it. Set one with `python -m reports_builder budget set`, and "
                    "check a request with `python -m reports_builder policy check`."
                ),
                *how_ranges_held(warehouse),
            ),
            tables=(
                Table(
                    BUDGET_COLUMNS,
                    ahead,
                    max_rows=20,
                ),
            ),
        ),
    )


def _after_savings(company: Evidence) -> tuple[Prose, ...]:
    """What the proposal would pay for that can be saved; nothing where no saving of all spend is counted."""
    if company["scope"] != "total" or company["open_savings_usd"] is None:
        return ()
    return (
        company.say(
            "The proposal pays for what can be saved: for all spend it is **{proposed_a_month_usd:usd}** a "
            "month, and **{proposed_after_savings_usd:usd}** once the open savings of {open_savings_usd:usd} "
            "a month are made, which come off before growth and contingency. Decide on the savings first, "
            "and set the lower budget for what is decided."
        ),
        note(
            "Open savings are net of overlap, and counted as far as they are known: for all spend all of "
            "them, for AI those on calls. A team has those on the calls of its features as well, with the "
            "moves that lift answers for less, which are in no total; a provider those that the switches "
            "of models make on its bill, below zero where they put more on it than they take off. The cost "
            "of the last month is that of the month as closed, and unknown for a provider without a budget."
        ),
    )


def _beside_the_forecast(warehouse: Warehouse, company: Evidence) -> tuple[Prose, ...]:
    """What else is in the company's proposal, and what is not: contingency, events, the price plan."""
    if company["scope"] != "total":
        return ()
    said = []
    if company["forecast_error_share"] is not None:
        said.append(
            company.say(
                "The contingency is yours to set (`budget_contingency_share`). Past sums of 30 days of all "
                "spend were missed by {forecast_error_share:percent}: with that in its place a month would "
                "be {proposed_by_error_usd:usd_table}, not {proposed_a_month_usd:usd_table}. The error of "
                "each scope stands beside it."
            )
        )
    if company["quarter_event_budget_usd"]:
        said.append(
            company.say("Known events put {quarter_event_budget_usd:usd_table} into the quarter.")
            + _renewed(ask.renewals_to_come(warehouse, company["quarter_start_date"]))
        )
    plan = ask.after_price_plan(warehouse)
    if plan.rows:
        said.append(
            plan.say(
                "The price plan, and who leaves with it, are in no budget: after it and the savings on calls "
                "AI is expected to cost **{cost_usd:usd_table}** in 30 days, {cost_low_usd:usd_table} with "
                "the departures that leave least margin. Once it is decided, set the budgets of AI by that."
            )
        )
    return tuple(said)


def _renewed(renewals: Evidence) -> Prose:
    """Of these events the ends of commitments that are worth renewing."""
    if not renewals.rows:
        return note("")
    return (
        note(" What of it is the end of a commitment, a renewal makes needless: ")
        + join(
            [
                each.say("{commitment_type:text}")
                + (each.say(" of {team_id:text}") if each["team_id"] else note(""))
                + each.say(
                    " with {provider_name:text}, which ends on {ends_on:day}: renew it by "
                    "{decide_by_date:day}, which saves {renewed_monthly_savings_usd:usd_table} a month"
                )
                for each in renewals.each()
            ],
            "; ",
        )
        + note(".")
    )


def proposals_section(warehouse: Warehouse, proposals: Evidence, longer: Evidence) -> tuple[Section, ...]:
    """What the next quarter's budgets would be by the forecast, beside what the last month cost.

    ``longer`` are those of a whole quarter or year.
    """
    if not proposals.rows:
        return ()
    return (
        Section(
            "Budgets proposed for the next quarter",
            text=(
                proposals.say(
                    "From {quarter_start_date:day} on, for three months. Proposed is what is expected, with "
                    "{growth_share:percent} growth and {contingency_share:percent} contingency. The "
                    "company's budget is shared out to its components, providers and teams by what each is "
                    "expected to cost, to the cent; business units and cost centres with a budget are made "
                    "of their teams, and what costs just what one team does is proposed what the team is, "
                    "though its own forecast, which is fitted to no whole, differs a little."
                ),
                *_after_savings(proposals.at(0)),
                *_beside_the_forecast(warehouse, proposals.at(0)),
                note(
                    "Where an insight says to keep a team's budget, or to release a part of it, that comes "
                    "first: the row here is the forecast with the contingency, for use that stays as it is."
                ),
                note(
                    "Nothing is set by this. Write the rows with `python -m reports_builder budget propose "
                    "--out next.csv`, change or delete some, and set the rest with "
                    "`python -m reports_builder budget accept next.csv`."
                ),
            ),
            tables=(
                Table(
                    (
                        Column("scope", "Budget of", words=scope_in_words),
                        Column("last_month_usd", "Cost of the last month", "usd_table"),
                        Column("last_budget_usd", "Budget of that month", "usd_table"),
                        Column("proposed_a_month_usd", "Proposed a month", "usd_table"),
                        Column("open_savings_usd", "Open savings a month", "usd_table"),
                        Column("proposed_after_savings_usd", "Proposed a month after them", "usd_table"),
                        Column("forecast_error_share", "Error of past sums", "percent"),
                        Column("proposed_by_error_usd", "With it as contingency", "usd_table"),
                        Column("quarter_proposed_usd", "Proposed for all three months", "usd_table"),
                        Column("quarter_event_budget_usd", "Of it known events", "delta_usd_table"),
                        Column("basis", "By"),
                    ),
                    proposals,
                    max_rows=30,
                ),
                *((_longer_table(longer),) if longer.rows else ()),
            ),
        ),
    )


def _longer_table(longer: Evidence) -> Table:
    """Budgets of a whole quarter or year: the sums of their months."""
    return Table(
        (
            Column("scope", "Budget of", words=scope_in_words),
            Column("period", "Period", words=_period),
            Column("last_budget_usd", "Last budget of that length", "usd_table"),
            Column("expected_usd", "Expected", "usd_table"),
            Column("proposed_usd", "Proposed", "usd_table"),
        ),
        longer,
        note("Budgets of a quarter or year are the sums of the proposals of their months."),
        max_rows=20,
    )
