"""The charts of savings, and of what programmes make of the margin."""

import json

import altair as alt

from reports_builder.charts import ACCENT, GOOD, INK, NEUTRAL, SERIES, Record, data, records
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
        color=alt.condition("datum.is_total", alt.value(NEUTRAL), alt.value(GOOD)),
    )
    ends = base.mark_text(align="left", dx=6).encode(
        x=alt.X("upper_usd:Q", scale=scale), text=alt.Text("said:N")
    )
    chart: alt.TopLevelMixin = alt.layer(bars, ends)
    return chart


def margin_steps(steps: Evidence, named: str) -> alt.TopLevelMixin:
    """Margin today, the change of each step beside it, and the margin after the last: a bar each.

    ``named`` says what the margin is after.
    """
    rows = records(steps, shown=("change_usd", "delta_usd"))
    bars = [_margin_bar(row, is_total=position == 0) for position, row in enumerate(rows)]
    bars[0]["said"] = records(steps, shown=("gross_margin_usd", "usd"))[0]["shown"]
    whole = _margin_bar(records(steps, shown=("gross_margin_usd", "usd"))[-1], is_total=True)
    bars.append(whole | {"name": "All together", "said": whole["shown"]})
    largest = max(float(bar["high"] or 0) for bar in bars)
    scale = alt.Scale(
        domain=[min(0.0, *(float(bar["low"] or 0) for bar in bars)), largest * 1.15 or 1], nice=False
    )
    axis = alt.Axis(title=f"{named}, in 30 days, US dollars", format="$,.0f", tickCount=5)
    base = alt.Chart(data(bars)).encode(
        y=alt.Y("name:N", sort=None, axis=alt.Axis(title=None, ticks=False, domain=False, labelLimit=260))
    )
    drawn = base.mark_bar().encode(
        x=alt.X("from:Q", axis=axis, scale=scale),
        x2="to:Q",
        color=alt.Color(
            "meaning:N",
            legend=None,
            scale=alt.Scale(domain=["total", "better", "worse"], range=[NEUTRAL, GOOD, ACCENT]),
        ),
    )
    spans = base.mark_rule(strokeWidth=2, color=INK).encode(x=alt.X("low:Q", scale=scale), x2="high:Q")
    ends = base.mark_text(align="left", dx=6).encode(x=alt.X("high:Q", scale=scale), text="said:N")
    chart: alt.TopLevelMixin = alt.layer(drawn, spans, ends)
    return chart


def _margin_bar(row: Record, *, is_total: bool) -> Record:
    """Where the bar of a step begins and ends, and the range of the margin there."""
    margin, change = float(row["gross_margin_usd"] or 0), float(row["change_usd"] or 0)
    return row | {
        "name": row["step_name"],
        "meaning": "total" if is_total else "better" if change >= 0 else "worse",
        "from": 0.0 if is_total else margin - change,
        "to": margin,
        "low": row["gross_margin_low_usd"],
        "high": row["gross_margin_high_usd"],
        "said": row["shown"],
    }


def coverage_by_day(days: Evidence) -> alt.TopLevelMixin:
    """A line of each provider for what commitments cover, dashed, and one for how far they are used."""
    lines = (("coverage_share", "covered", [5, 4]), ("utilization_share", "used", [1, 0]))
    rows = [
        {"day": row["usage_date"], "share": row[column], "line": f"{row['provider_name']}, {said}"}
        for row in records(days)
        for column, said, _ in lines
        if row[column] is not None
    ]
    last = list({str(row["line"]): row for row in rows}.values())
    dashes = {said: dash for _, said, dash in lines}
    names = [str(row["line"]) for row in last]
    colours = {name.rsplit(", ", 1)[0]: "" for name in names}
    colours = dict(zip(colours, SERIES * len(colours), strict=False))
    base = alt.Chart(data(rows)).encode(
        x=alt.X("day:T", axis=alt.Axis(title=None, format="%-d %b", grid=False, tickCount=8)),
        y=alt.Y(
            "share:Q",
            axis=alt.Axis(title=None, format=".0%", tickCount=5),
            scale=alt.Scale(domain=[0, max(1.0, *(float(row["share"] or 0) for row in rows))], nice=False),
        ),
        color=alt.Color(
            "line:N",
            legend=None,
            scale=alt.Scale(domain=names, range=[colours[name.rsplit(", ", 1)[0]] for name in names]),
        ),
    )
    drawn = base.mark_line().encode(
        strokeDash=alt.StrokeDash(
            "line:N",
            legend=None,
            scale=alt.Scale(domain=names, range=[dashes[name.rsplit(", ", 1)[1]] for name in names]),
        )
    )
    ends = (
        alt.Chart(data(last))
        .mark_text(align="left", dx=6, color=INK)
        .encode(x="day:T", y="share:Q", text="line:N")
    )
    chart: alt.TopLevelMixin = alt.layer(drawn, ends)
    return chart


def covered_hours(hours: Evidence, offer: Evidence) -> alt.TopLevelMixin:
    """Demand of each hour, the highest first, with the part that the offer's commitment covers in dark."""
    committed = float(str(offer["committed_units"]))
    rows = [
        row
        | {"committed_units": committed, "covered_units": min(float(row["demanded_units"] or 0), committed)}
        for row in records(hours)
    ]
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
