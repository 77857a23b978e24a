"""The tiny warehouse that the tests of the reports share."""

from pathlib import Path

import pytest

from tests.reports.warehouse_fixture import build_warehouse


@pytest.fixture(scope="session")
def tiny_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_warehouse(tmp_path_factory.mktemp("warehouse") / "finops.duckdb")
