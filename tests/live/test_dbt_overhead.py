"""What stands in for parts of dbt does so only beside the dbt that it was written for."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from dbt.adapters.base.impl import BaseAdapter
from dbt.context.macros import MacroNamespaceBuilder
from dbt_common.events.event_manager import EventManager

from reports_builder.live import dbt_overhead
from reports_builder.live.warm_dbt import WarmDbt


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(dbt_overhead, "reduce_overhead", lambda: lines.append("reduced"))
    lines: list[str] = []
    return lines


def test_the_locked_dbt_is_the_one_that_it_was_written_beside(said: list[str]) -> None:
    assert dbt_overhead.unfamiliar() == ()
    WarmDbt(Path("dbt_project"), said.append)
    assert said == ["reduced"]


def test_a_part_that_reads_otherwise_leaves_dbt_as_it_is(
    said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def build_namespace() -> None:
        """As a later dbt may have it."""

    known = dbt_overhead._WRITTEN_BESIDE
    changed = {
        build_namespace if part is MacroNamespaceBuilder else part: text for part, text in known.items()
    }
    monkeypatch.setattr(dbt_overhead, "_WRITTEN_BESIDE", changed)
    before = (EventManager.fire_event, BaseAdapter.set_macro_context_generator)
    WarmDbt(Path("dbt_project"), said.append)
    (line,) = said
    assert "build_namespace" in line
    assert "take longer" in line
    assert (EventManager.fire_event, BaseAdapter.set_macro_context_generator) == before


def test_a_part_that_is_gone_does_not_keep_the_watcher_from_starting(
    said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "reports_builder.live.dbt_overhead", None)
    WarmDbt(Path("dbt_project"), said.append)
    (line,) = said
    assert "take longer" in line
