"""What the tests of the pipeline's own state share."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.reports.warehouse_fixture import build_warehouse
from tests.servers import endpoint

__all__ = ["endpoint"]

# The tiny warehouse stands as of 31 October 2026.
PUBLISHED_AT = datetime(2026, 11, 1, 6, tzinfo=UTC)


@pytest.fixture(scope="package")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_warehouse(tmp_path_factory.mktemp("health") / "finops.duckdb")


@pytest.fixture
def published(built: Path, tmp_path: Path) -> Path:
    """A warehouse that was published at 06:00 UTC of 1 November 2026."""
    path = Path(shutil.copy(built, tmp_path / "finops.duckdb"))
    os.utime(path, (PUBLISHED_AT.timestamp(),) * 2)
    return path


def note(published: Path, **told: object) -> None:
    """What the last build would have noted."""
    attempt = {"started_at": "2026-11-01T07:00:00.000Z", "finished_at": "2026-11-01T07:01:30.000Z"}
    attempt |= {"outcome": "failed", "problem": "focus/a.csv, line 7: no amount", "failures": 1}
    (published.parent / "attempt.json").write_text(json.dumps(attempt | told))
