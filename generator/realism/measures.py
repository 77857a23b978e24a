"""Measures of generated traffic, read back from its files."""

from datetime import date
from pathlib import Path
from typing import Final

import duckdb
import numpy as np
from numpy.typing import NDArray

from generator.patterns.seasonality import REGIONS
from generator.patterns.tokens import normal_quantiles
from generator.realism import bands
from generator.realism.bands import ALL, KINDS, Measured
from generator.realism.statistics import (
    day_cv,
    dispersion,
    gini,
    lognormal_distance,
    peak_over_trough,
    top_share,
)

Floats = NDArray[np.float64]
_LARGE_APPLICATION_CALLS: Final = 300
_ENOUGH_CALLS: Final = 50
_ENOUGH_GAPS: Final = 5
# Sudden events are not what traffic usually looks like.
_ORDINARY: Final = "customer_id not in (select customer_id from truth)"


def measure(raw: Path) -> Measured:
    """Every measure of the landing folder `raw`."""
    with duckdb.connect() as connection:
        connection.execute("set threads = 2")
        connection.execute(f"create view calls as from '{raw}/calls/*/*.parquet'")
        connection.execute(
            f"create view truth as from '{raw}/truth/planted_anomalies.parquet'"
            " where kind <> 'expensive_model_for_trivial_task'"
        )
        cases = " ".join(f"when '{region.region}' then {region.utc_offset_hours}" for region in REGIONS)
        kinds = " ".join(f"when task_type in {_listed(tasks)} then '{kind}'" for kind, tasks in KINDS.items())
        connection.execute(
            f"""
            create view ordinary as
            select *, case {kinds} end as kind,
              (hour(timestamp) + case region {cases} else 0 end + 24) % 24 as local_hour
            from calls where customer_id is not null and {_ORDINARY}
            """
        )
        return {
            **_tokens(connection),
            **_hours_and_days(connection),
            **_arrivals(connection),
            **_customers(connection),
        }


def _listed(words: tuple[str, ...]) -> str:
    return "(" + ", ".join(f"'{word}'" for word in words) + ")"


def _tokens(connection: duckdb.DuckDBPyConnection) -> Measured:
    # A kind with several tasks has its name's task for its shape.
    rows = connection.execute(
        """
        select kind, stddev(ln(input_tokens)), stddev(ln(output_tokens)),
          sum(input_tokens) / sum(output_tokens), median(output_tokens), avg(input_tokens),
          sum(cached_input_tokens) / sum(input_tokens)
        from ordinary where status = 'success' and kind is not null
          and (kind = 'batch' or task_type = replace(kind, ' ', '_'))
        group by kind
        """
    ).fetchall()
    names = (
        bands.INPUT_SIGMA,
        bands.OUTPUT_SIGMA,
        bands.INPUT_OVER_OUTPUT,
        bands.OUTPUT_MEDIAN,
        bands.MEAN_PROMPT,
        bands.CACHED_SHARE,
    )
    found = {(kind, name): value for kind, *values in rows for name, value in zip(names, values, strict=True)}
    for kind, value in connection.execute(
        f"""
        select kind, median(rho) from (
          select kind, abs(corr(input_tokens, output_tokens)) as rho from ordinary
          where status = 'success' and kind is not null
          group by kind, customer_id, feature_id, date_trunc('month', timestamp)
          having count(*) >= {_LARGE_APPLICATION_CALLS})
        group by kind
        """
    ).fetchall():
        found[kind, bands.RHO_WITHIN] = value
    means = np.array(
        connection.execute(
            f"""
            select dense_rank() over (order by task_type), ln(avg(input_tokens)), ln(avg(output_tokens))
            from ordinary where status = 'success' group by task_type, customer_id, feature_id
            having count(*) >= {_ENOUGH_CALLS}
            """
        ).fetchall()
    )
    for task in np.unique(means[:, 0]):
        own = means[:, 0] == task
        means[own, 1:] -= means[own, 1:].mean(axis=0)
    found[ALL, bands.RHO_ACROSS] = float(np.corrcoef(means[:, 1], means[:, 2])[0, 1])
    for kind in KINDS:
        largest = connection.execute(
            """
            select customer_id, feature_id from ordinary where kind = ? and status = 'success'
            group by all order by count(*) desc, 1, 2 limit 1
            """,
            [kind],
        ).fetchone()
        if largest:
            inputs = connection.execute(
                "select input_tokens from ordinary"
                " where customer_id = ? and feature_id = ? and status = 'success'",
                largest,
            ).fetchnumpy()["input_tokens"]
            found[kind, bands.LOGNORMAL_KS] = lognormal_distance(
                np.asarray(inputs, float), normal_quantiles()
            )
    return found


def _hours_and_days(connection: duckdb.DuckDBPyConnection) -> Measured:
    found: Measured = {}
    for kind in (*KINDS, ALL):
        chosen = "true" if kind == ALL else f"kind = '{kind}'"
        hours = connection.execute(
            # Conversations and runs under way: as many by the hour as calls, but not as noisy.
            f"select local_hour, count(distinct trace_id) from ordinary where {chosen} group by 1 order by 1"
        ).fetchall()
        days = connection.execute(
            f"""
            select isodow(timestamp), count(*) from ordinary where {chosen}
            group by timestamp::date, 1 order by timestamp::date
            """
        ).fetchall()
        weekday, calls = np.array(days).T.astype(float)
        found[kind, bands.PEAK_OVER_TROUGH] = peak_over_trough(np.array([count for _, count in hours], float))
        found[kind, bands.WEEKEND_SHARE] = calls[weekday > 5].mean() / calls[weekday < 6].mean()
        found[kind, bands.DAY_CV] = day_cv(calls[weekday < 6])
    # A day without calls counts as well: small organisations have many, from their first call to their last.
    small = connection.execute(
        """
        with used as (
          select organization_id, timestamp::date as date, count(*) as calls from ordinary group by all),
        served as (
          select organization_id, unnest(generate_series(min(date), max(date), interval 1 day))::date as date
          from used group by 1 having sum(calls) < 20 * (max(date) - min(date) + 1)),
        days as (
          select organization_id, coalesce(calls, 0) as calls
          from served left join used using (organization_id, date) where isodow(date) < 6)
        select coalesce(median(cv), 0) from (
          select stddev(calls) / avg(calls) as cv from days group by organization_id)
        """
    ).fetchone()
    found[ALL, bands.DAY_CV_SMALL] = small[0] if small else 0.0
    return found


def _arrivals(connection: duckdb.DuckDBPyConnection) -> Measured:
    """Arrivals of working days; inter-arrival times day by day, days weighted by their calls."""
    found: Measured = {}
    busiest = connection.execute(
        "select timestamp::date from ordinary where isodow(timestamp) < 6"
        " group by 1 order by count(*) desc, 1 limit 1"
    ).fetchone()
    minute = "date_diff('minute', timestamp::date::timestamp, timestamp)"
    for kind in (*KINDS, ALL):
        chosen = "true" if kind == ALL else f"kind = '{kind}'"
        by_day: dict[date, list[tuple[int, int]]] = {}
        for day, at, count in connection.execute(
            f"""
            select timestamp::date, {minute}, count(*) from ordinary
            where {chosen} and isodow(timestamp) < 6 group by all order by 1, 2
            """
        ).fetchall():
            by_day.setdefault(day, []).append((at, count))
        found[kind, bands.DISPERSION] = float(np.mean([dispersion(minutes) for minutes in by_day.values()]))
    applications = connection.execute(
        f"""
        select customer_id || feature_id, {minute}, count(*) from ordinary where timestamp::date = ?
        group by all order by 1
        """,
        busiest,
    ).fetchall()
    by_name: dict[str, list[tuple[int, int]]] = {}
    for name, at, count in applications:
        by_name.setdefault(name, []).append((at, count))
    found[ALL, bands.BURSTIEST] = max(dispersion(rows) for rows in by_name.values())
    spreads = connection.execute(
        f"""
        with gaps as (
          select customer_id, timestamp::date as date, epoch_us(timestamp) - epoch_us(lag(timestamp) over (
            partition by customer_id, timestamp::date order by timestamp)) as gap
          from ordinary),
        days as (
          select customer_id, count(gap) as gaps, stddev(gap) / avg(gap) as cv from gaps
          group by customer_id, date having count(gap) >= {_ENOUGH_GAPS})
        select sum(cv * gaps) / sum(gaps) as cv from days group by customer_id
        """
    ).fetchnumpy()["cv"]
    found[ALL, bands.IAT_CV_MEDIAN], found[ALL, bands.IAT_CV_P95] = np.quantile(spreads, [0.5, 0.95]).tolist()
    return found


def _customers(connection: duckdb.DuckDBPyConnection) -> Measured:
    calls = np.array(
        connection.execute("select count(*) from ordinary group by customer_id").fetchall(), float
    ).ravel()
    rows = connection.execute(
        """
        select count(distinct time_bucket(interval '10 minutes', timestamp)) /
          (144.0 * (date_diff('day', min(timestamp::date), max(timestamp::date)) + 1))
        from ordinary group by customer_id
        """
    ).fetchall()
    failed = connection.execute(
        """
        select avg((status <> 'success')::int), avg((output_tokens = 0)::int) filter (status <> 'success')
        from calls
        """
    ).fetchone()
    assert failed
    return {
        (ALL, bands.GINI): gini(calls),
        (ALL, bands.TOP_TENTH): top_share(calls, 0.1),
        (ALL, bands.IDLE_SHARE): 1.0 - float(np.median([row[0] for row in rows])),
        (ALL, bands.FAILURES): failed[0],
        (ALL, bands.NO_OUTPUT): failed[1],
    }
