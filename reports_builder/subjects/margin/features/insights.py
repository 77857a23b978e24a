"""The insight blocks of the analysis of features."""

from reports_builder.evidence import Evidence, Prose, note, say
from reports_builder.model import Column, Insight, Recommendation, Table
from reports_builder.subjects.capabilities import UNIT_ECONOMICS, USAGE, WORKLOADS
from reports_builder.subjects.margin.features import queries as ask
from reports_builder.warehouse import Warehouse


def losses(warehouse: Warehouse, totals: Evidence) -> tuple[Insight, ...]:
    """Features that cost more than they bring; nothing when there is none."""
    if not totals["losing_features"]:
        return ()
    features = ask.losing(warehouse)
    actions = ask.losing_actions(warehouse)
    outcome = (
        actions.say(
            "**{open_net_usd:usd}** a month less cost ({open_low_usd:usd} to {open_high_usd:usd}) from the "
            "open actions on these tasks ({open_actions:count}), as in the ledger of savings. Assumption: "
            "the same calls with the same tokens; another feature with the same task shares in it."
        )
        if actions["open_actions"]
        else totals.say(
            "Between nothing and **{losses_usd:usd}** in 30 days. No open action on these tasks saves "
            "enough; assumption: at the high end a limit or a price makes the features break even."
        )
    )
    insight = Insight(
        title=say(
            "The feature {subject:text} costs {cost_to_serve_usd:usd} and brings {allocated_revenue_usd:usd}",
            features,
        ),
        problem=say(
            "Features that cost more than the fees that fall to them: {losing_features:count} of "
            "{features:count}, with **{losses_usd:usd}** of loss in the period. The largest is "
            "{subject:text}: {customers_using:count} customers use it, {adoption_share:percent} of the "
            "active ones.",
            totals,
            features,
        ),
        domain_spec="Feature Economics (feature profitability)",
        domain_framework=f"{UNIT_ECONOMICS}; {USAGE}",
        ubr_impact=totals.say(
            "**{losses_usd:usd}** of margin in 30 days, earned by other features and lost here."
        ),
        recommendation=Recommendation(
            _what_mends(features),
            str(features["task_owner_role"] or "Head of Engineering"),
            str(features["task_advised_effort"] or "days"),
        ),
        outcome=outcome,
        supporting=Table(
            (
                Column("subject", "Feature"),
                Column("allocated_revenue_usd", "Fees earned", "usd_table"),
                Column("cost_to_serve_usd", "Cost", "usd_table"),
                Column("loss_usd", "Loss", "usd_table"),
                Column("adoption_share", "Adoption", "percent"),
                Column("calls_change_share", "Use", "delta"),
                Column("decision", "Judgement"),
                Column("tasks", "Tasks with open actions"),
                Column("own_savings_usd", "Its open savings a month", "usd_table"),
                Column("own_lift_cost_usd", "Lifted to its floor, a month", "delta_usd_table"),
                Column("margin_after_savings_usd", "Margin then", "usd_table"),
            ),
            features,
            note("features with a negative margin, the largest loss first."),
        ),
    )
    return (insight,)


def _what_mends(features: Evidence) -> Prose:
    """What to do about the largest loss; on models it is what is advised on the task of the feature."""
    if features["is_mended"]:
        return features.say(
            "Make the savings that are open for {subject:text}: they alone bring its margin to "
            "{margin_after_savings_usd:usd}."
        )
    said = features.say("Set a price or a limit for {subject:text}, or use fewer tokens per call. ")
    if features["task_decision"] is not None:
        said += features.say(
            "No cheaper model is advised for its task."
            if features["task_decision"] == "keep"
            else "Its task lies below its quality floor."
            if features["task_decision"] == "lift"
            else "On its models the advice is that on its task, {task_verdict:text}."
        )
    if features["task_advised_moves"] is not None:
        said += features.say(
            " Moving the calls of {task_advised_moves:text} is the cheapest way to lift it, for "
            "{task_advised_cost_change_usd:more_or_less_usd} a month, "
            "{own_lift_cost_usd:more_or_less_usd} of it here: the margin is then "
            "{margin_after_savings_usd:usd_table}. What it does to the wait for an answer is in “Which "
            "model for which task”."
        )
    return said


def closures(warehouse: Warehouse, totals: Evidence) -> tuple[Insight, ...]:
    """Features to close; nothing when the rule closes none."""
    if not totals["sunset_features"]:
        return ()
    features = ask.features(warehouse, "sunset")
    insight = Insight(
        title=totals.say("Features that should be closed: {sunset_features:count} of {features:count}"),
        problem=features.say(
            "{subject:text} costs **{cost_to_serve_usd:usd}**, brings {allocated_revenue_usd:usd} and is "
            "used by {customers_using:count} of {active_customers:count} active customers; its use is "
            "{calls_change_share:delta}."
        ),
        domain_spec="Feature Economics (sunset recommendation)",
        domain_framework=f"{UNIT_ECONOMICS}; {WORKLOADS}",
        ubr_impact=features.say("**{cost_to_serve_usd:usd}** of cost in 30 days serves few customers."),
        recommendation=Recommendation(
            features.say("Close {subject:text} to new customers and offer the others a way out."),
            "Head of Product",
            "weeks",
        ),
        outcome=features.say(
            "Between nothing and **{cost_to_serve_usd:usd}** of cost in 30 days. Assumption: at the high end "
            "nobody leaves because of it, since no feature is paid for on its own."
        ),
        supporting=Table(
            (
                Column("subject", "Feature"),
                Column("allocated_revenue_usd", "Fees earned", "usd_table"),
                Column("cost_to_serve_usd", "Cost", "usd_table"),
                Column("gross_margin_usd", "Margin", "usd_table"),
                Column("adoption_share", "Adoption", "percent"),
                Column("calls_change_share", "Use", "delta"),
                Column("reason", "Reason", "words"),
            ),
            features,
            note("features judged for closing."),
        ),
    )
    return (insight,)


def uneven_use(warehouse: Warehouse) -> tuple[Insight, ...]:
    """The feature whose use rests on the fewest customers; nothing when none has ten customers."""
    features = ask.concentrated(warehouse)
    if not features.rows:
        return ()
    insight = Insight(
        title=features.say(
            "{top_customers:count} of {customers_using:count} customers make {top_tenth_call_share:percent} "
            "of the calls of {feature_id:words}"
        ),
        problem=features.say(
            "The customer in the middle calls {feature_id:words} {calls_per_customer_p50:count} times in 30 "
            "days; one in ten calls it more than {calls_per_customer_p90:count} times and pays the same fee "
            "as others of the tier. The most active tenth makes **{top_tenth_call_share:percent}** of calls."
        ),
        domain_spec="Feature Economics (usage distribution)",
        domain_framework=f"{UNIT_ECONOMICS}; Optimize Usage & Cost: Licensing & SaaS",
        ubr_impact=features.say(
            "**{top_cost_usd:usd}** of its {cost_to_serve_usd:usd} of cost in 30 days is that of their "
            "calls, as measured."
        ),
        recommendation=Recommendation(
            features.say(
                "Take the use of {feature_id:words} into the choice of the price plan: a price for use, or "
                "included calls between the two figures above."
            ),
            "Head of Product",
            "weeks",
        ),
        outcome=features.say(
            "Between nothing and **{top_cost_usd:usd}** of cost in 30 days is paid for by those who cause "
            "it. Assumption: a charge that covers cost and no more; at the low end they call less instead. "
            "The analysis of pricing tests whole plans."
        ),
        supporting=Table(
            (
                Column("feature_id", "Feature", "words"),
                Column("customers_using", "Customers", "count"),
                Column("calls_per_customer_p50", "Median calls", "count"),
                Column("calls_per_customer_p90", "Nine in ten below", "count"),
                Column("top_tenth_call_share", "Most active tenth", "percent"),
                Column("usage_gini", "Gini", "ratio"),
                Column("top_cost_usd", "Cost of that tenth", "usd_table"),
            ),
            features,
            note("features with at least ten customers, the most uneven first."),
        ),
    )
    return (insight,)
