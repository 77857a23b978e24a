"""The versions before this one, from the history of the repository."""

import io
import subprocess
import tarfile
from pathlib import Path

import pytest

from tests.forked_dbt import ROOT

VERSIONS = {
    "0.1.0": "02d263666f8621a151383ec434994ad9d007b277",
    "0.2.0": "a359c960bcb5c810fb54c897a3ad45de5b75ad8f",
}
"""The last commit of each; of 0.1.0 the one before the changes that 0.2.0 says how to follow."""


def check_out(version: str, folder: Path, *paths: str) -> None:
    """Put the files of a version into a folder; skips where the history does not reach so far back."""
    archive = subprocess.run(
        ["git", "archive", VERSIONS[version], *paths], cwd=ROOT, capture_output=True, check=False
    )
    if archive.returncode:
        pytest.skip(
            f"UPGRADES FROM {version} ARE NOT TESTED: this clone has no history of it (git fetch --unshallow)"
        )
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
