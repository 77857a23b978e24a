"""The suite on a machine that has nothing but this repository."""

import os
import subprocess
import sys
from pathlib import Path

from tests.workspace import ROOT


def test_every_test_is_found_without_files_of_others(tmp_path: Path) -> None:
    """Those that need them skip when they run; none stops the others from being collected."""
    nowhere = str(tmp_path / "nowhere")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "--quiet", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env=os.environ | {"FINOPS_REAL_FILES": nowhere, "FINOPS_FAULT_CASES": nowhere},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
