"""Text that a spreadsheet would run is defused alike in every file that the project writes for one."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports_builder.evidence import Evidence
from reports_builder.exports.focus import COLUMNS, as_csv
from reports_builder.spreadsheet_cells import csv_bytes, defused, guarded
from tests.reports.test_focus_export import CHARGE, focus_row

BLANKS = [
    *(
        "",
        " ",
        "\u00a0",
        "\u3000",
        "\u200b",
        "\ufeff",
        "\u2060",
        "\u202e",
        "\u200f",
        "\u00ad",
        "\x00",
        "\x1f",
    ),
    *("\u2003\u200b ", "\u3164", "\u2800", "\u034f", "\ufe0f", "\u2028", "\x0b", "\u180e"),
]
SIGNS = [*"=+-@", *"\uff1d\uff0b\uff0d\uff20", "\ufe66", "\t", "\r", "\n"]


@pytest.mark.parametrize("blank", BLANKS)
@pytest.mark.parametrize("sign", SIGNS)
def test_a_formula_is_found_behind_anything_that_is_not_seen(blank: str, sign: str) -> None:
    text = f"{blank}{sign}1+1"
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", " ", "\u200b", "a=b", "acme - prod", "'=1", "1-1", "\u00e9+", "e\u0301=", "5 @ 3", "#x"]
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert guarded(text) == text


@given(st.text(), st.sampled_from(SIGNS))
def test_guarded_text_is_the_text_or_begins_with_an_apostrophe(text: str, sign: str) -> None:
    assert guarded(text) in (text, f"'{text}")
    assert guarded(sign + text) == f"'{sign}{text}"


@pytest.mark.parametrize("name", [" =1+1", "\u00a0@SUM(1)", "\ufeff-2", "\uff1dHYPERLINK(1)"])
def test_the_export_and_the_downloads_write_the_same_cell(name: str) -> None:
    row = focus_row(CHARGE | {"service_name": name})
    assert row is not None
    exported = next(csv.DictReader(io.StringIO(as_csv([row]).decode(), newline="")))
    evidence = Evidence("select 1;", ("service", "usd"), ((name, Decimal("-1.5")),))
    downloaded = list(csv.reader(io.StringIO(csv_bytes(evidence).decode("utf-8-sig"), newline="")))[1]
    assert exported["ServiceName"] == downloaded[0] == defused(name) == f"'{name}"
    assert downloaded[1] == "-1.5"


def test_a_negative_amount_of_the_export_stays_a_number() -> None:
    row = focus_row(CHARGE | {"billed_cost_usd": Decimal("-0.5"), "effective_cost_usd": Decimal("-0.5")})
    assert row is not None
    exported = next(csv.DictReader(io.StringIO(as_csv([row]).decode(), newline="")))
    assert exported["BilledCost"] == "-0.5"
    assert list(exported) == list(COLUMNS)
