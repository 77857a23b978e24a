"""A process that parses the dbt project once per choice of sources, and runs each dbt command in a fork of itself.

Started by tests/forked_dbt.py: `python -m tests.dbt_server <number of the open end of a pipe>`. A job comes in, the process
id of its fork goes out, and when that has ended its exit code.
"""

from __future__ import annotations

import copy
import gc
import os
import sys
import tempfile
import traceback
from multiprocessing.connection import Connection
from typing import Any

# What a run imports late is imported once, here.
import agate  # noqa: F401
import dbt_common.clients.agate_helper  # noqa: F401
import pandas  # noqa: F401
from dbt.adapters.duckdb.connections import DuckDBConnectionManager
from dbt.cli.main import dbtRunner
from dbt_common.clients.jinja import get_template
from dbt_common.tests import enable_test_caching

import dbt_project.plugins.warehouse_files  # noqa: F401
from tests.forked_dbt import Job

# The sources hold the folders as they were when the project was parsed; nothing else in it does.
FOLDERS = ("FINOPS_RAW_DIR", "FINOPS_WAREHOUSE_DIR")
QUICKLY = ("--no-write-json", "--log-level-file", "none", "--no-version-check")
# Manifests that are kept, the last used.
KEPT = 6


def main() -> None:
    connection = Connection(int(sys.argv[1]))
    # What dbt's own tests do: a template that was parsed is known when the project is parsed with other sources.
    enable_test_caching()
    manifests: dict[tuple[str, str], Any] = {}
    while True:
        try:
            job: Job = connection.recv()
        except EOFError:
            return
        key = (job.project, job.sources)
        manifests[key] = manifests.pop(key) if key in manifests else _parse(job)
        for old in list(manifests)[:-KEPT]:
            del manifests[old]
        sys.stdout.flush()
        process = os.fork()
        if not process:
            _run(job, manifests[key])
        connection.send(process)
        connection.send(os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]))


def _parse(job: Job) -> Any:
    """The manifest of the project, with the names of the folders for the folders; None where it cannot be parsed."""
    os.environ.update(job.env | {name: f"<{name}>" for name in FOLDERS})
    with tempfile.TemporaryDirectory() as target:
        os.environ["DBT_TARGET_PATH"] = os.environ["DBT_LOG_PATH"] = target
        command = ["--log-level", "none", *QUICKLY, "--no-partial-parse", "parse"]
        parsed = dbtRunner().invoke([*command, "--project-dir", job.project, "--vars", job.sources])
    if parsed.success:
        _compile_macros(parsed.result)
    # Forks need not go through all of it whenever they look for garbage.
    gc.collect()
    gc.freeze()
    return parsed.result if parsed.success else None


def _compile_macros(manifest: Any) -> None:
    """Those of the project, of the adapter, and what makes a table: forks need them all, and each only once."""
    for macro in manifest.macros.values():
        if (
            macro.package_name in {"ai_finops", "dbt_duckdb"}
            or "materializations" in macro.original_file_path
        ):
            get_template(macro.macro_sql, {})


def _run(job: Job, manifest: Any) -> None:
    """Run the command and end the process, with the exit code that the command has."""
    code = 1
    try:
        printed = os.open(job.printed, os.O_WRONLY)
        os.dup2(printed, 1)
        os.dup2(printed, 2)
        os.environ.clear()
        os.environ.update(job.env)
        if manifest:
            _put_folders(manifest, job.env)
        for name in job.broken:
            manifest.nodes[name] = copy.copy(manifest.nodes[name])
            manifest.nodes[name].raw_code = "select error('as if the data were wrong') as problem"
        # The SQL in a workspace's target stays that of its first build.
        with tempfile.TemporaryDirectory() as target:
            os.environ["DBT_TARGET_PATH"] = target
            command = [*QUICKLY, *job.arguments, "--project-dir", job.project]
            result = dbtRunner(manifest=manifest).invoke(command)
        DuckDBConnectionManager.close_all_connections()
        code = 0 if result.success else 2 if result.exception else 1
    except BaseException:  # What ends a command with a traceback ends this process, too.
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _put_folders(manifest: Any, env: dict[str, str]) -> None:
    def put(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: put(inner) for name, inner in value.items()}
        if isinstance(value, str):
            for name in FOLDERS:
                value = value.replace(f"<{name}>", env[name])
        return value

    for source in manifest.sources.values():
        source.relation_name = put(source.relation_name)
        source.meta = put(source.meta)
        source.config.meta = put(source.config.meta)


if __name__ == "__main__":
    main()
