"""What the analysis of features asks the warehouse."""

from reports_builder.evidence import Evidence
from reports_builder.marts import FEATURES
from reports_builder.warehouse import Warehouse


def totals(warehouse: Warehouse) -> Evidence:
    """Money of all features together, how many are judged how, and the three foremost of each judgement."""
    return warehouse.evidence(
        """
        with features as (
            select
                *,
                row_number() over (
                    partition by decision order by gross_margin_usd desc, product_id, feature_id
                ) as place
            from :features
        )
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
            count(*) filter (where decision is not null and gross_margin_usd < 0) as losing_features,
            coalesce(-sum(gross_margin_usd) filter (where decision is not null and gross_margin_usd < 0), 0)
                as losses_usd,
            count(*) filter (where decision = 'invest') as invest_features,
            count(*) filter (where decision = 'keep') as keep_features,
            count(*) filter (where decision = 'sunset') as sunset_features,
            string_agg(replace(feature_id, '_', ' '), ', ' order by place)
                filter (where decision = 'invest' and place <= 3) as invest_names,
            string_agg(replace(feature_id, '_', ' '), ', ' order by place)
                filter (where decision = 'sunset' and place <= 3) as sunset_names,
            max(active_customers) as active_customers
        from features
        """,
        features=FEATURES,
    )


def without_customer(warehouse: Warehouse) -> Evidence:
    """The cost that features bear and no customer does, and the margin of the customers without it."""
    return warehouse.evidence(
        """
        with features as (
            select sum(cost_to_serve_usd) as cost_usd from margin.rpt_feature_economics
        ),
        customers as (
            select sum(cost_to_serve_usd) as cost_usd, sum(gross_margin_usd) as customer_margin_usd
            from margin.rpt_customer_margins
        )
        select
            features.cost_usd - customers.cost_usd as customerless_usd,
            customers.customer_margin_usd
        from features, customers
        """
    )


def features(warehouse: Warehouse, *decisions: str) -> Evidence:
    """Every feature, the dearest first, with unit costs; only those judged so when decisions are named."""
    return warehouse.evidence(
        """
        with features as (
            select
                *,
                case
                    when decision is null then 'unallocated'
                    else product_id || ': ' || replace(feature_id, '_', ' ')
                end as feature,
                coalesce(decision, 'not judged') as judgement,
                coalesce(decision_reason, 'belongs to no feature') as reason,
                cost_to_serve_usd::double / nullif(sum(cost_to_serve_usd) over ()::double, 0) as cost_share,
                cost_to_serve_usd / nullif(successful_calls, 0) as cost_per_call_usd,
                cost_to_serve_usd / nullif(customers_using, 0) as cost_per_customer_usd,
                allocated_revenue_usd / nullif(customers_using, 0) as revenue_per_customer_usd,
                coalesce(gross_margin_usd < 0 and decision is not null, false) as loses_money
            from :features
        )
        select *
        from features
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
            product_id || ': ' || replace(feature_id, '_', ' ') as feature,
            replace(feature_id, '_', ' ') as feature_name,
            cost_to_serve_usd as cost_usd,
            allocated_revenue_usd as revenue_usd,
            gross_margin_share,
            gross_margin_usd,
            adoption_share,
            calls_per_customer_p50,
            calls_per_customer_p90,
            top_tenth_call_share,
            coalesce(gross_margin_usd < 0, false) as loses_money,
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
        with losing as (
            select *
            from margin.rpt_feature_economics
            where decision is not null and gross_margin_usd < 0
        ),
        tasks as (
            select distinct product_id, feature_id, task_type
            from core.fct_usage_daily
            where usage_date between :window_start and :as_of
        ),
        savings as (
            select
                tasks.product_id, tasks.feature_id,
                sum(ledger.net_monthly_savings_usd) as open_savings_usd,
                string_agg(distinct replace(ledger.task_type, '_', ' '), ', ') as tasks
            from tasks
            inner join rates.rpt_savings_opportunities as ledger on tasks.task_type = ledger.task_type
            where ledger.is_counted
            group by tasks.product_id, tasks.feature_id
        )
        select
            losing.product_id,
            losing.feature_id,
            losing.customers_using,
            losing.adoption_share,
            losing.allocated_revenue_usd,
            losing.cost_to_serve_usd,
            -losing.gross_margin_usd as loss_usd,
            losing.calls_change_share,
            losing.decision,
            coalesce(savings.open_savings_usd, 0) as open_savings_usd,
            coalesce(savings.tasks, 'none') as tasks
        from losing
        left join savings
            on losing.product_id = savings.product_id and losing.feature_id = savings.feature_id
        order by losing.gross_margin_usd, losing.product_id, losing.feature_id
        """
    )


def losing_actions(warehouse: Warehouse) -> Evidence:
    """What the open actions on the tasks of features that lose money are worth, each counted once."""
    return warehouse.evidence(
        """
        with tasks as (
            select distinct usage.task_type
            from core.fct_usage_daily as usage
            inner join margin.rpt_feature_economics as feature
                on usage.product_id = feature.product_id and usage.feature_id = feature.feature_id
            where usage.usage_date between :window_start and :as_of
                and feature.decision is not null and feature.gross_margin_usd < 0
        )
        select
            count(*) as open_actions,
            coalesce(sum(net_monthly_savings_usd), 0) as open_net_usd,
            coalesce(sum(low_monthly_savings_usd), 0) as open_low_usd,
            coalesce(sum(high_monthly_savings_usd), 0) as open_high_usd
        from rates.rpt_savings_opportunities
        where is_counted
            and task_type in (select task_type from tasks)
        """
    )


def growth(warehouse: Warehouse) -> Evidence:
    """What more use of the features worth investing in would bring, and what it would cost."""
    return warehouse.evidence(
        """
        with rule as (
            select max(value)::double as growth_share
            from seeds.assumptions
            where name = 'feature_invest_growth_from'
        ),
        invested as (
            select
                count(*) as invested_features,
                coalesce(sum(gross_margin_usd), 0) as invested_margin_usd,
                coalesce(sum(cost_to_serve_usd), 0) as invested_cost_usd,
                sum(gross_margin_usd)::double / nullif(sum(allocated_revenue_usd)::double, 0)
                    as invested_margin_share
            from margin.rpt_feature_economics
            where decision = 'invest'
        ),
        whole as (
            select sum(gross_margin_usd) as margin_usd from margin.rpt_feature_economics
        )
        select
            invested.*,
            rule.growth_share,
            invested.invested_margin_usd::double / nullif(whole.margin_usd::double, 0)
                as share_of_all_margin,
            invested.invested_margin_usd * rule.growth_share as gain_with_new_customers_usd,
            invested.invested_cost_usd * rule.growth_share as cost_of_more_calls_usd
        from invested, rule, whole
        """
    )


def concentrated(warehouse: Warehouse) -> Evidence:
    """How unevenly customers use each feature, the most uneven first; ten customers at least."""
    return warehouse.evidence(
        """
        with callers as (
            select
                usage.product_id, usage.feature_id, usage.customer_id,
                sum(usage.calls - usage.failed_calls) as answered_calls,
                sum(usage.effective_cost_usd) as cost_usd
            from core.fct_usage_daily as usage
            inner join core.dim_customers as customers
                on usage.customer_id = customers.customer_id and customers.is_known
            where usage.usage_date between :window_start and :as_of
            group by usage.product_id, usage.feature_id, usage.customer_id
        ),
        ranked as (
            select
                *,
                row_number() over (
                    partition by product_id, feature_id order by answered_calls desc, customer_id desc
                ) as place
            from callers
        )
        select
            feature.product_id,
            feature.feature_id,
            any_value(feature.customers_using) as customers_using,
            ceil(any_value(feature.customers_using) / 10.0)::bigint as top_customers,
            any_value(feature.top_tenth_call_share) as top_tenth_call_share,
            any_value(feature.usage_gini) as usage_gini,
            any_value(feature.calls_per_customer_p50) as calls_per_customer_p50,
            any_value(feature.calls_per_customer_p90) as calls_per_customer_p90,
            any_value(feature.cost_to_serve_usd) as cost_to_serve_usd,
            coalesce(sum(ranked.cost_usd) filter (where place <= ceil(feature.customers_using / 10.0)), 0)
                as top_cost_usd
        from margin.rpt_feature_economics as feature
        inner join ranked
            on feature.product_id = ranked.product_id and feature.feature_id = ranked.feature_id
        where feature.decision is not null and feature.customers_using >= 10
        group by feature.product_id, feature.feature_id
        order by top_tenth_call_share desc, feature.product_id, feature.feature_id
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
