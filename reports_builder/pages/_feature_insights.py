"""The insight blocks of the analysis of features."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import Column, Insight, Recommendation, Table

DOMAIN = "Organizational Alignment (cost by feature); usage-based revenue: feature economics"
FRAMEWORK = "Quantify Business Value: Unit Economics; Understand Usage & Cost: Allocation"

ECONOMICS_COLUMNS = (
    Column("feature_id", "Feature", "words"),
    Column("cost_to_serve_usd", "Cost", "usd_table"),
    Column("cost_per_call_usd", "Per call", "usd_unit"),
    Column("allocated_revenue_usd", "Revenue share", "usd_table"),
    Column("gross_margin_usd", "Margin", "usd_table"),
    Column("gross_margin_share", "Of revenue", "percent"),
    Column("adoption_share", "Adoption", "percent"),
    Column("calls_change_share", "Calls", "delta"),
    Column("decision", "Decision"),
)


def losing(losing_features: Evidence) -> tuple[Insight, ...]:
    """Features whose cost exceeds the revenue that falls to them, with what matching it would bring."""
    if not losing_features.rows:
        return ()
    return (
        Insight(
            title=losing_features.say("The feature {feature_id:words} costs more than it brings in"),
            problem=losing_features.say(
                "A call to it costs {cost_per_call_usd:usd_unit}; over all features the average is "
                "{average_cost_per_call_usd:usd_unit}. Its cost of **{cost_to_serve_usd:usd}** stands "
                "against **{allocated_revenue_usd:usd}** of revenue, although {adoption_share:percent} "
                "of active customers use it."
            ),
            domain_spec=DOMAIN,
            domain_framework=FRAMEWORK,
            ubr_impact=losing_features.say(
                "**{loss_total_usd:usd}** lost in 30 days on such features ({losing_features:count} of "
                "{features:count})."
            ),
            recommendation=Recommendation(
                losing_features.say(
                    "Lower the cost of a call to {feature_id:words} first, then decide about its price."
                ),
                "Head of Product",
                "weeks",
            ),
            outcome=_loss_avoided(losing_features),
            supporting=Table(
                ECONOMICS_COLUMNS, losing_features, note("features with a loss, in the period.")
            ),
        ),
    )


def _loss_avoided(losing_features: Evidence) -> Prose:
    """The range of what is won when losing features break even, from the worst alone to all."""
    gain = (
        "Up to **{loss_usd:usd}** of margin in 30 days, if it breaks even. "
        if losing_features["losing_features"] == 1
        else "Between **{loss_usd:usd}** (this feature breaks even) and **{loss_total_usd:usd}** (all do) of "
        "margin in 30 days. "
    )
    return losing_features.say(
        gain + "Assumption: use and revenue stay. What switching models saves is listed under Actions and is "
        "part of it, not on top."
    )


def investing(chosen: Evidence) -> tuple[Insight, ...]:
    """Features that earn well and are used widely or grow: where another call is worth most."""
    if not chosen.rows:
        return ()
    return (
        Insight(
            title=chosen.say("The feature {feature_id:words} keeps most of what it earns"),
            problem=chosen.say(
                "It brings in {allocated_revenue_usd:usd} for {cost_to_serve_usd:usd} of cost, a margin of "
                "{gross_margin_share:percent}; {adoption_share:percent} of active customers use it so far."
            ),
            domain_spec=DOMAIN,
            domain_framework=FRAMEWORK,
            ubr_impact=chosen.say("**{gross_margin_usd:usd}** of margin in 30 days from this feature."),
            recommendation=Recommendation(
                chosen.say("Offer {feature_id:words} to the customers that do not use it yet."),
                "Head of Product",
                "weeks",
            ),
            outcome=chosen.say(
                "Up to **{tenth_more_usd:usd}** of margin in 30 days for a tenth more paid use; "
                "nothing if it only takes the place of other features, because fees are flat today. "
                "Assumption: the new use is paid for as the present one is."
            ),
            supporting=Table(
                ECONOMICS_COLUMNS, chosen, note("features to invest in, the best margin first.")
            ),
        ),
    )


def concentrated(features: Evidence) -> tuple[Insight, ...]:
    """The feature whose use hangs on the fewest customers."""
    if features["top_tenth_call_share"] is None:
        return ()
    return (
        Insight(
            title=features.say("The use of {feature_id:words} hangs on few customers"),
            problem=features.say(
                "A tenth of the customers that use it makes {top_tenth_call_share:percent} of its "
                "calls; the typical one makes {calls_per_customer_p50:count} in the period, one in ten "
                "makes {calls_per_customer_p90:count} or more."
            ),
            domain_spec=DOMAIN,
            domain_framework=FRAMEWORK,
            ubr_impact=features.say(
                "**{concentrated_cost_usd:usd}** of its cost in 30 days follows these few."
            ),
            recommendation=Recommendation(
                note("Talk to them before changing the feature or its price."), "Head of Product", "days"
            ),
            outcome=features.say(
                "No gain by itself: between **{concentrated_margin_usd:usd}** and nothing of margin in "
                "30 days stays or goes with them. Assumption: their share of the margin is that of the "
                "calls."
            ),
            supporting=Table(
                (
                    Column("feature_id", "Feature", "words"),
                    Column("customers_using", "Customers", "count"),
                    Column("calls_per_customer_p50", "Typical calls", "count"),
                    Column("calls_per_customer_p90", "One in ten, from", "count"),
                    Column("top_tenth_call_share", "Share of top tenth", "percent"),
                    Column("usage_gini", "Gini", "ratio"),
                ),
                features,
                note("how use spreads over customers; Gini 0 = all alike, 1 = one makes all calls."),
            ),
        ),
    )
