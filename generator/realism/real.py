"""Real traces, where the folder that holds them is there: the same measures, and distances from ours."""

from pathlib import Path
from typing import Final

import duckdb
import numpy as np

from generator.patterns.tokens import normal_quantiles
from generator.realism import bands
from generator.realism.bands import ALL, Measured
from generator.realism.statistics import (
    day_cv,
    gini,
    lognormal_distance,
    peak_over_trough,
    top_share,
    two_sample_distance,
)

CODE_TRACE: Final = "AzureLLMInferenceTrace_code.csv"
POOLS: Final = "servegen/pool_hour.csv"
CLIENTS: Final = "servegen/client_day.csv"
# The pool that is observed for two weeks, hour by hour: many teams' traffic to one large model.
_POOL: Final = "language/m-large"


def measure_real(folder: Path) -> Measured:
    """What the real files of `folder` tell, by the kind of application that they come from."""
    found: Measured = {}
    with duckdb.connect() as connection:
        if (folder / CODE_TRACE).is_file():
            found |= _code(connection, folder / CODE_TRACE)
        if (folder / POOLS).is_file():
            found |= _pool(connection, folder / POOLS)
        if (folder / CLIENTS).is_file():
            found |= _clients(connection, folder / CLIENTS)
    return found


def distances(folder: Path, raw: Path) -> dict[str, float]:
    """Kolmogorov-Smirnov distances of our code completion from the real trace; empty without it.

    With the medians made equal as well: what is left is a difference of shape, not of size.
    """
    if not (folder / CODE_TRACE).is_file():
        return {}
    with duckdb.connect() as connection:
        real = connection.execute(
            f"select ContextTokens as input, GeneratedTokens as output from '{folder / CODE_TRACE}'"
        ).fetchnumpy()
        ours = connection.execute(
            f"""
            select input_tokens as input, output_tokens as output from '{raw}/calls/*/*.parquet'
            where task_type = 'code_completion' and status = 'success'
            """
        ).fetchnumpy()
    found = {}
    for side in ("input", "output"):
        one, other = np.asarray(ours[side], float), np.asarray(real[side], float)
        found[f"KS of {side} tokens"] = two_sample_distance(one, other)
        scaled = one * np.median(other) / np.median(one)
        found[f"KS of {side} tokens, medians made equal"] = two_sample_distance(scaled, other)
    return found


def _code(connection: duckdb.DuckDBPyConnection, path: Path) -> Measured:
    kind = "code completion"
    row = connection.execute(
        f"""
        select stddev(ln(ContextTokens)), stddev(ln(GeneratedTokens)),
          sum(ContextTokens) / sum(GeneratedTokens), median(GeneratedTokens),
          abs(corr(ContextTokens, GeneratedTokens))
        from '{path}'
        """
    ).fetchone()
    assert row
    names = (
        bands.INPUT_SIGMA,
        bands.OUTPUT_SIGMA,
        bands.INPUT_OVER_OUTPUT,
        bands.OUTPUT_MEDIAN,
        bands.RHO_WITHIN,
    )
    inputs = connection.execute(f"select ContextTokens from '{path}'").fetchnumpy()["ContextTokens"]
    # Whole minutes only: the trace begins and ends inside one.
    minutes = connection.execute(
        f"select count(*) as calls from '{path}'"
        " group by date_trunc('minute', TIMESTAMP) order by min(TIMESTAMP)"
    ).fetchnumpy()["calls"][1:-1]
    return {
        **{(kind, name): value for name, value in zip(names, row, strict=True)},
        (kind, bands.LOGNORMAL_KS): lognormal_distance(np.asarray(inputs, float), normal_quantiles()),
        (kind, bands.DISPERSION): float(minutes.var() / minutes.mean()),
    }


def _pool(connection: duckdb.DuckDBPyConnection, path: Path) -> Measured:
    """The pool's days carry no date: its two quietest of seven in a row are taken for the weekend."""
    calls = connection.execute(
        f"select requests from '{path}' where pool = '{_POOL}' order by hour_index"
    ).fetchnumpy()["requests"]
    days = np.asarray(calls, float).reshape(-1, 24)
    totals = days.sum(axis=1)
    week = totals[: len(totals) // 7 * 7].reshape(-1, 7).mean(axis=0)
    weekend = np.argsort(week)[:2]
    is_weekend = np.isin(np.arange(len(totals)) % 7, weekend)
    return {
        ("batch", bands.PEAK_OVER_TROUGH): peak_over_trough(days.mean(axis=0)),
        ("batch", bands.WEEKEND_SHARE): float(totals[is_weekend].mean() / totals[~is_weekend].mean()),
        ("batch", bands.DAY_CV): day_cv(totals[~is_weekend]),
    }


def _clients(connection: duckdb.DuckDBPyConnection, path: Path) -> Measured:
    calls = connection.execute(
        f"select sum(requests) as calls from '{path}' where pool = '{_POOL}' group by client"
    ).fetchnumpy()["calls"]
    spreads = connection.execute(
        f"select median(rate_weighted_iat_cv) as cv from '{path}' where pool = '{_POOL}' group by client"
    ).fetchnumpy()["cv"]
    known = np.asarray(spreads, float)
    median, high = np.nanquantile(known, [0.5, 0.95]).tolist()
    return {
        (ALL, bands.GINI): gini(np.asarray(calls, float)),
        (ALL, bands.TOP_TENTH): top_share(np.asarray(calls, float), 0.1),
        (ALL, bands.IAT_CV_MEDIAN): median,
        (ALL, bands.IAT_CV_P95): high,
    }
