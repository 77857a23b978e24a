"""Whatever happens to files, builds and variables: what is published is what a full refresh would publish.

Random sequences of files that come, change, go and return, of builds that end, fail, are killed or build a selection,
and of sources, variables and seeds that change. `FINOPS_SEQUENCES=200 pytest -s -k sequence` runs a long campaign and tells the
steps of each sequence. One that goes wrong is not shortened, which would take hours: it becomes a known one.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.warehouse.changing_files import DAYS, write_bill, write_calls, write_customers, write_spend
from tests.workspace import Workspace

SEQUENCES = int(os.environ.get("FINOPS_SEQUENCES", "1"))
# What is filled day by day or says which days those are, with what it is made of. All other tables are made anew by each
# build, so builds amid a sequence leave them out; the last one of a sequence of a long campaign makes them all.
DAILY = [
    "+fct_customer_margins_daily", "+fct_calls", "+rpt_reconciliation", "+rejected_records", "int_usage_slots",
    "int_latency_buckets_daily", "rpt_unreadable_fields", "stg_raw__call_files",
]  # fmt: skip
# Tables within, whose rows outlast a build.
KEPT = (
    "int_usage_slots", "int_calls_duplicated", "int_calls_rejected", "int_call_records_daily", "int_latency_buckets_daily",
    "int_shared_costs_allocated", "int_dated_inputs", "loaded_days", "loaded_inputs", "published_days", "unsettled_days",
    "changed_days",
)  # fmt: skip
# A test and tables, each of which fails a build after some days were changed.
BROKEN = {
    "test": "test.ai_finops.assert_each_usage_row_is_one_combination",
    "table": "model.ai_finops.fct_usage_daily",
    "margins": "model.ai_finops.fct_customer_margins_daily",
}


@dataclass
class Project:
    """A tiny warehouse."""

    workspace: Workspace

    def run(
        self,
        *arguments: str,
        variables: dict[str, Any],
        kill_after: float | None = None,
        broken: tuple[str, ...] = (),
    ) -> bool:
        """Run dbt; whether it succeeded. With `kill_after` seconds it is killed then, if it still runs; the nodes
        `broken` fail."""
        given = ("--log-level", "none", *arguments, "--vars", json.dumps(variables))
        return self.workspace.dbt(*given, kill_after=kill_after, broken=broken).returncode == 0

    def published(self) -> dict[str, list[str]]:
        """Rows of all marts, and of what a build keeps for the next, as text."""
        with duckdb.connect(str(self.workspace.published), read_only=True) as connection:
            names = connection.execute(
                "select table_schema, table_name from information_schema.tables where table_schema not in ('staging', 'seeds')"
            ).fetchall()
            return {
                f"{schema}.{name}": sorted(
                    row
                    for row in map(repr, connection.execute(f"from {schema}.{name}").fetchall())
                    # It compares with the file published before, which is another after another sequence.
                    if "customer_lost" not in row
                )
                for schema, name in names
                # What was forecast when is another after another sequence, too.
                if (schema != "intermediate" or name in KEPT) and name != "rpt_forecast_record"
            }


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A warehouse that is published once, with the seeds; each sequence begins with a copy of it."""
    folder = tmp_path_factory.mktemp("sequences")
    made = Project(Workspace(folder, folder / "target"))
    put_first_files(made.workspace.raw)
    assert made.run("build", "--exclude-resource-type", "test", "unit_test", variables=variables({"calls"}))
    shutil.copytree(made.workspace.warehouse_dir, folder / "template")
    return made


def put_first_files(raw: Path) -> None:
    shutil.rmtree(raw, ignore_errors=True)
    write_calls(raw / "calls" / "date=2026-10-03" / "first.parquet", "2026-10-03", "first", 0)
    write_customers(raw / "customers.parquet", 0)


def variables(sources: set[str], **others: Any) -> dict[str, Any]:
    # A selection is published where it says that it is all that can have changed; here it is.
    return {"sources": sorted(sources), "is_live_refresh": True, "accept_removed_days": True} | others


FILE = st.sampled_from(["a", "b"])
VERSION = st.integers(0, 2)
OF_ONE_RUN = [
    "all", "refresh", "fct_usage_daily", "int_raw_days", "int_calls_rejected+1", "int_calls_duplicated", "int_usage_slots",
    "int_call_records_daily", "int_call_files+1", "rpt_reconciliation", "dim_customers", "int_owner_matches", "int_dated_inputs",
    "int_shared_costs_allocated", "fct_allocated_costs_daily",
]  # fmt: skip
VARIABLES = [{}, {"max_tokens_per_call": 2500}, {"late_data_lookback_days": 1}, {"as_of_date": "2026-10-02"}]
# What an editor of the seeds writes into them, one row each: a list price, a negotiated one, to whom a feature belongs, which rule
# goes first, costs that are shared and by whom, capacity, an agreement with a customer, whose word counts, and what the marts
# judge by.
SEEDS = {
    "price": "insert into model_prices values ('openai', 'gpt-4', 'standard', 'input', 7, '2026-10-02', 'list', '2026-10-02', null, null)",
    "rate": "insert into price_overrides values ('openai', 'gpt-4', 'standard', 'output', 9, '2026-10-02 09:30', null, 'deal', null, null)",
    "owner": "insert into owner_assignments values ('feature', 'p', 'f', 'team-a', 'CC-9', '2026-10-02', null)",
    "reorganisation": "insert into owners values ('team-a', 'team', 'A', 'unit-a', 'CC-8', '2026-10-03', null), ('unit-a', 'business_unit', 'UA', null, null, null, null)",
    "rule": "update owner_rules set rule_order = 1, match_on = 'product', match_key = null, names_owner = true where owner_rule = 'tag_owner'",
    "pool": "insert into shared_cost_pools values ('2026-10-01', 'support', 'calls', 100)",
    "pool of last year": "insert into shared_cost_pools values ('2025-07-01', 'platform', 'tokens', 31)",
    "target": "insert into pool_targets values ('support', 'customer_id', 'c1', null)",
    "activity": "insert into pool_activities values ('support', 'calls', 1, 2), ('support', 'tokens', 3, null)",
    "capacity": "insert into provisioned_throughput values ('cap', 'openai', 'gpt-4', 'standard', 1, 0.5, '2026-10-02 12:00', '2026-10-03')",
    "contract": "insert into customer_contracts values ('c1', 77, 'starter', '2026-10-02', null, 'deal')",
    "precedence": "insert into ledger_precedence values ('OpenAI', null, '2026-10-01', 'bill')",
    "name": "update provider_names set provider_name = 'Open AI' where name_in_source = 'openai'",
    "assumption": "update assumptions set value = 2 * value where name = 'tier_outgrown_recent_days'",
    "budget": "insert into budgets values ('2026-10-01', 'team-a', 5)",
}  # fmt: skip
STEP = st.one_of(
    st.tuples(st.just("calls"), st.sampled_from(DAYS), FILE, VERSION),
    st.tuples(st.just("spend"), FILE, VERSION),
    st.tuples(st.just("bill"), FILE, VERSION),
    st.tuples(st.just("customers"), VERSION),
    st.tuples(st.just("remove"), st.sampled_from(["calls", "litellm", "focus"]), st.integers(0, 9)),
    st.tuples(st.just("sources"), st.sampled_from(["calls", "calls litellm", "litellm", "calls focus", "calls litellm focus"])),
    st.tuples(st.just("variables"), st.integers(0, len(VARIABLES) - 1)),
    # As often as all that is of files.
    *[st.tuples(st.just("seed"), st.sampled_from(sorted(SEEDS)))] * 4,
    st.tuples(st.just("run"), st.sampled_from(OF_ONE_RUN)),
    st.tuples(st.just("fail"), st.sampled_from(sorted(BROKEN))),
    st.tuples(st.just("kill"), st.floats(0.2, 25)),
    *[st.tuples(st.just("build"))] * 2,
)  # fmt: skip


@settings(
    max_examples=SEQUENCES,
    deadline=None,
    derandomize=SEQUENCES < 10,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(steps=st.lists(STEP, min_size=5, max_size=12))
def test_any_sequence_ends_where_a_full_refresh_ends(project: Project, steps: list[Any]) -> None:
    follow(project, steps)


SEQUENCES_KNOWN = [
    # A file that is replaced, built without publication and put back.
    [("calls", "2026-10-01", "a", 0), ("build",), ("calls", "2026-10-01", "a", 1), ("run", "all"),
     ("calls", "2026-10-01", "a", 0)],
    # A day that came and went between two publications, seen by a run of one table only.
    [("build",), ("calls", "2026-10-02", "a", 1), ("run", "int_raw_days"), ("run", "fct_usage_daily"),
     ("remove", "calls", 0)],
    # The calls are switched off, and with them every file of the days; then on again, with a late file of last year.
    [("spend", "a", 0), ("sources", "litellm"), ("build",), ("sources", "calls litellm"), ("calls", "2025-07-01", "a", 2)],
    # Each row of a seed counts on fewer days than the one before, so that no day is made anew for another's sake.
    [("calls", "2025-07-01", "a", 0), ("calls", "2026-10-01", "a", 0), ("calls", "2026-10-02", "a", 1), ("seed", "pool"), ("build",),
     ("seed", "target"), ("build",), ("seed", "owner"), ("build",), ("seed", "capacity"), ("build",), ("seed", "pool of last year")],
    # Another plan of a customer, then an agreement with it, and a bill that counts before the calls of its month.
    [("calls", "2025-07-01", "a", 0), ("calls", "2026-10-01", "a", 0), ("customers", 1), ("bill", "a", 0), ("build",),
     ("sources", "calls focus"), ("build",), ("seed", "precedence"), ("build",), ("seed", "contract"), ("build",), ("customers", 0)],
    # An editor's row that a build failed with, and that is taken back.
    [("calls", "2026-10-01", "a", 0), ("seed", "pool"), ("build",), ("seed", "rule"), ("seed", "contract"), ("fail", "margins"), ("seed", "rule"),
     ("seed", "contract")],
]  # fmt: skip


@pytest.mark.parametrize(
    "steps",
    SEQUENCES_KNOWN,
    ids=["put-back", "came-and-went", "switched-off-and-on", "seeds", "bills", "taken-back"],
)
def test_sequences_that_once_went_wrong(project: Project, steps: list[Any]) -> None:
    follow(project, steps)


def follow(project: Project, steps: list[Any]) -> None:
    """Do the steps, build all, and hold it against a build of the same files from nothing."""
    sys.stdout.write(f"{len(steps)} steps: {steps}\n")
    sys.stdout.flush()
    put_first_files(project.workspace.raw)
    begin_anew(project)
    chosen: dict[str, Any] = {"sources": {"calls"}, "others": {}, "seeds": set()}
    for step in steps:
        do(project, step, chosen)
    # What a variable leaves alone differs on purpose.
    chosen["others"].pop("late_data_lookback_days", None)
    chosen["others"].pop("as_of_date", None)
    # All other tables are what their SQL makes of these; the long campaign compares them, too.
    whole = (
        "build",
        "--exclude-resource-type",
        "seed",
        "test",
        "unit_test",
        *([] if SEQUENCES > 9 else ["--select", *DAILY]),
    )
    given = variables(with_files(project.workspace.raw, chosen["sources"]), **chosen["others"])
    assert project.run(*whole, variables=given)
    incremental = project.published()
    with set_aside(project):
        write_seeds(project, chosen["seeds"])
        assert project.run(*whole, "--full-refresh", variables=given)
        refreshed = project.published()
    assert incremental.keys() == refreshed.keys()
    assert {name for name, rows in refreshed.items() if incremental[name] != rows} == set()


def do(project: Project, step: tuple[Any, ...], chosen: dict[str, Any]) -> None:
    raw = project.workspace.raw
    match step:
        case ("calls", day, name, version):
            write_calls(raw / "calls" / f"date={day}" / f"{name}.parquet", day, name, version)
        case ("spend", name, version):
            write_spend(raw / "litellm" / f"{name}.csv", name, version)
        case ("bill", name, version):
            write_bill(raw / "focus" / f"{name}.csv", name, version)
        case ("customers", version):
            write_customers(raw / "customers.parquet", version)
        case ("remove", folder, number):
            files = sorted(
                path for path in (raw / folder).rglob("*") if path.is_file() and path.name != "first.parquet"
            )
            if files:
                files[number % len(files)].unlink()
        case ("sources", names):
            chosen["sources"] = set(names.split())
        case ("variables", number):
            chosen["others"] = dict(VARIABLES[number])
        case ("seed", name):
            chosen["seeds"] ^= {name}
            write_seeds(project, chosen["seeds"])
        case _:
            sources = with_files(raw, chosen["sources"])
            build(project, step, variables(sources, **chosen["others"]))


def with_files(raw: Path, sources: set[str]) -> set[str]:
    """Those of the sources that a user can switch on: without a file the build would be refused."""
    return {name for name in sources if name == "calls" or any((raw / name).glob("*.csv"))} or {"calls"}


def build(project: Project, step: tuple[Any, ...], given: dict[str, Any]) -> None:
    left_out = ["seed", "unit_test"] + (["test"] if step != ("fail", "test") else [])
    whole = [
        "build",
        "--exclude-resource-type",
        *left_out,
        "--indirect-selection",
        "cautious",
        "--select",
        *DAILY,
    ]
    match step:
        case ("run", "all"):
            project.run("run", "--select", *DAILY, variables=given)
        case ("run", "refresh"):
            project.run("run", "--full-refresh", "--select", "fct_usage_daily", variables=given)
        case ("run", selected):
            project.run("run", "--select", selected, variables=given)
        case ("kill", seconds):
            project.run(*whole, variables=given, kill_after=seconds)
        case ("fail", kind):
            assert not project.run(*whole, variables=given, broken=(BROKEN[kind],))
        case _:
            # A day for the reports without data is refused.
            assert project.run(*whole, variables=given) or "as_of_date" in given


def write_seeds(project: Project, changes: set[str]) -> None:
    """The seeds as they are in the repository, with some changes, as `dbt seed` would load them."""
    with duckdb.connect(str(project.workspace.warehouse_dir / "build" / "finops.duckdb")) as connection:
        connection.execute(
            f"attach '{project.workspace.folder}/template/build/finops.duckdb' as template (read_only)"
        )
        connection.execute("use seeds")
        for table in {change.split()[2 if change.startswith("insert") else 1] for change in SEEDS.values()}:
            connection.execute(
                f"begin; delete from {table}; insert into {table} from template.seeds.{table}; commit"
            )
        for name in sorted(changes):
            connection.execute(SEEDS[name])


def begin_anew(project: Project) -> None:
    """The warehouse as the first build left it, in the place of the one at hand."""
    shutil.rmtree(project.workspace.warehouse_dir, ignore_errors=True)
    shutil.copytree(project.workspace.folder / "template", project.workspace.warehouse_dir)


@contextmanager
def set_aside(project: Project) -> Iterator[None]:
    """The same, for as long as the block lasts; then the one at hand is back."""
    kept = project.workspace.folder / "kept"
    project.workspace.warehouse_dir.rename(kept)
    begin_anew(project)
    yield
    shutil.rmtree(project.workspace.warehouse_dir)
    kept.rename(project.workspace.warehouse_dir)
