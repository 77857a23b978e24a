"""Allocations of clusters as OpenCost and Kubecost export them: the answer of their API, or CSV.

Each part of an allocation (CPU, memory, GPU, volumes, network, load balancers, shared, external) is a charge,
and what the total has beyond its parts (adjustments) is one by that name.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import reduce
from pathlib import Path

from dbt_project.landing.bills.amounts import EXACT, decimal_of
from dbt_project.landing.bills.tags import pairs_of, tags_text
from dbt_project.landing.fields.nested import Fields
from dbt_project.landing.fields.values import as_text
from dbt_project.landing.formats.json_records import NotJsonError, json_rows
from dbt_project.landing.formats.text_files import open_text
from dbt_project.landing.known_columns import UnreadableFileError
from dbt_project.landing.landed_rows import Row
from dbt_project.landing.source import CALL_SUFFIXES, LandedSource
from dbt_project.landing.sources.focus import FOCUS

_PICO = Decimal("0.000000000001")
# The part of a cost: its category in FOCUS, its quantity in an allocation, and the unit of that.
_PARTS = {
    "cpuCost": ("Compute", "cpuCoreHours", "Core Hours"),
    "gpuCost": ("Compute", "gpuHours", "GPU Hours"),
    "ramCost": ("Compute", "ramByteHours", "Byte Hours"),
    "pvCost": ("Storage", "pvByteHours", "Byte Hours"),
    "networkCost": ("Networking", None, None),
    "loadBalancerCost": ("Networking", None, None),
    "sharedCost": ("Other", None, None),
    "externalCost": ("Other", None, None),
}
_PLACES = ("cluster", "node", "namespace", "controllerKind", "controller", "pod", "container")
_READ: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_PARTS, ()),
    **{quantity: () for _, quantity, _ in _PARTS.values() if quantity},
    **dict.fromkeys(_PLACES, ()),
    "controller": ("controllername",),
    "start": ("date", "window start", "windowstart"),
    "end": ("window end", "windowend"),
    "totalCost": ("total cost",),
    "name": (),
    "labels": (),
    "properties": (),
    "providerID": ("provider id",),
    "currency": (),
}


def shape_opencost(record: Fields) -> tuple[Fields, Fields]:
    """One part of an allocation in the columns of FOCUS."""
    part = str(record.get("part") or "totalCost")
    category, quantity, unit = _PARTS.get(part, ("Compute", None, None))
    said = record.get("properties")
    properties = {name: record.get(name) for name in _PLACES} | (said if isinstance(said, dict) else {})
    places = [text for name in _PLACES if (text := as_text(properties.get(name)))]
    labels = pairs_of(properties.get("labels") or record.get("labels")) or []
    pairs = [(name, properties[name]) for name in _PLACES if as_text(properties.get(name)) is not None]
    node = as_text(properties.get("providerID") or record.get("providerID"))
    start, end = record.get("start"), record.get("end")
    return {
        "BilledCost": record.get(part),
        "EffectiveCost": record.get(part),
        "BillingAccountId": properties.get("cluster"),
        "BillingCurrency": record.get("currency") or "USD",
        "BillingPeriodStart": start,
        "ChargeCategory": "Adjustment" if part == "adjustment" else "Usage",
        "ChargeDescription": part,
        "ChargeFrequency": "Usage-Based",
        "ChargePeriodStart": start,
        "ChargePeriodEnd": end,
        "x_IsWholeDay": "yes" if as_text(end) is None else None,
        "x_NodeId": node.rsplit("/", 1)[-1] if node else None,
        "ConsumedQuantity": record.get(quantity) if quantity else None,
        "ConsumedUnit": unit,
        "ProviderName": "Kubernetes",
        "InvoiceIssuerName": "OpenCost",
        "ResourceId": "/".join(places) or as_text(record.get("name")),
        "ResourceName": record.get("name") or (places[-1] if places else None),
        "ResourceType": "Idle" if "__idle__" in str(record.get("name")) else "Container",
        "ServiceCategory": category,
        "ServiceName": "Kubernetes",
        # A label is nearer to who owns it than the place in the cluster.
        "Tags": tags_text([*pairs, *labels]),
    }, {}


class _OpenCost(LandedSource):
    """Answers of the API, whose allocations stand in sets by window, or rows of CSV."""

    def rows(self, path: Path) -> Iterator[Row]:
        """The parts of each allocation."""
        is_table = path.name.lower().removesuffix(".gz").endswith((".csv", ".parquet"))
        found = super().rows(path) if is_table else self._allocations(path)
        for line, record, problem in found:
            parts = {name: decimal_of(record.get(name)) for name in _PARTS}
            stated = {name: value.quantize(_PICO, context=EXACT) for name, value in parts.items() if value}
            whole = decimal_of(record.get("totalCost"))
            is_readable = all(as_text(record.get(name)) is None or parts[name] is not None for name in _PARTS)
            if whole is None or not is_readable or problem:
                yield line, record, problem
                continue
            rest = EXACT.subtract(
                whole.quantize(_PICO, context=EXACT), reduce(EXACT.add, stated.values(), Decimal(0))
            )
            for name, value in (*stated.items(), *((("adjustment", rest),) if rest or not stated else ())):
                yield line, {**record, "part": name, name: value}, None

    def _allocations(self, path: Path) -> Iterator[Row]:
        has_any = False
        try:
            with open_text(path) as text:
                for line, record, problem in json_rows(text):
                    if problem:
                        yield line, {}, problem
                    for allocation in _allocations_in(record.get("data", record)):
                        has_any = True
                        yield line, allocation, None
        except NotJsonError as error:
            raise UnreadableFileError(str(error)) from error
        if not has_any:
            raise UnreadableFileError(
                f"is not a file of {self.what}: no allocation with a totalCost stands in its `data`"
            )


def _allocations_in(data: object) -> Iterator[Fields]:
    """The allocations of an answer: a list of windows, each an object of allocations by their names."""
    for window in data if isinstance(data, list) else [data]:
        for name, allocation in window.items() if isinstance(window, dict) else ():
            if isinstance(allocation, dict) and "totalCost" in allocation:
                times = allocation.get("window")
                stated = times if isinstance(times, dict) else {}
                yield {"name": name, "start": stated.get("start"), "end": stated.get("end"), **allocation}


OPENCOST = _OpenCost(
    name="opencost",
    what="OpenCost's allocations",
    columns=FOCUS.columns,
    required=frozenset({"start", "totalCost"}),
    suffixes=CALL_SUFFIXES,
    aliases={
        spelling: name
        for name, others in _READ.items()
        for spelling in (
            name.lower(),
            *others,
            *((f"{name.removesuffix('Cost').lower()} cost",) if name in _PARTS else ()),
        )
    },
    shape=shape_opencost,
    money=FOCUS.money,
    months=FOCUS.months,
    comparison=FOCUS.comparison,
    lands_as=FOCUS.name,
)
