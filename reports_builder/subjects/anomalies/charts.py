"""The chart of one customer's abnormal days."""

import altair as alt

from reports_builder.charts import ACCENT, INK, MUTED, data, records
from reports_builder.evidence import Evidence


def marked_days(days: Evidence) -> alt.TopLevelMixin:
    """Cost per day as a line; abnormal days as dots with their cost, a tick at what was expected."""
    rows = records(days, shown=("cost_usd", "usd"))
    x = alt.X("day:T", axis=alt.Axis(title=None, format="%-d %b", grid=False, tickCount=8, labelFlush=False))
    y_axis = alt.Axis(title="US dollars a day", format="$,.4~f", tickCount=5)
    y = alt.Y("cost_usd:Q", axis=y_axis, scale=alt.Scale(zero=True))
    abnormal = alt.Chart(data([row for row in rows if row["is_abnormal"]]))
    chart: alt.TopLevelMixin = alt.layer(
        alt.Chart(data(rows)).mark_line(color=MUTED, strokeWidth=1.5).encode(x=x, y=y),
        abnormal.mark_tick(color=INK, thickness=3, width=16).encode(
            x=x, y=alt.Y("expected_usd:Q", axis=y_axis)
        ),
        abnormal.mark_circle(size=110, color=ACCENT, opacity=1).encode(x=x, y=y),
        abnormal.mark_text(dx=-9, align="right").encode(x=x, y=y, text="shown:N"),
    )
    return chart
