"""Files written by other tools, which this repository does not hold: tests that need them skip without them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.workspace import ROOT

FOLDER = Path(os.environ.get("FINOPS_REAL_FILES", ROOT.parent / "shared" / "fixtures" / "real"))


def real_file(name: str) -> Path:
    """The file or folder of that name; the test is skipped, and says so, where it is not there."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{path} is not there; set FINOPS_REAL_FILES to the folder that holds {name}")
    return path
