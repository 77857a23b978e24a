"""Whatever a value is, of whatever kind and depth: a record of a source is a row, with what is wrong with it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbt_project.landing.registry import LANDED_SOURCES
from dbt_project.landing.source import LandedSource
from tests.fuzz.documents import JSON, records_with_any_values
from tests.fuzz.files import as_csv, as_json_lines, is_json, records_of
from tests.fuzz.judging import Case, judge
from tests.landing.test_otlp_documents import document, span

EXAMPLES = int(os.environ.get("FINOPS_FUZZ_EXAMPLES", "15"))
_ROWS = 3


@pytest.mark.parametrize("source", LANDED_SOURCES, ids=lambda source: source.name)
def test_each_record_is_a_row_whatever_its_values_are(source: LandedSource) -> None:
    if source.name == "otel":
        made = JSON.map(
            lambda value: [document(span(1)), document(span(2, gen_ai__request__model=value))]
        ).map(lambda lines: Case(source, "a.jsonl", as_json_lines(lines), None))
    else:
        has_json = is_json(source)
        rows = None if source.name in ("coding_agents", "opencost") else _ROWS
        made = records_with_any_values(records_of(source, _ROWS), is_json=has_json).map(
            lambda records: Case(
                source,
                "a.jsonl" if has_json else "a.csv",
                as_json_lines(records) if has_json else as_csv(records),
                rows,
            )
        )
    _hold(made)


def _hold(cases: st.SearchStrategy[Case]) -> None:
    with tempfile.TemporaryDirectory() as name:

        @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
        @given(cases)
        def held(case: Case) -> None:
            assert judge(case, Path(name) / "case") == []

        held()
