"""The charts of the pages on models per task."""

import altair as alt

from reports_builder.charts import ACCENT, INK, NEUTRAL, data, records
from reports_builder.evidence import Evidence


def quality_against_cost(models: Evidence) -> alt.TopLevelMixin:
    """A row per model, the dearest first, named with its cost: its quality, the interval, the floor."""
    rows = [
        row
        for row in records(models, cost=("same_work_per_thousand_usd", "usd"))
        if row["same_work_per_thousand_usd"] is not None and row["quality"] is not None
    ]
    for row in rows:
        row["name"] = f"{row['model']}, {row['cost']}"
    scores = alt.Scale(zero=False, nice=True, padding=12)
    colour = alt.condition("datum.is_on_frontier", alt.value(ACCENT), alt.value(NEUTRAL))

    def quality(column: str) -> alt.X:
        axis = alt.Axis(title="mean quality score, with its 95 % interval", format=".2f", tickCount=6)
        return alt.X(f"{column}:Q", axis=axis, scale=scores)

    base = alt.Chart(data(rows)).encode(
        y=alt.Y("name:N", sort=None, axis=alt.Axis(title=None, ticks=False, domain=False))
    )
    chart: alt.TopLevelMixin = alt.layer(
        base.mark_tick(thickness=2, color=INK, height=20).encode(x=quality("minimum_quality_score")),
        base.mark_rule(strokeWidth=2).encode(x=quality("quality_low"), x2="quality_high:Q", color=colour),
        base.mark_circle(size=110, opacity=1).encode(x=quality("quality"), color=colour),
    )
    return chart


def latency_ranges(models: Evidence) -> alt.TopLevelMixin:
    """A bar per model from its median to its 95th percentile, with a tick at the 99th."""
    rows = records(models, p50=("latency_p50_ms", "milliseconds"), p95=("latency_p95_ms", "milliseconds"))
    # Nothing takes less than no time; beyond the longest bar there is room for its label.
    longest = max((float(row["p99_seconds"] or 0) for row in rows), default=0)
    seconds = alt.Scale(domain=[0, longest * 1.15 or 1], nice=False)
    axis = alt.Axis(title="seconds to the whole answer", tickCount=6, format=".4~f")
    y = alt.Y("model:N", sort=None, axis=alt.Axis(title=None, ticks=False, domain=False))
    base = alt.Chart(data(rows)).encode(y=y)
    chart: alt.TopLevelMixin = alt.layer(
        base.mark_bar(height=14).encode(
            x=alt.X("p50_seconds:Q", axis=axis, scale=seconds),
            x2="p95_seconds:Q",
            color=alt.condition("datum.is_recommended", alt.value(ACCENT), alt.value(NEUTRAL)),
        ),
        base.mark_tick(thickness=2, color=INK, height=14).encode(x=alt.X("p99_seconds:Q", axis=axis)),
        base.mark_text(align="right", dx=-5).encode(x=alt.X("p50_seconds:Q", axis=axis), text="p50:N"),
        base.mark_text(align="left", dx=5, dy=-14).encode(x=alt.X("p95_seconds:Q", axis=axis), text="p95:N"),
    )
    return chart
