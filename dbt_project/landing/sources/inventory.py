"""Inventories of machines and buckets: one file per kind, as AWS's consoles and scripts export them.

A snapshot shows what there was at one moment: it has no history, and its column CostUSD is no price. Several
snapshots are a history, and so is a file of measurements with a day on each line (SnapshotDate).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from dbt_project.landing.bills.tags import written_tags
from dbt_project.landing.fields.nested import Fields
from dbt_project.landing.fields.values import as_text
from dbt_project.landing.landed_rows import Row
from dbt_project.landing.source import LandedSource

_DAY_IN_NAME = re.compile(r"(20\d\d)-?([01]\d)-?([0-3]\d)")
# Columns as the files have them, and as they are landed.
_NAMES = {
    "ResourceId": "resource_id",
    "ResourceType": "resource_type",
    "Provider": "provider",
    "AccountId": "account_id",
    "Region": "region",
    "CreationDate": "created_on",
    "SnapshotDate": "snapshot_on",
    "InstanceType": "instance_type",
    "State": "state",
    "CPUUtilization": "cpu_utilization",
    "CPUUtilizationMax": "cpu_utilization_max",
    "MemoryUtilization": "memory_utilization",
    "MemoryUtilizationMax": "memory_utilization_max",
    "NetworkIn_Bps": "network_in",
    "NetworkOut_Bps": "network_out",
    "StorageClass": "storage_class",
    "ObjectCount": "object_count",
    "TotalSizeGB": "size_gb",
    "VersionEnabled": "is_versioned",
    "Encryption": "encryption",
    "AttachedTo": "attached_to",
}
_NUMBERS = (
    "cpu_utilization", "cpu_utilization_max", "memory_utilization", "memory_utilization_max",
    "network_in", "network_out", "object_count", "size_gb",
)  # fmt: skip
_TIMES = ("created_on", "snapshot_on")


def shape_inventory(record: Fields) -> tuple[Fields, Fields]:
    """A machine or a bucket; a file that has the columns of buckets is one of buckets."""
    shaped = {name: record.get(spelling) for spelling, name in _NAMES.items()}
    shaped["tags"] = written_tags(record.get("Tags"))
    if as_text(shaped["resource_type"]) is None:
        shaped["resource_type"] = "S3 bucket" if "TotalSizeGB" in record else "EC2 instance"
    shaped["provider"] = as_text(shaped["provider"]) or "AWS"
    state = as_text(shaped["state"])
    shaped["state"] = state.strip().lower() if state else None
    return shaped, {}


class _Inventory(LandedSource):
    """Files with blank rows, which are no resources, and with the day of the snapshot in their name."""

    def rows(self, path: Path) -> Iterator[Row]:
        """The rows that say something, with the day that the name of the file has."""
        day = _DAY_IN_NAME.search(path.name)
        for line, record, problem in super().rows(path):
            if any(as_text(value) is not None for value in record.values()):
                if day and as_text(record.get("SnapshotDate")) is None:
                    record["SnapshotDate"] = "-".join(day.groups())
                yield line, record, problem


INVENTORY = _Inventory(
    name="inventory",
    what="inventories of resources",
    columns={
        name: "number" if name in _NUMBERS else "time" if name in _TIMES else "text"
        for name in (*_NAMES.values(), "tags")
    },
    required=frozenset({"ResourceId", "Region", "CreationDate", "Tags"}),
    aliases={name.lower(): name for name in (*_NAMES, "Tags")} | {"bucketname": "ResourceId"},
    shape=shape_inventory,
    has_record_ids=True,
)
