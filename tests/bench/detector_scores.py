"""How well the warehouse finds what the scenarios planted, kind by kind.

`python -m tests.bench.detector_scores [--customers 500] [--days 90] [--seed 42] [--scenario mixed]`: generates,
builds the marts without the truth, and holds them against it. Sudden kinds have precision and recall by
customer-day; of gradual kinds it says how near the warehouse's own figures come to the planted factor.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.workspace import Workspace

MARTS = (
    "fct_cost_anomalies",
    "rpt_threshold_alerts",
    "rpt_inefficient_usage",
    "rpt_data_quality",
    "rpt_churn_rates",
)
EVERY_DAY = "all abnormal days"
EVERY_MATERIAL_DAY = "all abnormal days of {} USD and more"
EVERY_DAY_AND_LAUNCHES = "all abnormal days, and finds in a feature's first month"

PLANTED_DAYS = """
    select scenario, kind, subject_id as customer_id,
        cast(unnest(generate_series(cast(start_date as timestamp), cast(end_date as timestamp), interval 1 day)) as date)
            as usage_date,
        amount_usd / (date_diff('day', start_date, end_date) + 1) as usd_per_day
    from effects where kind in ('usage_spike', 'burst', 'runaway_agent')
"""


@dataclass(frozen=True)
class Score:
    """Planted and found cases of a kind, and how many are both; `found` is none where finds cannot be told apart."""

    kind: str
    planted: int
    hits: int
    found: int | None = None

    @property
    def recall(self) -> float:
        return self.hits / self.planted if self.planted else float("nan")

    @property
    def precision(self) -> float | None:
        return self.hits / self.found if self.found else None


@dataclass(frozen=True)
class Comparison:
    """A planted factor beside the one that the warehouse's figures show."""

    kind: str
    subject: str
    planted: float
    seen: float
    mart: str


class Judged:
    """A built warehouse beside the truth that it never saw."""

    def __init__(self, workspace: Workspace, truth: Path) -> None:
        database = workspace.warehouse_dir / "build" / "finops.duckdb"
        self.connection = duckdb.connect(str(database), read_only=True)
        self.connection.execute(f"create temp view effects as from '{truth / 'scenario_effects.parquet'}'")
        self.connection.execute(f"create temp view planted_days as {PLANTED_DAYS}")

    def rows(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()

    def sudden(self) -> list[Score]:
        """Recall of each kind, of large and small cases, and precision of all flagged days together."""
        ((smallest,),) = self.rows(
            "select value from seeds.assumptions where name = 'anomaly_min_excess_usd'"
        )
        found = """
            exists (from anomalies.fct_cost_anomalies f
                where f.customer_id = p.customer_id and f.usage_date = p.usage_date)
        """
        scores = [
            Score(f"{kind} of {scenario}, {size}", planted, hits)
            for size, where in (
                ("days", "true"),
                (f"days of {smallest} USD and more", f"usd_per_day >= {smallest}"),
            )
            for scenario, kind, planted, hits in self.rows(
                f"""
                select scenario, kind, count(*), count(*) filter ({found}) from planted_days p
                where {where} group by all order by all
                """
            )
        ]
        # A detector says that a day is abnormal, not of which kind: precision is that of all its finds. Those of a
        # feature's first month are of a kind, too: its cost is new.
        ((flagged, hits, launched),) = self.rows(
            """
            with judged as (
                select
                    exists (from planted_days p
                        where p.customer_id = f.customer_id and p.usage_date = f.usage_date) as is_planted,
                    exists (from effects e where e.kind = 'feature_launch' and e.subject_id = f.cause_feature_id
                        and f.usage_date between e.start_date and e.start_date + 27) as is_launched
                from anomalies.fct_cost_anomalies f)
            select count(*), count(*) filter (is_planted), count(*) filter (is_launched and not is_planted) from judged
            """
        )
        ((planted, material, material_hits),) = self.rows(
            f"""
            select count(*), count(*) filter (usd_per_day >= {smallest}),
                count(*) filter (usd_per_day >= {smallest} and {found})
            from planted_days p
            """
        )
        return [
            *scores,
            Score(EVERY_DAY, planted, hits, flagged),
            Score(EVERY_MATERIAL_DAY.format(smallest), material, material_hits),
            Score(EVERY_DAY_AND_LAUNCHES, planted + launched, hits + launched, flagged),
        ]

    def standing(self) -> list[Score]:
        """What the other detectors of the base scenario find."""
        return [
            self._sets(
                "tier_outgrown",
                "select subject_id from effects where kind = 'tier_outgrown'",
                "select customer_id from anomalies.rpt_threshold_alerts where alert_kind = 'tier_outgrown'",
            ),
            self._sets(
                "expensive_model_for_trivial_task",
                "select subject_id from effects where kind = 'expensive_model_for_trivial_task'",
                "select distinct customer_id from anomalies.rpt_inefficient_usage",
            ),
        ]

    def gradual(self) -> list[Comparison]:
        """The factor of each gradual effect as the day facts show it."""
        return [*self._launches(), *self._savings(), *self._migrations(), *self._tenants(), *self._declines()]

    def unpriced(self) -> tuple[int, int]:
        """Calls without a list price, and calls whose list price is not what was billed."""
        ((unpriced, different),) = self.rows(
            """
            select sum(unpriced_calls), count(*) filter (list_cost_usd <> billed_cost_usd) from core.fct_usage_daily
            """
        )
        return int(unpriced), int(different)

    def _sets(self, kind: str, planted: str, found: str) -> Score:
        one, other = set(self.rows(planted)), set(self.rows(found))
        return Score(kind, len(one), len(one & other), len(other))

    def _effects(self, kind: str) -> Iterable[tuple]:
        return self.rows(
            f"select subject_id, start_date, end_date, factor, description from effects where kind = '{kind}' order by all"
        )

    def _ratio(self, value: str, late: str, early: str) -> float:
        ((ratio,),) = self.rows(
            f"select ({value.format(days=late)}) / nullif({value.format(days=early)}, 0) from core.fct_usage_daily"
        )
        return float("nan") if ratio is None else float(ratio)

    def _launches(self) -> list[Comparison]:
        """Calls of a customer in its first three days with the feature over those from the fifth week on, per day.

        Near the planted factor, and no more: curiosity falls by a fourth in these days, and the first is one of work.
        """
        found = []
        for feature, start, end, factor, _ in self._effects("feature_launch"):
            ((ratio,),) = self.rows(
                f"""
                with first_use as (
                    select customer_id, min(usage_date) as first_date
                    from core.fct_usage_daily
                    where feature_id = '{feature}'
                    group by customer_id
                    having first_date between date '{start}' and date '{end}' - 41
                ),
                used as (
                    select
                        first_date,
                        sum(calls) filter (usage_date <= first_date + 2) / 3 as early,
                        sum(calls) filter (usage_date >= first_date + 28) / (date '{end}' - first_date - 27) as late
                    from first_use
                    inner join core.fct_usage_daily using (customer_id)
                    where feature_id = '{feature}'
                    group by customer_id, first_date
                )
                select sum(early) / sum(late) from used
                """
            )
            said = "core.fct_usage_daily, calls of the first three days over those from the fifth week on"
            found.append(Comparison("feature_launch", feature, factor, float(ratio or "nan"), said))
        return found

    def _savings(self) -> list[Comparison]:
        value = "sum(input_tokens) filter ({days} and feature_id = '%s') / sum(calls) filter ({days} and feature_id = '%s')"
        return [
            Comparison(
                "cost_optimization",
                feature,
                factor,
                self._ratio(
                    value % (feature, feature),
                    f"usage_date > date '{end}' - 14",
                    f"usage_date < date '{start}'",
                ),
                "core.fct_usage_daily, input tokens per call",
            )
            for feature, start, end, factor, _ in self._effects("prompts_shortened")
        ]

    def _migrations(self) -> list[Comparison]:
        """Among customers that called the old model before: the new one's part of their calls to either at the end."""
        found = []
        for feature, start, end, factor, description in self._effects("model_migration"):
            old, new = (
                part.split("/", 1)[1] for part in description.split("calls to ")[1].split(" that go to ")
            )
            ((seen,),) = self.rows(
                f"""
                with own as (
                    select * from core.fct_usage_daily
                    where feature_id = '{feature}' and service_tier = 'standard' and model in ('{old}', '{new}')
                        and customer_id <> 'unallocated'),
                before as (
                    select customer_id from own where usage_date < date '{start}' group by 1
                    having sum(calls) filter (model = '{new}') is null)
                select sum(calls) filter (model = '{new}') / sum(calls) from own semi join before using (customer_id)
                where usage_date > date '{end}' - 7
                """
            )
            seen = float("nan") if seen is None else float(seen)
            found.append(
                Comparison("model_migration", feature, factor, seen, "core.fct_usage_daily, calls by model")
            )
        return found

    def _tenants(self) -> list[Comparison]:
        """The median large organisation's calls per customer of an archetype over those of the rest."""
        ((seen,),) = self.rows(
            """
            with sized as (
                select organization_id, usage_archetype, sum(calls) / count(distinct (customer_id, usage_date)) as calls
                from core.fct_usage_daily join core.dim_customers using (customer_id, organization_id) group by all),
            compared as (
                select *, organization_id in (select subject_id from effects where kind = 'large_tenant') as is_large
                from sized)
            select avg(ratio) from (
                select median(calls) filter (is_large) / median(calls) filter (not is_large) as ratio
                from compared group by usage_archetype)
            """
        )
        ((factor,),) = self.rows("select avg(factor) from effects where kind = 'large_tenant'")
        return [Comparison("multi_tenant", "all large", factor, seen, "core.fct_usage_daily by organisation")]

    def _declines(self) -> list[Comparison]:
        """Of those who left within the period: the last week's calls over those before the decline."""
        ((seen, factor),) = self.rows(
            """
            select median(late / early), any_value(factor) from (
                select e.subject_id, any_value(e.factor) as factor,
                    sum(calls) filter (usage_date between end_date - 6 and end_date) / 7.0 as late,
                    sum(calls) filter (usage_date between start_date - 14 and start_date - 1) / 14.0 as early
                from effects e join core.fct_usage_daily u on u.customer_id = e.subject_id
                join core.dim_customers c on c.customer_id = e.subject_id and c.churned_date is not null
                where kind = 'gradual_decline' group by 1)
            """
        )
        return (
            []
            if seen is None
            else [
                Comparison(
                    "gradual_decline", "all who left", factor, seen, "core.fct_usage_daily, last week's calls"
                )
            ]
        )


def judge(workspace: Workspace, customers: int, days: int, *options: str) -> Judged:
    """Generate and build; the truth is taken away before the warehouse is built."""
    workspace.generate(customers, days, *options)
    truth = workspace.folder / "truth"
    shutil.move(workspace.raw / "truth", truth)
    workspace.build(
        *("--resource-type", "seed", "--resource-type", "model"), "--select", *(f"+{mart}" for mart in MARTS)
    )
    return Judged(workspace, truth)


def main() -> None:
    """Print the scores."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=int, default=500)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--seed", default="42")
    parser.add_argument("--scenario", default="mixed")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder), Path(folder) / "target")
        judged = judge(
            workspace, chosen.customers, chosen.days, "--seed", chosen.seed, "--scenario", chosen.scenario
        )
        unpriced, different = judged.unpriced()
        lines = [
            f"{chosen.customers} customers, {chosen.days} days, seed {chosen.seed}, {chosen.scenario}",
            f"{unpriced} calls without a list price, {different} groups whose list cost is not the billed one",
            *(
                f"{score.kind:<60} recall {score.recall:.3f} of {score.planted}"
                + ("" if score.precision is None else f"  precision {score.precision:.3f} of {score.found}")
                for score in (*judged.sudden(), *judged.standing())
            ),
            *(
                f"{it.kind:<20} {it.subject:<16} planted {it.planted:.3f}  seen {it.seen:.3f}  ({it.mart})"
                for it in judged.gradual()
            ),
        ]
        sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
