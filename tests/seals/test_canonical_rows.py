"""The canonical form is fixed by a file, so that seals of today can be checked in ten years and by other programs."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from reports_builder.errors import ReportError
from reports_builder.seals.canonical import columns_of, select_rows
from reports_builder.seals.check import leaf_hash, root_of

GOLDEN = Path(__file__).parent / "canonical_rows.jsonl"
VALUES = """
    create table books as
    select * from (values
        ('1', null, 1.5, 0.1, timestamp '2026-10-31 23:59:59', true, date '2026-10-31', 7),
        ('2', '', -0.5, -0.0, timestamp '2026-10-31 23:59:59.25', false, null, -7),
        ('3', 'null', 100, 1e-300, null, null, date '0999-01-01', 0),
        ('4', 'tab' || chr(9) || 'quote" back\\slash' || chr(10) || chr(31) || chr(127), 0, 'nan', null, null, null, null),
        ('5', 'é 💶 ' || chr(8232), null, null, null, null, null, null),
        ('6', '\\u001F stays', 99999999999999.999999999999, 1, null, null, null, null)
    ) as rows (id, words, amount, share, read_at, is_on, day, number)
"""


def canonical(connection: duckdb.DuckDBPyConnection, types: str) -> list[bytes]:
    connection.execute(VALUES)
    connection.execute(f"create table typed as select {types} from books")
    kinds = columns_of(connection, "typed")
    return sorted(
        row for _, _, row in connection.execute(select_rows("typed", tuple(kinds), kinds)).fetchall()
    )


TYPES = (
    "id, words, amount::decimal(28, 12) as amount, share::double as share, read_at::timestamp as read_at, is_on, day::date as day, "
    "number::bigint as number"
)


def test_the_form_of_every_kind_of_value() -> None:
    rows = canonical(duckdb.connect(), TYPES)
    assert b"\n".join(rows) + b"\n" == GOLDEN.read_bytes()


def test_any_json_encoder_writes_the_same() -> None:
    for line in GOLDEN.read_text().split("\n")[:-1]:
        assert json.dumps(json.loads(line), ensure_ascii=False, separators=(",", ":")) == line


def test_the_scale_of_a_decimal_is_not_in_its_text() -> None:
    wide = canonical(duckdb.connect(), TYPES.replace("decimal(28, 12)", "decimal(38, 18)"))
    assert wide == canonical(duckdb.connect(), TYPES)


def test_null_is_not_empty_and_rows_do_not_run_together() -> None:
    rows = [b'["",null]', b'[null,""]', b'["\\",\\"",""]']
    assert len({root_of([leaf_hash(row)]) for row in rows}) == 3


def test_a_type_without_a_form_is_said() -> None:
    with pytest.raises(ReportError, match="INTERVAL"):
        select_rows("books", ["length"], {"length": "INTERVAL"})
