"""Options and fixtures that the whole test suite shares."""

import fcntl
import os
import re
import shutil
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import settings

from tests.workspace import Workspace

OF_TESTS = {
    "FINOPS_FAULT_CASES", "FINOPS_FUZZ_CASES", "FINOPS_FUZZ_EXAMPLES", "FINOPS_KILLS", "FINOPS_REAL_FILES",
    "FINOPS_SEQUENCES", "FINOPS_TOOLS",
}  # fmt: skip
"""What tests take from the shell that starts them; the rest there is of somebody's own warehouse, and not theirs."""
for _name in [*os.environ]:
    if _name.startswith(("FINOPS_", "DBT_")) and _name not in OF_TESTS:
        del os.environ[_name]
# dbt asks the network for a newer version of itself otherwise.
os.environ["DBT_VERSION_CHECK"] = "false"

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh-snapshots",
        action="store_true",
        help="Write the rendered pages into tests/**/snapshots instead of comparing with them.",
    )


# Folders of tests that build warehouses or open browsers, and the README, which one process can only begin with: while it
# makes a demo of its own, the other builds the warehouse that all others share.
LONG = ("test_readme.py", "live", "warehouse", "planning", "faults", "dashboard", "anomalies", "prices")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first, so that no process waits for another at the end of a run.

    xdist would put those with many tests first; `make test` tells it not to.
    """
    items.sort(
        key=lambda item: next(
            (place for place, name in enumerate(LONG) if name in item.path.parts), len(LONG)
        )
    )


def pytest_make_parametrize_id(val: object) -> str | None:
    """Values that pytest would only number are named by their words, the same in every run."""
    if isinstance(val, str):
        return f"{val[:60].encode('unicode_escape').decode()}..." if len(val) > 60 else None
    if not isinstance(val, dict | list | tuple | set | frozenset | date | timedelta | Decimal):
        return None
    return "_".join(re.findall(r"[\w.+:/-]+", _told(val)))[:60] or "empty"


def _told(value: object) -> str:
    match value:
        case dict():
            return " ".join(f"{_told(name)} {_told(inner)}" for name, inner in value.items())
        case list() | tuple():
            return " ".join(map(_told, value))
        case set() | frozenset():
            return " ".join(sorted(map(_told, value)))
        case str() | int() | float() | date() | timedelta() | Decimal() | None:
            return str(value)
        case _:
            return type(value).__name__


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Workspace:
    """Small generated data and the warehouse built from it. Shared: copy it before you change anything."""
    own = tmp_path_factory.getbasetemp()
    shared = (own if worker_id == "master" else own.parent) / "built"
    shared.mkdir(exist_ok=True)
    first = Workspace(shared / "workspace", shared / "target")
    # The processes of one run share it: whoever comes first builds it, the others wait.
    with (shared / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "done").exists():
            first.generate(customers=20, days=45)
            done = first.run_command("build")
            assert done.returncode == 0, done.stdout[-6000:]
            (shared / "done").touch()
    return Workspace(first.folder, Path(shutil.copytree(first.target, own / "target")))


@pytest.fixture
def layer(built: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The semantic layer as the build of the shared workspace wrote it down."""
    monkeypatch.setenv("DBT_TARGET_PATH", str(built.target))


@pytest.fixture
def workspace(built: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A copy of the built workspace that a test may change."""
    # Always in the same place: the command dbt reads the whole project anew when the path of its database changes.
    folder = tmp_path_factory.getbasetemp() / "workspace"
    if folder.exists():
        shutil.rmtree(folder)
    return built.copy_to(folder)
