"""The insight blocks of the rate optimization page."""

from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import Column, Insight, Recommendation, Table
from reports_builder.subjects.capabilities import RATE_OPTIMIZATION, RATES, WORKLOADS
from reports_builder.subjects.rates.cloud_commitments import offer_words
from reports_builder.subjects.rates.portfolio import LIMITS
from reports_builder.subjects.rates.statements import (
    after_the_price_plan,
    days_of,
    offers_called,
    offers_that_pay,
)

_FRAMEWORK_USAGE = f"{WORKLOADS}; Usage Optimization"


def model_switches(kind: Evidence, switches: Evidence, came: Evidence) -> tuple[Insight, ...]:
    """Work that a cheaper model does as well; nothing when there is none.

    ``came`` is what became of moves that were decided before.
    """
    if not switches.rows:
        return ()
    return (
        Insight(
            title=kind.say("Cheaper models do the same work for {kind_net_usd:usd} less a month"),
            problem=say(
                "Calls that cost **{kind_scope_usd:usd}** in the period run on a dearer model than their "
                "task needs. The largest: {task_type:words} on {from_model:text}, "
                "**{current_cost_usd:usd}**, would have cost {cost_after_usd:usd} on {to_model:text}.",
                kind,
                switches,
            ),
            domain_spec=RATE_OPTIMIZATION,
            domain_framework=_FRAMEWORK_USAGE,
            ubr_impact=kind.say(
                "**{kind_net_usd:usd}** a month off the cost to serve, at unchanged fees all of it margin."
            ),
            recommendation=Recommendation(
                say(
                    "Move the tasks of the table to the model named there, {task_type:words} first.",
                    switches,
                ),
                "Head of Engineering",
                days_of(kind),
                is_in_plan=True,
            ),
            outcome=_worth(kind) + _came(came),
            supporting=Table(
                (
                    Column("task_type", "Task", "words"),
                    Column("from_model", "From"),
                    Column("to_model", "To"),
                    Column("calls", "Calls", "count"),
                    Column("current_cost_usd", "Cost now", "usd_table"),
                    Column("cost_after_usd", "Cost after", "usd_table"),
                    Column("monthly_savings_usd", "If every call moves", "usd_table"),
                    Column("quality_change", "Quality change", "delta_points"),
                    Column("latency_p95_change_ms", "Change of p95 latency", "milliseconds"),
                ),
                switches,
                note(
                    "recommended switches, priced with the tokens that these calls really used; the change "
                    "of quality is in points of 100, the change of latency is that of the 95th "
                    "percentile."
                ),
            ),
        ),
    )


def _came(came: Evidence) -> Prose:
    """What moves that were decided before have brought; nothing where none was measured."""
    if not came.rows:
        return note("")
    moves = "one was" if came["measured_moves"] == 1 else "{measured_moves:count} were"
    return came.say(
        f" Of the moves that were decided before {moves} measured: {{moves_predicted_usd:usd_table}} were "
        "expected until now, and **{moves_realized_usd:usd_table}** came."
    )


def _worth(kind: Evidence) -> Prose:
    return kind.say(
        "**{kind_net_usd:usd}** a month ({kind_low_usd:usd} to {kind_high_usd:usd}). "
        "Assumption: {kind_assumption:text}"
    )


def commitments(
    offer: Evidence,
    beyond: Evidence,
    counts: Evidence,
    owned: Evidence,
    offers: Evidence,
    *,
    look_backs: Evidence,
) -> tuple[Insight, ...]:
    """Which commitment to sign on what the other actions leave, or why none; nothing without offers.

    ``offer`` is what the limits of the portfolio allow, ``beyond`` what would save most without them,
    ``look_backs`` what other days than those of the look-back say of each.
    """
    if not counts["offers_judged"]:
        return ()
    insight = Insight(
        title=_commitment_title(offer, beyond, counts),
        problem=_paid_on_demand(owned)
        + counts.say(
            " {offers_judged:count} offers promise a lower price for a fixed amount an hour, used or not; "
            "{offers_illustrative:count} of them are examples and not quotes."
        ),
        domain_spec=RATE_OPTIMIZATION,
        domain_framework=RATES,
        ubr_impact=_commitment_impact(offer),
        recommendation=_commitment_step(offer),
        outcome=_commitment_outcome(offer)
        + _without_contract(offer)
        + _on_other_days(offer, look_backs)
        + _beyond(beyond),
        supporting=Table(
            (
                Column("offer_name", "Offer", words=offer_words),
                Column("hourly_commitment_usd", "Per hour", "usd_table"),
                Column("utilization_share", "Utilization", "percent"),
                Column("break_even_utilization_share", "Break-even (above 100 %: never)", "percent"),
                Column("net_monthly_savings_usd", "Saves a month", "usd_table"),
                Column("net_monthly_savings_less_usage_usd", "With less usage", "usd_table"),
                Column("regret_less_usage_usd", "Regret, less usage", "usd_table"),
                Column("regret_more_usage_usd", "Regret, more usage", "usd_table"),
                Column("money_at_risk_usd", "At risk", "usd_table"),
                Column("savings_without_contract_usd", "Batch and caching save before it", "usd_table"),
                Column("verdict", "Verdict"),
            ),
            offers,
            _left_out(counts)
            + note(
                "on the usage that the other actions leave; regret is what the level "
                "costs more than the best one when usage turns out lower or higher by the share that you "
                "set; at "
                "risk is what is paid for nothing until the end, if every hour uses only what nineteen of "
                "twenty use, and unknown where an offer does not pay by itself."
            ),
        ),
    )
    return (insight,)


def _paid_on_demand(owned: Evidence) -> Prose:
    """That models are paid on demand, whatever is owned of clouds."""
    if not owned["owned_terms"]:
        return note("Calls to models are paid on demand, and no commitment to a cloud is owned.")
    return owned.say(
        "Calls to models are paid on demand; the commitments that are owned ({owned_terms:count}) are on "
        "bills of clouds."
    )


def _beyond(beyond: Evidence) -> Prose:
    """What would save more and is not recommended, with its risk."""
    if not beyond.rows:
        return note("")
    return beyond.say(
        " Not recommended: {beyond_hourly_usd:usd} an hour with {beyond_provider:text} would save "
        "{beyond_net_usd:usd} a month with **{beyond_at_risk_usd:usd}** at risk; {beyond_reason:text}"
        + (
            "."
            if beyond["beyond_reason"] not in LIMITS
            else " (all commitments together may put {risk_limit_usd:usd} at risk)."
        )
    )


def _left_out(counts: Evidence) -> Prose:
    """How many offers the table does not show, since they save nothing; it shows all where none pays."""
    if not counts["offers_paying"]:
        return note("every offer, at the smallest level that is sold, ")
    if not counts["offers_saving_nothing"]:
        return note("every offer ")
    return counts.say(
        "{offers_saving_nothing:count} of {offers_judged:count} offers would save nothing at any level, and "
        "are left out; the others "
    )


def _commitment_title(offer: Evidence, beyond: Evidence, counts: Evidence) -> Prose:
    if not offer.rows and beyond.rows:
        return (
            note("After the switches ")
            + offers_that_pay(counts)
            + beyond.say("; none is recommended: {beyond_reason:text}")
        )
    if not offer.rows:
        return counts.say(f"None of {{offers_judged:count}} {offers_called(counts)} pays")
    return (
        note("After the switches ")
        + offers_that_pay(counts)
        + offer.say(
            "; within the limits of the portfolio {offer_net_usd:usd} a month"
            if beyond.rows
            else "; the best saves {offer_net_usd:usd} a month"
        )
    )


def _commitment_impact(offer: Evidence) -> Prose:
    if not offer.rows:
        return note("None: no level is recommended.")
    return offer.say(
        "**{offer_net_usd:usd}** a month of cost to serve, against a promise of **{obligation_usd:usd}** in "
        "all: {hourly_commitment_usd:usd} an hour for {term_months:count} months."
    )


def _commitment_step(offer: Evidence) -> Recommendation:
    if not offer.rows:
        return Recommendation(
            note("Stay on demand, and judge again when usage has doubled or a better offer arrives."),
            "Head of Finance",
            "none",
        )
    return Recommendation(
        offer.say(
            "Once the model switches are done, ask {provider:text} to quote {hourly_commitment_usd:usd} an "
            "hour ({offer_name:text} (example)), {money_at_risk_usd:usd} of it at risk; sign nothing before."
            if offer["is_illustrative"]
            else "Once the model switches are done, commit {hourly_commitment_usd:usd} an hour "
            "({offer_name:text})."
        ),
        "Head of Finance",
        "a contract",
        is_in_plan=not offer["is_illustrative"],
    )


def _commitment_outcome(offer: Evidence) -> Prose:
    if not offer.rows:
        return note("No change. Assumption: usage keeps its shape over the day.")
    upfront = (
        offer.say(
            " **{upfront_cost_usd:usd}** is paid on the first day and has come back after "
            "{break_even_months:ratio} of {term_months:count} months."
        )
        if offer["break_even_months"] is not None
        else note("")
    )
    return (
        offer.say(
            "**{offer_net_usd:usd}** a month ({offer_low_usd:usd} with less usage to {offer_high_usd:usd} "
            "with more). Assumption: hourly usage repeats over the term. It covers {coverage_share:percent} "
            "of the usage and is {utilization_share:percent} used; it breaks even at "
            "{break_even_utilization_share:percent}."
        )
        + _on_priced_usage(offer)
        + upfront
    )


def _without_contract(offer: Evidence) -> Prose:
    """What the usage that the offer could cover saves without a promise; nothing where that is unknown."""
    if not offer.rows or not offer["savings_without_contract_usd"]:
        return note("")
    return offer.say(
        " Without a promise, the batch service and caching could save "
        "**{savings_without_contract_usd:usd}** a month of the same usage, before the work that they take; "
        "the offer is judged on what they leave."
    )


def _on_other_days(offer: Evidence, look_backs: Evidence) -> Prose:
    """What longer look-backs and the backtest say of the offer that is recommended."""
    if not offer.rows or look_backs["offer_id"] != offer["offer_id"]:
        return note("")
    return (
        look_backs.say(
            " The same level saves {monthly_savings_last_60_usd:usd} a month on the last 60 days and "
            "{monthly_savings_last_90_usd:usd} on the last 90"
            + (", as far as they are known. " if float(str(look_backs["history_share"])) < 1 else ". ")
        )
        + _backtest(look_backs)
        + look_backs.say(" Confidence: {confidence:text}.")
    )


def _backtest(look_backs: Evidence) -> Prose:
    if look_backs["backtested_monthly_savings_usd"] is None:
        return note("There is no backtest: nothing was used in the days that would have chosen a level.")
    if not look_backs["backtested_units"]:
        return note("The first two thirds of these days would have chosen no commitment at all.")
    return look_backs.say(
        "What the first two thirds of these days would have chosen, {backtested_units:ratio} units (of "
        "spend: dollars an hour), saved {backtested_monthly_savings_usd:usd} a month in the last third."
    )


def _on_priced_usage(offer: Evidence) -> Prose:
    after = after_the_price_plan(offer)
    if not after.plain:
        return after
    return note(" That usage is what the model switches leave") + after + note(".")


def batch(kind: Evidence, tasks: Evidence) -> tuple[Insight, ...]:
    """Calls that nobody waits for; nothing when no task can wait or none saves."""
    if not kind["kind_actions"]:
        return ()
    return (
        Insight(
            title=kind.say("Calls that can wait could cost {kind_net_usd:usd} a month less"),
            problem=kind.say(
                "Tasks of which a part can wait for an answer until tomorrow cost **{kind_scope_usd:usd}** "
                "at the standard price; the batch service charges less for the same model."
            ),
            domain_spec=RATE_OPTIMIZATION,
            domain_framework=RATES,
            ubr_impact=kind.say(
                "**{kind_net_usd:usd}** a month of cost to serve on what the model switches leave; without "
                "them it would be {kind_overlap_usd:usd} more."
            ),
            recommendation=Recommendation(
                tasks.say("Send what can wait to the batch service, {task_type:words} first."),
                "Head of Engineering",
                days_of(kind),
                is_in_plan=True,
            ),
            outcome=_worth(kind),
            supporting=Table(
                (
                    Column("task_type", "Task", "words"),
                    Column("calls", "Calls", "count"),
                    Column("batchable_share", "Can wait", "percent"),
                    Column("batchable_calls", "Calls that wait", "count"),
                    Column("current_cost_usd", "Cost now", "usd_table"),
                    Column("gross_usd", "Saves alone", "usd_table"),
                    Column("net_usd", "Saves a month", "usd_table"),
                ),
                tasks,
                note("calls at the standard price, of the tasks of which a part can wait and saves enough."),
            ),
        ),
    )
