"""What the analysis of features asks the warehouse."""

from reports_builder.evidence import Evidence
from reports_builder.marts import FEATURES
from reports_builder.warehouse import Warehouse


def totals(warehouse: Warehouse) -> Evidence:
    """Money of all features together, how many are judged how, and the three foremost of each judgement."""
    return warehouse.evidence(
        """
        select
            count(*) filter (where decision is not null) as features,
            sum(cost_to_serve_usd) as cost_usd,
            sum(allocated_revenue_usd) as revenue_usd,
            sum(gross_margin_usd) as margin_usd,
            sum(gross_margin_usd)::double
                / nullif(sum(allocated_revenue_usd) filter (where gross_margin_usd is not null)::double, 0)
                as margin_share,
            count(*) filter (where decision_reason = 'cost_unknown') as unknown_features,
            coalesce(sum(uncosted_calls), 0) as uncosted_calls,
            coalesce(sum(cost_to_serve_usd) filter (where decision is null), 0) as unallocated_cost_usd,
            coalesce(sum(allocated_revenue_usd) filter (where decision is null), 0)
                as unallocated_revenue_usd,
            count(*) filter (where is_unprofitable) as losing_features,
            count(*) filter (where gross_margin_usd > 0 and decision_reason <> 'cost_unknown')
                as earning_features,
            count(*) filter (where decision_reason = 'loses_money_until_savings_are_made') as mended_features,
            coalesce(-sum(gross_margin_usd) filter (where is_unprofitable), 0) as losses_usd,
            count(*) filter (where decision = 'invest') as invest_features,
            count(*) filter (where decision = 'keep') as keep_features,
            count(*) filter (where decision = 'sunset') as sunset_features,
            string_agg(replace(feature_id, '_', ' '), ', ' order by decision_rank)
                filter (where decision = 'invest' and decision_rank <= 3) as invest_names,
            string_agg(replace(feature_id, '_', ' '), ', ' order by decision_rank)
                filter (where decision = 'sunset' and decision_rank <= 3) as sunset_names,
            max(active_customers) as active_customers
        from :features
        """,
        features=FEATURES,
    )


def without_customer(warehouse: Warehouse) -> Evidence:
    """The cost that features bear and no customer does."""
    return warehouse.evidence(
        "select sum(customerless_cost_usd) as customerless_usd from margin.rpt_feature_economics"
    )


def customer_margin(warehouse: Warehouse) -> Evidence:
    """The margin of the customers, without the cost that none of them bears."""
    return warehouse.evidence(
        "select sum(gross_margin_usd) as customer_margin_usd from margin.rpt_customer_margins"
    )


def features(warehouse: Warehouse, *decisions: str) -> Evidence:
    """Every feature, the dearest first, with unit costs; only those judged so when decisions are named."""
    return warehouse.evidence(
        """
        select
            *,
            coalesce(decision, 'not judged') as judgement,
            coalesce(decision_reason, 'belongs to no feature') as reason
        from :features
        where :all_decisions or decision in :decisions
        order by cost_to_serve_usd desc, product_id, feature_id
        """,
        features=FEATURES,
        all_decisions=not decisions,
        decisions=decisions or ("",),
    )


def judged(warehouse: Warehouse, rows: int = 12) -> Evidence:
    """The dearest features that have revenue, without the row of none, for the charts."""
    return warehouse.evidence(
        """
        select
            feature_name,
            feature_id,
            replace(feature_id, '_', ' ') as short_name,
            cost_to_serve_usd as cost_usd,
            allocated_revenue_usd as revenue_usd,
            gross_margin_share,
            gross_margin_usd,
            adoption_share,
            calls_per_customer_p50,
            calls_per_customer_p90,
            top_tenth_call_share,
            is_unprofitable,
            decision = 'invest' as is_invested
        from :features
        where decision is not null and customers_using > 0
        order by cost_to_serve_usd desc, product_id, feature_id
        limit :rows
        """,
        features=FEATURES,
        rows=rows,
    )


def losing(warehouse: Warehouse) -> Evidence:
    """Features that cost more than they bring, and the open actions on the tasks they call models for.

    A saving of the ledger belongs to a task; another feature with the same task shares in it.
    """
    return warehouse.evidence(
        """
        select
            product_id, feature_id, subject, customers_using, adoption_share, allocated_revenue_usd,
            cost_to_serve_usd, -gross_margin_usd as loss_usd, calls_change_share, decision,
            decision_reason = 'loses_money_until_savings_are_made' as is_mended, open_savings_usd,
            own_savings_usd, margin_after_savings_usd, coalesce(open_tasks, 'none') as tasks, task_decision,
            task_verdict, task_advised_moves, task_advised_cost_change_usd, task_owner_role,
            task_advised_effort, own_lift_cost_usd
        from margin.rpt_feature_economics
        where is_unprofitable
        order by gross_margin_usd, product_id, feature_id
        """
    )


def losing_actions(warehouse: Warehouse) -> Evidence:
    """What the open actions on the tasks of features that lose money are worth, each counted once."""
    return warehouse.evidence(
        """
        select
            coalesce(sum(counted_actions), 0) as open_actions,
            coalesce(sum(counted_savings_usd), 0) as open_net_usd,
            coalesce(sum(counted_savings_low_usd), 0) as open_low_usd,
            coalesce(sum(counted_savings_high_usd), 0) as open_high_usd
        from margin.rpt_feature_economics
        where is_unprofitable
        """
    )


def growth(warehouse: Warehouse) -> Evidence:
    """What more use of the features worth investing in would bring, and what it would cost."""
    return warehouse.evidence(
        """
        select
            count(*) filter (where decision = 'invest') as invested_features,
            coalesce(sum(gross_margin_usd) filter (where decision = 'invest'), 0) as invested_margin_usd,
            sum(gross_margin_usd) filter (where decision = 'invest')
                / nullif(sum(allocated_revenue_usd) filter (where decision = 'invest')::double, 0)
                as invested_margin_share,
            invested_margin_usd / nullif(sum(gross_margin_usd)::double, 0) as share_of_all_margin,
            coalesce(sum(growth_margin_usd) filter (where decision = 'invest'), 0)
                as gain_with_new_customers_usd,
            coalesce(sum(growth_cost_usd) filter (where decision = 'invest'), 0) as cost_of_more_calls_usd
        from margin.rpt_feature_economics
        """
    )


def concentrated(warehouse: Warehouse) -> Evidence:
    """How unevenly customers use each feature, the most uneven first; ten customers at least."""
    return warehouse.evidence(
        """
        select
            product_id, feature_id, customers_using, top_tenth_customers as top_customers,
            top_tenth_call_share, usage_gini, calls_per_customer_p50, calls_per_customer_p90,
            cost_to_serve_usd, top_tenth_cost_usd as top_cost_usd
        from margin.rpt_feature_economics
        where decision is not null and customers_using >= 10
        order by top_tenth_call_share desc, product_id, feature_id
        """
    )


def rules(warehouse: Warehouse) -> Evidence:
    """The thresholds of the judgement as the business set them."""
    return warehouse.evidence(
        """
        select
            name as rule_name,
            value as rule_value,
            description
        from seeds.assumptions
        where name like 'feature\\_%' escape '\\'
        order by name
        """
    )


def thresholds(warehouse: Warehouse) -> Evidence:
    """The same thresholds side by side, for the sentence and for the lines of the chart."""
    return warehouse.evidence(
        """
        select
            max(value) filter (where name = 'feature_invest_margin_from')::double
                as invest_margin_share,
            max(value) filter (where name = 'feature_invest_adoption_from')::double
                as invest_adoption_share,
            max(value) filter (where name = 'feature_invest_growth_from')::double
                as invest_growth_share,
            max(value) filter (where name = 'feature_sunset_adoption_below')::double
                as sunset_adoption_share,
            max(value) filter (where name = 'feature_sunset_growth_below')::double
                as sunset_growth_share
        from seeds.assumptions
        """
    )
