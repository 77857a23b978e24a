"""What the data does not hold: what a page cannot say because of it, and what to do about it."""

from dataclasses import replace

from reports_builder.confidence import confidence
from reports_builder.evidence import Evidence, Prose, note
from reports_builder.model import KeyFigure, Page
from reports_builder.subjects.margin.statements import cost_named
from reports_builder.warehouse import Warehouse

# From this share of the calls on, a page says what is missing; below it the rows called unknown say it.
_MOST = 0.5
# Scores come from a sample: they are missing only where next to none of the calls has one.
_NEXT_TO_ALL = 0.99

_TASKS = (
    "no_task_share",
    "{no_task_share:percent} of the calls do not say what kind of task they are, so nobody can judge "
    "which model "
    "does a task well enough. Send the kind of task as a tag, or name your own tag for it in the seed "
    "attribute_mappings.",
)
_SCORES = (
    "no_score_share",
    "{no_score_share:percent} of the calls have no quality score, so no cheaper model can be shown to be "
    "good "
    "enough. Score a sample of the answers and send the score with the call.",
)
_FEATURES = (
    "no_feature_share",
    "{no_feature_share:percent} of the calls name no feature, so their cost stands in one row and in no "
    "team's "
    "account. Send product and feature as tags, or name your own tags for them in the seed "
    "attribute_mappings.",
)
_GAPS = {
    "finops_summary": (_FEATURES,),
    "model_efficiency": (_TASKS, _SCORES),
    "performance": (_TASKS, _SCORES),
    "optimization": (_TASKS, _SCORES),
    "alignment": (_FEATURES,),
    "features": (_FEATURES,),
    "understanding": (_FEATURES,),
}


def demo_beside_own(warehouse: Warehouse) -> str | None:
    """What to say above every page where the calls are the demo's although a reader's own files are there."""
    found = warehouse.evidence(
        """
        select details
        from core.rpt_data_quality
        where check_name = 'generated_calls_beside_own' and affected_calls > 0
        """
    )
    return str(found["details"]) if found.rows else None


NO_PLAN = (
    "No price plan is on record, so no other price can be tried: put the plans that you sell today, and "
    "those that you think of, into the seed pricing_plans, and your tiers into subscription_tiers."
)


def with_gaps(name: str, page: Page, warehouse: Warehouse) -> Page:
    """The page, its answer followed by what is missing from most of the calls for the questions it asks."""
    if name not in _GAPS:
        return page
    shares = warehouse.evidence(
        """
        select
            coalesce(sum(calls) filter (where task_type = 'unknown'), 0) / sum(calls)::double
                as no_task_share,
            coalesce(sum(calls) filter (where feature_id = 'unallocated'), 0) / sum(calls)::double
                as no_feature_share,
            1 - sum(quality_scored_calls) / sum(calls)::double as no_score_share
        from core.fct_usage_daily
        where usage_date between :window_start and :as_of
        """
    )
    gaps = tuple(shares.say(words) for share, words in _GAPS[name] if _is_most(shares, share))
    return replace(page, answer=page.answer + gaps)


def _is_most(shares: Evidence, column: str) -> bool:
    bound = _NEXT_TO_ALL if column == "no_score_share" else _MOST
    return float(shares[column] or 0) > bound  # type: ignore[arg-type]


def page_without_plans(warehouse: Warehouse, path: str, title: str, question: Prose) -> Page:
    """A page on prices when no plan is on record: what customers bring in and cost, which seed to fill."""
    earned = warehouse.evidence(
        """
        select
            count(*) as customers,
            sum(revenue_usd) as revenue_usd,
            sum(cost_to_serve_usd) as cost_to_serve_usd,
            sum(gross_margin_usd) as gross_margin_usd,
            coalesce(sum(shared_cost_usd) <> 0, false) as has_shared_cost,
            coalesce(sum(hosting_cost_usd) = 0, true) as is_before_hosting
        from margin.rpt_customer_margins
        """
    )
    if not earned["customers"]:
        return page_without_customers(warehouse, path, title, question)
    return Page(
        path=path,
        title=title,
        period=warehouse.period,
        question=question,
        answer=(
            earned.say(
                "No price plan is on record, so no other price can be tried on the use of your customers: "
                "{customers:count} customers brought in **{revenue_usd:usd}** of fees and cost "
                "**{cost_to_serve_usd:usd}**."
            ),
            note(
                "What to do: put the plans that you sell today (is_current true), and those that you think "
                "of, into the seed pricing_plans, your tiers with fee and rank into subscription_tiers, and "
                "build again."
            ),
        ),
        key_figures=(
            KeyFigure("Fees earned", earned.cell("revenue_usd", "usd_table")),
            KeyFigure("Cost to serve", earned.cell("cost_to_serve_usd", "usd_table")),
            KeyFigure(f"Margin after {cost_named(earned)}", earned.cell("gross_margin_usd", "usd_table")),
            KeyFigure("Price plans on record", note("none")),
        ),
        figures=(),
        insights=(),
        plan=None,
        confidence=confidence(warehouse),
    )


def page_without_customers(warehouse: Warehouse, path: str, title: str, question: Prose) -> Page:
    """A page on customers and prices when no customer is on record: what is known, and what to do."""
    cost = warehouse.evidence(
        """
        select
            sum(effective_cost_usd) as cost_usd,
            sum(calls) as calls,
            count(distinct customer_id) filter (where customer_id <> 'unallocated') as customers_named
        from core.fct_usage_daily
        where usage_date between :window_start and :as_of
        """
    )
    return Page(
        path=path,
        title=title,
        period=warehouse.period,
        question=question,
        answer=(
            cost.say(
                "No customer is on record, so nothing can be said of fees and margins: the period cost "
                "**{cost_usd:usd}**, and what it brought in is unknown. The calls name "
                "{customers_named:count} customers."
            ),
            note(
                "What to do: put your customers with plan, fee and dates into the folder customers of "
                "your raw data "
                "(CSV or Parquet), switch the source customers on, and build again. Where calls name no "
                "customer, "
                "send one as a tag, or name your own tag for it in the seed attribute_mappings."
            ),
        ),
        key_figures=(
            KeyFigure("AI spend", cost.cell("cost_usd", "usd_table")),
            KeyFigure("Calls", cost.cell("calls", "count")),
            KeyFigure("Customers that the calls name", cost.cell("customers_named", "count")),
            KeyFigure("Customers on record", note("none")),
        ),
        figures=(),
        insights=(),
        plan=None,
        confidence=confidence(warehouse),
    )
