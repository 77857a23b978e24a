"""Ids that name somebody are landed as pseudonyms; who is erased is gone from the key table and from what landed."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from dbt_project.landing import variables
from dbt_project.landing.landing_folder import LandingFolder
from dbt_project.landing.pseudonyms import key_table
from dbt_project.landing.variables import variable_problems
from reports_builder.errors import ReportError
from reports_builder.retention import erasing, plan
from reports_builder.retention.erasing import erase, erased_customers
from tests.retention.test_erasure import everything

ADA, BOB = "ada@example.com", "bob@example.com"
SOURCES, IDS = {"customers", "litellm"}, ["customer_id"]


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for module in (erasing, plan):
        monkeypatch.setattr(module, "project_variables", lambda: {"pseudonymised": IDS})
    folder = tmp_path / "raw"
    (folder / "customers").mkdir(parents=True)
    (folder / "customers" / "a.csv").write_text(
        f"customer_id,customer_name,monthly_fee,signup_date\n{ADA},Ada,10,2026-01-05\n{BOB},Bob,20,2026-01-05\n"
    )
    (folder / "litellm").mkdir()
    for month, users in (("2026-09", (ADA, BOB, ADA)), ("2026-10", (BOB,))):
        with (folder / "litellm" / f"{month}.csv").open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(
                [
                    "request_id",
                    "spend",
                    "prompt_tokens",
                    "completion_tokens",
                    "startTime",
                    "model",
                    "end_user",
                    "metadata",
                ]
            )
            for number, user in enumerate(users):
                metadata = json.dumps({"user_api_key_alias": f"key of {user}"})
                writer.writerow(
                    [f"{month}-{number}", "0.5", 10, 2, f"{month}-01 10:00:00", "gpt-4o", user, metadata]
                )
    return folder


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    return tmp_path / "warehouse" / "finops.duckdb"


def landed(raw: Path, warehouse: Path) -> dict[str, list[tuple[object, ...]]]:
    """What a build would read: whose calls and fees there are."""
    folder = LandingFolder(warehouse.parent)
    folder.prepare()
    assert folder.land(raw, SOURCES, IDS) == []
    slot = folder.freeze(raw)
    folder.frozen.published(slot.name)
    calls = pq.read_table(slot / "litellm", columns=["request_id", "customer_id", "spend"]).to_pylist()
    fees = pq.read_table(slot / "customers", columns=["customer_id", "monthly_fee"]).to_pylist()
    return {
        name: sorted(tuple(row.values()) for row in rows) for name, rows in (("calls", calls), ("fees", fees))
    }


def test_an_id_has_one_pseudonym_in_all_sources_and_stands_in_nothing_that_landed(
    raw: Path, warehouse: Path
) -> None:
    rows = landed(raw, warehouse)
    by_user = {str(request): str(user) for request, user, _ in rows["calls"]}
    assert by_user["2026-09-0"] == by_user["2026-09-2"] != by_user["2026-09-1"] == by_user["2026-10-0"]
    assert {who for who, _ in rows["fees"]} == set(by_user.values())
    assert ADA not in everything(warehouse.parent)
    assert BOB not in everything(warehouse.parent)
    # Landed from nothing, they are the same.
    for path in (warehouse.parent / "build" / "landing").rglob("*.parquet"):
        path.unlink()
    assert landed(raw, warehouse) == rows
    assert key_table(raw).stat().st_mode & 0o077 == 0


def test_who_is_erased_is_nowhere_and_every_row_stays(raw: Path, warehouse: Path) -> None:
    rows = landed(raw, warehouse)
    untouched = (raw / "litellm" / "2026-10.csv").read_bytes()
    erased = erase(warehouse, raw, ADA)
    assert erased_customers(warehouse) == [erased]
    for folder in (raw, warehouse.parent, key_table(raw).parent):
        assert ADA not in everything(folder)
        assert "Ada" not in everything(folder)
    assert (raw / "litellm" / "2026-10.csv").read_bytes() == untouched
    assert landed(raw, warehouse) == rows
    for path in (warehouse.parent / "build" / "landing").rglob("*.parquet"):
        path.unlink()
    assert landed(raw, warehouse) == rows
    with pytest.raises(ReportError, match="has no pseudonym for this customer"):
        erase(warehouse, raw, ADA)


def test_an_export_that_has_not_landed_stops_an_erasure(raw: Path, warehouse: Path) -> None:
    landed(raw, warehouse)
    with (raw / "litellm" / "2026-10.csv").open("a") as file:
        file.write(f"late,0.5,10,2,2026-10-02 10:00:00,gpt-4o,{ADA},{{}}\n")
    before = (raw / "customers" / "a.csv").read_bytes()
    with pytest.raises(ReportError, match=r"2026-10\.csv has not landed as it is now"):
        erase(warehouse, raw, ADA)
    assert (raw / "customers" / "a.csv").read_bytes() == before


def test_a_line_that_a_kill_cut_off_is_passed_over_and_a_damaged_table_stops_landing(
    raw: Path, warehouse: Path
) -> None:
    rows = landed(raw, warehouse)
    with key_table(raw).open("ab") as table:
        table.write(b'{"pseud')
    (raw / "litellm" / "new.csv").write_text(
        (raw / "litellm" / "2026-10.csv").read_text().replace(BOB, "eve")
    )
    assert len(landed(raw, warehouse)["calls"]) == len(rows["calls"]) + 1
    key_table(raw).write_text("no line\n")
    (raw / "litellm" / "new.csv").unlink()
    [problem] = LandingFolder(warehouse.parent).land(raw, SOURCES, IDS)
    assert "line 1 is no line of a key table" in problem


def test_records_that_are_read_as_they_are_stop_a_build_that_asks_for_pseudonyms(
    raw: Path, warehouse: Path
) -> None:
    folder = LandingFolder(warehouse.parent)
    folder.prepare()
    problems = folder.land(raw, {"calls", *SOURCES}, IDS)
    assert any("read as it is, so that its ids get no pseudonyms" in problem for problem in problems)


def test_the_variable_names_ids_that_can_have_pseudonyms() -> None:
    project = {"pseudonymised": []}
    assert variable_problems({"pseudonymised": IDS}, project) == []
    assert variable_problems({}, project) == []
    [problem] = variable_problems({"pseudonymised": ["team_id"]}, project)
    assert "customer_id, organization_id" in problem
    assert variables.KINDS["pseudonymised"]
