"""The charts of the pages on models per task."""

from typing import Any

import altair as alt

from reports_builder.charts import ACCENT, INK, NEUTRAL, data, records
from reports_builder.evidence import Evidence


def quality_against_cost(models: Evidence) -> alt.TopLevelMixin:
    """A dot and its interval per model; names alternate above and below, in the order of cost."""
    rows = sorted(
        (row for row in records(models) if row["same_work_per_thousand_usd"] is not None and row["quality"]),
        key=lambda row: (float(row["same_work_per_thousand_usd"] or 0), str(row["model"])),
    )
    cost = alt.X(
        "same_work_per_thousand_usd:Q",
        axis=alt.Axis(
            title="US dollars for 1,000 calls of this task's mix of prompts", format="$,.4~f", tickCount=6
        ),
        scale=alt.Scale(zero=True, padding=45),
    )
    colour = alt.condition("datum.is_on_frontier", alt.value(ACCENT), alt.value(NEUTRAL))

    def quality(column: str) -> alt.Y:
        axis = alt.Axis(title="mean quality score, with its 95 % interval", format=".3f", tickCount=5)
        return alt.Y(f"{column}:Q", axis=axis, scale=alt.Scale(zero=False, padding=30))

    def names(every_second: int, column: str, **place: Any) -> alt.Chart:
        text = alt.Chart(data(rows[every_second::2])).mark_text(color=INK, **place)
        named: alt.Chart = text.encode(x=cost, y=quality(column), text="model:N")
        return named

    base = alt.Chart(data(rows))
    chart: alt.TopLevelMixin = alt.layer(
        base.mark_rule(strokeWidth=2).encode(
            x=cost, y=quality("quality_low"), y2="quality_high:Q", color=colour
        ),
        base.mark_circle(size=110, opacity=1).encode(x=cost, y=quality("quality"), color=colour),
        names(0, "quality_high", dy=-6, baseline="bottom"),
        names(1, "quality_low", dy=6, baseline="top"),
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
