"""Whether a refresh ever fails because a file arrives while it runs.

`python -m tests.bench.refresh_beside_follow [--refreshes 300] [--rate 250] [--minutes 45]`: starts `generator --follow` and the watcher
on one folder, as the README says, counts the refreshes that were published and the attempts that failed, and says how
long the refreshes took (seconds of wall time, half and 95 % of them). Exit code 1 if any failed. `--minutes` ends it
earlier.
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.workspace import ROOT, Workspace

_LOOK_SECONDS = 0.1


@dataclass
class Campaign:
    """Seconds of the refreshes that were published, reasons of the attempts that failed by when they did."""

    seconds: list[float] = field(default_factory=list)
    failures: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        told = f"{len(self.seconds)} published, {len(self.failures)} attempts failed"
        if len(self.seconds) < 2:
            return told
        cuts = statistics.quantiles(self.seconds, n=20)
        return f"{told}, seconds of a refresh: {cuts[9]:.1f} (half of them), {cuts[18]:.1f} (95 %)"


def campaign(refreshes: int, rate: int, minutes: float, folder: Path) -> Campaign:
    """What came of it until so many refreshes were published, or the minutes are over."""
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
    done, finished = Campaign(), None
    end = time.monotonic() + minutes * 60
    try:
        while len(done.seconds) < refreshes and time.monotonic() < end:
            if any(process.poll() is not None for process in running):
                done.failures["ended"] = "the generator or the watcher ended by itself"
                break
            status = _status(workspace.warehouse_dir / "refresh.json")
            # What the last attempt came to stands there while the next one runs.
            if status.get("finished_at") not in (None, finished):
                finished = status["finished_at"]
                if status["error"]:
                    done.failures[finished] = status["error"]
                else:
                    done.seconds.append(status["seconds"])
                sys.stdout.write(f"\r{done}")
                sys.stdout.flush()
            time.sleep(_LOOK_SECONDS)
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait(timeout=60)
    return done


def _status(path: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        return dict(json.loads(path.read_text(encoding="utf-8")))
    return {}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--refreshes", type=int, default=300)
    parser.add_argument("--rate", type=int, default=250)
    parser.add_argument("--minutes", type=float, default=math.inf)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        done = campaign(options.refreshes, options.rate, options.minutes, Path(folder))
    sys.stdout.write("".join(f"\n{line}" for line in (done, *done.failures.values())) + "\n")
    raise SystemExit(1 if done.failures else 0)


if __name__ == "__main__":
    main()
