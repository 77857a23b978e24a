"""Marts that a query takes as a parameter, ``from :usage``: those whose rows it counts.

A report reads the mart whole, the dashboard the rows that pass its filters. A mart that a query names itself
gives names to what is counted, or stands for everything whatever a reader filters by.
"""


class Mart(str):
    """The ``schema.table`` of a mart, or a query in its place; written into a query as it is."""

    __slots__ = ()


USAGE = Mart("core.fct_usage_daily")
CUSTOMER_USAGE = Mart("core.rpt_usage_daily")
CUSTOMER_SPEND = Mart("margin.rpt_customer_spend")
CUSTOMER_DAYS = Mart("margin.fct_customer_margins_daily")
CUSTOMER_MARGINS = Mart("margin.rpt_customer_margins")
LIFETIME_VALUES = Mart("margin.rpt_customer_lifetime_values")
FEATURES = Mart("margin.rpt_feature_economics")
BACKTESTS = Mart("pricing.rpt_plan_backtests")
MODELS = Mart("efficiency.rpt_model_efficiency")
MODEL_USAGE = Mart("efficiency.rpt_model_usage")
CUSTOMER_COSTS = Mart("anomalies.fct_customer_costs_daily")
ANOMALIES = Mart("anomalies.fct_cost_anomalies")
THRESHOLDS = Mart("anomalies.rpt_threshold_alerts")
INEFFICIENT_USAGE = Mart("anomalies.rpt_inefficient_usage")
