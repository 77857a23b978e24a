"""The product as a user installs it: a wheel, outside of this repository."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.forked_dbt import ROOT

Finops = Callable[..., subprocess.CompletedProcess[str]]
_COPIED = ("dbt_project", "finops", "generator", "reports_builder")


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for PYTHONPATH with what the wheel of this checkout installs."""
    made = tmp_path_factory.mktemp("wheel")
    source = made / "source"
    # A copy: setuptools leaves its folders where it builds.
    for name in _COPIED:
        shutil.copytree(
            ROOT / name, source / name, ignore=shutil.ignore_patterns("target", "logs", "__pycache__")
        )
    for name in ("LICENSE", "README.md", "profiles.yml", "pyproject.toml"):
        shutil.copyfile(ROOT / name, source / name)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(made), str(source)],
        check=True,
    )
    [wheel] = made.glob("*.whl")
    subprocess.run([*pip, "install", "--no-deps", "--target", str(made / "site"), str(wheel)], check=True)
    return made / "site"


@pytest.fixture
def finops(installed: Path, tmp_path: Path) -> Finops:
    """Run ``finops`` of the wheel in a folder, by default ``warehouse`` in the test's own."""

    def run(*arguments: str, cwd: Path = tmp_path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "finops", *arguments],
            cwd=cwd,
            env=os.environ | {"PYTHONPATH": str(installed), "DBT_USE_COLORS": "false"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run
