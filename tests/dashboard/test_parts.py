"""The parts of the dashboard that need neither a warehouse nor a browser."""

from __future__ import annotations

import csv
import io
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Barrier

import pytest

from reports_builder import markup
from reports_builder.chart_kinds import ranked_bars, shares_as_areas
from reports_builder.dashboard import charts, show
from reports_builder.dashboard.charts import key_said
from reports_builder.dashboard.drawing import Answer, Field, draw
from reports_builder.dashboard.filters import Filters
from reports_builder.dashboard.kept import kept
from reports_builder.dashboard.login import is_loopback
from reports_builder.dashboard.questions import Question
from reports_builder.dashboard.reading import NarrowedWarehouse
from reports_builder.dashboard.reports_page import figures_below, rendered
from reports_builder.dashboard.status import read_following, read_refresh
from reports_builder.dashboard.weeks import with_weeks
from reports_builder.errors import ReportError
from reports_builder.evidence import Evidence, note
from reports_builder.model import KeyFigure, Weeks, compared
from reports_builder.pages import page_modules
from reports_builder.spreadsheet_cells import csv_bytes, defused
from reports_builder.treemap import layout
from tests.reports.empty_marts import empty_marts
from tests.workspace import ROOT

COST = Field("cost", "Cost", "usd")
PROVIDER = Field("provider", "Provider")
MODEL = Field("model", "Model")
DAY = Field("day", "Day", is_time=True)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "\rx", " =1+1", "=HYPERLINK(1)"])
def test_text_that_a_spreadsheet_would_run_is_defused(text: str) -> None:
    assert defused(text) == f"'{text}"


def test_numbers_stay_numbers_in_a_csv() -> None:
    evidence = Evidence("select 1;", ("name", "usd"), (("a,b", Decimal("-1.50")), ("=x", None)))
    rows = list(csv.reader(io.StringIO(csv_bytes(evidence).decode("utf-8-sig"))))
    assert rows == [["name", "usd"], ["a,b", "-1.50"], ["'=x", ""]]


def _weeks(days: int, per: str = "") -> Weeks:
    """A row for each of so many days up to 31 October: one dollar a day, two calls a day in the last week."""
    end = date(2026, 10, 31)
    rows = tuple((end - timedelta(days=back), Decimal(1), 2 if back < 7 else 1) for back in range(days))
    return Weeks(Evidence("select 1;", ("day", "usd", "calls"), rows), end, "usd", per)


def test_all_spend_has_weeks_of_its_own_which_are_not_those_of_calls() -> None:
    end = date(2026, 10, 31)
    with empty_marts("core.rpt_spend_daily", "core.fct_usage_daily", as_of=end) as connection:
        connection.execute(
            "insert into core.rpt_spend_daily by name select date '2026-10-31' - cast(range as integer) as usage_date, "
            "1 as effective_cost_usd, 3 as all_spend_usd from range(30)"
        )
        read = NarrowedWarehouse(Path("finops.duckdb"), connection, Filters())
        quoted = Evidence(
            "select cost_usd from allocation.rpt_spend_by_category;", ("cost_usd",), ((Decimal(90),),)
        )
        (tile,) = with_weeks(read, (KeyFigure("All spend", quoted.cell("cost_usd", "usd_table")),))
    assert tile.weeks is not None
    assert tile.weeks.values == (21.0,) * 4


def test_a_figure_has_the_weeks_that_its_days_cover_whole() -> None:
    assert _weeks(90).values == (7.0,) * 12
    assert _weeks(20).values == (7.0, 7.0)
    assert _weeks(21, "calls").values == (1.0, 1.0, 0.5)
    assert show.line_html(_weeks(20)) == ""
    assert show.line_html(_weeks(21)).startswith('<img class="weeks" alt="The last 3 weeks" src="data:')


@pytest.mark.parametrize(
    ("change", "better", "said"),
    [
        ("0.05", "down", '<span class="bad">▲ up 5.0 %</span>'),
        ("-0.05", "down", '<span class="good">▼ down 5.0 %</span>'),
        ("-0.05", "up", '<span class="bad">▼ down 5.0 %</span>'),
        ("-0.05", "", "▼ down 5.0 %"),
        ("0", "up", "unchanged"),
    ],
)
def test_a_change_says_its_direction_and_whether_that_is_good(change: str, better: str, said: str) -> None:
    evidence = Evidence("select 1;", ("usd", "prior_usd", "change"), ((1, 1, Decimal(change)),))
    tile = compared(evidence, "Spend", "usd", "usd_table", change="change", better=better)
    assert show.change_html(tile) == said


def test_all_reports_can_be_read_with_their_figures() -> None:
    there = rendered(ROOT / "docs" / "example-report")
    assert there.keys() == page_modules().keys()
    for path in there.values():
        text = path.read_text(encoding="utf-8")
        assert markup.page(text, figures_below(path.parent)).count("<img") == text.count("](figures/"), path


def test_a_report_is_shown_without_its_html(tmp_path: Path) -> None:
    (tmp_path / "figures").mkdir()
    (tmp_path / "figures" / "a.svg").write_text("<svg/>")
    text = (
        '# T <script>alert(1)</script>\n\n![alt "x"](figures/a.svg) ![out](../secret.svg) '
        "![far](https://example.com/a.svg)\n\n[link](javascript:alert(1))\n\n"
        "<details><summary>Evidence: core.x</summary>\n\n```sql\nselect '<b>';\n```\n\n</details>\n\n"
        "| a | b |\n|:--|--:|\n| 1 | $2 |\n"
    )
    html = markup.page(text, figures_below(tmp_path))
    assert "<script" not in html
    assert html.count("<img") == 1
    assert 'alt="alt &quot;x&quot;" src="data:image/svg+xml;base64,' in html
    assert "example.com" not in html
    assert "javascript:" not in html.replace("[link](javascript:alert(1))", "")
    assert "<details><summary>Evidence: core.x</summary>" in html
    assert "&lt;b&gt;" in html
    assert "$2</td>" in html


def test_a_sentence_is_shown_without_its_html() -> None:
    assert markup.inline(note("a **b** <i>")) == "a <strong>b</strong> &lt;i&gt;"


def test_boxes_of_a_treemap_have_the_areas_and_fill_the_square() -> None:
    boxes = layout([6, 6, 4, 3, 2, 2, 1])
    areas = [(box.right - box.left) * (box.bottom - box.top) for box in boxes]
    assert areas == pytest.approx([value / 24 for value in (6, 6, 4, 3, 2, 2, 1)])
    assert min(box.left for box in boxes) == 0
    assert max(box.bottom for box in boxes) == pytest.approx(1)
    for one in boxes:
        for other in boxes:
            apart = one.right <= other.left + 1e-9 or other.right <= one.left + 1e-9
            above = one.bottom <= other.top + 1e-9 or other.bottom <= one.top + 1e-9
            assert one is other or apart or above


def test_rows_as_areas_carry_whole_names_and_leave_out_what_has_no_area() -> None:
    long = "An organisation of a very long name indeed, Someplace upon the Water"
    rows = (
        ("chat", long, Decimal(60)),
        ("chat", "Ems", Decimal(30)),
        ("mail", "Ems", Decimal(9)),
        ("mail", "Foe", Decimal(-1)),
    )
    drawn = shares_as_areas(
        Evidence("select 1;", ("feature", "customer", "usd"), rows),
        group="feature",
        label="customer",
        value="usd",
        style="usd",
    )
    (boxes,) = drawn.to_dict(validate=False)["datasets"].values()
    assert [box["name"] for box in boxes] == [f"chat / {long}", "chat / Ems", "mail / Ems"]
    areas = [(box["right"] - box["left"]) * (box["bottom"] - box["top"]) for box in boxes]
    assert areas == pytest.approx([60 / 99, 30 / 99, 9 / 99])
    # What a colour is of is written on its first box.
    assert [box["label"] for box in boxes] == [f"chat: {long}", "Ems", "mail: Ems"]


def test_names_of_bars_have_two_lines_on_a_phone_and_are_whole_elsewhere() -> None:
    rows = (("AWS / EC2 / r5 / us-east-1 / USD", Decimal(2)), ("Ems", Decimal(1)))
    chart = ranked_bars(
        Evidence("select 1;", ("name", "usd"), rows),
        label="name",
        value="usd",
        style="usd",
        axis_title="US dollars",
    )
    drawn = json.dumps(charts.specification(chart, "", 100, dark=False))
    assert r"[\"AWS / EC2 / r5 /\", \"us-east-1 / USD\"]" in drawn
    assert r"\"0\": \"AWS / EC2 / r5 / us-east-1 / USD\"" in drawn
    # Two lines of each name have room: the chart leaves out every other one else.
    assert charts.specification(chart, "", 20, dark=False)["height"] > 20
    # On paper there is one width.
    assert "containerSize" not in json.dumps(chart.to_dict(validate=False))


ROWS = (
    {"provider": "openai", "model": "gpt-4", "day": date(2026, 10, 1), "cost": Decimal("3")},
    {"provider": "openai", "model": "gpt-4-turbo", "day": date(2026, 10, 2), "cost": Decimal("1")},
    {"provider": "anthropic", "model": "claude", "day": date(2026, 10, 1), "cost": Decimal("2")},
)


@pytest.mark.parametrize(
    ("kind", "dimensions"),
    [
        ("bars", (PROVIDER,)),
        ("bars", (DAY, PROVIDER)),
        ("lines", (DAY, PROVIDER)),
        ("treemap", (PROVIDER, MODEL)),
        ("heatmap", (DAY, PROVIDER)),
    ],
)
def test_every_kind_of_chart_carries_every_value(kind: str, dimensions: tuple[Field, ...]) -> None:
    drawn = draw(kind, Answer(ROWS, dimensions, (COST,)))
    assert not isinstance(drawn, str)
    spec = json.dumps(drawn[0].chart.to_dict(validate=False))
    for said in ("$3", "$2", "$1"):
        assert f'"{said}"' in spec


@pytest.mark.parametrize(
    ("kind", "dimensions", "said"),
    [
        ("lines", (PROVIDER,), "add day"),
        ("heatmap", (PROVIDER,), "add another"),
        ("bars", (), "Choose a dimension"),
    ],
)
def test_what_cannot_be_drawn_says_what_to_do(kind: str, dimensions: tuple[Field, ...], said: str) -> None:
    drawn = draw(kind, Answer(ROWS, dimensions, (COST,)))
    assert isinstance(drawn, str)
    assert said in drawn


def test_shares_are_not_drawn_as_areas() -> None:
    drawn = draw("treemap", Answer(ROWS, (PROVIDER,), (Field("cost", "Margin share", "share"),)))
    assert isinstance(drawn, str)
    assert "does not add up" in drawn


def test_a_question_survives_its_address() -> None:
    question = Question(
        "Cost: a & b", "heatmap", ("total_cost",), ("call__provider", "metric_time__day"),
        {"call__model": ("a:b", "c"), "call__region": ()}, date(2026, 10, 1), None,
    )  # fmt: skip
    assert Question.from_address(question.to_address()) == question
    no_metric = replace(question, metrics=())
    assert Question.from_address(no_metric.to_address()) == no_metric
    assert Question.from_address({}) == Question()
    first, last = date(2026, 10, 1), date(2026, 10, 31)
    said = [Question(start=start, end=end).days_said for start in (None, first) for end in (None, last)]
    assert said == [
        "all days",
        "up to 31 October 2026",
        "from 1 October 2026",
        "1 October 2026 to 31 October 2026",
    ]


def test_the_key_of_a_chart_names_the_marks_as_they_are_seen() -> None:
    key = "Bar: cost; dark is recommended. Dark dot: invest. Darkness stays."
    assert key_said(key, dark=False) == key
    assert key_said(key, dark=True) == "Bar: cost; bright is recommended. Bright dot: invest. Darkness stays."


def test_a_half_written_status_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "refresh.json"
    assert read_refresh(path) is None
    path.write_text('{"state": "fail')
    assert read_refresh(path) is None
    path.write_text('{"state": "failed", "error": null, "changed_reports": null, "sequence": 3}')
    refresh = read_refresh(path)
    assert refresh is not None
    assert (refresh.state, refresh.error, refresh.changed_reports, refresh.sequence) == ("failed", "", (), 3)


@pytest.mark.parametrize(
    ("told", "is_rendered"),
    [
        ({"state": "idle", "published_at": "2026-11-21T16:00:05.000Z"}, True),
        # Published, and being rendered; rendered, and the next refresh begun; failed to render, and tried again.
        ({"state": "refreshing", "published_at": "2026-11-21T16:00:05.000Z"}, False),
        ({"state": "refreshing", "published_at": "16:00:05Z", "finished_at": "16:00:01Z"}, False),
        ({"state": "refreshing", "published_at": "16:00:05Z", "finished_at": "16:00:06Z"}, True),
        (
            {"state": "refreshing", "published_at": "16:00:05Z", "finished_at": "16:00:06Z", "error": "No."},
            False,
        ),
        ({"state": "failed", "published_at": "16:00:05Z", "finished_at": "16:00:06Z", "error": "No."}, False),
    ],
)
def test_changed_reports_are_known_once_they_are_rendered(
    tmp_path: Path, told: dict[str, str], is_rendered: bool
) -> None:
    path = tmp_path / "refresh.json"
    path.write_text(json.dumps(told))
    refresh = read_refresh(path)
    assert refresh is not None
    assert refresh.is_rendered == is_rendered


@pytest.mark.parametrize(
    ("written", "state", "stage"),
    [
        (0, "running", "beginning"),
        (20, "running", "half way"),
        (40, "running", "nearly there"),
        (40, "stopped", "stopped"),
        (50, "running", "complete"),
        (60, "complete", "complete"),
    ],
)
def test_the_generation_has_a_stage(tmp_path: Path, written: int, state: str, stage: str) -> None:
    path = tmp_path / "_follow.json"
    path.write_text(json.dumps({"state": state, "written_bytes": written, "target_bytes": 50}))
    following = read_following(path)
    assert following is not None
    assert following.stage == stage
    assert 0 <= following.share <= 1


@pytest.mark.parametrize(
    ("host", "only_here"),
    [
        ("127.0.0.1", True),
        ("localhost", True),
        ("::1", True),
        ("0.0.0.0", False),
        ("", False),
        ("10.0.0.1", False),
    ],
)
def test_only_loopback_is_this_machine(host: str, only_here: bool) -> None:
    assert is_loopback(host) is only_here


def test_readers_who_ask_at_once_wait_for_one_answer() -> None:
    asked, together = [], Barrier(8)

    @kept(4)
    def answer(question: str) -> str:
        asked.append(question)
        time.sleep(0.05)
        if len(asked) == 1:
            raise ReportError("not yet")
        return question.upper()

    def read(_: int) -> str:
        together.wait()
        try:
            return answer("a")
        except ReportError as error:
            return str(error)

    with ThreadPoolExecutor(8) as readers:
        assert sorted(readers.map(read, range(8))) == ["A"] * 7 + ["not yet"]
    # An error is not kept, what came after it is.
    assert asked == ["a", "a"]
