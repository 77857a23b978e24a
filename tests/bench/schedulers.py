"""Run the examples of deploy/ for Airflow and Dagster, each in an environment of its own, on a small company.

``python -m tests.bench.schedulers [airflow] [dagster]``; ``FINOPS_SCHEDULERS`` names a folder in which the
environments stay for the next time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.workspace import ROOT

# With these the examples were run; a newer one is tried by changing the line.
PACKAGES = {"airflow": ["apache-airflow==3.3.2"], "dagster": ["dagster==1.13.29"]}


def environment_of(name: str, folder: Path) -> Path:
    """The programs of an environment that has the scheduler and nothing of this project."""
    place = folder / name
    if not (place / ".installed").exists():
        subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        pip = [str(place / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, *PACKAGES[name]], check=True)
        (place / ".installed").touch()
    return place / "bin"


def company_in(folder: Path) -> tuple[Path, Path]:
    """A small company with raw data, and the command ``finops`` as an installed package would have it."""
    command = folder / "finops"
    command.write_text(f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m finops "$@"\n')
    command.chmod(0o755)
    subprocess.run([str(command), "init", "ours", "--demo"], cwd=folder, check=True, capture_output=True)
    generate = [str(command), "generate", "--customers", "4", "--days", "8"]
    subprocess.run(generate, cwd=folder / "ours", check=True, capture_output=True)
    return command, folder / "ours"


def commands_of(name: str, programs: Path) -> list[list[str]]:
    """What a person would type to run the example once."""
    if name == "airflow":
        airflow = str(programs / "airflow")
        return [[airflow, "db", "migrate"], [airflow, "dags", "test", "finops_nightly"]]
    definitions = str(ROOT / "deploy" / "dagster" / "definitions.py")
    return [[str(programs / "dagster"), "job", "execute", "-f", definitions, "-j", "finops_nightly"]]


def run(name: str, environments: Path) -> None:
    """Run one example and look at what it left; raises where a step failed."""
    began = time.monotonic()
    programs = environment_of(name, environments)
    installed = time.monotonic()
    with tempfile.TemporaryDirectory(prefix=f"finops-{name}-") as made:
        command, company = company_in(Path(made))
        env = {key: value for key, value in os.environ.items() if not key.startswith(("FINOPS_", "DBT_"))}
        env |= {
            "PATH": f"{programs}{os.pathsep}{env['PATH']}",
            "FINOPS": str(command),
            "FINOPS_COMPANY": str(company),
            # The generated days are what they are.
            "FINOPS_MAX_DATA_DAYS": "99999",
            "AIRFLOW_HOME": str(Path(made) / "airflow"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "deploy" / "airflow"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "DAGSTER_HOME": str(Path(made) / "dagster"),
            "DAGSTER_DISABLE_TELEMETRY": "1",
        }
        (Path(made) / "dagster").mkdir()
        for each in commands_of(name, programs):
            done = subprocess.run(each, cwd=made, env=env, capture_output=True, text=True, check=False)
            if done.returncode:
                raise SystemExit(f"{' '.join(each)}\n{done.stdout[-6000:]}{done.stderr[-6000:]}")
        status = [str(command), "status", "--json"]
        now = json.loads(subprocess.run(status, cwd=company, env=env, capture_output=True, check=True).stdout)
        pages = len(list((company / "reports").rglob("*.md")))
        assert now["build"]["outcome"] == "published", now
        assert pages, "no reports"
        print(  # noqa: T201
            f"{name}: {PACKAGES[name][0]} in {installed - began:.0f} s; run in {time.monotonic() - installed:.0f} s, "
            f"the build {now['build']['seconds']:.0f} s of it; as of {now['as_of_date']}, {pages} pages"
        )


def main() -> None:
    """Run the examples that are named, or both."""
    with tempfile.TemporaryDirectory(prefix="finops-schedulers-") as fresh:
        for name in sys.argv[1:] or list(PACKAGES):
            run(name, Path(os.environ.get("FINOPS_SCHEDULERS", fresh)))


if __name__ == "__main__":
    main()
