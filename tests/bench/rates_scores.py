"""What the advice on machines, storage and commitments was worth: against what the generator planted, and in the backtest.

`python -m tests.bench.rates_scores [warehouse/finops.duckdb] [data/raw]`: prints both tables of a built demo.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

Query = Callable[[str], list[tuple[Any, ...]]]

# Worth moving are objects that are large enough for the class, and so few that the move comes back.
_WORTH_MOVING = """
    select resource_id from core.dim_resources
    where storage_class = 'STANDARD' and size_gb * 1000000 >= 128 * object_count and object_count / 100000 <= 6 * size_gb * 0.0105
"""
_BACKTESTS = """
    select offer_name || ', ' || usage_group, monthly_savings_usd, optimal_monthly_savings_usd, backtested_monthly_savings_usd,
        regret_less_usage_usd, regret_more_usage_usd
    from rates.rpt_commitment_recommendations
    where is_recommended
    order by monthly_savings_usd desc, usage_group
"""


@dataclass(frozen=True)
class Score:
    """Resources that an action is right for, and what became of them; what is found and not worth its work is no miss."""

    kind: str
    needed: int
    accepted: int
    right: int
    not_worth_it: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / max(self.accepted, 1)

    @property
    def recall(self) -> float:
        return 1 - self.missed / max(self.needed, 1)


def planted(raw: Path, query: Query) -> dict[str, tuple[set[str], set[str]]]:
    """The resources that each kind of action is right for, and those of them that it must not miss."""
    truth = pq.read_table(raw / "truth" / "cloud_resources.parquet").to_pylist()
    machines = [row for row in truth if row["resource_type"] == "EC2 instance" and row["is_steady"]]
    right = {
        "idle_machine": {row["resource_id"] for row in machines if row["workload"] == "idle"},
        "right_size": {row["resource_id"] for row in machines if row["workload"] in ("idle", "oversized")},
        "off_hours": {row["resource_id"] for row in machines if row["environment"] in ("dev", "staging")},
        "spot": {row["resource_id"] for row in machines if row["workload"] == "batch"},
        "unattached_volume": {row["resource_id"] for row in truth if row["state"] == "unattached"},
        "stopped_volume": {
            row["resource_id"]
            for row in truth
            if row["resource_type"] == "EBS volume" and row["state"] == "stopped"
        },
        "storage_tier": {row["resource_id"] for row in truth if row["reads"] in ("rare", "never")},
    }
    needed = {kind: set(resources) for kind, resources in right.items()}
    # A smaller burstable type carries only a part of what these do all day.
    needed["right_size"] -= {
        row[0] for row in query("select resource_id from core.dim_resources where instance_type like 't3.%'")
    }
    needed["storage_tier"] &= {row[0] for row in query(_WORTH_MOVING)}
    return {kind: (resources, needed[kind]) for kind, resources in right.items()}


def scores(raw: Path, query: Query) -> list[Score]:
    """How much of what was planted each kind of action finds, and how much of what it finds was planted."""
    judged = query(
        "select action_kind, resource_id, verdict, gross_monthly_savings_usd > 0 from rates.rpt_usage_optimizations"
    )
    found = []
    for kind, (right, needed) in planted(raw, query).items():
        rows = [row[1:] for row in judged if row[0] == kind]
        accepted = {resource for resource, verdict, _ in rows if verdict == "accepted"}
        seen = {resource for resource, verdict, saves in rows if verdict == "rejected" and saves} & needed
        missed = len(needed - accepted - seen)
        found.append(Score(kind, len(needed), len(accepted), len(accepted & right), len(seen), missed))
    return found


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Rows below their heads, each column as wide as it must be; the first to the left, the others to the right."""
    widths = [max(len(row[place]) for row in (heads, *rows)) for place in range(len(heads))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in (heads, *rows)
    )


def truth_table(found: Sequence[Score]) -> str:
    """The scores as a reader compares them."""
    return table(
        ("Action", "planted", "accepted", "right", "not worth it", "missed", "precision", "recall"),
        [
            (
                score.kind,
                *map(str, (score.needed, score.accepted, score.right, score.not_worth_it, score.missed)),
                f"{score.precision:.3f}",
                f"{score.recall:.3f}",
            )
            for score in found
        ],
    )


def backtest_table(query: Query) -> str:
    """What each recommended commitment promises a month, what its backtest realised, and what a wrong usage would cost.

    The backtest chose the best level of its days, so it stands against the best one of today.
    """
    rows = [(name, *map(float, amounts)) for name, *amounts in query(_BACKTESTS)]
    sums = ("all", *(sum(row[place] for row in rows) for place in range(1, 6)))
    return table(
        ("Commitment", "saves", "best level", "backtest", "realised", "regret -20 %", "regret +20 %"),
        [
            (
                str(name),
                *(f"{amount:.2f}" for amount in (saves, best, realised)),
                f"{realised / best:.0%}" if best else "-",
                *(f"{amount:.2f}" for amount in regrets),
            )
            for name, saves, best, realised, *regrets in (*rows, sums)
        ],
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("warehouse", type=Path, nargs="?", default=Path("warehouse/finops.duckdb"))
    parser.add_argument("raw", type=Path, nargs="?", default=Path("data/raw"))
    chosen = parser.parse_args()
    with duckdb.connect() as connection:
        connection.execute(f"attach '{chosen.warehouse}' as finops (read_only)")
        connection.execute("use finops")

        def query(sql: str) -> list[tuple[Any, ...]]:
            return connection.execute(sql).fetchall()

        sys.stdout.write(f"{truth_table(scores(chosen.raw, query))}\n\n{backtest_table(query)}\n")


if __name__ == "__main__":
    main()
