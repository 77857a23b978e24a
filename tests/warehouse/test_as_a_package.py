"""A dbt project that has this one in its packages.yml: what its profile needs, and that its models see ours."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

from dbt_project.plugins.warehouse_files import Plugin
from tests.workspace import ROOT, Workspace

PROJECT = """
name: host
version: "1.0"
profile: host
model-paths: [models]
flags: {send_anonymous_usage_stats: false}
vars:
  ai_finops: {sources: [calls]}
"""
PROFILES = """
host:
  target: bare
  outputs:
    bare: {type: duckdb, path: host.duckdb, schema: main, settings: {TimeZone: UTC}}
    plugged:
      type: duckdb
      path: host.duckdb
      schema: main
      settings: {TimeZone: UTC}
      plugins:
        - module: dbt_project.plugins.warehouse_files
          config: {warehouse_dir: warehouse}
"""
# One parse for all commands: it is what costs.
COMMANDS = """
import json, sys
from dbt.cli.main import dbtRunner
assert dbtRunner().invoke(["--quiet", "deps"]).success
parsed = dbtRunner().invoke(["--quiet", "parse"])
assert parsed.success, parsed.exception
ran = []
for command in json.loads(sys.argv[1]):
    done = dbtRunner(manifest=parsed.result).invoke(["--quiet", *command])
    ran.append([done.success, str(done.exception or "")])
print("RAN" + json.dumps(ran))
"""


def part_of_our_project(folder: Path, mart: str) -> Path:
    """Our project with one mart and what it is made of: hooks, macros and seeds are all there, and it parses in seconds."""
    package = folder / "package"
    ignored = shutil.ignore_patterns(
        "target", "logs", "__pycache__", "_exposures.yml", "semantic", "assert_*"
    )
    shutil.copytree(ROOT / "dbt_project", package, ignore=ignored)
    models = {path.stem: path for path in (package / "models").rglob("*.sql")}
    # The second is asked for by a macro of tables that are filled day by day.
    kept, ahead = set[str](), [mart, "int_raw_days"]
    while ahead:
        name = ahead.pop()
        if name in models and name not in kept:
            kept.add(name)
            ahead += re.findall(r"ref\('(\w+)'\)", models[name].read_text())
    for name, path in models.items():
        if name not in kept:
            path.unlink()
            path.with_suffix(".yml").unlink(missing_ok=True)
    return package


def test_a_host_project_builds_on_our_models_with_the_plugin_and_is_told_where_it_lacks_it(
    tmp_path: Path,
) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "dbt_project.yml").write_text(PROJECT)
    (tmp_path / "profiles.yml").write_text(PROFILES)
    (tmp_path / "packages.yml").write_text(
        f"packages: [{{local: {part_of_our_project(tmp_path, 'dim_dates')}}}]\n"
    )
    (tmp_path / "models" / "own.sql").write_text("select 1 as one")
    (tmp_path / "models" / "days.sql").write_text("select * from {{ ref('ai_finops', 'dim_dates') }}")
    env = os.environ | {
        "PYTHONPATH": str(ROOT),
        "FINOPS_RAW_DIR": str(tmp_path / "raw"),
        "DBT_VERSION_CHECK": "false",
        "DBT_USE_COLORS": "false",
        "DBT_PROJECT_DIR": str(tmp_path),
        "DBT_PROFILES_DIR": str(tmp_path),
    }
    for name in ("FINOPS_WAREHOUSE_DIR", "DBT_TARGET_PATH", "DBT_LOG_PATH"):
        env.pop(name, None)

    Workspace(tmp_path, tmp_path / "target").generate(2, 4)
    days = ["build", "--select", "+days", "--exclude-resource-type", "test", "unit_test"]
    commands = [["run", "--select", "own"], days, [*days, "--target", "plugged"]]
    done = subprocess.run(
        [sys.executable, "-c", COMMANDS, json.dumps(commands)],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    own, bare, plugged = json.loads(done.stdout.partition("RAN")[2])
    # Models of the host's own need nothing of ours.
    assert own == [True, ""]
    assert not bare[0]
    assert "add: plugins: [{module: dbt_project.plugins.warehouse_files, config: {warehouse_dir:" in bare[1]
    assert plugged[0], done.stdout[-4000:]
    with duckdb.connect(str(tmp_path / "host.duckdb"), read_only=True) as connection:
        # Under the names that they have in our own warehouse.
        (count,) = connection.sql("select count(*) from host.main.days").fetchall()[0]
        assert connection.sql("select count(*) from host.core.dim_dates").fetchall() == [(count,)]
    assert count >= 4


def test_the_database_of_a_host_is_left_where_it_is_and_its_files_are_kept(tmp_path: Path) -> None:
    plugin = Plugin("files", {"warehouse_dir": str(tmp_path / "warehouse")})
    host = tmp_path / "host.duckdb"
    host.touch()
    assert json.loads(plugin.publish_file(str(host))) == {"path": str(host)}
    assert not (tmp_path / "warehouse" / "finops.duckdb").exists()
    # The next build must not fill the folder that views of this one read.
    assert plugin.landing.frozen.free_slot() != plugin.slot
