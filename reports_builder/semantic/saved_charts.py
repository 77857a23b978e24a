"""Charts as files: the question and the way to draw it, one YAML file each, to be shared through git."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from reports_builder.errors import ReportError
from reports_builder.escaping import clean
from reports_builder.exports.files import write_whole
from reports_builder.semantic.catalog import check_dimensions, check_metrics
from reports_builder.semantic.questions import Result, query
from reports_builder.warehouse import DEFAULT_WAREHOUSE

SAVED_CHARTS = Path("reports_builder/saved_charts")
CHART_KINDS = ("bars", "lines", "table", "treemap", "heatmap")
_KEYS = ("name", "kind", "metrics", "dimensions", "filters")
_MAX_BYTES = 65_536
_MAX_NAME = 120
_MAX_SLUG = 60


@dataclass(frozen=True)
class SavedChart:
    """A named question and how it is drawn; ``filters`` maps a dimension to the values that count."""

    name: str
    kind: str
    metrics: tuple[str, ...]
    dimensions: tuple[str, ...] = ()
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def result(
        self, start: date | None = None, end: date | None = None, warehouse: Path = DEFAULT_WAREHOUSE
    ) -> Result:
        """The chart's figures from the published warehouse, for a period or for all of it."""
        return query(self.metrics, self.dimensions, self.filters, start, end, warehouse=warehouse)


def save_chart(chart: SavedChart, folder: Path = SAVED_CHARTS) -> Path:
    """Write the chart to a file named after it and return the file; a chart of the same name is replaced.

    ReportError when the chart is not one that could be opened again.
    """
    content = _content(chart)
    # What is written is what will be read: the same rules for both.
    _chart(content, f"the chart {clean(chart.name)!r}")
    path = _file_of(chart.name, folder)
    text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=110)
    write_whole(path, text.encode())
    return path


def load_chart(path: Path) -> SavedChart:
    """The chart in a file; ReportError that names file, key and reason when it is not one."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ReportError(f"{path}: larger than {_MAX_BYTES} bytes, which no chart is.")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ReportError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise ReportError(f"{path}: is not UTF-8 text.") from error
    try:
        _refuse_repeated_keys(yaml.compose(text, Loader=yaml.SafeLoader), str(path))
        content = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ReportError(f"{path}: is not YAML ({clean(str(error))}).") from error
    return _chart(content, str(path))


def list_charts(folder: Path = SAVED_CHARTS) -> dict[Path, SavedChart | ReportError]:
    """Every file of the folder, in order of their names, with its chart or with the reason why it is none."""
    found: dict[Path, SavedChart | ReportError] = {}
    for path in sorted(folder.glob("*.yml")):
        try:
            found[path] = load_chart(path)
        except ReportError as error:
            found[path] = error
    return found


def _content(chart: SavedChart) -> dict[str, Any]:
    """The chart in the order and form of its file; the order of filters and their values says nothing."""
    content: dict[str, Any] = {
        "name": chart.name,
        "kind": chart.kind,
        "metrics": list(chart.metrics),
        "dimensions": list(chart.dimensions),
    }
    filters = {name: sorted(set(values)) for name, values in sorted(chart.filters.items()) if values}
    if filters:
        content["filters"] = filters
    return content


def _chart(content: object, where: str) -> SavedChart:
    if not isinstance(content, dict):
        raise ReportError(f"{where}: is not a mapping of keys such as name, kind and metrics.")
    unknown = [str(key) for key in content if key not in _KEYS]
    if unknown:
        raise ReportError(f"{where}: {unknown[0]}: no such key; a chart has {', '.join(_KEYS)}.")
    missing = [key for key in ("name", "kind", "metrics") if key not in content]
    if missing:
        raise ReportError(f"{where}: {missing[0]}: is missing.")
    name, kind = content["name"], content["kind"]
    if not isinstance(name, str) or not name.strip() or len(name) > _MAX_NAME:
        raise ReportError(f"{where}: name: must be a text of 1 to {_MAX_NAME} characters.")
    if any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in name):
        raise ReportError(f"{where}: name: must be one line without control characters.")
    if kind not in CHART_KINDS:
        raise ReportError(f"{where}: kind: {kind!r} is none of {', '.join(CHART_KINDS)}.")
    metrics = _texts(content["metrics"], "metrics", where)
    dimensions = _texts(content.get("dimensions", []), "dimensions", where)
    filters = content.get("filters", {})
    if not isinstance(filters, dict):
        raise ReportError(f"{where}: filters: must map dimensions to lists of values.")
    chosen = {str(key): _texts(values, f"filters.{key}", where) for key, values in filters.items()}
    if not metrics:
        raise ReportError(f"{where}: metrics: name at least one.")
    _known("metrics", where, lambda: check_metrics(metrics))
    _known("dimensions", where, lambda: check_dimensions(dimensions, metrics))
    _known("filters", where, lambda: check_dimensions(list(chosen), metrics))
    return SavedChart(name, str(kind), metrics, dimensions, chosen)


def _known(key: str, where: str, check: Callable[[], None]) -> None:
    try:
        check()
    except ReportError as error:
        raise ReportError(f"{where}: {key}: {error}") from error


def _texts(value: object, key: str, where: str) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise ReportError(f"{where}: {key}: must be a list.")
    for item in value:
        if not isinstance(item, str):
            raise ReportError(f"{where}: {key}: {item!r} is not a text; put it in quotes.")
    repeated = [item for item in value if value.count(item) > 1]
    if repeated:
        raise ReportError(f"{where}: {key}: {repeated[0]!r} stands there twice.")
    return tuple(value)


def _refuse_repeated_keys(node: Any, where: str) -> None:
    """YAML keeps the last of two equal keys without a word; after a merge that hides half of the chart."""
    if isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise ReportError(f"{where}: {key}: stands there twice.")
        for _, value in node.value:
            _refuse_repeated_keys(value, where)


def _file_of(name: str, folder: Path) -> Path:
    """The chart's own file, where it has one; else one that no other chart has."""
    own = next((path for path in sorted(folder.glob("*.yml")) if _holds(path, name)), None)
    if own is not None:
        return own
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain)[:_MAX_SLUG].strip("-") or "chart"
    # Two names may read alike without their accents and signs; the longer file name tells them apart.
    distinct = f"{slug}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    short = folder / f"{slug}.yml"
    return folder / f"{distinct}.yml" if short.exists() else short


def _holds(path: Path, name: str) -> bool:
    """Whether the file is of the chart of this name; one that cannot be read is somebody's all the same."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError, yaml.YAMLError):
        return False
    return isinstance(content, dict) and content.get("name") == name
