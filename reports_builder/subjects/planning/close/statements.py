"""What the reports and the dashboard say of a month that is over."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from reports_builder.evidence import Evidence, Prose, literal, note
from reports_builder.formatting import Value
from reports_builder.model import Column, Section, Table
from reports_builder.subjects.planning.close import queries as ask
from reports_builder.subjects.planning.variance.statements import cause_in_words, in_words, to_do
from reports_builder.warehouse import Warehouse

# By whether less is proposed for the next quarter than the budget that was kept; None where nothing is.
_PROPOSED = {
    True: "Release what it does not need: the budget proposed for the next quarter is lower.",
    False: "Keep the budget: the one proposed for the next quarter is no lower.",
    None: "Ask what the budget is for: none is proposed for the next quarter.",
}
_UNPLANNED = "Nothing: it has no budget, and cost no more than was expected."
_FINANCE = "Head of Finance"


class _Advised(NamedTuple):
    """By scope and id: what is to change of a budget or the use under it, and whether less is proposed."""

    over: Mapping[tuple[str, str], str]
    is_less_proposed: Mapping[tuple[str, str], bool]


def close_section(warehouse: Warehouse, closed_by: date) -> tuple[Section, ...]:
    """The last month that was over on a day, from its plans to its causes; nothing where none was."""
    company = ask.company(warehouse, closed_by)
    if not company.rows:
        return ()
    month = company["month_start_date"]
    advised = _advised(warehouse, month)
    parts = ask.parts(warehouse, month)
    alerts = ask.alerts(warehouse, month)
    return (
        Section(
            "The last month closed: budget, forecast, cost and why",
            text=(
                month_closed(company),
                month_against_forecast(company),
                month_against_the_one_before(company),
                *_cause(company, advised),
                *_furthest_over(ask.furthest_over(warehouse, month), advised),
                _sums(ask.sums(warehouse, month)),
                _alerts(ask.alerts_counted(warehouse, month)),
            ),
            tables=(
                _scopes_table(ask.scopes(warehouse, month), advised),
                *((_parts_table(parts),) if parts.rows else ()),
                *((_alerts_table(alerts),) if alerts.rows else ()),
            ),
        ),
    )


def month_closed(company: Evidence) -> Prose:
    """What the company spent of its budget in the month."""
    spent = company.say("In {month_start_date:month} the company spent **{actual_usd:usd_table}**")
    if company["budget_usd"] is None:
        return spent + note("; it had no budget for the whole of its spend.")
    return spent + company.say(
        " of a budget of {budget_usd:usd_table}: {budget_variance_usd:more_or_less_usd}, "
        "a {budget_severity:text} difference."
    )


def month_against_forecast(company: Evidence) -> Prose:
    """What was forecast of the month, on record or by a backtest, and how far off it was."""
    difference = "; it cost {forecast_variance_usd:more_or_less_usd}, a {forecast_severity:text} difference."
    if company["forecast_basis"] == "recorded":
        return company.say(
            "The forecast that was written down on {forecast_recorded_at:day} said {forecast_usd:usd_table}"
            + difference
        )
    unrecorded = note("No forecast was written down before the month began")
    if company["forecast_usd"] is None:
        return unrecorded + note(", and there is too little data before it for a backtest.")
    return unrecorded + company.say(
        ". A backtest, which is what the method in use today would have said on its eve, comes to "
        "{forecast_usd:usd_table}" + difference
    )


def month_against_the_one_before(company: Evidence) -> Prose:
    """What the month cost against the one before, in all and on like days."""
    if company["prior_variance_usd"] is None:
        return note("The data does not cover the month before, so the two are not compared.")
    said = company.say(
        "The month before cost {prior_actual_usd:usd_table}: this one cost "
        "{prior_variance_usd:more_or_less_usd}"
    )
    said += (
        note(".")
        if company["prior_daily_variance_share"] is None
        else company.say(
            "; on like days {prior_daily_variance_share:delta}, a {prior_severity:text} difference."
        )
    )
    if not company["days_usd"]:
        return said
    return said + company.say(
        " What goes on as before cost {days_usd:more_or_less_usd} for the days of the month alone."
    )


def _cause(company: Evidence, advised: _Advised) -> tuple[Prose, ...]:
    if _is_no_cent(company["largest_part_usd"]):
        return ()
    said = note(f"What did most of the difference: {in_words(company['largest_part'])}, ") + company.say(
        "**{largest_part_usd:delta_usd}**"
    )
    if company["cause_usd"] is not None:
        single = cause_in_words(company["largest_part"], company["cause_unit"], company["cause_usd"])
        said += note("; the largest single one is ") + (
            company.say(
                "{cause_customer_name:text} of {cause_team_name:text}, {cause_feature_id:words} with "
                "{cause_model:text}"
            )
            if company["cause_model"] is not None
            else literal(single)
            + company.say(
                " in {cause_service_name:text}"
                + ("" if company["cause_meter"] is None else " ({cause_meter:text})")
                + ("" if company["cause_resource_id"] is None else ", {cause_resource_id:text}")
                + ", {cause_team_name:text}"
            )
        )
        said += company.say(": {cause_usd:delta_usd}")
    return (said + note(". ") + _what_to_do(company, advised),)


def _furthest_over(budget: Evidence, advised: _Advised) -> tuple[Prose, ...]:
    if not budget.rows:
        return ()
    [record] = budget.records()
    said = (
        note("Of all budgets the one furthest over is that of **")
        + literal(_name(record))
        + budget.say(
            "**: {actual_usd:usd_table} of {budget_usd:usd_table}, a {budget_severity:text} difference of "
            "{budget_variance_usd:usd_table}"
        )
    )
    if record["largest_part"] is None:
        return (said + note("."),)
    said += note(f", most of it by {_part(record)}: ") + budget.say("{largest_part_usd:delta_usd}. ")
    return (said + _what_to_do(budget, advised) + budget.say(" {approver_role:text} approves a new budget."),)


def _advised(warehouse: Warehouse, month: Value) -> _Advised:
    """What is advised on each budget that the month after is over, or that is too large, as elsewhere."""
    over = {
        ("team", str(record["team_id"])): str(record["advice"])
        for record in ask.advice_on_teams(warehouse, month).records()
    } | {_key(record): str(record["advice"]) for record in ask.advice_on_others(warehouse, month).records()}
    proposed = ask.proposed(warehouse).records()
    return _Advised(over, {_key(record): bool(record["is_below_last_budget"]) for record in proposed})


def _key(record: Mapping[str, Value]) -> tuple[str, str]:
    return str(record["scope"]), str(record["scope_id"])


def _what_to_do(scope: Evidence, advised: _Advised) -> Prose:
    [record] = scope.records()
    return note(f"{_to_do(record, advised)} Owner: ") + literal(_owner(record)) + note(".")


def _owner(record: Mapping[str, Value]) -> str:
    """Whose the scope is, else the team behind its largest cause, else who approves its budget."""
    return str(record["owner_name"] or record["cause_team_name"] or record["approver_role"] or _FINANCE)


def _to_do(record: Mapping[str, Value], advised: _Advised) -> str:
    """The question that the largest cause raises, after the advice on a budget that is missed again."""
    most = record["largest_part_usd"]
    if _is_no_cent(most):
        return "-"
    if record["largest_part"] != "days" and float(most) <= 0:  # type: ignore[arg-type]
        if record["budget_usd"] is None:
            return _UNPLANNED
        return _PROPOSED[advised.is_less_proposed.get(_key(record))]
    decision = advised.over.get(_key(record))
    asked = to_do(record["largest_part"], record["cause_unit"])
    return (
        asked
        if decision is None or record["period"] != "month"
        else f"{decision[:1].upper()}{decision[1:]}. {asked}"
    )


def _is_no_cent(amount: Value) -> bool:
    return amount is None or round(float(amount), 2) == 0  # type: ignore[arg-type]


def _sums(sums: Evidence) -> Prose:
    said = sums.say(
        "Teams, with what no team owns, cost {teams_usd:usd_table} together, components "
        "{components_usd:usd_table}. Both are the company's {company_usd:usd_table}: "
        "{teams_left_usd:usd_table} and {components_left_usd:usd_table} are left over."
    )
    if not sums["budgets_apart_usd"]:
        return said
    return said + sums.say(
        " The budgets of the teams come to {team_budgets_usd:usd_table}, "
        "{budgets_apart_usd:more_or_less_usd} than the company's."
    )


def _alerts(alerts: Evidence) -> Prose:
    if not (alerts["reached"] or alerts["fired"]):
        return note("No budget reached a limit of the alert rules in the month.")
    said = alerts.say(
        "Budgets that reached a limit of the alert rules in the month: {reached:count}, of which used up: "
        "{used_up:count}. "
    )
    if alerts["fired"]:
        return said + alerts.say("Alerts that fired on them: {fired:count}.")
    return said + note(
        "No alert on them is on record: `python -m reports_builder alerts` did not run then, or not with "
        "this warehouse. Let it run after each build, so that a limit is heard of on its day. Owner: Head of "
        "Finance."
    )


def _name(record: Mapping[str, Value]) -> str:
    said = _scope(record)
    if record["period"] == "month":
        return said
    return f"{said}, {record['period']} from {record['period_start_date']}"


def _scope(record: Mapping[str, Value]) -> str:
    if record["scope"] == "total":
        return "the company"
    if record["scope"] == "team":
        return str(record["scope_name"])
    return f"{str(record['scope']).replace('_', ' ')} {record['scope_name']}"


def _part(record: Mapping[str, Value]) -> str:
    if record["largest_part"] is None:
        return "-"
    return in_words(record["largest_part"], is_of_calls=record["scope_id"] == "ai")


def _scopes_table(scopes: Evidence, advised: _Advised) -> Table:
    return Table(
        (
            Column("scope_name", "Scope", words=_name),
            Column("budget_usd", "Budget", "usd_table"),
            Column("forecast_usd", "Forecast", "usd_table"),
            Column("forecast_basis", "Forecast is"),
            Column("actual_usd", "Cost", "usd_table"),
            Column("budget_variance_usd", "Against budget", "delta_usd_table"),
            Column("budget_variance_share", "Share", "delta"),
            Column("budget_severity", "How serious"),
            Column("forecast_variance_usd", "Against forecast", "delta_usd_table"),
            Column("prior_variance_usd", "Against the month before", "delta_usd_table"),
            Column("prior_daily_variance_share", "On like days", "delta"),
            Column("largest_part", "Largest cause", words=_part),
            Column("largest_part_usd", "It adds", "delta_usd_table"),
            Column("largest_part", "To do", words=lambda record: _to_do(record, advised)),
            Column("scope_name", "Owner", words=_owner),
        ),
        scopes,
        note(
            "A budget that is unknown was not set, a forecast that is unknown could not be made; a quarter "
            "or year has none. The largest cause is of the difference to the budget, without one to the "
            "forecast. Months have unequal days: on like days the month before counts with the days of this "
            "one."
        ),
        max_rows=30,
        name="Every budget",
    )


def _parts_table(parts: Evidence) -> Table:
    return Table(
        (
            Column("part", "Part of the company's difference", words=lambda record: in_words(record["part"])),
            Column("budget_part_usd", "Against the budget", "delta_usd_table"),
            Column("forecast_part_usd", "Against the forecast", "delta_usd_table"),
            Column("prior_part_usd", "Against the month before", "delta_usd_table"),
        ),
        parts,
        note(
            "The sum of the parts is cost less plan, or less the month before, to the last decimal. A plan "
            "starts from the month before."
        ),
        max_rows=11,
        name="Parts of the company's difference",
    )


def _alerts_table(alerts: Evidence) -> Table:
    return Table(
        (
            Column("subject_name", "Budget of", words=_budget_of),
            Column("period", "Period"),
            Column("budget_usd", "Budget", "usd_table"),
            Column("measure", "Alert", words=_kind),
            Column("limit_share", "Limit", "percent"),
            Column("alert_date", "Reached on", "day_short"),
            Column("fired_at", "Alert fired", words=_fired),
            Column("severity", "Severity"),
        ),
        alerts,
        note("Of each budget the highest limit that it reached."),
        name="Budgets that reached a limit",
        max_rows=20,
    )


def _budget_of(record: Mapping[str, Value]) -> str:
    if record["scope"] == "total":
        return "the company"
    return f"{str(record['scope']).replace('_', ' ')} {record['subject_name']}"


def _kind(record: Mapping[str, Value]) -> str:
    return "spent" if record["measure"] == "budget_used" else "heading over"


def _fired(record: Mapping[str, Value]) -> str:
    return "not on record" if record["fired_at"] is None else f"{record['fired_at']:%Y-%m-%d}"
