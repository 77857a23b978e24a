"""A company says its alerts in words of its own; what does not fit is named before, and loses no alert after."""

from __future__ import annotations

from pathlib import Path

import pytest

from finops.company_folder import compose, init
from finops.errors import FolderError
from reports_builder.alerts import words
from reports_builder.alerts.words import sentence
from tests.alerts.test_words import BUDGET, TEAM, row

ALERT = row("budget_used", 1.25, BUDGET, **TEAM)


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of own words, where commands run."""
    init(tmp_path / "ours", is_demo=False)
    monkeypatch.chdir(tmp_path / "ours")
    words._environment.cache_clear()
    words._warn.cache_clear()
    folder = tmp_path / "ours" / words.OWN_WORDS
    folder.mkdir()
    return folder


def test_own_words_count_and_the_others_are_the_products(own: Path) -> None:
    (own / "budget_used.j2").write_text(
        "{{ subject_name | name }} hat {{ actual_cost_usd | usd_table }} ausgegeben.\n"
    )
    compose(Path())
    assert sentence(ALERT) == "Near hat $1,250.00 ausgegeben."
    assert sentence(row("revenue_at_risk", 0.1, {
        "total_usd": 10, "customers_at_risk": 1, "trend": "rising", "window_days": 30})).startswith("10.0 % of the")  # fmt: skip


def test_words_that_do_not_fit_a_row_lose_no_alert(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (own / "budget_used.j2").write_text("{{ prior_value | percent_fine }}, {{ period / 0 }}\n")
    for _ in range(2):
        assert sentence(ALERT).startswith("The budget of team Near")
    [said] = capsys.readouterr().err.splitlines()
    assert said.startswith("Warning: an alert on budget_used is said in the words of the product")


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("budget_usd.j2", "", "alert_words/budget_usd.j2: no alert of this version is said by it. Did you mean budget_used.j2?"),
        ("budget_used.j2", "x\n{{ nobody }}", "budget_used.j2, line 2: nobody is nothing that this alert knows; there are actual_cost_usd,"),
        ("budget_used.j2", "\n\n{{ amount_usd | dollars }}", "budget_used.j2, line 3: No filter named 'dollars'."),
        ("budget_used.j2", "x\n{% if %}", "budget_used.j2, line 2: "),
        ("budget_used.j2", "{% include 'other.j2' %}", "budget_used.j2: it includes other.j2, which is not there."),
        # A fact of another measure.
        ("budget_used.j2", "{{ customers_at_risk | count }}", "line 1: customers_at_risk is nothing"),
    ],
)  # fmt: skip
def test_what_cannot_be_said_is_named_before_anything_is_built(
    own: Path, name: str, text: str, said: str
) -> None:
    (own / name).write_text(text)
    with pytest.raises(FolderError) as raised:
        compose(Path())
    assert said in str(raised.value)


def test_a_part_of_other_words_may_be_said_otherwise(own: Path) -> None:
    (own / "_at_risk.j2").write_text(
        "{{ customers_at_risk | count }} at risk of {{ total_usd | usd_table }}, {{ trend | text }}."
    )
    compose(Path())
    facts = {"total_usd": 10, "customers_at_risk": 1, "trend": "rising", "window_days": 30}
    assert sentence(row("spend_at_risk", 0.1, facts)) == "1 at risk of $10.00, rising."
