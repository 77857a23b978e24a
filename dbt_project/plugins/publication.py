"""Publish a warehouse: put a copy of the working file where readers look, in one step."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from dbt_project.landing.frozen_files import FrozenFiles
from dbt_project.landing.whole_files import sync_folder
from dbt_project.plugins.forecast_record import record_forecasts

_COPY = """
import os, shutil, sys
try:
    shutil.copyfile(sys.argv[1], sys.argv[2])
    with open(sys.argv[2], "rb+") as copy:
        os.fsync(copy.fileno())
except OSError as error:
    sys.exit(error.errno)
"""


def publish(working: Path, published: Path, frozen: FrozenFiles, slot: Path) -> Path:
    """Replace the published file by the working one, which was made of the files in `slot`; returns its path.

    A kill at any instant leaves the old file: the copy is complete and on disk before the rename. Readers
    that have the old file open keep it until they close it. What it forecasts is written down after that.
    Raises OSError where the copy cannot be made; then nothing has changed.
    """
    partial = working.with_name(f"{published.name}.publishing")
    # The child of a build that was killed may still write to its copy: this one is another file.
    partial.unlink(missing_ok=True)
    # A child process copies: opening and closing the file in this one would drop DuckDB's lock on it.
    code = subprocess.run([sys.executable, "-c", _COPY, str(working), str(partial)], check=False).returncode
    try:
        if code:
            raise OSError(code, os.strerror(code), str(published))
        frozen.publishing(slot.name)
        partial.replace(published)
        sync_folder(published.parent)
    finally:
        partial.unlink(missing_ok=True)
    frozen.published(slot.name)
    record_forecasts(published)
    return published
