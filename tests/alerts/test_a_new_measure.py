"""What docs/alerts.md says to do for a new measure is all there is to do."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.workspace import ROOT, Workspace

GUIDE = (ROOT / "docs" / "alerts.md").read_text().split("## Add a measure")[1]
MODEL = Path("dbt_project/models/anomalies/fct_alert_measures.sql")


def block(language: str) -> str:
    """The one block of this language in the guide."""
    (found,) = re.findall(rf"   ```{language}\n(.*?)   ```", GUIDE, re.DOTALL)
    return "".join(line.removeprefix("   ") for line in found.splitlines(keepends=True))


def test_a_select_a_template_and_a_row_are_a_new_kind_of_alert(workspace: Workspace, tmp_path: Path) -> None:
    copy = tmp_path / "project"
    for folder in ("dbt_project", "reports_builder", "generator"):
        shutil.copytree(ROOT / folder, copy / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "profiles.yml", copy)

    model = (copy / MODEL).read_text()
    model = model.replace("budget_projected as (", block("sql") + "budget_projected as (", 1)
    model = model.replace("'budget_used', ", "'budget_used', 'budget_burned', ", 1)
    (copy / MODEL).write_text(model)
    (copy / "reports_builder/alerts/words/budget_burned.j2").write_text(block("jinja"))
    with (copy / "dbt_project/seeds/alert_rules.csv").open("a") as rules:
        # Every team that has spent anything is over it.
        rules.write(block("csv").replace("above,1.2", "above,0"))

    done = subprocess.run(
        workspace.dbt_command(
            "build",
            "--select",
            "alert_rules",
            "fct_alert_measures",
            "rpt_alerts",
            "--exclude-resource-type",
            "unit_test",
            # A selection is published only where it is all that has changed.
            "--vars",
            "{is_live_refresh: true}",
        ),
        cwd=copy,
        env=workspace.env | {"DBT_TARGET_PATH": str(tmp_path / "target")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:]
    teams = workspace.query(
        "select count(*) from anomalies.fct_alert_measures where measure = 'budget_burned' and subject_type = 'team'"
        " and value > 0"
    )
    assert teams[0][0] > 0
    listed = subprocess.run(
        [sys.executable, "-m", "reports_builder", "alerts", "list", "--warehouse", str(workspace.published)],
        cwd=copy,
        capture_output=True,
        text=True,
        check=True,
    )
    said = re.findall(r"Team .* has spent \$[\d,.]+ where its budget so far is \$[\d,.]+\.", listed.stdout)
    assert len(said) == teams[0][0]
