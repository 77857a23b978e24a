"""The figures of closed months, as digests that can be compared after a build from other files."""

from pathlib import Path

from reports_builder.retention.plan import month_start
from reports_builder.seals.canonical import canonical_sql, columns_of
from reports_builder.warehouse import attach

Figures = dict[str, dict[str, str]]
"""By mart, for each of its days or months the number of its rows and their digest."""

# The column that says of which day or month a row is; the first that a mart has.
_DATES = ("usage_date", "charge_date", "billing_month_start_date", "month_start_date")
_NO_MARTS = ("intermediate", "seeds", "staging")
# Single calls are no figures, and it is of them that details go.
_CALLS = ("core.fct_calls", "core.repeated_records")


def closed_figures(warehouse: Path) -> tuple[str, Figures]:
    """The as-of day of the published file, and the figures of all months that were over on it."""
    connection = attach(warehouse)
    try:
        (as_of,) = connection.execute("select max(as_of_date) from intermediate.int_as_of_date").fetchall()[0]
        marts = connection.execute(
            "select distinct table_schema || '.' || table_name from information_schema.tables "
            "where table_catalog = current_database() and table_schema not in (select unnest(?)) order by 1",
            [list(_NO_MARTS)],
        ).fetchall()
        found: Figures = {}
        for (mart,) in marts:
            kinds = columns_of(connection, mart)
            dated = next((name for name in _DATES if name in kinds), None)
            if dated is None or mart in _CALLS:
                continue
            # The order of rows is none of their figures: digests are put in theirs.
            row = canonical_sql(tuple(kinds), kinds)
            sql = (
                f"with closed as (select {dated} as day, sha256({row}) as digest from {mart} "  # noqa: S608
                f"where {dated} < ?) select day::varchar, count(*)::varchar || ' ' || "
                "sha256(string_agg(digest, '' order by digest)) from closed group by day"
            )
            found[mart] = dict(connection.execute(sql, [month_start(as_of)]).fetchall())
        return as_of.isoformat(), found
    finally:
        connection.close()


def differences(before: Figures, after: Figures) -> list[str]:
    """Each mart whose closed days or months are not the same, with those that differ."""
    found = []
    for mart in sorted(before.keys() | after.keys()):
        then, now = before.get(mart, {}), after.get(mart, {})
        days = sorted(day for day in then.keys() | now.keys() if then.get(day) != now.get(day))
        if days:
            more = f" and {len(days) - 3} more" if len(days) > 3 else ""
            found.append(f"{mart}: {', '.join(days[:3])}{more}")
    return found
