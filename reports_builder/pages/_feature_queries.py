"""The questions that the analysis of features puts to the marts."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def features(warehouse: Warehouse) -> Evidence:
    """Cost, revenue, margin, adoption and decision by feature, the dearest first."""
    return _features(warehouse, "all")


def losing(warehouse: Warehouse) -> Evidence:
    """Features that cost more than they bring in, the largest loss first."""
    return _features(warehouse, "losing")


def investing(warehouse: Warehouse) -> Evidence:
    """Features to invest in, the best margin first."""
    return _features(warehouse, "invest")


def spread(warehouse: Warehouse) -> Evidence:
    """How use spreads over customers, the most concentrated feature first."""
    return _features(warehouse, "spread")


def _features(warehouse: Warehouse, choice: str) -> Evidence:
    return warehouse.evidence(
        """
        with features as (
            select
                product_id, feature_id, team_id, calls, calls_change_share, customers_using, adoption_share,
                allocated_revenue_usd, cost_to_serve_usd, gross_margin_usd, gross_margin_share,
                cost_to_serve_usd / nullif(calls, 0)::double as cost_per_call_usd,
                sum(cost_to_serve_usd) over () / nullif(sum(calls) over (), 0)::double
                    as average_cost_per_call_usd,
                cost_to_serve_usd / nullif(sum(cost_to_serve_usd) over (), 0)::double as cost_share,
                calls_per_customer_p50, calls_per_customer_p90, top_tenth_call_share, usage_gini,
                cost_to_serve_usd * top_tenth_call_share as concentrated_cost_usd,
                gross_margin_usd * top_tenth_call_share as concentrated_margin_usd,
                decision, decision_reason,
                count(*) over () as all_features,
                gross_margin_usd < 0 as is_loss,
                -gross_margin_usd as loss_usd,
                gross_margin_usd / 10::double as tenth_more_usd
            from margin.rpt_feature_economics
            where decision is not null
        )
        select
            *,
            count(*) filter (where is_loss) over () as losing_features,
            all_features as features,
            sum(loss_usd) filter (where is_loss) over () as loss_total_usd
        from features
        where case :choice
            when 'losing' then is_loss
            when 'invest' then decision = 'invest'
            when 'spread' then top_tenth_call_share is not null
            else true end
        order by
            case :choice
                when 'losing' then gross_margin_usd::double
                when 'invest' then -gross_margin_share
                when 'spread' then -top_tenth_call_share
                else -cost_to_serve_usd::double end,
            product_id, feature_id
        """,
        choice=choice,
    )


def totals(warehouse: Warehouse) -> Evidence:
    """How many features earn and lose, and what belongs to none."""
    return warehouse.evidence(
        """
        select
            count(*) filter (where decision is not null) as features,
            count(*) filter (where decision = 'invest') as invest_features,
            count(*) filter (where decision = 'keep') as keep_features,
            count(*) filter (where decision = 'sunset') as sunset_features,
            count(*) filter (where decision is not null and gross_margin_usd < 0) as losing_features,
            coalesce(-sum(gross_margin_usd) filter (where decision is not null and gross_margin_usd < 0), 0)
                as loss_usd,
            sum(cost_to_serve_usd) as cost_usd,
            sum(allocated_revenue_usd) as revenue_usd,
            sum(gross_margin_usd) / nullif(sum(allocated_revenue_usd)::double, 0) as margin_share,
            coalesce(sum(cost_to_serve_usd) filter (where decision is null), 0) as unallocated_cost_usd,
            coalesce(sum(allocated_revenue_usd) filter (where decision is null), 0) as unallocated_revenue_usd
        from margin.rpt_feature_economics
        """
    )


def rules(warehouse: Warehouse) -> Evidence:
    """The limits of the decision, side by side."""
    return warehouse.evidence(
        """
        select
            max(rule_value) filter (where rule_name = 'feature_sunset_adoption_below') as sunset_adoption,
            max(rule_value) filter (where rule_name = 'feature_sunset_growth_below') as sunset_growth,
            max(rule_value) filter (where rule_name = 'feature_invest_margin_from') as invest_margin,
            max(rule_value) filter (where rule_name = 'feature_invest_adoption_from') as invest_adoption,
            max(rule_value) filter (where rule_name = 'feature_invest_growth_from') as invest_growth
        from seeds.margin_rules
        """
    )
