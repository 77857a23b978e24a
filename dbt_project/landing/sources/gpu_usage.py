"""Use of GPUs: which pod or job had which card, or slice of one, from when to when, and how busy it was.

Reports of OpenShift's cost management, and a plain CSV. Several slices of a card carry the card's id: what a
line used is its own time and its own slice, never the card's.
"""

from __future__ import annotations

import re
from decimal import Decimal

from dbt_project.landing.bills.amounts import decimal_of
from dbt_project.landing.bills.tags import pairs_of, tags_text
from dbt_project.landing.fields.nested import Fields
from dbt_project.landing.fields.values import as_text
from dbt_project.landing.same_rows import Comparison
from dbt_project.landing.source import LandedSource

# A slice such as 3g.20gb has three of the seven compute parts of a card.
_PARTS_OF_A_CARD = 7
_PROFILE = re.compile(r"(?:mig-)?(\d+)g\.\d+gb.*", re.IGNORECASE)
_READ: dict[str, tuple[str, ...]] = {
    "requested_at": ("creation_time",),
    "started_at": ("interval_start", "scheduled_at"),
    "ended_at": ("interval_end", "deleted_at"),
    "uptime_seconds": ("gpu_pod_uptime",),
    "provider": (),
    "node": ("resource_id",),
    "instance_type": (),
    "gpu_model": ("gpu_model_name",),
    "gpu_id": ("gpu_uuid",),
    "mig_profile": (),
    "gpus": ("num_gpu",),
    "gpu_fraction": (),
    "busy_share": ("gpu_utilization", "duty_cycle"),
    "memory_share": (),
    "namespace": (),
    "pod": ("job", "workload"),
    "workload_kind": (),
    "served_provider": (),
    "served_model": ("model",),
    "tags": ("labels",),
}
_COLUMNS = {
    name: "time"
    if name.endswith("_at")
    else "number"
    if name in ("uptime_seconds", "gpus", "gpu_fraction", "busy_share", "memory_share")
    else "text"
    for name in _READ
}


def shape_gpu_usage(record: Fields) -> tuple[Fields, Fields]:
    """A line with the fraction of a card that it had, and its places in the cluster among the tags."""
    shaped = {name: record.get(name) for name in _READ}
    if as_text(shaped["gpu_fraction"]) is None:
        shaped["gpu_fraction"] = _fraction(as_text(record.get("mig_profile")), record.get("gpu_milli"))
    if as_text(shaped["gpus"]) is None:
        shaped["gpus"] = "1"
    pairs = pairs_of(record.get("tags"))
    if pairs is None:
        shaped["tags"] = as_text(record.get("tags"))
    else:
        own = ("namespace", "team", "project", "user", "owner")
        stated = [(name, record[name]) for name in own if as_text(record.get(name)) is not None]
        shaped["tags"] = tags_text([*stated, *pairs])
    return shaped, {}


def _fraction(profile: str | None, milli: object) -> object:
    """The part of a card; a profile that nobody knows stays as it is, and its line is rejected."""
    if profile:
        found = _PROFILE.fullmatch(profile.strip())
        return Decimal(found[1]) / _PARTS_OF_A_CARD if found else profile
    thousandths = decimal_of(milli)
    return "1" if as_text(milli) is None else milli if thousandths is None else thousandths / 1000


GPU_USAGE = LandedSource(
    name="gpu_usage",
    what="use of GPUs",
    columns=_COLUMNS,
    required=frozenset({"started_at", "ended_at", "pod"}),
    aliases={spelling: name for name, others in _READ.items() for spelling in (name, *others)},
    shape=shape_gpu_usage,
    comparison=Comparison("started_at", ("uptime_seconds", "gpus")),
)
