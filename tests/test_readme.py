"""README and docs are true: their commands work on a fresh copy as written, links lead somewhere, tables exist."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.workspace import ROOT

README = (ROOT / "README.md").read_text()
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# `make test` is what runs this file.
COMMANDS = [
    line.split("#")[0].strip()
    for page in PAGES
    for block in re.findall(r"```sh\n(.*?)```", page.read_text(), re.DOTALL)
    for line in block.splitlines()
    if line.strip() and "make test" not in line
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh copy of what is committed or about to be, with this environment installed."""
    folder = tmp_path_factory.mktemp("fresh") / "copy"
    listed = subprocess.check_output(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, text=True
    )
    for name in filter(lambda name: (ROOT / name).is_file(), listed.splitlines()):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        # With its time, so that make sees an environment no older than the lock file.
        shutil.copy2(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def test_commands_work_in_order(copy: Path) -> None:
    assert COMMANDS[0] == "make demo"
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DBT_", "FINOPS_"))}
    env["PATH"] = f"{copy / '.venv' / 'bin'}:{env['PATH']}"
    # The demo's commands with less data: what is in its figures, tests of the generator and of the marts say.
    env["MAKEFLAGS"] = "DEMO_CUSTOMERS=30 DEMO_DAYS=60"
    for command in COMMANDS:
        done = subprocess.run(
            command,
            shell=True,
            cwd=copy,
            env=env,
            input="select count(*) as rows_found from core.fct_usage_daily;\n",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
        if command == "make demo":
            assert "duckdb -readonly warehouse/finops.duckdb" in done.stdout
            assert "reports/finops_summary.md" in done.stdout
            assert "AI spend was $" in done.stdout
        if command.startswith("duckdb"):
            assert "rows_found" in done.stdout


def test_the_excerpt_stands_in_the_example_report() -> None:
    match = re.search(r"<!-- excerpt: (\S+) -->\n(.*?)<!-- /excerpt -->", README, re.DOTALL)
    assert match
    report = (ROOT / match[1]).read_text()
    lines = [line.removeprefix("> ") for line in match[2].splitlines() if line.strip(" >")]
    assert len(lines) > 5
    for line in lines:
        figure = re.fullmatch(r"!\[(.*)\]\((.*)\)", line)
        if figure:
            assert f"![{figure[1]}](" in report
            assert (ROOT / figure[2]).is_file()
        else:
            assert line in report


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_table_named_exists(page: Path) -> None:
    for schema, table in re.findall(r"`(\w+)\.((?:fct|dim|rpt|rejected)_\w+)`", page.read_text()):
        assert (ROOT / "dbt_project" / "models" / schema / f"{table}.sql").is_file(), f"{schema}.{table}"


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 150
