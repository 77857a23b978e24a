"""What is asked of the marts about unusual days and hours of series."""

from reports_builder.evidence import Evidence
from reports_builder.warehouse import Warehouse


def incidents(warehouse: Warehouse) -> Evidence:
    """Incidents that went on into the period, the latest first, each by the row that tells it."""
    return warehouse.evidence(
        """
        select
            incident_start_date,
            incident_end_date,
            usage_date,
            time_of_day,
            direction,
            scope,
            scope_id,
            expected_cost_usd,
            observed_cost_usd,
            excess_usd,
            driver,
            cause_scope,
            cause_scope_id,
            next_step
        from anomalies.fct_series_anomalies
        where is_headline and incident_end_date >= :start
        order by incident_end_date desc, abs(excess_usd) desc, incident_id
        """,
        start=warehouse.period.start,
    )


def incidents_counted(warehouse: Warehouse) -> Evidence:
    """How many incidents these are, up, down, and without records."""
    return warehouse.evidence(
        """
        select
            count(*) as incidents,
            count(*) filter (where direction = 'rise') as rises,
            count(*) filter (where direction = 'drop') as drops,
            count(*) filter (where is_without_records) as silences
        from anomalies.fct_series_anomalies
        where is_headline and incident_end_date >= :start
        """,
        start=warehouse.period.start,
    )


def judged(warehouse: Warehouse) -> Evidence:
    """How many days are judged by the hour, and whether history is long enough to judge at all; one row.

    It takes three like weekdays before a day, and the least number of such days before that.
    """
    return warehouse.evidence(
        """
        select
            max(value) filter (where name = 'anomaly_hourly_days') as days,
            21 + max(value) filter (where name = 'anomaly_min_history_days') as needed_days,
            :first_usage + cast(needed_days as integer) <= :as_of as is_judged
        from seeds.assumptions
        """,
        first_usage=warehouse.period.first_usage,
    )
