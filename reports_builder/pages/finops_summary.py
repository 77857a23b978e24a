"""Report 1: what AI costs, who and what drives it, and the three things to do first."""

from reports_builder.charts import ranked_bars
from reports_builder.confidence import confidence
from reports_builder.evidence import note, say
from reports_builder.model import Column, Figure, KeyFigure, Page, Section, Table
from reports_builder.savings import action_plan
from reports_builder.warehouse import Warehouse


def build(warehouse: Warehouse) -> Page:
    """The executive summary for the trailing window."""
    spend = warehouse.evidence(
        """
        select
            sum(effective_cost_usd) filter (where usage_date >= :window_start) as spend_usd,
            sum(effective_cost_usd) filter (where usage_date < :window_start) as prior_spend_usd,
            spend_usd / nullif(prior_spend_usd::double, 0) - 1 as spend_change
        from core.fct_usage_daily
        where usage_date between :prior_start and :as_of
        """
    )
    drivers = warehouse.evidence(
        """
        select
            customer_id,
            sum(effective_cost_usd) as cost_usd,
            sum(effective_cost_usd) / sum(sum(effective_cost_usd)) over ()::double as cost_share
        from core.fct_usage_daily
        where usage_date between :window_start and :as_of
        group by customer_id
        order by cost_usd desc, customer_id
        limit 10
        """
    )
    models = warehouse.evidence(
        """
        select
            provider, model, sum(calls) as calls, sum(effective_cost_usd) as cost_usd,
            sum(effective_cost_usd) / sum(sum(effective_cost_usd)) over ()::double as cost_share
        from core.fct_usage_daily
        where usage_date between :window_start and :as_of
        group by provider, model
        order by cost_usd desc, provider, model
        """
    )
    title = drivers.say("{customer_id:text} costs most: {cost_share:percent} of all spend")
    return Page(
        path="finops_summary.md",
        title="AI spend",
        period=warehouse.period,
        question=note("Spend on AI models grows with use, and nobody sees who causes it."),
        answer=(spend.say("Spend was **{spend_usd:usd}** ({spend_change:delta})."),),
        key_figures=(
            KeyFigure(
                "AI spend",
                spend.cell("spend_usd", "usd_table"),
                spend.cell("prior_spend_usd", "usd_table"),
                spend.cell("spend_change", "delta"),
            ),
        ),
        figures=(
            Figure(
                "drivers",
                ranked_bars(
                    drivers,
                    label="customer_id",
                    value="cost_usd",
                    style="usd",
                    axis_title="Cost in the period, US dollars",
                ),
                title,
                title + note("."),
                drivers,
            ),
        ),
        insights=(),
        plan=action_plan(warehouse, rows=3),
        confidence=confidence(warehouse),
        sections=(
            Section(
                "Spend by model",
                tables=(
                    Table(
                        (
                            Column("provider", "Provider"),
                            Column("model", "Model"),
                            Column("calls", "Calls", "count"),
                            Column("cost_usd", "Cost", "usd_table"),
                            Column("cost_share", "Share", "percent"),
                        ),
                        models,
                        say("{provider:text} {model:text} costs most", models),
                    ),
                ),
            ),
        ),
    )
