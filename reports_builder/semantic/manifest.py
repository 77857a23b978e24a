"""The semantic layer as dbt wrote it down: read where it is fresh, parsed once where it is not."""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from dbt_project.landing.project import PROJECT
from reports_builder.errors import ReportError

_FILE = "semantic_manifest.json"
_LINES_OF_A_FAILURE = 15
_WAITS = 20
_WAIT_SECONDS = 0.1


_reading = threading.Lock()


def whole_manifest() -> str:
    """The semantic manifest, no older than its files; waits for a dbt command that is just writing it."""
    for _ in range(_WAITS):
        with _reading:
            text = _manifest_text()
        try:
            json.loads(text)
        except json.JSONDecodeError:
            time.sleep(_WAIT_SECONDS)
        else:
            return text
    raise ReportError("the semantic manifest is damaged; run `dbt parse --project-dir dbt_project`.")


def _manifest_text() -> str:
    """The file as it is, made first where it is older than what it is made of; ReportError when it cannot be.

    A parse (some seconds) happens only where no dbt command ran since the files changed.
    """
    path = PROJECT / os.environ.get("DBT_TARGET_PATH", "target") / _FILE
    if not _is_fresh(path):
        _parse(path)
    return path.read_text(encoding="utf-8")


def _is_fresh(path: Path) -> bool:
    if not path.is_file():
        return False
    written = path.stat().st_mtime
    sources = [*(PROJECT / "models" / "semantic").glob("*.yml"), PROJECT / "dbt_project.yml"]
    return all(source.stat().st_mtime <= written for source in sources)


def _parse(path: Path) -> None:
    # A process and a folder of its own: a build that runs beside it keeps its own parse results.
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="semantic-", dir=path.parent) as folder:
        command = [str(Path(sys.executable).with_name("dbt")), "--quiet", "parse"]
        places = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT.parent)]
        outputs = ["--target-path", folder, "--log-path", folder]
        done = subprocess.run(
            [*command, *places, *outputs],
            cwd=PROJECT.parent,
            env=os.environ | {"DBT_VERSION_CHECK": "false", "DBT_USE_COLORS": "false"},
            capture_output=True,
            text=True,
            check=False,
        )
        made = Path(folder, _FILE)
        if done.returncode != 0 or not made.is_file():
            said = " ".join((done.stdout + done.stderr).splitlines()[-_LINES_OF_A_FAILURE:])
            raise ReportError(
                "the semantic layer cannot be parsed; `dbt parse --project-dir dbt_project` "
                f"says why ({said.strip() or 'no message'})."
            )
        made.replace(path)
