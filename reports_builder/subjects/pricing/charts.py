"""The charts of price plans."""

import altair as alt

from reports_builder.charts import ACCENT, INK, MUTED, NEUTRAL, data, records
from reports_builder.evidence import Evidence


def plan_margins(plans: Evidence, today: str = "is_current_plan") -> alt.TopLevelMixin:
    """A bar per plan: margin after base churn, its churn range as a line, today's as a rule across all."""
    rows = records(plans, shown=("gross_margin_base_churn_usd", "usd"))
    for position, row in enumerate(rows):
        row["position"] = position
        if row[today]:
            row["name"] = f"Today: {row['plan_name']}"
        elif row["is_rejected"]:
            row["name"] = f"Rejected: {row['plan_name']}"
        else:
            # Of the list it may be a plan that stands there as well: it comes with a transition.
            row["name"] = row["offer_name" if row["is_recommended"] else "plan_name"]
    largest = max((float(row["high_usd"] or 0) for row in rows), default=0.0)
    smallest = min((float(row["low_usd"] or 0) for row in rows), default=0.0)
    scale = alt.Scale(domain=[min(0.0, smallest * 1.15), largest * 1.15 or 1], nice=False)
    axis = alt.Axis(
        title="Gross margin in the period, US dollars",
        format="$,.0f",
        tickCount=5,
    )
    base = alt.Chart(data(rows)).encode(
        y=alt.Y("name:N", sort=None, axis=alt.Axis(title=None, ticks=False, domain=False))
    )
    bars = base.mark_bar().encode(
        x=alt.X("gross_margin_base_churn_usd:Q", axis=axis, scale=scale),
        color=alt.condition("datum.is_recommended", alt.value(ACCENT), alt.value(NEUTRAL)),
    )
    span = alt.X("low_usd:Q", scale=scale)
    edges = base.mark_rule(strokeWidth=6, color="white").encode(x=span, x2="high_usd:Q")
    ranges = base.mark_rule(strokeWidth=3, color=INK).encode(x=span, x2="high_usd:Q")
    ends = base.mark_text(align="left", dx=8).encode(x=alt.X("high_usd:Q", scale=scale), text="shown:N")
    line = (
        alt.Chart(data([row for row in rows if row[today]]))
        .mark_rule(color=MUTED, strokeDash=[4, 3])
        .encode(x=alt.X("gross_margin_base_churn_usd:Q", scale=scale))
    )
    chart: alt.TopLevelMixin = alt.layer(bars, line, edges, ranges, ends)
    return chart


def plan_front(plans: Evidence) -> alt.TopLevelMixin:
    """A dot per plan, margin at base churn across, in the worst scenario upwards; after the savings."""
    rows = [row for row in records(plans) if row["gross_margin_worst_after_savings_usd"] is not None]
    for row in rows:
        row["state"] = (
            "chosen"
            if row["is_chosen"]
            else "today"
            if row["is_current_plan"]
            else "open"
            if row["verdict"] != "eligible"
            else "allowed"
        )
        row["said"] = "chosen" if row["is_chosen"] else "today"
    x = alt.X(
        "gross_margin_base_churn_after_savings_usd:Q",
        axis=alt.Axis(
            title="Margin in 30 days at base churn, after the savings, US dollars",
            format="$,.0f",
            tickCount=5,
        ),
        scale=alt.Scale(zero=False, padding=40),
    )
    y = alt.Y(
        "gross_margin_worst_after_savings_usd:Q",
        axis=alt.Axis(title="In the worst scenario", format="$,.0f", tickCount=5),
        scale=alt.Scale(zero=False, padding=24),
    )
    kinds = (
        ("open", MUTED, False, "circle"),
        ("allowed", NEUTRAL, True, "circle"),
        ("today", INK, False, "cross"),
        ("chosen", ACCENT, True, "circle"),
    )
    dots = [
        alt.Chart(data(group))
        .mark_point(size=110, opacity=1, strokeWidth=2, color=ink, filled=filled, shape=shape)
        .encode(x=x, y=y)
        for state, ink, filled, shape in kinds
        if (group := [row for row in rows if row["state"] == state])
    ]
    names = alt.Chart(data([row for row in rows if row["state"] in ("today", "chosen")]))
    labels = names.mark_text(dy=-14, color=INK).encode(x=x, y=y, text="said:N")
    chart: alt.TopLevelMixin = alt.layer(*dots, labels)
    return chart


def before_and_after(
    rows_of: Evidence, *, label: str, before: str, after: str, axis_title: str
) -> alt.TopLevelMixin:
    """A line per row from an open dot (today) to a full one (under the plan); the end carries its value."""
    rows = records(rows_of, shown=(after, "usd"))
    for row in rows:
        row["end"] = max(float(row[before] or 0), float(row[after] or 0))
    largest = max((float(row["end"] or 0) for row in rows), default=0.0)
    scale = alt.Scale(domain=[0, largest * 1.15 or 1], nice=False)
    axis = alt.Axis(title=axis_title, format="$,.0f", tickCount=5)
    base = alt.Chart(data(rows)).encode(
        y=alt.Y(f"{label}:N", sort=None, axis=alt.Axis(title=None, ticks=False, domain=False))
    )
    spans = base.mark_rule(color=NEUTRAL, strokeWidth=3).encode(
        x=alt.X(f"{before}:Q", axis=axis, scale=scale), x2=f"{after}:Q"
    )
    now = base.mark_point(color=INK, fill="white", filled=True, size=90, stroke=INK, strokeWidth=2, opacity=1)
    then = base.mark_circle(color=ACCENT, size=110, opacity=1)
    ends = base.mark_text(align="left", dx=10).encode(x=alt.X("end:Q", scale=scale), text="shown:N")
    chart: alt.TopLevelMixin = alt.layer(
        spans, now.encode(x=f"{before}:Q"), then.encode(x=f"{after}:Q"), ends
    )
    return chart


def monthly_margins(history: Evidence) -> alt.TopLevelMixin:
    """A line per plan over the complete months; today's and the recommended one named."""
    rows = [row for row in records(history) if row["is_complete_month"]]
    for row in rows:
        # The name of a plan may be longer than the chart is wide.
        row["said"] = "today" if row["is_current_plan"] else "recommended"
    x = alt.X(
        "month_start_date:T",
        axis=alt.Axis(title=None, format="%b %Y", grid=False, values=_months(rows)),
        scale=alt.Scale(padding=50),
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
        alt.Chart(data(group[-1:])).mark_text(dy=offset, color=ink).encode(x=x, y=y, text="said:N")
        for offset, (ink, group) in zip((15, -12), groups[1:], strict=True)
        if group
    ]
    chart: alt.TopLevelMixin = alt.layer(*lines, *names)
    return chart


def _months(rows: list[dict[str, str | int | float | bool | None]]) -> list[str]:
    return sorted({str(row["month_start_date"]) for row in rows})
