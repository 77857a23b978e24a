"""How well unusual days and hours are found: what the generator planted, and records that were taken away.

`python -m tests.bench.series_scores warehouse/build/finops.duckdb data/raw/truth [--days 60]`: judges the last days of a built
warehouse by the SQL of its models, all of them by the hour as well, and prints the table.
"""

import argparse
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.planning.rendering import render

DAYS = 60
"""Days up to the as-of date that are judged, by the hour as well."""

_READ = {
    "int_calls_costed_hourly": "intermediate",
    "int_owner_matches": "intermediate",
    "int_as_of_date": "intermediate",
    "int_series_costs_daily": "intermediate",
    "int_usage_owned_daily": "intermediate",
    "fct_charges": "core",
    "fct_cost_anomalies": "anomalies",
}
_JUDGED = (
    "int_series_costs_hourly",
    "int_series_unusual",
    "int_series_call_changes",
    "int_series_drivers",
    "fct_series_anomalies",
)
_SUDDEN = ("usage_spike", "runaway_agent")
# So far apart that no loss is in the four weeks that say what another should have cost.
_LOST_DAYS_BACK = (1, 12, 24, 37, 50)
_LOST_HOURS = ((9, 11), (15, 17))
# Weekends before the last day, so far apart as well, and what a machine costs on a working day.
_FORGOTTEN_WEEKS_BACK = (0, 4)
_MACHINES_USD = (6, 12, 24, 48)


@dataclass(frozen=True)
class Loss:
    """Records that are not there: of a provider, or of all; hours are inclusive."""

    provider: str | None
    days_back: int
    first_hour: int
    last_hour: int

    @property
    def condition(self) -> str:
        """Which calls it takes."""
        of_provider = f" and provider = '{self.provider}'" if self.provider else ""
        return (
            f"(usage_date = (select as_of_date - {self.days_back} from int_as_of_date)"
            f" and hour_of_day between {self.first_hour} and {self.last_hour}{of_provider})"
        )


@dataclass(frozen=True)
class Row:
    """A planted kind: its cases and how many were found; all finds of its detector, and how many are of any planted case."""

    kind: str
    grain: str
    detector: str
    planted: int
    hits: int
    found: int
    right: int

    @property
    def recall(self) -> float:
        return self.hits / self.planted if self.planted else float("nan")

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else float("nan")

    def __str__(self) -> str:
        return (
            f"{self.kind:<34} {self.grain:<5} {self.detector:<9} {self.recall:6.2f} of {self.planted:<3}"
            f" {self.precision:6.2f} of {self.found}"
        )


HEADING = f"{'planted':<34} {'by':<5} {'finds':<9} {'recall':>6}        {'precision':>9}"


class Series:
    """The models that judge series, run on the inputs of a built warehouse as they are or with records lost."""

    def __init__(self, warehouse: Path, truth: Path, days: int = DAYS) -> None:
        self.connection = duckdb.connect()
        # Views of the file name its catalog.
        self.connection.execute(f"attach '{warehouse}' as {warehouse.stem} (read_only)")
        for name, schema in _READ.items():
            self.connection.execute(f"create view read_{name} as from {warehouse.stem}.{schema}.{name}")
            self.connection.execute(f"create table {name} as from read_{name}")
        self.connection.execute(
            f"""
            create table assumptions as from {warehouse.stem}.seeds.assumptions;
            update assumptions set value = {days} where name = 'anomaly_hourly_days';
            create table planted as
                select distinct kind, customer_id, cast(unnest(generate_series(
                    cast(start_date as timestamp), cast(end_date as timestamp), interval 1 day
                )) as date) as usage_date
                from '{truth / "planted_anomalies.parquet"}' where kind in {_SUDDEN};
            delete from planted
                where usage_date <= (select as_of_date - {days} from int_as_of_date);
            """
        )
        self.days = days

    def rows(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()

    def judge(self, losses: Iterable[Loss] = ()) -> None:
        """Make the marts anew, without the records of `losses`."""
        lost = " or ".join(loss.condition for loss in losses) or "false"
        self.connection.execute(
            f"""
            create or replace table int_calls_costed_hourly as
                from read_int_calls_costed_hourly where not ({lost});
            create or replace table lost as
                from read_int_calls_costed_hourly where {lost};
            create or replace table int_series_costs_daily as
                select * replace (cast(cost_usd - coalesce(lost_usd, 0) as decimal(28, 12)) as cost_usd)
                from read_int_series_costs_daily
                left join (
                    select usage_date, 'total' as scope, 'total' as scope_id, sum(effective_cost_usd) as lost_usd
                    from lost group by all
                    union all
                    select usage_date, 'pool', 'llm_usage', sum(effective_cost_usd) from lost group by all
                    union all
                    select usage_date, 'provider', provider, sum(effective_cost_usd) from lost group by all
                ) using (usage_date, scope, scope_id);
            """
        )
        self._judge_costs()

    def judge_machines(self, last_days: Iterable[str]) -> None:
        """Make the marts anew with machines that are off on weekends, but for those that end on these days."""
        self.connection.execute(
            "create or replace table int_series_costs_daily as from read_int_series_costs_daily"
        )
        for usd in _MACHINES_USD:
            self.connection.execute(
                f"""
                insert into int_series_costs_daily by name
                with machine as (
                    select usage_date, case
                        when isodow(usage_date) < 6 or usage_date in ({", ".join(last_days)})
                            or usage_date + 1 in ({", ".join(last_days)})
                            then {usd} * (1 + hash(usage_date, {usd}) % 7 / 100.0) else 0 end as cost_usd
                    from int_series_costs_daily where scope = 'total'
                )
                select 'resource' as scope, 'machine of {usd} USD' as scope_id, true as is_direct, * from machine
                union all
                select 'service', 'machine of {usd} USD and others', true, usage_date, 3 * {usd} + cost_usd from machine
                """
            )
        self._judge_costs()

    def _judge_costs(self) -> None:
        for model in _JUDGED:
            self.connection.execute(f"create or replace table {model} as {render(model)}")
        self.connection.execute(
            f"""
            create or replace view found as
                from fct_series_anomalies
                where usage_date > (select as_of_date - {self.days} from int_as_of_date)
            """
        )


def scores(series: Series) -> list[Row]:
    """Each planted kind by day and by hour, then records lost."""
    series.judge()
    providers = [
        name
        for (name,) in series.rows(
            "select provider from int_calls_costed_hourly group by 1 order by sum(effective_cost_usd) desc limit 3"
        )
    ]
    return [*_customer_days(series), *_rises(series), *_losses(series, providers), _forgotten(series)]


def _customer_days(series: Series) -> list[Row]:
    """Days of customers, as `fct_cost_anomalies` finds them."""
    ((found, right),) = series.rows(
        f"""
        select count(*), count(*) filter (exists (from planted p
            where p.customer_id = f.customer_id and p.usage_date = f.usage_date))
        from fct_cost_anomalies f
        where usage_date > (select as_of_date - {series.days} from int_as_of_date)
        """
    )
    return [
        Row(kind, "day", "customers", planted, hits, found, right)
        for kind, planted, hits in series.rows(
            """
            select kind, count(*), count(*) filter (exists (from fct_cost_anomalies f
                where f.customer_id = p.customer_id and f.usage_date = p.usage_date))
            from planted p group by kind order by kind
            """
        )
    ]


def _rises(series: Series) -> list[Row]:
    """A planted day is found by a rise of which its customer's calls are at least half; a find is an incident."""
    rows = []
    for grain, is_of_grain in (("day", "hour_of_day is null"), ("hour", "hour_of_day is not null")):
        series.connection.execute(
            f"""
            create or replace table told as
            select found.incident_id, planted.kind, planted.customer_id, planted.usage_date
            from found
            join int_calls_costed_hourly calls
                on calls.usage_date = found.usage_date
                and (found.hour_of_day is null or calls.hour_of_day = found.hour_of_day)
                and (found.scope in ('total', 'pool', 'team', 'service') or found.scope_id in (
                    calls.provider, calls.model, calls.product_id || '/' || calls.feature_id, calls.customer_id
                ))
            join planted on calls.customer_id = planted.customer_id and calls.usage_date = planted.usage_date
            where found.direction = 'rise' and found.{is_of_grain}
            group by found.incident_id, planted.kind, planted.customer_id, planted.usage_date, found.scope,
                found.scope_id, found.hour_of_day, found.excess_usd
            having 2 * sum(calls.effective_cost_usd) >= found.excess_usd
            """
        )
        ((found, right),) = series.rows(
            f"""
            select count(distinct incident_id),
                count(distinct incident_id) filter (incident_id in (select incident_id from told))
            from found where direction = 'rise' and {is_of_grain}
            """
        )
        rows += [
            Row(kind, grain, "series", planted, hits, found, right)
            for kind, planted, hits in series.rows(
                """
                select kind, count(*), count(*) filter (exists (from told t
                    where t.customer_id = p.customer_id and t.usage_date = p.usage_date))
                from planted p group by kind order by kind
                """
            )
        ]
    return rows


def _losses(series: Series, providers: list[str]) -> list[Row]:
    """Records taken away; what else drops without them is counted against the precision of each grain."""
    others = {
        grain: series.rows(
            f"select count(distinct incident_id) from found where direction = 'drop' and hour_of_day {is_of_grain}"
        )[0][0]
        for grain, is_of_grain in (("day", "is null"), ("hour", "is not null"))
    }
    cases = [
        ("records of all, three hours", "hour", [None], _LOST_HOURS),
        ("records of a provider, three hours", "hour", providers, _LOST_HOURS),
        ("records of a provider, a day", "day", providers, ((0, 23),)),
    ]
    rows = []
    for kind, grain, lost, hours in cases:
        planted = hits = 0
        for provider in lost:
            for first, last in hours:
                losses = [Loss(provider, back, first, last) for back in _LOST_DAYS_BACK]
                series.judge(losses)
                planted += len(losses)
                hits += sum(_is_found(series, loss, grain) for loss in losses)
        rows.append(Row(kind, grain, "series", planted, hits, hits + others[grain], hits))
    return rows


def _forgotten(series: Series) -> Row:
    """Machines that run through a weekend: each is one incident of both days; other rises of a machine are false."""
    ((sunday,),) = series.rows(
        "select max(usage_date) - cast(isodow(max(usage_date)) % 7 as integer) from int_series_costs_daily"
    )
    sundays = [f"date '{sunday}' - {7 * weeks}" for weeks in _FORGOTTEN_WEEKS_BACK]
    series.judge_machines(sundays)
    ((found, hits),) = series.rows(
        f"""
        select count(*), count(*) filter (
            cause_scope_id like 'machine of %' and incident_end_date in ({", ".join(sundays)})
            and incident_start_date = incident_end_date - 1
        )
        from found where is_headline and cause_scope = 'resource'
        """
    )
    planted = len(sundays) * len(_MACHINES_USD)
    return Row("machines through a weekend", "day", "series", planted, hits, found, hits)


def _is_found(series: Series, loss: Loss, grain: str) -> bool:
    ((found,),) = series.rows(
        f"""
        select count(*) from found
        where direction = 'drop' and usage_date = (select as_of_date - {loss.days_back} from int_as_of_date)
            and {"hour_of_day is null" if grain == "day" else f"hour_of_day between {loss.first_hour} and {loss.last_hour}"}
            and scope_id = '{loss.provider or "total"}'
        """
    )
    return found > 0


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("warehouse", type=Path)
    parser.add_argument("truth", type=Path)
    parser.add_argument("--days", type=int, default=DAYS)
    chosen = parser.parse_args()
    lines = [HEADING, *map(str, scores(Series(chosen.warehouse, chosen.truth, chosen.days)))]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
