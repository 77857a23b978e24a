"""What is wrong with tags, beside what the generator planted: precision and recall by kind, and what is suggested."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest

from tests.spend.conftest import Spending

# How the findings call what was planted. A misspelt value that is near none, or near two, cannot be told from one of no list.
KINDS = {
    "missing": ("absent",),
    "blank": ("empty",),
    "wrong_case": ("key_case", "value_case"),
    "misspelt": ("value_misspelt", "value_unknown"),
    "unknown": ("value_unknown",),
}
# The policy lists no owners and no projects: no value of them can be wrong.
WITHOUT_VALUES = ("Owner", "Project")
QUERY = """
with billed as (
    select distinct resource_id from core.fct_charges
    where is_counted and charge_date between date '2026-10-02' and date '2026-10-31'
)
select planted.kind, planted.tag_key, planted.right_value, planted.written_key, findings.problem, findings.likely_value
from read_parquet(?) as planted
inner join billed on planted.resource_id = billed.resource_id
left join allocation.rpt_noncompliant_resources as findings
    on planted.resource_id = findings.resource_id and planted.tag_key = findings.tag_key
"""


@dataclass
class Score:
    planted: int = 0
    found: int = 0
    right: int = 0
    seen: int = 0
    suggested: int = 0
    suggested_right: int = 0
    beyond_policy: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.found

    @property
    def recall(self) -> float:
        return self.seen / self.planted


@pytest.fixture(scope="module")
def scores(spending: Spending) -> dict[str, Score]:
    truth = str(spending.workspace.raw / "truth" / "planted_tags.parquet")
    made = {kind: Score() for kind in KINDS}
    for kind, key, right_value, written_key, problem, likely in spending.query(QUERY, [truth]):
        for name, score in made.items():
            if problem in KINDS[name]:
                score.found += 1
                score.right += kind == name or (
                    problem == "value_unknown" and kind in ("misspelt", "unknown")
                )
        if kind not in made:
            continue
        score = made[kind]
        if key in WITHOUT_VALUES and kind in ("wrong_case", "misspelt") and written_key == key:
            score.beyond_policy += 1
            continue
        score.planted += 1
        score.seen += problem in KINDS[kind]
        score.suggested += likely is not None
        score.suggested_right += likely == right_value
    return made


def test_findings_are_what_was_planted(scores: dict[str, Score], capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        sys.stderr.write(
            "\nTags         planted  found  precision  recall  suggested  right  silent  beyond the policy\n"
        )
        for kind, score in scores.items():
            sys.stderr.write(
                f"{kind:12} {score.planted:7} {score.found:6} {score.precision:10.3f} {score.recall:7.3f}"
                f" {score.suggested:10} {score.suggested_right:6} {score.planted - score.suggested:7}"
                f" {score.beyond_policy:18}\n"
            )
    for kind, score in scores.items():
        assert score.planted >= 20, kind
        assert score.precision == 1, kind
        # Letters that change places may make another value that is allowed.
        assert score.recall >= (0.95 if kind == "misspelt" else 1), kind


def test_a_suggestion_is_right_or_there_is_none(scores: dict[str, Score]) -> None:
    for kind in ("missing", "blank", "unknown"):
        assert scores[kind].suggested == 0
    assert scores["wrong_case"].suggested_right == scores["wrong_case"].planted
    misspelt = scores["misspelt"]
    assert misspelt.suggested_right == misspelt.suggested
    assert misspelt.suggested >= misspelt.planted / 2
