"""What the tests of alerts share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.alerts.warehouse_fixture import alert, cost_share, write_warehouse
from tests.servers import endpoint, mailbox

__all__ = ["endpoint", "mailbox"]


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """A warehouse with two alerts of different tags."""
    alerts = [
        alert("aaaaaaaaaaa1"),
        alert("aaaaaaaaaaa2", channel_tag="customers", severity="warning", **cost_share("Acme")),
    ]
    return write_warehouse(tmp_path / "warehouse" / "finops.duckdb", alerts)
