"""The marts as Parquet: what the warehouse holds, one version whole, whatever fails on the way."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any

import duckdb
import pytest

from reports_builder.errors import ReportError
from reports_builder.exports import parquet
from reports_builder.exports.parquet import Published, publish_parquet
from reports_builder.warehouse import open_warehouse
from tests.reports.warehouse_fixture import build_warehouse


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return build_warehouse(tmp_path / "finops.duckdb")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "it's out"


def publish(tiny: Path, out: Path, *without: str) -> Published:
    with open_warehouse(tiny) as warehouse:
        return publish_parquet(warehouse, out, without)


def newer(tiny: Path) -> None:
    """As if the file had been published again."""
    at = tiny.stat().st_mtime_ns + 1_000_000
    os.utime(tiny, ns=(at, at))


def manifest_of(out: Path) -> dict[str, Any]:
    return dict(json.loads((out / "manifest.json").read_text(encoding="utf-8")))


def test_the_files_hold_what_the_marts_hold(tiny: Path, out: Path) -> None:
    publish(tiny, out)
    manifest = manifest_of(out)
    marts = {mart["mart"]: mart for mart in manifest["marts"]}
    assert not any(name.startswith(("seeds.", "intermediate.", "staging.")) for name in marts)
    with duckdb.connect(str(tiny), read_only=True) as connection:
        held = connection.execute(
            "select usage_date, sum(effective_cost_usd) from core.fct_usage_daily group by 1"
        ).fetchall()
    usage = marts["core.fct_usage_daily"]
    files = [str(out / file) for file in usage["files"]]
    read = duckdb.sql(
        f"select usage_date, sum(effective_cost_usd) from read_parquet({files}) group by 1"
    ).fetchall()
    assert sorted(read) == sorted(held)
    assert usage["by_day"] == "usage_date"
    assert len(files) == len(held)
    assert usage["rows"] == duckdb.sql(f"select count(*) from read_parquet({files})").fetchall()[0][0]
    assert {"name": "effective_cost_usd", "type": "DECIMAL(28,12)"}.items() <= next(
        column for column in usage["columns"] if column["name"] == "effective_cost_usd"
    ).items()
    # The link is for programs that cannot read the manifest.
    assert (out / "current").resolve() == out / manifest["version"]


def test_the_same_file_is_written_once_and_the_version_before_stays(tiny: Path, out: Path) -> None:
    first, again = publish(tiny, out), publish(tiny, out)
    assert (first.is_new, again.is_new, again.version) == (True, False, first.version)
    versions = [first.version]
    for _ in range(2):
        newer(tiny)
        versions.append(publish(tiny, out).version)
    assert (
        sorted(path.name for path in out.iterdir() if path.is_dir() and not path.is_symlink()) == versions[1:]
    )


def test_a_mart_that_is_left_out_is_not_there(tiny: Path, out: Path) -> None:
    whole = publish(tiny, out)
    without = publish(tiny, out, "core.fct_usage_daily")
    assert {mart.mart for mart in whole.marts} - {mart.mart for mart in without.marts} == {
        "core.fct_usage_daily"
    }
    with pytest.raises(ReportError, match=r"no mart core\.nothing"):
        publish(tiny, out, "core.nothing")


def test_a_full_disk_leaves_the_current_version(
    tiny: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    current = publish(tiny, out).version
    newer(tiny)
    write, written = parquet.write_mart, []

    def full_after_three(*arguments: Any) -> None:
        written.append(arguments)
        if len(written) > 3:
            raise OSError(28, "No space left on device")
        write(*arguments)

    monkeypatch.setattr(parquet, "write_mart", full_after_three)
    with pytest.raises(ReportError, match="No space left on device"):
        publish(tiny, out)
    assert manifest_of(out)["version"] == current
    assert {path.name for path in out.iterdir()} == {current, "current", "manifest.json", ".lock"}


def test_what_a_killed_export_left_goes_and_nothing_of_others_does(tiny: Path, out: Path) -> None:
    current = publish(tiny, out).version
    (out / "2026-10-31-abc.unfinished" / "core").mkdir(parents=True)
    (out / "photos").mkdir()
    newer(tiny)
    publish(tiny, out)
    assert (out / "photos").is_dir()
    assert (out / current).is_dir()
    assert not (out / "2026-10-31-abc.unfinished").exists()


def test_two_at_once_and_a_manifest_of_others_are_refused(tiny: Path, out: Path) -> None:
    publish(tiny, out)
    with (out / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ReportError, match="another export is writing"):
            publish(tiny, out)
    (out / "manifest.json").write_text('{"name": "my app"}')
    with pytest.raises(ReportError, match="no manifest of this export"):
        publish(tiny, out)
