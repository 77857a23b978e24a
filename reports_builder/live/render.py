"""Render all pages in this process and replace those that changed."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from altair.utils.schemapi import debug_mode

from reports_builder.build import build_pages
from reports_builder.publish import publish
from reports_builder.render import figure_path, render
from reports_builder.warehouse import open_warehouse


def render_changed(published: Path, out: Path) -> tuple[str, ...]:
    """The paths of the pages that are not as they were, they or a figure of theirs."""
    # The charts' code is the same at every refresh, and tests have had it checked against the schema.
    with open_warehouse(published) as warehouse, debug_mode(False):
        built = build_pages(warehouse)
    changed = publish(dict(render(built.pages)), out)
    return tuple(
        page.path
        for page in built.pages
        if {PurePosixPath(page.path), *(figure_path(page, figure) for figure in page.all_figures)} & changed
    )
