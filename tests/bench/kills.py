"""Kill commands at any instant, again and again: `python -m tests.bench.kills --kills 1000 --log kills.jsonl`.

Each round starts a command in a fork of this process, which has loaded all that commands load, and kills it
(SIGKILL) after a time by chance, between nothing and a bit more than it takes. What is left must hold by
itself, and the command, run again, must end where it ends without a kill. The log has a line for each
round, and a run goes on after the last one in it. Builds, the watcher and the receiver are programs of their
own, which are killed as such: kills_of_programs.py.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import reprlib
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from dbt_project.landing.frozen_files import FrozenFiles
from dbt_project.landing.landed_files import land
from dbt_project.landing.registry import LANDED_SOURCES
from dbt_project.plugins.publication import publish as publish_file
from generator.cli import app as generator_app
from reports_builder.alerts.ledger import Ledger
from reports_builder.alerts.run import evaluate_and_deliver
from reports_builder.budgets.changes import BudgetChanges, budget_change
from reports_builder.exports.parquet import publish_parquet
from reports_builder.exports.parquet_objects import publish_objects
from reports_builder.fetching import fetch
from reports_builder.object_storage import open_folder
from reports_builder.seals.sealing import seal
from reports_builder.seals.verifying import verify
from reports_builder.tracked_savings.decisions import Decision, Decisions
from reports_builder.warehouse import open_warehouse
from tests.alerts.warehouse_fixture import alert, cost_share, write_warehouse
from tests.bench.killing import FailedError, Subject, forked
from tests.bench.kills_of_programs import PROGRAMS
from tests.buckets import served
from tests.fuzz.files import as_csv, as_json_lines, is_json, records_of
from tests.seals.books import KEY, publish

_CALLS_MADE = ["--customers", "3", "--days", "2", "--seed", "7", "--workers", "1"]
_BUCKET = "s3://data"
# Lines that are written in one piece: all of them are there, or none.
_PART = 20


def _prepare_alerts(folder: Path) -> None:
    alerts = [alert("aaaaaaaaaaa1"), alert("aaaaaaaaaaa2", channel_tag="customers", **cost_share("Acme"))]
    write_warehouse(folder / "finops.duckdb", alerts)


def _alerts(folder: Path) -> object:
    events = Ledger(folder / "finops.duckdb").events()
    # A message may be tried again after a kill; that an alert began is written once.
    return Counter((event.event_type, event.alert_id) for event in events if event.event_type == "fired")


def _sealed(folder: Path) -> object:
    verdict = verify(folder / "finops.duckdb", folder / "seals", [KEY])
    heads = [json.loads(line) for line in (folder / "seals" / "heads.jsonl").read_bytes().splitlines()]
    return verdict.problems, [(head["ledger"], head["day"], head["root"]) for head in heads]


def _budgets(folder: Path) -> object:
    # A line that was cut off is passed over and swallows none after it.
    return sorted(map(str, BudgetChanges(folder / "finops.duckdb").in_force()))


def _set_budgets(folder: Path) -> None:
    changes = BudgetChanges(folder / "finops.duckdb")
    for month in range(1, 10):
        changes.append([budget_change("team", f"t{part}", f"2026-0{month}", "1.50") for part in range(_PART)])


def _whole_batches(folder: Path) -> None:
    counted = Counter(change.period_start_date for change in BudgetChanges(folder / "finops.duckdb").all())
    assert not any(count % _PART for count in counted.values()), counted


def _accept(folder: Path) -> None:
    decisions = Decisions(folder / "finops.duckdb")
    for number in range(9):
        decisions.append(
            [Decision(f"w{number}:{part}", date(2026, 11, 1), "ann", "") for part in range(_PART)]
        )


def _decisions(folder: Path) -> object:
    return sorted(Decisions(folder / "finops.duckdb").in_force())


def _whole_decisions(folder: Path) -> None:
    counted = Counter(str(told["tracking_id"])[:2] for told in Decisions(folder / "finops.duckdb").all())
    assert not any(count % _PART for count in counted.values()), counted


def _prepare_books(folder: Path) -> None:
    publish(folder / "finops.duckdb")


def _prepare_marts(folder: Path) -> None:
    _prepare_alerts(folder)
    with duckdb.connect(str(folder / "finops.duckdb")) as connection:
        connection.execute(
            "create schema core; create table core.fct_usage_daily as select date '2026-10-01' + day::integer as"
            " usage_date, customer from range(20) days (day), range(100) customers (customer)"
        )


def _export(folder: Path) -> None:
    with open_warehouse(folder / "finops.duckdb") as warehouse:
        publish_parquet(warehouse, folder / "out")


def _exported(folder: Path) -> object:
    out = folder / "out"
    manifest = json.loads((out / "manifest.json").read_bytes())
    left = {path.name for path in out.iterdir()} - {manifest["version"], "current", "manifest.json", ".lock"}
    rows = {
        mart["mart"]: sum(pq.read_metadata(out / each).num_rows for each in mart["files"])
        for mart in manifest["marts"]
    }
    return sorted(left), rows, (out / "current").readlink().name == manifest["version"]


def _export_holds(folder: Path) -> None:
    manifest = folder / "out" / "manifest.json"
    if manifest.exists():
        for mart in json.loads(manifest.read_bytes())["marts"]:
            for each in mart["files"]:
                pq.read_metadata(folder / "out" / each)


def _put(folder: Path) -> None:
    with open_warehouse(folder / "finops.duckdb") as warehouse:
        publish_objects(warehouse, f"{_BUCKET}/{folder.name}")


def _in_bucket(folder: Path) -> object:
    bucket = open_folder(f"{_BUCKET}/{folder.name}")
    found = bucket.read_current("manifest.json")
    if found is None:
        return None
    manifest, there = json.loads(found[0]), {each.name for each in bucket.objects()}
    assert {each for mart in manifest["marts"] for each in mart["files"]} <= there, (
        "half a version is current"
    )
    return [(mart["mart"], mart["rows"]) for mart in manifest["marts"]]


def _prepare_raw_bucket(folder: Path) -> None:
    bucket = open_folder(f"{_BUCKET}/{folder.name}")
    for number in range(12):
        bucket.put_new(f"litellm/{number}.csv", str(number).encode() * 1000)


def _files(folder: Path) -> object:
    found = {
        path.relative_to(folder): path.read_bytes() for path in (folder / "raw").rglob("*") if path.is_file()
    }
    return {str(name): content for name, content in found.items() if not name.name.startswith("_")}


def _no_half_file(folder: Path) -> None:
    for path in (folder / "raw").rglob("*.csv"):
        assert path.read_bytes() == path.stem.encode() * 1000, path


def _prepare_exports(folder: Path) -> None:
    for source in LANDED_SOURCES:
        if source.name != "otel":
            records = records_of(source, 40)
            name, content = (
                ("a.jsonl", as_json_lines(records)) if is_json(source) else ("a.csv", as_csv(records))
            )
            (folder / "raw" / source.name).mkdir(parents=True)
            (folder / "raw" / source.name / name).write_bytes(content)


def _land(folder: Path) -> None:
    for source in LANDED_SOURCES:
        assert land(source, folder / "raw", folder / "landing", is_on=True) == []


def _landed(folder: Path) -> object:
    return {
        str(path.relative_to(folder)): pq.read_metadata(path).num_rows
        if path.suffix == ".parquet"
        else path.suffix
        for path in sorted((folder / "landing").rglob("*"))
        if path.is_file()
    }


def _whole_parquet(folder: Path) -> None:
    for path in folder.rglob("*.parquet"):
        pq.read_metadata(path)


def _generate(folder: Path) -> None:
    generator_app([*_CALLS_MADE, "--out", str(folder / "raw")], standalone_mode=False)


def _prepare_build(folder: Path) -> None:
    (folder / "build").mkdir()
    with duckdb.connect(str(folder / "build" / "finops.duckdb")) as working:
        working.execute("create table build as select 0 as number, range from range(100000)")


def _publish(folder: Path) -> None:
    """What a build does in the end: another number, with a file of that name for its readers."""
    frozen = FrozenFiles(folder / "build" / "frozen")
    slot, working = frozen.free_slot(), folder / "build" / "finops.duckdb"
    with duckdb.connect(str(working)) as connection:
        connection.execute("update build set number = number + 1")
        number = _number_of(connection)
    (folder / str(number)).touch()
    frozen.fill(slot, {str(number): folder / str(number)})
    publish_file(working, folder / "finops.duckdb", frozen, slot)


def _number_of(connection: duckdb.DuckDBPyConnection) -> int:
    # Every row has it, so that half a file is found.
    (numbers,) = connection.execute("select list(distinct number) from build").fetchall()
    (number,) = numbers[0]
    return int(number)


def _published(folder: Path) -> None:
    """Whole where there is one, and its readers' files are there."""
    if (folder / "finops.duckdb").exists():
        with duckdb.connect(str(folder / "finops.duckdb"), read_only=True) as connection:
            number = _number_of(connection)
        slots = FrozenFiles(folder / "build" / "frozen").published_slots()
        assert any((slot / str(number)).exists() for slot in slots), (number, slots)


def _last_published(folder: Path) -> object:
    _published(folder)
    frozen = FrozenFiles(folder / "build" / "frozen")
    left = sorted(path.name for path in (folder / "build").iterdir())
    return left, len(frozen.published_slots())


SUBJECTS = (
    Subject("publication of a file", _prepare_build, _publish, _last_published, _published),
    Subject("alerts", _prepare_alerts, lambda folder: evaluate_and_deliver(folder / "finops.duckdb", environment={}), _alerts, _alerts),
    Subject("seal", _prepare_books, lambda folder: seal(folder / "finops.duckdb", folder / "seals", KEY), _sealed),
    Subject("budgets", lambda _: None, _set_budgets, _budgets, _whole_batches),
    Subject("savings", lambda _: None, _accept, _decisions, _whole_decisions),
    Subject("export to a folder", _prepare_marts, _export, _exported, _export_holds),
    Subject("export to a bucket", _prepare_marts, _put, _in_bucket, _in_bucket),
    Subject("fetch", _prepare_raw_bucket, lambda folder: fetch(f"{_BUCKET}/{folder.name}", folder / "raw"), _files, _no_half_file),
    Subject("land", _prepare_exports, _land, _landed, _whole_parquet),
    Subject("generate", lambda _: None, _generate, _files, lambda _: None),
    *PROGRAMS,
)  # fmt: skip


_SHORT = reprlib.Repr()
_SHORT.maxdict = _SHORT.maxlist = _SHORT.maxtuple = 40
_SHORT.maxother = 60


def one_round(
    subject: Subject, folder: Path, chance: random.Random, usual: tuple[object, float]
) -> tuple[list[float], float]:
    """Kill a command up to eight times, then let it end; after how many seconds the kills were, and it ended."""
    forked(lambda: subject.prepare(folder))
    kills = []
    for _ in range(chance.randint(1, 8)):
        after = chance.uniform(0, usual[1] * 1.1)
        _, is_killed = subject.done(folder, after)
        if is_killed:
            kills.append(round(after, 4))
        forked(lambda: subject.holds(folder))
    seconds, _ = subject.done(folder)
    found, _, _ = forked(lambda: subject.state(folder))
    if found != usual[0]:
        raise FailedError(f"ends at {_SHORT.repr(found)}\nwithout a kill at {_SHORT.repr(usual[0])}")
    return kills, seconds


@contextmanager
def bucket_of_this_process(folder: Path) -> Iterator[None]:
    """An S3 server, whose client all forks are."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with served() as server:
        os.environ |= {
            "AWS_ACCESS_KEY_ID": "AKIATEST", "AWS_SECRET_ACCESS_KEY": "a secret", "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL_S3": server, "AWS_CONFIG_FILE": str(folder / "none"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "none"),
        }  # fmt: skip
        forked(lambda: open_folder(_BUCKET).client.create_bucket(Bucket="data") and None)
        yield


def main() -> int:
    """Exit code 1 where something did not hold."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=1000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument(
        "--only", nargs="+", default=[""], help="Subjects whose name has one of these in it."
    )
    options.add_argument("--log", type=Path, default=Path("logs/kills.jsonl"))
    given = options.parse_args()
    given.log.parent.mkdir(parents=True, exist_ok=True)
    done = [json.loads(line) for line in given.log.read_bytes().splitlines()] if given.log.exists() else []
    kills, wrong = sum(len(line["killed_after"]) for line in done), 0
    with (
        tempfile.TemporaryDirectory() as name,
        bucket_of_this_process(Path(name)),
        given.log.open("a") as log,
    ):
        usual: dict[str, tuple[object, float]] = {}
        subjects = [each for each in SUBJECTS if any(part in each.name for part in given.only)]
        for subject in subjects:
            folder = Path(name) / f"usual-{subjects.index(subject)}"
            folder.mkdir()
            forked(lambda: subject.prepare(folder))  # noqa: B023 - it is called at once
            seconds, _ = subject.done(folder)
            usual[subject.name] = forked(lambda: subject.state(folder))[0], seconds  # noqa: B023
        for number in range(len(done), sys.maxsize):
            if kills >= given.kills:
                break
            chance = random.Random(f"{given.seed} {number}")
            subject = subjects[number % len(subjects)]
            folder = Path(name) / f"round-{number}"
            folder.mkdir()
            line: dict[str, object] = {"round": number, "subject": subject.name, "killed_after": []}
            try:
                killed, seconds = one_round(subject, folder, chance, usual[subject.name])
                # What else the machine does changes by the hour.
                usual[subject.name] = usual[subject.name][0], seconds
                line["killed_after"] = killed
                kills += len(killed)
            except FailedError as error:
                wrong += 1
                line["wrong"] = str(error)
                sys.stdout.write(f"{subject.name}, round {number}: {error}\n")
            log.write(json.dumps(line) + "\n")
            log.flush()
            shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(f"{kills} kills, {wrong} rounds wrong; {given.log}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
