"""What Prometheus and Grafana are given: text that its own parser accepts, panels whose queries run."""

from __future__ import annotations

import json
import shutil
import subprocess
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from reports_builder.exports.grafana import PANELS, as_dashboard
from reports_builder.exports.openmetrics import Family, as_openmetrics, read_families
from reports_builder.warehouse import open_warehouse
from tests.exports.test_journal import TOOLS
from tests.reports.warehouse_fixture import build_warehouse

PARSE = """
import sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
for family in text_string_to_metric_families(sys.stdin.read()):
    for sample in family.samples:
        print(sample.name, sorted(sample.labels.items()), sample.value)
"""


@pytest.fixture(scope="module")
def tiny_warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_warehouse(tmp_path_factory.mktemp("exports") / "finops.duckdb")


def test_the_figures_are_gauges_that_end_with_their_unit(tiny_warehouse: Path) -> None:
    with open_warehouse(tiny_warehouse) as warehouse:
        text = as_openmetrics(read_families(warehouse)).decode()
    assert text.endswith("\n# EOF\n")
    assert 'finops_month_cost_usd{month="2026-10-01",level="total",owner="all",component="ai"} 1600.0' in text
    assert 'finops_month_owned_ratio{month="2026-10-01"} 0.9' in text
    assert 'finops_tags_right_ratio{by="cost",scope_kind="total",scope="all"} 0.25' in text


def test_hostile_labels_stay_labels_and_the_unknown_is_left_out() -> None:
    text = as_openmetrics(
        [
            Family(
                "a_usd",
                "usd",
                "About.",
                (({"owner": 'x"} 1\n# EOF\\'}, Decimal("1.50")), ({"owner": "y"}, None)),
            ),
            Family("b_usd", "usd", "Nothing known.", (({"owner": "z"}, None),)),
        ]
    ).decode()
    assert text == (
        "# TYPE a_usd gauge\n# UNIT a_usd usd\n# HELP a_usd About.\n"
        'a_usd{owner="x\\"} 1\\n# EOF\\\\"} 1.5\n# EOF\n'
    )
    python = shutil.which("python", path=TOOLS)
    # The parser is no part of the project: it is asked where it is installed.
    done = subprocess.run([str(python), "-c", PARSE], input=text, capture_output=True, text=True, check=False)
    if "No module named 'prometheus_client'" in done.stderr:
        pytest.skip("prometheus_client is not installed: name a folder of programs with it in FINOPS_TOOLS")
    assert done.returncode == 0, done.stderr
    assert done.stdout == "a_usd [('owner', 'x\"} 1\\n# EOF\\\\')] 1.5\n"


def test_each_panel_has_a_place_and_a_query_that_runs(tiny_warehouse: Path) -> None:
    dashboard = json.loads(as_dashboard())
    places = {(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in dashboard["panels"]}
    assert len(places) == len({panel["id"] for panel in dashboard["panels"]}) == len(PANELS)
    with duckdb.connect(str(tiny_warehouse), read_only=True) as connection:
        for panel in dashboard["panels"]:
            found = connection.execute(panel["targets"][0]["rawSql"])
            if panel["type"] == "timeseries":
                assert found.description[0][0] == "time"
