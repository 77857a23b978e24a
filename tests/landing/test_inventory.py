"""Inventories of machines and buckets: both kinds of files, whatever their line ends and blank rows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dbt_project.landing.sources.inventory import INVENTORY
from tests.landing.landed_bills import landed

MACHINES = (
    "ResourceId,ResourceType,Region,CostUSD,Tags,CreationDate,InstanceType,State,CPUUtilization,MemoryUtilization,"
    "NetworkIn_Bps,NetworkOut_Bps\n"
    'i-1,EC2,us-east-1,0.5,"Owner=Alice,Environment=Dev",2025-01-31,m5.large,Running,12.5,40,1000,2000\n'
    ",,,,,,,,,,,\n"
    "i-2,EC2,us-east-1,0.1,,2025-02-01,t3.micro,stopped,,,,\n"
)
BUCKETS = (
    "BucketName,Region,CostUSD,Tags,CreationDate,StorageClass,ObjectCount,TotalSizeGB,VersionEnabled,Encryption\n"
    'logs,eu-west-1,9.1,"Owner=Bob,Purpose=Logs",2024-05-01,STANDARD,12,3.5,True,AES256\n'
)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_machines_and_buckets_are_read_and_blank_rows_are_none(tmp_path: Path, line_end: str) -> None:
    files = [
        (name, text.replace("\n", line_end))
        for name, text in (("a.csv", MACHINES), ("b-2026-10-31.csv", BUCKETS))
    ]
    machine, stopped, bucket = landed(INVENTORY, tmp_path, *files)
    assert (machine["resource_id"], machine["state"], machine["cpu_utilization"]) == (
        "i-1",
        "running",
        "12.5",
    )
    assert json.loads(machine["tags"]) == {"Environment": "Dev", "Owner": "Alice"}
    assert (stopped["resource_id"], stopped["line_number"], stopped["tags"]) == ("i-2", 4, None)
    assert (bucket["resource_id"], bucket["resource_type"], bucket["size_gb"]) == ("logs", "S3 bucket", "3.5")
    assert (machine["snapshot_on"], bucket["snapshot_on"]) == (None, "2026-10-31 00:00:00")
    # What nobody may take for a price is not even landed.
    assert not any("0.5" in str(value) for name, value in machine.items() if name != "raw_record")


@pytest.mark.parametrize(
    ("tags", "read"),
    [
        ('{"Owner": "Alice"}', '{"Owner": "Alice"}'),
        ("Owner=Alice;Team=", '{"Owner": "Alice", "Team": ""}'),
        ("nobody knows", "nobody knows"),
        ("", None),
    ],
)
def test_tags_are_read_in_either_form_and_kept_in_any(tmp_path: Path, tags: str, read: str | None) -> None:
    quoted = '"' + tags.replace('"', '""') + '"'
    text = f"ResourceId,Region,Tags,CreationDate\ni-1,us-east-1,{quoted},2025-01-31\n"
    assert landed(INVENTORY, tmp_path, ("a.csv", text))[0]["tags"] == read
