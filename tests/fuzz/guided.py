"""Files that find their way into the readers by themselves: `python -m tests.fuzz.guided --seconds 600`.

Atheris watches which lines of the readers a file reaches, and goes on from those that reach new ones. It begins
with files of each source as their tools write them, and with those of earlier runs that reached new lines, which it
keeps beside the files that failed. What a file must come to is said in judging.py. Exit code 1 where one does not; 3
where Atheris is not installed (`make soak` installs it, for Linux on x86).
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MISSING = 3
_SECONDS = 20


def _run_one(name: str, folder: Path, kept: Path, seconds: int) -> None:
    """Send files to one source until the time is over; does not return."""
    import atheris  # noqa: PLC0415

    with atheris.instrument_imports(include=["dbt_project.landing"], enable_loader_override=False):
        from dbt_project.landing.registry import LANDED_SOURCES  # noqa: PLC0415
    from tests.fuzz.files import as_csv, as_json_lines, is_json, otlp_lines, records_of  # noqa: PLC0415
    from tests.fuzz.judging import Case, judge  # noqa: PLC0415

    source = next(each for each in LANDED_SOURCES if each.name == name)
    suffix = "a.jsonl" if name == "otel" or is_json(source) else "a.csv"
    begin = folder / f"{name}-begin"
    begin.mkdir()
    (kept / name).mkdir(parents=True, exist_ok=True)
    if name == "otel":
        import random  # noqa: PLC0415

        first = otlp_lines(random.Random(0))
    else:
        records = records_of(source, 3)
        first = as_json_lines(records) if suffix == "a.jsonl" else as_csv(records)
    (begin / "0").write_bytes(first)

    def one(content: bytes) -> None:
        # By its own work: on a busy machine any file may take long by the clock, which ends what hangs.
        began = time.process_time()
        found = judge(Case(source, suffix, content, None), folder / f"{name}-case")
        if (seconds := time.process_time() - began) > _SECONDS:
            found.append(f"a file of {len(content)} bytes takes {seconds:.0f} s")
        if found:
            raise AssertionError(f"{name}: {found}")

    atheris.Setup(
        [sys.argv[0], f"-max_total_time={seconds}", "-max_len=4096", "-rss_limit_mb=4096", "-timeout=900",
         f"-artifact_prefix={kept}/{name}-", "-verbosity=0", "-print_final_stats=1", str(kept / name), str(begin)],
        one,
    )  # fmt: skip
    atheris.Fuzz()


def main() -> int:
    """Each source in a process of its own, since one that fails ends with it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=int, default=600, help="For all sources together.")
    options.add_argument("--source", default="", help="This one alone.")
    options.add_argument("--keep", type=Path, default=Path("logs/guided"), help="Files for the next run.")
    options.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    given = options.parse_args()
    if importlib.util.find_spec("atheris") is None:
        sys.stdout.write("ATHERIS IS MISSING: no file was guided (pip install -r requirements-fuzz.lock)\n")
        return MISSING
    if given.folder:
        _run_one(given.source, given.folder, given.keep, given.seconds)
    from dbt_project.landing.registry import LANDED_SOURCES  # noqa: PLC0415

    names = [given.source] if given.source else [source.name for source in LANDED_SOURCES]
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            places = ["--folder", folder, "--keep", str(given.keep)]
            own = [sys.executable, "-m", "tests.fuzz.guided", "--source", name, *places]
            seconds = str(max(1, given.seconds // len(names)))
            done = subprocess.run(
                [*own, "--seconds", seconds], capture_output=True, text=True, check=False, env=os.environ
            )
            said = done.stdout + done.stderr
            runs = [
                line.split(":")[-1].strip()
                for line in said.splitlines()
                if "number_of_executed_units" in line
            ]
            sys.stdout.write(f"{name}: {runs[0] if runs else 'no'} files, exit code {done.returncode}\n")
            if done.returncode:
                wrong += 1
                why = said.partition("Uncaught Python exception")[2] or said[-3000:]
                sys.stdout.write(f"{why[:2000]}\n{said[said.find('Base64:') :][:2000]}\n")
            sys.stdout.flush()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
