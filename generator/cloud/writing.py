"""Write what the company spends beside calls: bills, inventories, use, activity, the truth of the tags."""

import csv
import gzip
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa

from generator.cloud import aws, gpus
from generator.cloud.activity import activity_lines
from generator.cloud.aws import Line
from generator.cloud.commitments import Commitment, choose_commitments, committed_lines
from generator.cloud.estate import KEYS, Bucket, Machine, Tag, draw_buckets, draw_machines
from generator.cloud.receivables import Invoice, document_lines, draw_invoices
from generator.cloud.workloads import (
    Orphan,
    Workload,
    draw_orphans,
    draw_reads,
    draw_workloads,
    is_steady,
    measured,
    measurements,
)
from generator.landing.writing import GENERATED_FILE, write_table
from generator.plan import BILLING_STREAM, CLOUD_STREAM, WORKLOAD_STREAM, Plan

TAGS_SCHEMA: Final = pa.schema(
    [
        ("resource_id", pa.string()),
        ("tag_key", pa.string()),
        ("right_value", pa.string()),
        ("written_key", pa.string()),
        ("written_value", pa.string()),
        ("kind", pa.string()),
    ]
)
RESOURCES_SCHEMA: Final = pa.schema(
    [
        ("resource_id", pa.string()),
        ("resource_type", pa.string()),
        ("state", pa.string()),
        ("is_steady", pa.bool_()),
        ("environment", pa.string()),
        ("workload", pa.string()),
        ("reads", pa.string()),
        ("commitment_id", pa.string()),
    ]
)

BILLING_SCHEMA: Final = pa.schema(
    [("document_id", pa.string()), ("customer_id", pa.string()), ("kind", pa.string())]
)


def write_cloud(plan: Plan, root: Path) -> None:
    """Write the files of all sources below `root`, and what was planted in them below `root/truth`."""
    random = plan.stream(CLOUD_STREAM)
    days = plan.options.dates()
    first, last = plan.options.first, plan.options.end_date
    machines, buckets = draw_machines(random, first, last), draw_buckets(random, first)
    planted = plan.stream(WORKLOAD_STREAM)
    workloads, reads = draw_workloads(machines, planted), draw_reads(buckets, planted)
    orphans = draw_orphans(planted)
    machines = [_labelled(machine, workloads[machine.resource_id]) for machine in machines]
    commitments = choose_commitments(machines, workloads, last)
    lines: list[Line] = []
    on_demand = (line for machine in machines for line in aws.machine_lines(machine, days))
    lines += committed_lines(on_demand, commitments, days)
    for bucket in buckets:
        lines += aws.bucket_lines(bucket, reads[bucket.name], days)
    for orphan in orphans:
        lines += aws.orphan_lines(orphan, days)
    lines += aws.shared_lines(days)
    by_provider = {machine.provider: machine for machine in gpus.FLEET}
    lines += [aws.gpu_line(by_provider["aws"], day) for day in days]
    _write(root, "aws_cur", "cur", aws.COLUMNS, lines)
    _write(root, "azure_costs", "details", (), [gpus.azure_line(by_provider["azure"], day) for day in days])
    _write(root, "gcp_billing", "export", (), [gpus.gcp_line(by_provider["gcp"], day) for day in days])
    others = [by_provider[name] for name in ("runpod", "lambda", "coreweave")]
    _write(
        root,
        "simple_bills",
        "gpus",
        (),
        [gpus.simple_line(machine, day) for day in days for machine in others],
    )
    used = [line for day in days for machine in gpus.FLEET for line in gpus.usage_lines(machine, day, random)]
    _write(root, "gpu_usage", "pods", (), used)
    _write(
        root,
        "inventory",
        f"ec2-{last}",
        (),
        [
            _machine_row(machine, random.random(), workloads[machine.resource_id], planted)
            for machine in machines
        ],
    )
    _write(root, "inventory", f"s3-{last}", (), [_bucket_row(bucket, random.random()) for bucket in buckets])
    _write(root, "inventory", f"ebs-{last}", (), _volume_rows(machines, orphans))
    _write(root, "inventory", "measured", (), measurements(machines, workloads, last, planted))
    _write(root, "tenant_activity", "units", (), activity_lines(plan, random))
    billing = plan.stream(BILLING_STREAM)
    invoices = draw_invoices(plan, billing)
    _write(root, "billing", "documents", (), document_lines(invoices, last, billing))
    write_table(root / "truth" / "customer_billing.parquet", _billing_table(invoices))
    tagged = [(machine.resource_id, machine.tags) for machine in machines]
    tagged += [(bucket.name, bucket.tags) for bucket in buckets]
    write_table(root / "truth" / "planted_tags.parquet", _tags_table(tagged))
    write_table(
        root / "truth" / "cloud_resources.parquet",
        pa.Table.from_pylist(
            _truth(machines, workloads, buckets, reads, orphans, commitments=commitments), RESOURCES_SCHEMA
        ),
    )


def _labelled(machine: Machine, workload: Workload) -> Machine:
    """A machine that works off queues says so in a tag of its own, which no policy asks for."""
    if workload.kind != "batch":
        return machine
    return replace(machine, tags=(*machine.tags, Tag("Workload", "batch", "Workload", "batch", "right")))


def _write(root: Path, source: str, name: str, columns: Sequence[str], lines: Iterable[Line]) -> None:
    """A compressed CSV file whose bytes depend on the lines alone."""
    rows = list(lines)
    path = root / source / GENERATED_FILE.replace("*", name)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns or list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with path.open("wb") as file, gzip.GzipFile("", "wb", 6, file, mtime=0) as packed:
        packed.write(text.getvalue().encode("utf-8"))


def _machine_row(machine: Machine, draw: float, workload: Workload, random: np.random.Generator) -> Line:
    """A line of an inventory, whose CostUSD is no price."""
    use = measured(workload, random)
    return {
        "ResourceId": machine.resource_id,
        "ResourceType": "EC2 instance",
        "AccountId": machine.account,
        "Region": machine.region,
        "CostUSD": round(0.016 + draw * 1.18, 3),
        "Tags": _pairs(machine.tags),
        "CreationDate": machine.created,
        "InstanceType": machine.instance_type,
        "State": machine.state,
        **{name: value if machine.state == "running" else None for name, value in use.items()},
    }


def _volume_rows(machines: Sequence[Machine], orphans: Sequence[Orphan]) -> Iterable[Line]:
    """The volumes that there are, and the machine that each hangs on."""
    for machine in machines:
        if machine.state != "terminated":
            yield {
                "ResourceId": aws.volume_of(machine),
                "ResourceType": "EBS volume",
                "AccountId": machine.account,
                "Region": machine.region,
                "Tags": _pairs(machine.tags),
                "CreationDate": machine.created,
                "State": "in-use",
                "TotalSizeGB": machine.volume_gb,
                "AttachedTo": machine.resource_id,
            }
    for orphan in orphans:
        yield {
            "ResourceId": orphan.resource_id,
            "ResourceType": "EBS volume",
            "AccountId": orphan.account,
            "Region": orphan.region,
            "Tags": None,
            "CreationDate": None,
            "State": "available",
            "TotalSizeGB": orphan.volume_gb,
            "AttachedTo": None,
        }


def _bucket_row(bucket: Bucket, draw: float) -> Line:
    return {
        "BucketName": bucket.name,
        "AccountId": bucket.account,
        "Region": bucket.region,
        "CostUSD": round(draw * 320, 2),
        "Tags": _pairs(bucket.tags),
        "CreationDate": bucket.created,
        "StorageClass": bucket.storage_class,
        "ObjectCount": bucket.objects,
        "TotalSizeGB": bucket.size_gb,
        "VersionEnabled": bucket.is_versioned,
        "Encryption": "AES256",
    }


def _pairs(tags: tuple[Tag, ...]) -> str:
    return ",".join(f"{tag.written_key}={tag.written}" for tag in tags if tag.written is not None)


def _tags_table(tagged: list[tuple[str, tuple[Tag, ...]]]) -> pa.Table:
    rows = [
        {
            "resource_id": resource_id,
            "tag_key": tag.key,
            "right_value": tag.right,
            "written_key": None if tag.written is None else tag.written_key,
            "written_value": tag.written,
            "kind": tag.fate,
        }
        for resource_id, tags in tagged
        for tag in tags
        if tag.key in KEYS
    ]
    return pa.Table.from_pylist(rows, TAGS_SCHEMA)


def _billing_table(invoices: Sequence[Invoice]) -> pa.Table:
    """The invoices that are not simply paid, and what happens to them."""
    rows = [
        {"document_id": invoice.document_id, "customer_id": invoice.customer_id, "kind": invoice.kind}
        for invoice in invoices
        if invoice.kind
    ]
    return pa.Table.from_pylist(rows, BILLING_SCHEMA)


def _truth(
    machines: Sequence[Machine],
    workloads: Mapping[str, Workload],
    buckets: Sequence[Bucket],
    reads: Mapping[str, str],
    orphans: Sequence[Orphan],
    *,
    commitments: Sequence[Commitment],
) -> list[Line]:
    """What each resource is for, whatever bill and inventory show of it."""
    committed = {machine.resource_id: each.arn for each in commitments for machine in each.machines}
    rows: list[Line] = []
    for machine in machines:
        environment = next(tag.right for tag in machine.tags if tag.key == "Environment")
        rows += [
            {
                "resource_id": machine.resource_id,
                "resource_type": "EC2 instance",
                "state": machine.state,
                "is_steady": is_steady(machine),
                "environment": environment,
                "workload": workloads[machine.resource_id].kind,
                "commitment_id": committed.get(machine.resource_id),
            },
            {"resource_id": aws.volume_of(machine), "resource_type": "EBS volume", "state": machine.state},
        ]
    rows += [
        {"resource_id": bucket.name, "resource_type": "S3 bucket", "reads": reads[bucket.name]}
        for bucket in buckets
    ]
    rows += [
        {"resource_id": orphan.resource_id, "resource_type": "EBS volume", "state": "unattached"}
        for orphan in orphans
    ]
    return rows
