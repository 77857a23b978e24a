"""Marts in a bucket and raw files from one: a version whole or none, whatever the way to the server does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from dbt_project.landing.landing_folder import LandingFolder
from reports_builder import fetching, object_storage
from reports_builder.cli import app
from reports_builder.errors import ReportError
from reports_builder.exports import parquet_objects
from reports_builder.exports.parquet import Published
from reports_builder.exports.parquet_objects import publish_objects
from reports_builder.fetching import fetch
from reports_builder.object_storage import ObjectFolder, StoredObject, open_folder
from reports_builder.warehouse import open_warehouse
from tests.buckets import BUSY, BUSY_AFTERWARDS, CUT, LATE, TWICE, FaultyWay, become_client, served
from tests.exports.test_parquet import newer
from tests.reports.warehouse_fixture import build_warehouse

URL = "s3://data/marts"
FEW = ("core.dim_customers", "core.fct_usage_daily", "margin.rpt_customer_margins")
CALLS = b"x" * 3_000_000


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with served() as url:
        yield url


@pytest.fixture(scope="module")
def way_to_it(server: str) -> Iterator[FaultyWay]:
    with FaultyWay(server).open() as way:
        yield way


@pytest.fixture
def way(
    server: str, way_to_it: FaultyWay, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[FaultyWay]:
    """A way to an empty bucket `data`, which nothing goes wrong on yet."""
    become_client(monkeypatch, server, tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", way_to_it.url)
    monkeypatch.setattr(object_storage, "_SECONDS_TO_ANSWER", 1)
    # How long a client waits before it tries again is its own affair.
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
    open_folder(URL).client.create_bucket(Bucket="data")
    way_to_it.seen.clear()
    way_to_it.met.clear()
    yield way_to_it
    way_to_it.faults.clear()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_warehouse(tmp_path_factory.mktemp("built") / "finops.duckdb")


@pytest.fixture
def tiny(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A warehouse of which few marts are published: tests of the folder publish all."""
    marts_of = parquet_objects.marts_of

    def few(connection: Any, without: Sequence[str]) -> dict[str, str | None]:
        return {mart: day for mart, day in marts_of(connection, without).items() if mart in FEW}

    monkeypatch.setattr(parquet_objects, "marts_of", few)
    return Path(shutil.copy(built, tmp_path / "finops.duckdb"))


def publish(tiny: Path, *without: str, earlier: int = 1) -> Published:
    with open_warehouse(tiny) as warehouse:
        return publish_objects(warehouse, URL, without, earlier)


def manifest() -> dict[str, Any]:
    found = open_folder(URL).read_current("manifest.json")
    assert found
    return dict(json.loads(found[0]))


def versions() -> set[str]:
    return {each.name.partition("/")[0] for each in open_folder(URL).objects()} - {"manifest.json"}


def is_whole() -> bool:
    """Whether all that the manifest names is there."""
    named = {file for mart in manifest()["marts"] for file in mart["files"]}
    return bool(named) and named <= {each.name for each in open_folder(URL).objects()}


@pytest.mark.usefixtures("way")
def test_the_manifest_is_put_last_and_so_many_earlier_versions_stay(way: FaultyWay, tiny: Path) -> None:
    first, again = publish(tiny), publish(tiny)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.marts == first.marts and first.marts
    puts = [path for method, path in way.seen if method == "PUT"]
    assert puts[-1] == "/data/marts/manifest.json"
    assert len(puts) == len(set(puts)) == 1 + sum(len(mart.files) for mart in first.marts)
    all_versions = [first.version]
    for earlier in (2, 2, 1):
        newer(tiny)
        all_versions.append(publish(tiny, earlier=earlier).version)
        stay = all_versions[-2 if earlier == 1 else -3 :]
        assert versions() == set(stay)
        assert manifest()["earlier"] == stay[-2::-1]
        assert is_whole()


@pytest.mark.usefixtures("way")
def test_the_command_takes_a_bucket_for_a_folder(tiny: Path) -> None:
    command = ["export", "parquet", "--out", URL, "--warehouse", str(tiny)]
    done = CliRunner().invoke(app, [*command, "--without", "core.fct_usage_daily"])
    assert done.exit_code == 0, done.exception
    assert f": {URL}" in done.output and "which were there" not in done.output
    assert "core.fct_usage_daily" not in {mart["mart"] for mart in manifest()["marts"]}
    assert (
        "which were there already"
        in CliRunner().invoke(app, [*command, "--without", "core.fct_usage_daily"]).output
    )


def test_requests_that_are_lost_late_or_doubled_change_nothing(way: FaultyWay, tiny: Path) -> None:
    publish(tiny)
    newer(tiny)
    faults = [BUSY, BUSY_AFTERWARDS, TWICE, LATE]
    # Of reading, of putting files, and of the manifest: its put comes last, so the faults are spread.
    way.faults = [BUSY, None, BUSY_AFTERWARDS, *(fault for each in faults for fault in (each, None, None))]
    done = publish(tiny)
    assert set(way.met) == set(faults)
    assert manifest()["version"] == done.version and is_whole()


@pytest.mark.parametrize("fault", [BUSY_AFTERWARDS, TWICE, LATE])
def test_a_manifest_that_is_put_twice_is_put(
    fault: str, way: FaultyWay, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = ObjectFolder.replace

    def with_fault(*arguments: Any) -> bool:
        way.faults = [fault]
        return replace(*arguments)

    monkeypatch.setattr(ObjectFolder, "replace", with_fault)
    for _ in range(2):
        done = publish(tiny)
        assert way.met.pop() == fault
        assert manifest()["version"] == done.version
        newer(tiny)


def test_a_server_that_stays_busy_leaves_the_current_version(way: FaultyWay, tiny: Path) -> None:
    current = publish(tiny).version
    newer(tiny)
    for after in (0, 1, 5):
        way.faults = [None] * after + [BUSY] * 1000
        with pytest.raises(ReportError, match="SlowDown"):
            publish(tiny)
        way.faults.clear()
        assert manifest()["version"] == current and is_whole()
    assert publish(tiny).is_new


@pytest.mark.usefixtures("way")
def test_of_two_at_once_one_is_told_and_a_reader_sees_no_mixture(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tiny)
    newer(tiny)
    both_read = threading.Barrier(2)
    put_marts = parquet_objects._put_marts

    def after_both_read(*arguments: Any) -> Any:
        both_read.wait(30)
        return put_marts(*arguments)

    monkeypatch.setattr(parquet_objects, "_put_marts", after_both_read)
    said: list[str] = []

    def run() -> None:
        try:
            said.append(publish(tiny).version)
        except ReportError as error:
            said.append(str(error))

    runs = [threading.Thread(target=run) for _ in range(2)]
    for each in runs:
        each.start()
    while any(each.is_alive() for each in runs):
        assert is_whole()
    loser = next(each for each in said if "came first" in each)
    assert manifest()["version"] == next(each for each in said if each != loser)
    # What the other one put is not removed while it may still be at work.
    assert len(versions()) == 3


@pytest.mark.usefixtures("way")
def test_what_a_kill_left_is_removed_a_day_later_and_nothing_of_others_is(
    tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(tiny)
    folder = open_folder(URL)
    for name in ("2026-10-31-abc.12345678/core/x.parquet", "photos/a.png"):
        folder.put_new(name, b"...")
    newer(tiny)
    publish(tiny)
    assert {"2026-10-31-abc.12345678", "photos"} < versions()
    objects = ObjectFolder.objects

    def as_of_two_days_ago(self: ObjectFolder) -> list[StoredObject]:
        old = datetime.now(UTC) - timedelta(days=2)
        return [
            StoredObject(each.name, each.size, each.tag, old)
            if "abc" in each.name or "photos" in each.name
            else each
            for each in objects(self)
        ]

    with monkeypatch.context() as patched:
        patched.setattr(ObjectFolder, "objects", as_of_two_days_ago)
        publish(tiny)
    assert "photos" in versions() and "2026-10-31-abc.12345678" not in versions()
    # A file of the current version that a rule of the bucket removed: written anew.
    folder.remove([manifest()["marts"][0]["files"][0]])
    assert publish(tiny).is_new and is_whole()


@pytest.mark.usefixtures("way")
def test_a_manifest_of_others_is_left_alone(tiny: Path) -> None:
    for content in (b'{"name": "my app"}', b"[]", b"\xff", b'{"version": "../x", "marts": []}'):
        folder = open_folder(URL)
        found = folder.read_current("manifest.json")
        assert folder.replace("manifest.json", content, found[1] if found else None)
        with pytest.raises(ReportError, match="no manifest of this export"):
            publish(tiny)
        assert len(folder.objects()) == 1


def raw_bucket(**content: bytes) -> ObjectFolder:
    folder = open_folder("s3://data/raw")
    for name, each in content.items():
        folder.put_new(name.replace("__", "/") + ".csv", each)
    return folder


def files_in(raw: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(raw)): path.read_bytes()
        for path in raw.rglob("*")
        if path.is_file() and not path.name.startswith("_fetch")
    }


def test_files_come_once_change_and_go_with_their_objects(way: FaultyWay, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    folder = raw_bucket(litellm__a=b"1", litellm__b=b"22", bills__c=CALLS)
    folder.put_new("litellm/.hidden", b"no")
    folder.put_new("marker/", b"")
    done = CliRunner().invoke(app, ["fetch", "s3://data/raw", "--raw", str(raw)])
    assert done.output == f"3 files brought, 0 removed, 0 there already: {raw}\n"
    assert files_in(raw) == {"litellm/a.csv": b"1", "litellm/b.csv": b"22", "bills/c.csv": CALLS}
    (raw / "litellm" / "own.csv").write_bytes(b"mine")
    (raw / "litellm" / "a.csv").write_bytes(b"changed here")
    folder.remove(["litellm/b.csv"])
    way.seen.clear()
    found = fetch("s3://data/raw", raw)
    assert (found.new, found.removed, found.there) == (1, 1, 1)
    assert [path for method, path in way.seen if "csv" in path] == ["/data/raw/litellm/a.csv"]
    assert files_in(raw) == {"litellm/a.csv": b"1", "litellm/own.csv": b"mine", "bills/c.csv": CALLS}


def test_a_connection_that_ends_amid_a_file_is_tried_again_and_no_half_file_is_there(
    way: FaultyWay, tmp_path: Path
) -> None:
    raw = tmp_path / "raw"
    raw_bucket(bills__a=CALLS, bills__b=CALLS)
    way.faults = [None, CUT, LATE, BUSY]
    assert fetch("s3://data/raw", raw).new == 2
    assert way.met == [CUT, LATE, BUSY]
    for path in raw.glob("bills/*"):
        path.unlink()
    # It stays so after the first file: what is there is whole, and the next run brings the rest alone.
    way.faults = [None, None] + [CUT] * 20
    with pytest.raises(ReportError, match=r"bills/b\.csv"):
        fetch("s3://data/raw", raw)
    way.faults.clear()
    assert files_in(raw) == {"bills/a.csv": CALLS}
    found = fetch("s3://data/raw", raw)
    assert (found.new, found.there) == (1, 1)


@pytest.mark.usefixtures("way")
def test_a_run_that_was_killed_goes_on_where_it_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = tmp_path / "raw"
    raw_bucket(a=b"1", b=b"2", c=b"3")
    done: list[bytes] = []
    append = fetching.append_lines

    def killed(path: Path, lines: list[bytes]) -> None:
        if done:
            raise KeyboardInterrupt
        done.extend(lines)
        append(path, lines)

    with monkeypatch.context() as patched:
        patched.setattr(fetching, "append_lines", killed)
        with pytest.raises(KeyboardInterrupt):
            fetch("s3://data/raw", raw)
    with (raw / "_fetched.jsonl").open("ab") as notes:
        notes.write(b'{"name": "c.csv", "ta')
    found = fetch("s3://data/raw", raw)
    # The second had come, and was not noted: it comes again.
    assert (found.new, found.there) == (2, 1)
    assert fetch("s3://data/raw", raw).new == 0


@pytest.mark.parametrize("name", ["../out.csv", "a/../../out.csv", "a//b.csv", "a\nb.csv", "/out.csv"])
@pytest.mark.usefixtures("way")
def test_an_object_that_is_no_file_below_the_folder_stops_it_before_anything_is_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = [StoredObject(each, 1, "1", datetime.now(UTC)) for each in ("good.csv", name)]
    monkeypatch.setattr(ObjectFolder, "objects", lambda _: listed)
    with pytest.raises(ReportError, match="is no file below a folder"):
        fetch("s3://data/raw", tmp_path / "raw")
    assert not (tmp_path / "raw").exists()


@pytest.mark.usefixtures("way")
def test_what_cannot_be_fetched_is_said(tmp_path: Path) -> None:
    with pytest.raises(ReportError, match="has no objects"):
        fetch("s3://data/nothing", tmp_path / "raw")
    folder = raw_bucket(a=b"1")
    folder.put_new("a.csv/b.csv", b"1")
    with pytest.raises(ReportError, match=r"an object a\.csv and others below"):
        fetch("s3://data/raw", tmp_path / "raw")
    with pytest.raises(ReportError, match="is no folder"):
        fetch("s3://data/raw", Path("s3://data/raw"))
    problems = LandingFolder(tmp_path).land(Path("s3://data/raw"), {"calls"})
    assert len(problems) == 1 and "finops fetch" in problems[0]


def test_without_a_bucket_name_the_command_ends_with_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "reports_builder", "fetch", "s3://", "--raw", str(tmp_path)],
        env=os.environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == "error: s3:// names no bucket: write s3://bucket/prefix.\n"
