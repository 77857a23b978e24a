"""From a warehouse file to a folder of reports."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from reports_builder.attempts import failed_attempt
from reports_builder.currency import shown_in
from reports_builder.errors import ReportError
from reports_builder.evidence import literal
from reports_builder.missing import demo_beside_own, with_gaps
from reports_builder.model import Page
from reports_builder.pages import page_modules
from reports_builder.publish import publish
from reports_builder.render import render
from reports_builder.warehouse import Warehouse, open_warehouse


@dataclass(frozen=True)
class Built:
    """A finished run: its pages, and the marts that each of them read."""

    pages: tuple[Page, ...]
    marts: dict[str, frozenset[str]]


def build_pages(warehouse: Warehouse, only: Sequence[str] = ()) -> Built:
    """Query the warehouse for every page, or for those named in ``only``."""
    modules = page_modules()
    unknown = sorted(set(only) - modules.keys())
    if unknown:
        raise ReportError(f"there is no page named {unknown[0]!r}; the pages are {', '.join(modules)}.")
    failed = failed_attempt(warehouse.path)
    said = [
        sentence for sentence in (failed.sentence if failed else None, demo_beside_own(warehouse)) if sentence
    ]
    notice = literal(" ".join(said)) if said else None
    pages: list[Page] = []
    marts: dict[str, frozenset[str]] = {}
    for name, build in modules.items():
        if only and name not in only:
            continue
        warehouse.read.clear()
        with shown_in(warehouse.currency):
            page = with_gaps(name, build(warehouse), warehouse)
        pages.append(replace(page, notice=notice, currency=warehouse.currency))
        marts[name] = frozenset(warehouse.read)
    return Built(tuple(pages), marts)


def build_reports(path: Path, out: Path, as_of: date | None = None, only: Sequence[str] = ()) -> Built:
    """Render the reports of the warehouse at ``path`` into ``out``.

    Nothing under ``out`` changes before every page has been rendered. Raises ReportError.
    """
    with open_warehouse(path, as_of) as warehouse:
        built = build_pages(warehouse, only)
    publish(dict(render(built.pages)), out, complete=not only)
    return built
