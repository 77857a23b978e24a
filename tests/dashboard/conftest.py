"""What the tests of the pages share."""

import pytest

from tests.workspace import Workspace


@pytest.fixture
def layer(built: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The semantic layer as the build of the shared workspace wrote it down."""
    monkeypatch.setenv("DBT_TARGET_PATH", str(built.target))
