"""A chart of the builder as parameters of an address, and back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from reports_builder import formatting
from reports_builder.semantic import CHART_KINDS, SavedChart

ADDRESS = ("name", "kind", "metric", "by", "only", "from", "to")
_FIRST = SavedChart("", "bars", ("total_cost",), ("call__provider",), {})


@dataclass(frozen=True)
class Question:
    """What is asked and how it is drawn; the days are not part of a saved chart."""

    name: str = ""
    kind: str = _FIRST.kind
    metrics: tuple[str, ...] = _FIRST.metrics
    dimensions: tuple[str, ...] = _FIRST.dimensions
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    start: date | None = None
    end: date | None = None

    @classmethod
    def from_address(cls, address: Mapping[str, Iterable[str]]) -> "Question":
        """The question of an address; what it does not say is that of a first visit."""

        def last(name: str) -> str:
            return next(iter(reversed([*address.get(name, ())])), "")

        metrics = tuple(dict.fromkeys(address.get("metric", ())))
        if not any(address.get(name) for name in ADDRESS):
            return cls()
        filters: dict[str, tuple[str, ...]] = {}
        for item in address.get("only", ()):
            dimension, _, value = item.partition(":")
            values = (*filters.get(dimension, ()), *([value] if value else []))
            filters[dimension] = tuple(dict.fromkeys(values))
        kind = last("kind")
        return cls(
            last("name"),
            kind if kind in CHART_KINDS else _FIRST.kind,
            metrics,
            tuple(dict.fromkeys(address.get("by", ()))),
            filters,
            _day(last("from")),
            _day(last("to")),
        )

    @classmethod
    def of_chart(cls, chart: SavedChart) -> "Question":
        """The question of a saved chart."""
        return cls(chart.name, chart.kind, chart.metrics, chart.dimensions, dict(chart.filters))

    @property
    def days_said(self) -> str:
        """Of which days the answer is, in words."""
        start, end = (formatting.day(day) if day else "" for day in (self.start, self.end))
        if start and end:
            return f"{start} to {end}"
        return f"from {start}" if start else f"up to {end}" if end else "all days"

    def to_address(self) -> dict[str, list[str]]:
        """The parameters that bring this question back."""
        only = [
            f"{dimension}:{value}"
            for dimension, values in self.filters.items()
            for value in (values or ("",))
        ]
        said = {
            "name": [self.name],
            "kind": [self.kind],
            "metric": list(self.metrics),
            "by": list(self.dimensions),
            "only": only,
            "from": [self.start.isoformat() if self.start else ""],
            "to": [self.end.isoformat() if self.end else ""],
        }
        return {name: values for name, values in said.items() if any(values)}

    def to_chart(self) -> SavedChart:
        """The chart to save; the order of filters and of their values says nothing."""
        chosen = {name: tuple(sorted(values)) for name, values in sorted(self.filters.items()) if values}
        return SavedChart(self.name.strip(), self.kind, self.metrics, self.dimensions, chosen)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
