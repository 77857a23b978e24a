"""The heads in a bucket that locks them: each part is written once, and whoever has the account can change none of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from reports_builder import object_storage
from reports_builder.cli import app
from reports_builder.errors import ReportError
from reports_builder.object_storage import ObjectFolder, open_folder
from reports_builder.seals import copying, log
from reports_builder.seals.copying import copy_heads_to_bucket, read_copy
from reports_builder.seals.sealing import seal
from tests.buckets import become_client, served
from tests.seals.books import KEY, publish
from tests.seals.test_copying import NEXT_DAY

URL = "s3://audit/finops"
UNTIL = date.today() + timedelta(days=400)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with served() as url:
        yield url


@pytest.fixture
def client(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty bucket `audit` with object lock, one without, and who may write to them."""
    become_client(monkeypatch, server, tmp_path)
    monkeypatch.setenv("FINOPS_SEAL_KEY", KEY.decode())
    found = open_folder(URL).client
    found.create_bucket(Bucket="audit", ObjectLockEnabledForBucket=True)
    found.create_bucket(Bucket="plain")
    return found


def sealed(folder: Path) -> bytes:
    seal(publish(folder / "finops.duckdb"), folder / "seals", KEY)
    return log.heads_content(folder / "seals")


def test_each_run_adds_what_the_bucket_lacks_and_the_parts_are_the_heads(client: Any, tmp_path: Path) -> None:
    warehouse, folder = tmp_path / "finops.duckdb", tmp_path / "seals"
    places = ["--warehouse", str(warehouse), "--seals", str(folder)]
    for change in ("select 1", "select 1", NEXT_DAY):
        publish(warehouse, change)
        done = CliRunner().invoke(app, ["seal", *places, "--copy-to", URL, "--retain-until", f"{UNTIL}"])
        assert done.exit_code == 0, done.exception
        assert f"All heads are in {URL}, each locked until {UNTIL} or later." in done.output
    assert list(open_folder(URL).first_versions()) == ["heads-00000000.jsonl", "heads-00000006.jsonl"]
    assert read_copy(URL) == log.heads_content(folder)
    found = client.head_object(Bucket="audit", Key="finops/heads-00000006.jsonl")
    assert found["ObjectLockMode"] == "COMPLIANCE"
    assert found["ObjectLockRetainUntilDate"] >= datetime(*UNTIL.timetuple()[:3], tzinfo=UTC)
    done = CliRunner().invoke(app, ["verify", *places, "--against", URL])
    assert done.exit_code == 0 and "All of it holds." in done.output


def test_who_has_the_account_can_neither_remove_a_part_nor_pass_off_another(
    client: Any, tmp_path: Path
) -> None:
    heads = sealed(tmp_path)
    copy_heads_to_bucket(tmp_path / "seals", URL, UNTIL)
    key = {"Bucket": "audit", "Key": "finops/heads-00000000.jsonl"}
    with pytest.raises(ClientError, match="AccessDenied"):
        client.delete_object(**key, VersionId=client.head_object(**key)["VersionId"])
    # What a bucket with versions lets anybody do: a newer version, and a mark that hides all of them.
    client.put_object(**key, Body=b"forged\n", ChecksumAlgorithm="SHA256")
    assert read_copy(URL) == heads
    client.delete_object(**key)
    assert read_copy(URL) == heads
    copy_heads_to_bucket(tmp_path / "seals", URL, UNTIL)
    assert read_copy(URL) == heads


@pytest.mark.usefixtures("client")
def test_heads_that_were_rewritten_are_not_copied(tmp_path: Path) -> None:
    heads = sealed(tmp_path)
    copy_heads_to_bucket(tmp_path / "seals", URL, UNTIL)
    path = tmp_path / "seals" / log.HEADS
    path.write_bytes(heads[: heads.find(b"\n") + 1])
    with pytest.raises(ReportError, match=f"{URL} is not how .* begins"):
        copy_heads_to_bucket(tmp_path / "seals", URL, UNTIL)
    assert read_copy(URL) == heads


@pytest.mark.usefixtures("client")
def test_a_part_that_another_run_wrote_meanwhile_stays_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed(tmp_path)
    other = open_folder(URL)
    with monkeypatch.context() as patched:
        patched.setattr(object_storage.ObjectFolder, "first_versions", lambda _: {})
        assert other.put_new("heads-00000000.jsonl", b"theirs\n")
        with pytest.raises(ReportError, match="another run wrote "):
            copy_heads_to_bucket(tmp_path / "seals", URL, UNTIL)
    assert read_copy(URL) == b"theirs\n"


@pytest.mark.usefixtures("client")
def test_a_part_that_is_missing_is_said() -> None:
    open_folder(URL).put_new("heads-00000003.jsonl", b"{}\n")
    with pytest.raises(ReportError, match=r"heads-00000000\.jsonl is missing"):
        read_copy(URL)


def without_lock(put: Callable[..., Any]) -> Callable[..., Any]:
    """A server that takes what it does not know of a request for nothing."""
    return lambda **asked: put(
        **{key: value for key, value in asked.items() if not key.startswith("ObjectLock")}
    )


def with_lost_answer(put: Callable[..., Any]) -> Callable[..., Any]:
    """The object arrives, its answer does not, and the client sends it again."""

    def sent(**asked: Any) -> Any:
        put(**asked)
        return put(**asked)

    return sent


def patch(monkeypatch: pytest.MonkeyPatch, put: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
    def opened(url: str) -> ObjectFolder:
        folder = open_folder(url)
        monkeypatch.setattr(folder.client, "put_object", put(folder.client.put_object))
        return folder

    monkeypatch.setattr(copying, "open_folder", opened)


@pytest.mark.usefixtures("client")
@pytest.mark.parametrize("is_answer_lost", [False, True])
def test_a_server_that_takes_the_lock_for_nothing_is_found_by_each_run(
    is_answer_lost: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed(tmp_path)
    with monkeypatch.context() as patched:
        patch(
            patched,
            lambda put: with_lost_answer(without_lock(put)) if is_answer_lost else without_lock(put),
        )
        with pytest.raises(ReportError, match=f"does not lock it until {UNTIL}"):
            copy_heads_to_bucket(tmp_path / "seals", URL, UNTIL)
    # The heads are there now: what was not locked then is not locked today.
    for change in ("select 1", NEXT_DAY):
        seal(publish(tmp_path / "finops.duckdb", change), tmp_path / "seals", KEY)
        with pytest.raises(ReportError, match=r"heads-00000000\.jsonl .* does not lock it at all"):
            copy_heads_to_bucket(tmp_path / "seals", URL, UNTIL)
    places = ["--warehouse", str(tmp_path / "finops.duckdb"), "--seals", str(tmp_path / "seals")]
    done = CliRunner().invoke(app, ["seal", *places, "--copy-to", URL, "--retain-until", f"{UNTIL}"])
    assert done.exit_code and "All heads are in" not in done.output


@pytest.mark.usefixtures("client")
def test_a_run_whose_answer_was_lost_finds_its_own_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = sealed(tmp_path)
    patch(monkeypatch, with_lost_answer)
    assert copy_heads_to_bucket(tmp_path / "seals", URL, UNTIL) == UNTIL
    assert read_copy(URL) == heads


def test_the_lock_of_an_earlier_run_counts_as_it_is(client: Any, tmp_path: Path) -> None:
    sealed(tmp_path)
    early = UNTIL - timedelta(days=300)
    copy_heads_to_bucket(tmp_path / "seals", URL, early)
    assert copy_heads_to_bucket(tmp_path / "seals", URL, UNTIL) == early
    # Whoever has the account puts a locked object over the first one, which is not.
    key = {"Bucket": "audit", "Key": "other/heads-00000000.jsonl"}
    heads = log.heads_content(tmp_path / "seals")
    client.put_object(**key, Body=heads, ChecksumAlgorithm="SHA256")
    lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": datetime(2090, 1, 1, tzinfo=UTC)}
    client.put_object(**key, Body=heads, ChecksumAlgorithm="SHA256", **lock)
    with pytest.raises(ReportError, match="does not lock it at all"):
        copy_heads_to_bucket(tmp_path / "seals", "s3://audit/other", UNTIL)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("s3://plain/finops", "InvalidRequest .*ObjectLockConfiguration"),
        ("s3://nowhere/finops", "NoSuchBucket"),
        ("s3://user:password@audit/x", "names no bucket"),
        ("s3:///x", "names no bucket"),
    ],
)
@pytest.mark.usefixtures("client")
def test_what_cannot_be_written_to_is_said(tmp_path: Path, url: str, said: str) -> None:
    sealed(tmp_path)
    with pytest.raises(ReportError, match=said):
        copy_heads_to_bucket(tmp_path / "seals", url, UNTIL)


@pytest.mark.usefixtures("client")
def test_without_an_account_or_a_server_the_error_says_so_and_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed(tmp_path)
    monkeypatch.setattr(object_storage, "_TRIES", 1)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    with pytest.raises(ReportError, match="Could not connect") as told:
        copy_heads_to_bucket(tmp_path / "seals", URL, UNTIL)
    assert "a secret" not in str(told.value)
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(ReportError, match="Unable to locate credentials"):
        copy_heads_to_bucket(tmp_path / "seals", URL, UNTIL)


@pytest.mark.usefixtures("client")
def test_a_bucket_needs_a_day_and_a_folder_has_none(tmp_path: Path) -> None:
    for options in (["--copy-to", URL], ["--copy-to", "kept", "--retain-until", "2036-12-31"]):
        done = CliRunner().invoke(app, ["seal", "--seals", str(tmp_path / "seals"), *options])
        assert isinstance(done.exception, ReportError) and "give both, or neither" in str(done.exception)
    assert not (tmp_path / "seals").exists()
