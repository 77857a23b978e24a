"""The insight blocks of the analysis of features."""

from reports_builder.evidence import Evidence, Prose, note
from reports_builder.insight_words import insight, phrase
from reports_builder.model import Column, Insight, Table
from reports_builder.subjects.margin.features import queries as ask
from reports_builder.warehouse import Warehouse


def losses(warehouse: Warehouse, totals: Evidence) -> tuple[Insight, ...]:
    """Features that cost more than they bring; nothing when there is none."""
    if not totals["losing_features"]:
        return ()
    features = ask.losing(warehouse)
    actions = ask.losing_actions(warehouse)
    return (
        insight(
            "margin/features/losses",
            features,
            totals,
            actions,
            on_its_task=_on_its_task(features),
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
            ),
        ),
    )


def _on_its_task(features: Evidence) -> Prose:
    """What is advised on the task of the feature; nothing where it has none."""
    decision = features["task_decision"]
    if decision is None:
        return note("")
    words = {"keep": "margin/features/_task_kept", "lift": "margin/features/_task_lifted"}
    return phrase(words.get(str(decision), "margin/features/_task_otherwise"), features)


def closures(warehouse: Warehouse, totals: Evidence) -> tuple[Insight, ...]:
    """Features to close; nothing when the rule closes none."""
    if not totals["sunset_features"]:
        return ()
    features = ask.features(warehouse, "sunset")
    return (
        insight(
            "margin/features/closures",
            features,
            totals=totals,
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
            ),
        ),
    )


def uneven_use(warehouse: Warehouse) -> tuple[Insight, ...]:
    """The feature whose use rests on the fewest customers; nothing when none has ten customers."""
    features = ask.concentrated(warehouse)
    if not features.rows:
        return ()
    return (
        insight(
            "margin/features/uneven_use",
            features,
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
            ),
        ),
    )
