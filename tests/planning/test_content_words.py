"""What is said of models for content: one table of all content, one of each type, and nothing without scores."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from reports_builder.subjects.planning.tokens.statements import before_it_is_made_sections
from tests.reports.empty_marts import empty_marts, warehouse_of, with_rows

CHOICES = "planning.rpt_model_choices"


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with empty_marts(CHOICES, "planning.rpt_content_costs") as opened:
        yield opened


def choice(content: str, budget: str, month: str) -> str:
    return f"'chat' as task_type, {content} as content_type, '{budget}' as budget, 'm' as model, {month} as monthly_cost_usd"


def test_tasks_and_content_have_a_section_each(connection: duckdb.DuckDBPyConnection) -> None:
    warehouse = with_rows(
        connection,
        CHOICES,
        choice("null", "low_cost", "null"),
        choice("'blog_post'", "low_cost", "45"),
        choice("'all'", "low_cost", "45"),
        choice("'all'", "premium", "90"),
    )
    tasks, content = before_it_is_made_sections(warehouse)
    assert (tasks.title, content.title) == ("Which model for which budget", "Which model for which content")
    assert [len(table.evidence.rows) for table in tasks.tables] == [1]
    assert [len(table.evidence.rows) for table in content.tables] == [2, 1]


def test_without_a_total_the_types_stand_alone(connection: duckdb.DuckDBPyConnection) -> None:
    warehouse = with_rows(connection, CHOICES, choice("'blog_post'", "low_cost", "45"))
    (content,) = before_it_is_made_sections(warehouse)
    assert [len(table.evidence.rows) for table in content.tables] == [1]


def test_without_scored_answers_nothing_is_chosen(connection: duckdb.DuckDBPyConnection) -> None:
    assert before_it_is_made_sections(warehouse_of(connection)) == ()
