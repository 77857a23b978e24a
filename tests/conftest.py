"""Options and fixtures that the whole test suite shares."""

from pathlib import Path

import pytest
from hypothesis import settings

from tests.workspace import Workspace

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh-snapshots",
        action="store_true",
        help="Write the rendered pages into tests/**/snapshots instead of comparing with them.",
    )


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Small generated data and the warehouse built from it. Shared: copy it before you change anything."""
    folder = tmp_path_factory.mktemp("built")
    workspace = Workspace(folder, tmp_path_factory.mktemp("target"))
    workspace.generate(customers=20, days=45)
    workspace.build()
    return workspace


@pytest.fixture
def workspace(built: Workspace, tmp_path: Path) -> Workspace:
    """A copy of the built workspace that a test may change."""
    return built.copy_to(tmp_path / "workspace")
