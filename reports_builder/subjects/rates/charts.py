"""The two charts that only the rate optimization page draws."""

import json

import altair as alt

from reports_builder.charts import ACCENT, INK, NEUTRAL, data, records
from reports_builder.evidence import Evidence


def waterfall(steps: Evidence) -> alt.TopLevelMixin:
    """From spend to what would be left: a bar per row between ``lower_usd`` and ``upper_usd``."""
    rows = records(steps, shown=("amount_usd", "usd"))
    names = {position: str(row["step"]) for position, row in enumerate(rows)}
    for position, row in enumerate(rows):
        row["position"] = position
        row["said"] = row["shown"] if row["is_total"] else f"-{row['shown']}"
    largest = max((float(row["upper_usd"] or 0) for row in rows), default=0.0)
    scale = alt.Scale(domain=[0, largest * 1.12 or 1], nice=False)
    base = alt.Chart(data(rows)).encode(
        y=alt.Y(
            "position:O",
            axis=alt.Axis(
                title=None, labelExpr=f"({json.dumps(names)})[datum.value]", ticks=False, domain=False
            ),
        )
    )
    axis = alt.Axis(title="US dollars in 30 days", grid=True, tickCount=5, format="$,.0f")
    bars = base.mark_bar().encode(
        x=alt.X("lower_usd:Q", axis=axis, scale=scale),
        x2=alt.X2("upper_usd:Q"),
        color=alt.condition("datum.is_total", alt.value(NEUTRAL), alt.value(ACCENT)),
    )
    ends = base.mark_text(align="left", dx=6).encode(
        x=alt.X("upper_usd:Q", scale=scale), text=alt.Text("said:N")
    )
    chart: alt.TopLevelMixin = alt.layer(bars, ends)
    return chart


def covered_hours(hours: Evidence) -> alt.TopLevelMixin:
    """Demand of each hour, the highest first, with the part that the commitment covers in dark."""
    rows = records(hours, level=("committed_units", "usd"))
    base = alt.Chart(data(rows)).encode(
        x=alt.X(
            "hour_rank:Q",
            axis=alt.Axis(title="Hours of the look-back, by falling demand", grid=False, tickCount=8),
            scale=alt.Scale(nice=False),
        )
    )
    axis = alt.Axis(title="Units demanded (spend: dollars) an hour", tickCount=5)
    label = dict(rows[-1])
    layers = [
        base.mark_area(color=NEUTRAL, interpolate="step").encode(y=alt.Y("demanded_units:Q", axis=axis)),
        base.mark_area(color=ACCENT, interpolate="step").encode(y=alt.Y("covered_units:Q", axis=axis)),
        alt.Chart(data([label]))
        .mark_rule(color=INK, strokeDash=[5, 4])
        .encode(y=alt.Y("committed_units:Q", axis=axis)),
        alt.Chart(data([label]))
        .mark_text(align="right", baseline="bottom", dy=-4, color=INK, text="level of the commitment")
        .encode(x="hour_rank:Q", y="committed_units:Q"),
    ]
    chart: alt.TopLevelMixin = alt.layer(*layers)
    return chart
