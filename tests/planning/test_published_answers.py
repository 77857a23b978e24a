"""Published cases with expected answers: each is held by a test, or it is said here why it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.real_files import real_file
from tests.workspace import ROOT

NOT_HELD = {
    "textbook.json": "simple exponential smoothing with a weight fitted to the series: the forecast's weights are fixed, a tenth and three tenths a day.",
    "cdnow_expected.json": "purchases without a contract (BG/NBD, gamma-gamma): customers here have plans that end on a day, as sbg_regular.json has them.",
}
"""The models of the warehouse are others."""


def answers() -> list[str]:
    folder = real_file("planning/NOTICE.md").parent
    return sorted(file.name for file in folder.rglob("*.json"))


def naming(name: str) -> list[Path]:
    tests = (ROOT / "tests").rglob("*.py")
    return [test for test in tests if test != Path(__file__) and name in test.read_text()]


def test_each_case_is_held_or_has_its_reason() -> None:
    found = answers()
    assert len(found) >= 8
    assert {name for name in found if not naming(name)} == set(NOT_HELD)


@pytest.mark.parametrize("name", NOT_HELD)
def test_the_reason_is_said_to_readers(name: str) -> None:
    said = (ROOT / "docs" / "planning.md").read_text()
    assert {"textbook.json": "textbook", "cdnow_expected.json": "CDNOW"}[name] in said
