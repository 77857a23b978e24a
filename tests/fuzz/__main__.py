"""Harmed files for every reader for as long as told: `python -m tests.fuzz --seconds 600 --first 0`.

Cases are numbered, so a run goes on where another one ended (`--first`), and one that went wrong is made
again by its number. Files that other tools wrote are harmed too, where they are at hand (tests/real_files.py).
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
import traceback
from itertools import count
from pathlib import Path

from dbt_project.landing.registry import LANDED_SOURCES
from tests.fuzz.files import harm_bytes
from tests.fuzz.judging import Case, case_of, judge
from tests.real_files import FOLDER

_MEMORY = 6 << 30
_SLOW_SECONDS = 5
_REAL = {
    "aws_cur": ("billing/aws_cur_savings_plan.csv", "billing/cur2_amortisation.csv"),
    "azure_costs": ("billing/azure_export_v2.csv",),
    "focus": (
        "focus_spec_examples/simple_saas_agreements_a1.csv",
        "focus_spec_examples/commitment_discount_usage_scenario_1.csv",
    ),
    "gcp_billing": ("billing/gcp_export.csv",),
    "gpu_usage": ("billing/openshift_gpu_usage.csv",),
    "litellm": ("litellm/spend_logs_payload.json",),
    "opencost": ("allocation/opencost_containers.csv", "allocation/opencost_idle.csv"),
    "otel": ("otel/openai_v2_default.json", "otel/openai_v2_latest.json", "otel/trace.json"),
}


def _cases(seed: int) -> list[Case]:
    cases = [case_of(source, seed) for source in LANDED_SOURCES]
    chance = random.Random(seed)
    for source in LANDED_SOURCES:
        for name in _REAL.get(source.name, ()):
            path = FOLDER / name
            if path.exists():
                cases.append(Case(source, path.name, harm_bytes(path.read_bytes(), chance), None))
    return cases


def main() -> int:
    """Exit code 1 where a case went wrong."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seconds", type=float, default=600)
    options.add_argument("--first", type=int, default=0)
    given = options.parse_args()
    # What wants more fails as a case, and does not take the machine with it.
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    end, done, wrong = time.monotonic() + given.seconds, 0, 0
    with tempfile.TemporaryDirectory() as name:
        for seed in count(given.first):
            if time.monotonic() > end:
                break
            for case in _cases(seed):
                began, done = time.monotonic(), done + 1
                try:
                    found = judge(case, Path(name) / "case")
                except Exception:
                    found = [traceback.format_exc(limit=-4)]
                if (seconds := time.monotonic() - began) > _SLOW_SECONDS:
                    found.append(f"took {seconds:.1f} s")
                for each in found:
                    wrong += 1
                    sys.stdout.write(f"{case.source.name} {seed} {case.name}: {each}\n")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    sys.stdout.write(f"{done} files, cases {given.first} to {seed - 1}: {wrong} wrong; {most} MB at most\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
