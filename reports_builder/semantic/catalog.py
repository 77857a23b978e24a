"""What can be asked: the metrics, and the dimensions that they can be taken apart by."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from reports_builder.errors import ReportError
from reports_builder.semantic.compiler import compiler


@dataclass(frozen=True)
class Metric:
    """A figure that can be asked for.

    ``unit`` is ``usd``, ``usd_per_unit``, ``count``, ``share`` (0 to 1), ``ms`` or ``score`` (0 to 1).
    """

    name: str
    label: str
    description: str
    unit: str


@dataclass(frozen=True)
class Dimension:
    """Something that figures can be taken apart by; ``is_time`` for days, weeks and months."""

    name: str
    label: str
    description: str
    is_time: bool


_TIME = (
    Dimension("metric_time__day", "Day", "UTC day.", True),
    Dimension("metric_time__week", "Week", "Week, by its Monday.", True),
    Dimension("metric_time__month", "Month", "Month, by its first day.", True),
)
_CUSTOMER = Dimension("customer", "Customer id", "Customer; `unallocated` for calls that name none.", False)


def list_metrics() -> list[Metric]:
    """Every metric, in the order of the semantic layer."""
    found: list[Metric] = []
    for metric in compiler().metrics():
        meta = metric.config.meta if metric.config else {}
        if not meta.get("is_part_only"):
            unit = str(meta.get("unit", "count"))
            found.append(Metric(metric.name, metric.label or metric.name, metric.description or "", unit))
    return found


def list_dimensions(metrics: Sequence[str] = ()) -> list[Dimension]:
    """Time first, then the dimensions of the call and of the customer.

    With ``metrics``: only those that all of them can be taken apart by. ReportError for an unknown metric.
    """
    check_metrics(metrics)
    known = [
        Dimension(found.dunder_name, found.label or found.dunder_name, found.description or "", False)
        for found in compiler().dimensions(tuple(metrics))
    ]
    return [*_TIME, _CUSTOMER, *known]


def check_metrics(names: Sequence[str]) -> None:
    """ReportError that names the first unknown metric and what was perhaps meant."""
    _check("metric", names, [metric.name for metric in list_metrics()])


def check_dimensions(names: Sequence[str], metrics: Sequence[str]) -> None:
    """ReportError that names the first dimension which is unknown, or which a metric does not have."""
    allowed = {dimension.name for dimension in list_dimensions(metrics)}
    every = [dimension.name for dimension in list_dimensions()]
    _check("dimension", names, every)
    for name in names:
        if name not in allowed:
            stubborn = [
                metric
                for metric in metrics
                if name not in {dimension.name for dimension in list_dimensions([metric])}
            ]
            raise ReportError(
                f"{', '.join(stubborn)} cannot be taken apart by {name}. Possible for all of "
                f"{', '.join(metrics)}: {', '.join(sorted(allowed))}."
            )


def _check(kind: str, names: Sequence[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            near = get_close_matches(str(name), known, n=1)
            meant = f"did you mean {near[0]}?" if near else f"known: {', '.join(known)}."
            raise ReportError(f"there is no {kind} {name!r}; {meant}")
