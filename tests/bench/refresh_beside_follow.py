"""Whether a refresh ever fails because a file arrives while it runs.

`python -m tests.bench.refresh_beside_follow [--refreshes 300] [--rate 250]`: starts `generator --follow` and the watcher
on one folder, as the README says, and counts the refreshes that were published and the attempts that failed. Exit
code 1 if any failed.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.workspace import ROOT, Workspace

_LOOK_SECONDS = 0.1


def campaign(refreshes: int, rate: int, folder: Path) -> list[str]:
    """Reasons of the attempts that failed until so many refreshes were published."""
    workspace = Workspace(folder, folder / "target")
    # As large as to outlast the campaign: the generator ends at its size.
    follow = [
        sys.executable,
        "-m",
        "generator",
        "--follow",
        "--history-days",
        "60",
        "--rate",
        str(rate),
        "--target-size",
        "2GB",
    ]
    watch = [sys.executable, "-m", "reports_builder", "watch", "--out", str(folder / "reports")]
    running = [
        subprocess.Popen(command, cwd=ROOT, env=workspace.env, stdout=subprocess.DEVNULL)
        for command in ([*follow, "--out", str(workspace.raw)], watch)
    ]
    failures: dict[str, str] = {}
    published = 0
    try:
        while published < refreshes:
            if any(process.poll() is not None for process in running):
                failures["ended"] = "the generator or the watcher ended by itself"
                break
            status = _status(workspace.warehouse_dir / "refresh.json")
            if status.get("state") == "failed":
                failures[str(status["finished_at"])] = str(status["error"])
            if status.get("sequence", 0) > published:
                published = status["sequence"]
                sys.stdout.write(f"\r{published} published, {len(failures)} attempts failed")
                sys.stdout.flush()
            time.sleep(_LOOK_SECONDS)
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait(timeout=60)
    return list(failures.values())


def _status(path: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        return dict(json.loads(path.read_text(encoding="utf-8")))
    return {}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--refreshes", type=int, default=300)
    parser.add_argument("--rate", type=int, default=250)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        failures = campaign(options.refreshes, options.rate, Path(folder))
    sys.stdout.write("".join(f"\n{reason}" for reason in failures) + "\n")
    raise SystemExit(1 if failures else 0)


if __name__ == "__main__":
    main()
