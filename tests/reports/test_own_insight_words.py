"""A company says insights in words of its own; what does not fit is named before, and loses no insight after."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from finops.company_folder import compose, init
from finops.errors import FolderError
from reports_builder import insight_words
from reports_builder.evidence import Evidence
from reports_builder.subjects.anomalies.insights import abnormal_days
from tests.workspace import ROOT

SHIPPED = ROOT / "reports_builder" / "subjects" / "anomalies" / "words" / "abnormal_days.md"
EPISODE = Evidence(
    "select 1;",
    (
        *("customer", "episode_start_date", "days", "expected_usd", "observed_usd", "excess_usd"),
        *("excess_share", "cost_ratio", "driver", "cause_feature", "cause_model", "cause_share", "baseline"),
    ),
    (("A|B", date(2026, 10, 2), 2, 10, 30, 20, 0.5, 3, "more calls", "chat", "gpt-4", 0.9, "usual day"),),
)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of own words on abnormal cost, where commands run."""
    init(tmp_path / "ours", is_demo=False)
    monkeypatch.chdir(tmp_path / "ours")
    insight_words._environment.cache_clear()
    insight_words._warn.cache_clear()
    folder = tmp_path / "ours" / insight_words.OWN_WORDS / "anomalies"
    folder.mkdir(parents=True)
    return folder


def test_own_words_count_and_their_figures_are_cited(own: Path) -> None:
    text = SHIPPED.read_text().replace(
        "cost {{ cost_ratio | ratio }} times", "kostete {{ excess_usd | usd }} statt"
    )
    (own / "abnormal_days.md").write_text(text)
    (own / "_run.md").write_text("{{ days | count }} Tage")
    compose(Path())
    [said] = abnormal_days(EPISODE)
    assert said.title.markdown == r"A\|B kostete $20 statt the expected"
    assert [(quote.column, quote.exact) for quote in said.title.quotes] == [("excess_usd", "20")]
    assert said.problem.plain.startswith("From 2 October 2026, 2 Tage cost $30 instead of the $10")


@pytest.mark.parametrize(
    "text", ["{{ customer | usd }}", "{% include 'anomalies/none.md' %}", "## Title\n{{ days | count }}"]
)
def test_words_that_do_not_fit_lose_no_insight(
    own: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (own / "abnormal_days.md").write_text(text)
    for _ in range(2):
        [said] = abnormal_days(EPISODE)
        assert said.title.plain == "A|B cost 3.00 times the expected"
    [warning] = capsys.readouterr().err.splitlines()
    assert warning.startswith(
        "Warning: the insight anomalies/abnormal_days is said in the words of the product"
    )


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("abnormal_day.md", "", "anomalies/abnormal_day.md: no insight of this version is said by it. Did you mean anomalies/abnormal_days.md?"),
        ("_run.md", "x\n{{ dyas | count }}", "_run.md, line 2: dyas is nothing that this insight knows; there are days, full_score,"),
        ("_run.md", "\n{{ days | dollars }}", "_run.md, line 2: No filter named 'dollars'."),
        ("_run.md", "x\n{% if %}", "_run.md, line 2: "),
        ("_run.md", "x\n30 days", "_run.md, line 2: a figure is typed (3); take it from a query."),
        ("_run.md", "{% include 'other.md' %}", "_run.md: it includes other.md, which is not there."),
        ("abnormal_days.md", "## Title\n{{ customer | text }}", "abnormal_days.md, line 1: nothing stands under Problem, Domain,"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_named_before_anything_is_built(
    own: Path, name: str, text: str, said: str
) -> None:
    (own / name).write_text(text)
    with pytest.raises(FolderError) as raised:
        compose(Path())
    assert said in str(raised.value)
