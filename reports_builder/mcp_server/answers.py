"""The answers to what an assistant may ask, each with when its figures were published and up to which day.

Nothing here knows of the protocol. Every question goes through the reader of its audience, and ends after
some seconds.
"""

import hashlib
import json
import logging
import re
import sys
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from difflib import get_close_matches
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from reports_builder import semantic
from reports_builder.access import EVERYTHING, AccessError, Scope
from reports_builder.alerts.alert import SEVERITIES
from reports_builder.alerts.words import sentence
from reports_builder.attempts import failed_attempt
from reports_builder.build import build_pages
from reports_builder.dashboard.alerts_shown import read_alerts
from reports_builder.dashboard.reading import (
    Identity,
    NarrowedWarehouse,
    identity_of,
    open_published,
)
from reports_builder.errors import ReportError
from reports_builder.lineage.chain import as_json as chain_as_json
from reports_builder.lineage.explaining import explain
from reports_builder.mcp_server.audience import Audience
from reports_builder.mcp_server.shapes import MOST_CHARACTERS, Told, fitting, text, told
from reports_builder.missing import demo_beside_own
from reports_builder.pages import page_modules
from reports_builder.render import text_of
from reports_builder.warehouse import DEFAULT_WAREHOUSE

MOST_ROWS = 500
_REMEMBERED = 500
_MOST_VALUES = 1_000
_EVIDENCE = re.compile(r"<details>.*?</details>\n*", re.DOTALL)
_IMAGE = re.compile(r"!\[(?P<said>[^\]]*)\]\([^)]*\)")
_SECTION = re.compile(r"^## ", re.MULTILINE)


@dataclass(frozen=True)
class Asked:
    """A query that was answered: what an id leads back to."""

    sql: str
    marts: tuple[str, ...]
    published_at: str


@dataclass
class Answers:
    """One published file, answered from as it is at the moment of each question."""

    warehouse: Path = DEFAULT_WAREHOUSE
    audience: Audience = field(default_factory=Audience)
    seconds: float = 30.0
    _asked: "OrderedDict[str, Asked]" = field(default_factory=OrderedDict)
    _remembering: Lock = field(default_factory=Lock)

    def list_metrics(self) -> Told:
        """Metrics with their units, and the dimensions that they can be taken apart by."""

        def work(scope: Scope) -> Told:
            listed, dimensions = semantic.list_metrics(), semantic.list_dimensions()
            asked = [
                *(((metric.name,), ()) for metric in listed),
                *(((), (each.name,)) for each in dimensions if not each.is_time),
            ]
            permitted = semantic.within(asked, scope, warehouse=self.warehouse)
            seen = {name for named, by in permitted for name in (*named, *by)}
            dimensions = [each for each in dimensions if each.is_time or each.name in seen]
            return {
                "metrics": [
                    {
                        "name": metric.name,
                        "unit": metric.unit,
                        "description": metric.description,
                        **_not_by(metric.name, dimensions),
                    }
                    for metric in listed
                    if metric.name in seen
                ],
                "dimensions": [{"name": each.name, "description": each.description} for each in dimensions],
            }

        return self._answered(work)

    def query_metrics(
        self,
        metrics: Sequence[str],
        *,
        group_by: Sequence[str] = (),
        filters: Mapping[str, Sequence[str]] | None = None,
        start: date | None = None,
        end: date | None = None,
        order_by: Sequence[str] = (),
        limit: int = 100,
    ) -> Told:
        """Metrics by dimensions: the rows, their units, and what a reader has to know of them."""

        def work(scope: Scope) -> Told:
            result = semantic.query(
                metrics,
                group_by,
                filters,
                start,
                end,
                order=order_by,
                limit=limit,
                warehouse=self.warehouse,
                scope=scope,
                seconds=self.seconds,
            )
            units = {metric.name: metric.unit for metric in semantic.list_metrics()}
            notes = [*self._unknown_values(filters or {}, scope)]
            if result.reached_limit:
                notes.append(
                    f"Only the first {limit} rows: there may be more. Raise the limit (up to {MOST_ROWS}), "
                    "or ask for fewer days or dimensions."
                )
            answer = {
                "query_id": self._remembered(result.sql, result.marts),
                "columns": [{"name": name, "unit": units.get(name, "")} for name in result.columns],
                "notes": notes,
            }
            rows = [[told(value) for value in row] for row in result.rows]
            answer, left_out = fitting(answer, "rows", rows)
            if left_out:
                notes.append(
                    f"{left_out} more rows were left out: the answer would be too long. Ask for less."
                )
            return answer

        return self._answered(work, of_days=(start, end))

    def explain_figure(self, figure: str) -> Told:
        """What is behind a figure of a report, a line of a chargeback, a charge, or an earlier query."""

        def work(scope: Scope) -> Told:
            if asked := self._asked.get(figure):
                return {"query_id": figure, "sql": asked.sql, "marts": asked.marts, "of": asked.published_at}
            if re.fullmatch(r"q_[0-9a-f]+", figure):
                raise ReportError(f"{figure} is no query of this session: ask query_metrics again.")
            _only_for_all(scope, "what is behind a figure belongs to the whole company")
            with self._opened(scope, with_calls=True) as warehouse:
                chain = json.loads(chain_as_json(explain(warehouse, figure)))
            steps = [_cleaned(step) for step in chain["steps"]]
            answer, left_out = fitting({"figure": text(chain["subject"])}, "steps", steps)
            return answer | ({"steps_left_out": left_out} if left_out else {})

        return self._answered(work)

    def open_alerts(self, severity: str = "", limit: int = 20) -> Told:
        """What holds now and nobody has acknowledged, those about most money first."""

        def work(scope: Scope) -> Told:
            if severity and severity not in SEVERITIES:
                raise ReportError(f"there is no severity {severity!r}; there are {', '.join(SEVERITIES)}.")
            with self._opened(scope) as warehouse:
                alerts = read_alerts(warehouse)
            if alerts is None or alerts.still_open.is_withheld:
                raise ReportError("this warehouse keeps no alerts for you.")
            found = [row for row in alerts.still_open.records() if severity in ("", row["severity"])]
            rows = [
                {name: told(row[name]) for name in _ALERT if name in row} | {"message": text(sentence(row))}
                for row in found[:limit]
            ]
            answer: Told = {
                "query_id": self._remembered(alerts.still_open.sql, alerts.still_open.marts),
                "open_alerts": len(found),
            }
            answer, _ = fitting(answer, "alerts", rows)
            return answer | {"alerts_left_out": len(found) - len(answer["alerts"])}

        return self._answered(work)

    def read_report(self, report: str = "", sections: Sequence[str] = ()) -> Told:
        """A report without its queries, whole or by sections; without a name what there is to read."""

        def work(scope: Scope) -> Told:
            _only_for_all(scope, "the reports speak of the whole company")
            if not report:
                return {"reports": {name: _about(build) for name, build in page_modules().items()}}
            with self._opened(scope) as warehouse:
                page = build_pages(warehouse, [report]).pages[0]
            shown = _IMAGE.sub(r"Chart: \g<said>", _EVIDENCE.sub("", text_of(page)))
            head, *parts = _SECTION.split(shown)
            titles = [part.partition("\n")[0] for part in parts]
            for name in sections:
                if name not in titles:
                    raise ReportError(f"{report} has no section {name!r}; it has {', '.join(titles)}.")
            wanted = [place for place, title in enumerate(titles) if title in (sections or titles)]
            kept = _as_many_as_fit([head, *(f"## {parts[place]}" for place in wanted)])
            return {
                "report": report,
                "sections": titles,
                "sections_left_out": [titles[place] for place in wanted[len(kept) - 1 :]],
                "markdown": "".join(kept),
            }

        return self._answered(work)

    def _answered(
        self, work: Callable[[Scope], Told], of_days: tuple[date | None, date | None] | None = None
    ) -> Told:
        """The answer, and of which publication it is; where another one came meanwhile, it is asked again."""
        scope = self._scope()
        for _ in range(2):
            identity = identity_of(self.warehouse, scope)
            about = self._about(identity, of_days)
            answer = work(scope)
            if identity_of(self.warehouse, scope) == identity:
                return {**about, **answer}
        raise ReportError("the warehouse is being published anew: ask again.")

    def _scope(self) -> Scope:
        try:
            return self.audience.scope()
        except ReportError as error:
            # Its words name groups and whom they see, which is not for every reader.
            logging.getLogger(__name__).error("the policy of access: %s", error)
            raise AccessError(
                "the policy of access cannot be read, or shows this group nothing; the server's log says why."
            ) from error

    def _about(self, identity: Identity | None, of_days: tuple[date | None, date | None] | None) -> Told:
        known = _publication(self.warehouse, identity)
        warnings = [known.demo] if known.demo else []
        about: Told = {"published_at": known.published_at, "as_of_date": str(known.as_of)}
        if of_days is not None:
            start, end = of_days
            last_day = end or known.last_usage
            about |= {"start": str(start or known.first_usage), "end": str(last_day)}
            if last_day > known.as_of:
                warnings.append(f"Days after {known.as_of} are not complete: compare them with no others.")
        scope = identity.scope if identity else EVERYTHING
        if not scope.is_everything:
            about["limited_to"] = text(scope.said)
        if failed := failed_attempt(self.warehouse):
            # Why it failed may be of anybody's rows.
            shown = failed if scope.is_everything else replace(failed, problem="")
            warnings.insert(0, shown.sentence)
        return about | ({"warnings": [text(said) for said in warnings]} if warnings else {})

    @contextmanager
    def _opened(self, scope: Scope, *, with_calls: bool = False) -> Iterator[NarrowedWarehouse]:
        with open_published(
            self.warehouse, with_calls=with_calls, scope=scope, seconds=self.seconds
        ) as warehouse:
            yield warehouse

    def _unknown_values(self, filters: Mapping[str, Sequence[str]], scope: Scope) -> Iterator[str]:
        """Values that a filter names and no row has: without a word, figures would lack them."""
        for name, values in filters.items():
            try:
                there = _values(name, self.warehouse, identity_of(self.warehouse, scope), self.seconds)
            except AccessError:
                continue
            if len(there) == _MOST_VALUES:
                continue
            for value in sorted(set(values) - set(there)):
                near = ", ".join(map(text, get_close_matches(value, there, n=3) or there[:5]))
                yield f"No row has {name} {text(value)!r}" + (f"; there are {near}." if near else ".")

    def _remembered(self, sql: str, marts: tuple[str, ...]) -> str:
        """The id of a query: the same query of the same publication has the same."""
        published_at = _published_at(identity_of(self.warehouse))
        told_apart = hashlib.sha256(f"{published_at} {sql}".encode()).hexdigest()
        query_id = f"q_{told_apart[:12]}"
        with self._remembering:
            self._asked[query_id] = Asked(sql, marts, published_at)
            while len(self._asked) > _REMEMBERED:
                self._asked.popitem(last=False)
        return query_id


@dataclass(frozen=True)
class _Publication:
    """What is said of every answer of one published file."""

    published_at: str
    as_of: date
    first_usage: date
    last_usage: date
    demo: str | None


@lru_cache(maxsize=16)
def _publication(path: Path, identity: Identity | None) -> _Publication:
    with open_published(path, scope=identity.scope if identity else EVERYTHING) as warehouse:
        period = warehouse.period
        found = warehouse.evidence("select max(usage_date) as last_usage_date from core.fct_usage_daily")
        last = found["last_usage_date"]
        return _Publication(
            _published_at(identity),
            period.as_of,
            period.first_usage,
            last if isinstance(last, date) else period.as_of,
            demo_beside_own(warehouse),
        )


def _published_at(identity: Identity | None) -> str:
    seconds = identity.modified_ns // 1_000_000_000 if identity else 0
    return datetime.fromtimestamp(seconds, UTC).isoformat()


@lru_cache(maxsize=64)
def _values(name: str, path: Path, identity: Identity | None, seconds: float) -> tuple[str, ...]:
    scope = identity.scope if identity else EVERYTHING
    return semantic.dimension_values(name, limit=_MOST_VALUES, warehouse=path, scope=scope, seconds=seconds)


_ALERT = (
    *("alert_id", "severity", "state", "subject_type", "subject_id", "subject_name", "measure", "unit"),
    *("observed_value", "comparison", "threshold_value", "prior_value", "money_at_risk_usd"),
    *("period_start_date", "assigned_to"),
)


def _only_for_all(scope: Scope, what: str) -> None:
    if not scope.is_everything:
        raise AccessError(f"your group sees {scope.said}; {what}.")


def _not_by(metric: str, dimensions: Sequence[semantic.Dimension]) -> dict[str, list[str]]:
    """The few dimensions that a metric does not have: shorter than the many that it has."""
    has = {each.name for each in semantic.list_dimensions([metric])}
    missing = [each.name for each in dimensions if each.name not in has]
    return {"not_by": missing} if missing else {}


def _about(build: Callable[..., object]) -> str:
    """What a report is about: the first line of its module."""
    return (sys.modules[build.__module__].__doc__ or "").partition("\n")[0]


_CUT = "(The section ends here, because an answer holds no more: ask for its figures by query_metrics.)"


def _as_many_as_fit(parts: Sequence[str]) -> list[str]:
    """The head and the first parts that are short enough together; a first one too long ends early."""
    kept: list[str] = []
    room = MOST_CHARACTERS
    for part in parts:
        if kept and len(part) > room:
            if len(kept) == 1:
                whole_lines, _, _ = part[: max(room, 0)].rpartition("\n")
                kept.append(f"{whole_lines}\n\n{_CUT}\n")
            break
        kept.append(part)
        room -= len(part)
    return kept


def _cleaned(value: Any) -> Any:
    """Every text within, as a value of the data is told, but the queries, which are several lines."""
    if isinstance(value, dict):
        return {name: each if name == "sql" else _cleaned(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_cleaned(each) for each in value]
    return text(value) if isinstance(value, str) else value
