"""What new files can change is built and tested again, and nothing is left out that they can change."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from reports_builder.live.scope import sources_of, touched_nodes


def node(
    kind: str, name: str, parents: tuple[str, ...] = (), macros: tuple[str, ...] = (), **config: str
) -> Any:
    generic = {"test_metadata": SimpleNamespace(name=config["generic"])} if "generic" in config else {}
    return SimpleNamespace(
        **generic,
        unique_id=f"{kind}.{name}",
        resource_type=kind,
        depends_on_nodes=list(parents),
        depends_on=SimpleNamespace(macros=list(macros)),
        raw_code=config.get("raw_code", "select 1"),
        config=SimpleNamespace(materialized=config.get("materialized", "table")),
    )


MANIFEST = SimpleNamespace(
    sources={
        name: SimpleNamespace(unique_id=name, source_name=name.split(".")[1], name=name.split(".")[-1])
        for name in ("source.raw.calls", "source.raw.customers", "source.alerts.events")
    },
    macros={
        "macro.mine": SimpleNamespace(depends_on=SimpleNamespace(macros=["macro.deeper"])),
        "macro.deeper": SimpleNamespace(depends_on=SimpleNamespace(macros=["macro.dbt.run_query"])),
        "macro.plain": SimpleNamespace(depends_on=SimpleNamespace(macros=[])),
    },
    nodes={
        each.unique_id: each
        for each in (
            node("seed", "tiers"),
            node("test", "tiers_are_unique", ("seed.tiers",)),
            node("model", "fees", ("seed.tiers",), ("macro.plain",)),
            node("model", "stg_calls", ("source.raw.calls",), materialized="view"),
            node("model", "usage", ("model.stg_calls", "seed.tiers")),
            node("test", "usage_adds_up", ("model.usage",), materialized="test"),
            node("test", "usage_is_sound", ("model.usage",), materialized="test", generic="rows_are_sound"),
            node("model", "dim_customers", ("source.raw.customers",)),
            node("model", "margins", ("model.usage", "model.dim_customers", "model.fees")),
            node("model", "files", (), materialized="view"),
            node("model", "days", ("model.files",)),
            node("model", "waiting", ("seed.tiers",), ("macro.mine",), materialized="view"),
            node("model", "late", ("model.waiting",)),
            node("model", "alert_events", ("source.alerts.events",)),
            node("model", "asking", ("seed.tiers",), raw_code="{% if execute %}..", materialized="view"),
        )
    },
)
ALWAYS = {"model.alert_events", "model.asking", "model.days", "model.waiting", "model.late"}


def test_calls_touch_what_stands_on_them_with_the_sums_that_must_agree_and_no_seed() -> None:
    assert touched_nodes(MANIFEST, frozenset({"raw.calls"})) == ALWAYS | {
        "model.usage",
        "test.usage_adds_up",
        "model.margins",
    }


def test_customers_touch_what_stands_on_them() -> None:
    assert touched_nodes(MANIFEST, frozenset({"raw.customers"})) == ALWAYS | {
        "model.dim_customers",
        "model.margins",
    }


@pytest.mark.parametrize(
    ("files", "sources"),
    [
        (["calls/date=2026-10-01/a.parquet"], {"raw.calls"}),
        (["customers.parquet", "calls/date=2026-10-01/a.parquet"], {"raw.calls", "raw.customers"}),
        (["calls/date=2026-10-01/a.parquet", "otel/spans.jsonl"], None),
        (["customers/billing.csv"], None),
        (["notes.txt"], None),
    ],
)
def test_files_belong_to_sources_or_have_everything_built(files: list[str], sources: set[str] | None) -> None:
    assert sources_of(files) == sources
