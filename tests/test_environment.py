"""A test sees the same environment in every shell."""

import json
import os
import re
import subprocess
import sys

from tests.conftest import OF_TESTS
from tests.forked_dbt import ROOT


def test_nothing_of_a_callers_own_warehouse_reaches_a_test() -> None:
    own = {
        "FINOPS_WAREHOUSE_DIR": "/nowhere",
        "FINOPS_ALERT_URLS": "json://nobody",
        "DBT_TARGET_PATH": "/nowhere",
    }
    asked = (
        "import json, os, tests.conftest;"
        "print(json.dumps([name for name in os.environ if name.startswith(('FINOPS_', 'DBT_'))]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=ROOT,
        env=os.environ | own | dict.fromkeys(OF_TESTS, "1"),
        capture_output=True,
        text=True,
        check=True,
    )
    assert {*json.loads(done.stdout)} == OF_TESTS | {"DBT_VERSION_CHECK"}


def test_what_tests_take_from_the_shell_is_all_of_it() -> None:
    texts = (path.read_text() for path in (ROOT / "tests").rglob("*.py") if "bench" not in path.parts)
    taken = re.compile(r"environ\.get\(\"(FINOPS_\w+)")
    assert {name for text in texts for name in taken.findall(text)} == OF_TESTS
