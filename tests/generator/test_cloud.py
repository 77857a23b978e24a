"""What the company spends beside calls: the shape that is planted, the same bytes for a seed, the calls untouched."""

import csv
import gzip
import hashlib
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from generator.cli import DEFAULT_END_DATE
from generator.cloud.estate import draw_machines
from generator.plan import CLOUD_STREAM, Options, make_plan
from tests.generator.conftest import run_generator
from tests.workspace import ROOT

CLOUD = ("--customers", "30", "--days", "40", "--seed", "7")


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("cloud") / "raw"
    done = run_generator(*CLOUD, "--with-cloud", "--out", str(out))
    assert done.returncode == 0, done.stderr
    return out


def rows_of(folder: Path, source: str, name: str = "*") -> list[dict[str, str]]:
    rows = []
    for path in sorted((folder / source).glob(f"generated-{name}.csv.gz")):
        with gzip.open(path, "rt", encoding="utf-8", newline="") as text:
            rows += list(csv.DictReader(text))
    return rows


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_and_the_same_calls_as_without(
    cloud: Path, tmp_path: Path
) -> None:
    again, without = tmp_path / "again", tmp_path / "without"
    assert run_generator(*CLOUD, "--with-cloud", "--out", str(again)).returncode == 0
    assert digests(again) == digests(cloud)
    assert run_generator(*CLOUD, "--out", str(without)).returncode == 0
    shared = {name: digest for name, digest in digests(without).items() if name != "_generated.json"}
    assert shared.items() <= digests(cloud).items()
    # A run without it takes its own files away, and leaves a file that somebody put beside them.
    (again / "aws_cur" / "mine.csv").write_text("mine")
    assert run_generator(*CLOUD, "--out", str(again)).returncode == 0
    assert digests(again).keys() == {*digests(without), "aws_cur/mine.csv"}


def test_120_machines_of_which_82_run_and_80_buckets(cloud: Path) -> None:
    machines = rows_of(cloud, "inventory", "ec2-*")
    assert Counter(row["State"] for row in machines) == {"running": 82, "stopped": 25, "terminated": 13}
    assert (
        len({row["Region"] for row in machines}) == 4 and len({row["InstanceType"] for row in machines}) == 5
    )
    assert len(rows_of(cloud, "inventory", "s3-*")) == 80
    # What stands still costs its volume alone.
    stopped = {row["ResourceId"] for row in machines if row["State"] == "stopped"}
    hours = {
        row["line_item_resource_id"] for row in rows_of(cloud, "aws_cur") if row["pricing_unit"] == "Hrs"
    }
    assert stopped.isdisjoint(hours)


def test_waste_is_planted_and_measured(cloud: Path) -> None:
    truth = pq.read_table(cloud / "truth" / "cloud_resources.parquet").to_pylist()
    workloads = {row["resource_id"]: row["workload"] for row in truth if row["workload"]}
    running = [row for row in truth if row["is_steady"]]
    assert Counter(row["workload"] for row in running) == {"idle": 8, "oversized": 18, "batch": 8, "busy": 34}
    highest: dict[str, float] = {}
    for row in rows_of(cloud, "inventory", "measured"):
        key = workloads[row["ResourceId"]]
        highest[key] = max(highest.get(key, 0), float(row["CPUUtilizationMax"]))
    assert highest["idle"] < 3 < 15 < highest["oversized"] < 40 < 55 < highest["busy"] <= 100
    # A bucket that nobody reads has no line of reads; a volume that was left behind costs on.
    reads = {row["resource_id"]: row["reads"] for row in truth if row["reads"]}
    bill = rows_of(cloud, "aws_cur")
    read = {row["line_item_resource_id"] for row in bill if row["line_item_usage_type"] == "Requests-Tier2"}
    assert read == {name for name, often in reads.items() if often != "never"} and len(read) < 80
    orphans = {row["resource_id"] for row in truth if row["state"] == "unattached"}
    assert len(orphans) == 6 and orphans <= {row["line_item_resource_id"] for row in bill}


def test_shared_infrastructure_sums_to_its_month(cloud: Path) -> None:
    shared = [row for row in rows_of(cloud, "aws_cur") if row["line_item_operation"] == "Shared"]
    october = [row for row in shared if row["line_item_usage_start_date"].startswith("2026-10")]
    assert sum(Decimal(row["line_item_unblended_cost"]) for row in october) == Decimal("2186.50")


def test_gpus_are_of_six_providers_shared_idle_and_sometimes_never_held(cloud: Path) -> None:
    pods = rows_of(cloud, "gpu_usage")
    assert len({row["provider"] for row in pods}) == 6
    never = [row for row in pods if not row["started_at"]]
    assert 0.06 < len(never) / len(pods) < 0.18
    assert sum(row["gpu_fraction"] != "1" for row in pods) / len(pods) > 0.3
    inference = [
        float(row["busy_share"]) for row in pods if row["workload_kind"] == "inference" and row["started_at"]
    ]
    assert 0.04 < sum(inference) / len(inference) < 0.10


def test_the_truth_says_what_became_of_each_tag(cloud: Path) -> None:
    truth = pq.read_table(cloud / "truth" / "planted_tags.parquet").to_pylist()
    assert len(truth) == 200 * 5
    kinds = Counter(row["kind"] for row in truth)
    assert kinds.keys() == {"right", "missing", "blank", "wrong_case", "misspelt", "unknown"}
    assert kinds["right"] > 600
    for row in truth:
        written = row["written_key"], row["written_value"]
        is_right = written == (row["tag_key"], row["right_value"])
        assert is_right == (row["kind"] == "right"), row
        if row["kind"] == "wrong_case":
            assert row["written_value"].lower() == row["right_value"].lower()


def test_a_reservation_is_used_and_ends_soon_and_a_plan_is_partly_unused(cloud: Path) -> None:
    bill = rows_of(cloud, "aws_cur")

    def total(kind: str, column: str) -> Decimal:
        return sum((Decimal(row[column]) for row in lines[kind] if row[column]), Decimal(0))

    lines: dict[str, list[dict[str, str]]] = {}
    for row in bill:
        lines.setdefault(row["line_item_line_item_type"], []).append(row)
    # What is paid for a commitment is what its hours cost and what was left of it; nothing is paid twice.
    assert total("RIFee", "line_item_unblended_cost") == total(
        "DiscountedUsage", "reservation_effective_cost"
    )
    assert total("DiscountedUsage", "line_item_unblended_cost") == 0
    owed = total("SavingsPlanRecurringFee", "savings_plan_total_commitment_to_date")
    used = total("SavingsPlanRecurringFee", "savings_plan_used_commitment")
    assert used == total("SavingsPlanCoveredUsage", "savings_plan_savings_plan_effective_cost")
    assert Decimal("0.6") < used / owed < Decimal("0.9")
    assert total("SavingsPlanCoveredUsage", "line_item_unblended_cost") == -total(
        "SavingsPlanNegation", "line_item_unblended_cost"
    )
    (ends,) = {row["reservation_end_time"][:10] for row in lines["RIFee"]}
    assert date(2026, 10, 31) < date.fromisoformat(ends) <= date(2027, 1, 29)
    # The truth names the machines, none of which is waste.
    truth = pq.read_table(cloud / "truth" / "cloud_resources.parquet").to_pylist()
    covered = {row["resource_id"] for row in truth if row["commitment_id"]}
    kinds = ("DiscountedUsage", "SavingsPlanCoveredUsage")
    assert covered == {row["line_item_resource_id"] for kind in kinds for row in lines[kind]}
    assert {row["workload"] for row in truth if row["commitment_id"]} == {"busy"}
    # They are on no line at the price on demand.
    assert covered.isdisjoint(
        row["line_item_resource_id"] for row in lines["Usage"] if row["pricing_unit"] == "Hrs"
    )


def test_customers_pay_their_invoices_and_the_truth_names_who_does_not(cloud: Path) -> None:
    truth = pq.read_table(cloud / "truth" / "customer_billing.parquet").to_pylist()
    kinds = {row["document_id"].removeprefix("INV-"): row["kind"] for row in truth}
    assert sorted(kinds.values()) == ["credited", "late", "part_paid"]
    documents: dict[str, dict[str, tuple[date, Decimal]]] = {}
    for row in rows_of(cloud, "billing"):
        number = row["document_id"].split("-", 1)[1]
        day = date.fromisoformat(row["document_date"])
        assert day <= date(2026, 10, 31)
        documents.setdefault(number, {})[row["document_type"]] = day, Decimal(row["amount"])
    assert len(documents) > 40
    for number, found in documents.items():
        issued, amount = found["invoice"]
        paid_on, paid = found.get("payment", (None, Decimal(0)))
        credited = found.get("credit_note", (issued, Decimal(0)))[1]
        match kinds.get(number):
            case "late":
                assert paid_on is None
            case "part_paid":
                assert 0 < paid < amount and credited == 0
            case "credited":
                assert 0 < credited < amount and (paid_on is None or paid == amount - credited)
            case _:
                assert (paid == amount) if paid_on else (date(2026, 10, 31) - issued).days < 28
        assert paid_on is None or 8 <= (paid_on - issued).days <= 28


def test_it_does_not_follow(tmp_path: Path) -> None:
    done = run_generator("--with-cloud", "--follow", "--out", str(tmp_path / "raw"))
    assert done.returncode == 2 and "use it without --follow" in done.stderr


def test_the_savings_that_the_demo_decided_happened_to_its_machines() -> None:
    """The machines that were to end have ended on the day of the decision; the one that was to sleep runs day and night."""
    makefile = (ROOT / "Makefile").read_text()
    customers, days = (
        int(re.findall(rf"^DEMO_{name} := (\d+)", makefile, re.MULTILINE)[0])
        for name in ("CUSTOMERS", "DAYS")
    )
    options = Options(customers, days, date.fromisoformat(DEFAULT_END_DATE), 42, with_cloud=True)
    machines = {
        machine.resource_id: machine
        for machine in draw_machines(make_plan(options).stream(CLOUD_STREAM), options.first, options.end_date)
    }
    with (ROOT / "dbt_project" / "seeds" / "accepted_savings.csv").open(newline="") as file:
        decided = list(csv.DictReader(file))
    assert {row["action_kind"] for row in decided} == {"idle_machine", "off_hours", "model_switch"}
    for row in decided:
        assert options.first < date.fromisoformat(row["accepted_date"]) < options.end_date
        if row["action_kind"] == "idle_machine":
            assert str(machines[row["resource_id"]].ended) == row["accepted_date"]
        if row["action_kind"] == "off_hours":
            assert machines[row["resource_id"]].hours == (0, 24)
