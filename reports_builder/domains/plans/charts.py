"""The two charts that only the analysis of pricing draws."""

import json

import altair as alt

from reports_builder.charts import ACCENT, INK, MUTED, NEUTRAL, data, records
from reports_builder.evidence import Evidence


def expected_margins(plans: Evidence) -> alt.TopLevelMixin:
    """A bar per plan for the margin after base churn, a line from high to low churn, today's as a rule."""
    rows = records(plans, shown=("gross_margin_base_churn_usd", "usd"))
    names = {position: str(row["plan_name"]) for position, row in enumerate(rows)}
    for position, row in enumerate(rows):
        row["position"] = position
    money = ("gross_margin_low_churn_usd", "gross_margin_base_churn_usd", "gross_margin_high_churn_usd")
    values = [float(row[name] or 0) for row in rows for name in money]
    low, high = min([*values, 0.0]), max([*values, 1.0])
    scale = alt.Scale(domain=[low * 1.1, high * 1.15], nice=False)
    names_axis = alt.Axis(
        title=None, labelExpr=f"({json.dumps(names)})[datum.value]", ticks=False, domain=False
    )
    base = alt.Chart(data(rows)).encode(y=alt.Y("position:O", axis=names_axis))
    axis = alt.Axis(title="Gross margin in 30 days, US dollars", tickCount=6, format="$,.0f")
    bars = base.mark_bar().encode(
        x=alt.X("gross_margin_base_churn_usd:Q", axis=axis, scale=scale),
        color=alt.condition("datum.is_recommended", alt.value(ACCENT), alt.value(NEUTRAL)),
    )
    edge = base.mark_rule(color="white", strokeWidth=5)
    span = base.mark_rule(color=INK, strokeWidth=2)
    low_end, high_end = (alt.X(f"{money[2]}:Q", scale=scale), alt.X2(f"{money[0]}:Q"))
    labels = base.mark_text(align="left", dx=8).encode(
        x=alt.X("gross_margin_low_churn_usd:Q", scale=scale), text="shown:N"
    )
    today = alt.Chart(data(rows[:1])).mark_rule(color=MUTED, strokeDash=[5, 4])
    chart: alt.TopLevelMixin = alt.layer(
        bars,
        edge.encode(x=low_end, x2=high_end),
        span.encode(x=low_end, x2=high_end),
        labels,
        today.encode(x=alt.X("current_gross_margin_usd:Q", scale=scale)),
    )
    return chart


def monthly_margins(history: Evidence) -> alt.TopLevelMixin:
    """A line per plan over the complete months; today's and the recommended one named."""
    rows = [row for row in records(history) if row["is_complete_month"]]
    x = alt.X(
        "month_start_date:T",
        axis=alt.Axis(title=None, format="%B %Y", grid=False, values=_months(rows)),
        scale=alt.Scale(padding=110),
    )
    y = alt.Y(
        "gross_margin_usd:Q",
        axis=alt.Axis(title="Gross margin in the month, US dollars", format="$,.0f", tickCount=5),
        scale=alt.Scale(zero=True),
    )
    groups = (
        (NEUTRAL, [row for row in rows if not row["is_recommended"] and not row["is_current_plan"]]),
        (INK, [row for row in rows if row["is_current_plan"]]),
        (ACCENT, [row for row in rows if row["is_recommended"] and not row["is_current_plan"]]),
    )
    lines = [
        alt.Chart(data(group))
        .mark_line(color=ink, point=alt.OverlayMarkDef(color=ink, size=36))
        .encode(x=x, y=y, detail="plan_id:N")
        for ink, group in groups
        if group
    ]
    names = [
        alt.Chart(data(group[-1:])).mark_text(dy=offset, color=ink).encode(x=x, y=y, text="plan_name:N")
        for offset, (ink, group) in zip((15, -12), groups[1:], strict=True)
        if group
    ]
    chart: alt.TopLevelMixin = alt.layer(*lines, *names)
    return chart


def _months(rows: list[dict[str, str | int | float | bool | None]]) -> list[str]:
    return sorted({str(row["month_start_date"]) for row in rows})
