"""What a page writes or hands out leaves one event in the audit log, with the reader's name."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from reports_builder.budgets.changes import BudgetChanges, budget_change
from reports_builder.compliance.audit import BEGUN, DONE, FAILED, WITHOUT_LOGIN, AuditEvent, AuditLog
from reports_builder.dashboard import alert_form, noting
from reports_builder.dashboard.settings import Settings
from reports_builder.errors import ReportError

LOGIN = {"is_logged_in": True, "email": "cfo@example.com"}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    found = Settings(warehouse=str(tmp_path / "finops.duckdb"), charts=str(tmp_path / "charts"), access="")
    monkeypatch.setenv(*next(iter(found.to_environment().items())))
    return found


def events(settings: Settings) -> list[AuditEvent]:
    log = AuditLog(Path(settings.warehouse))
    assert log.problems() == []
    return log.events()


def _form(warehouse: str) -> None:
    from reports_builder.dashboard import budget_form  # noqa: PLC0415
    from reports_builder.dashboard.settings import Settings  # noqa: PLC0415

    budget_form.draw(Settings(warehouse=warehouse, access=""))


@pytest.mark.parametrize("claims", [{}, LOGIN])
def test_a_budget_is_noted_with_who_set_it(
    settings: Settings, claims: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamlit.user", claims)
    page = AppTest.from_function(_form, kwargs={"warehouse": settings.warehouse}).run()
    fields = {field.label: field for field in page.text_input}
    fields["Period: 2026-11, 2026-Q4 or 2026"].set_value("soon")
    page.button[0].click().run()
    # What was not written is no event.
    assert page.error
    assert events(settings) == []
    fields = {field.label: field for field in page.text_input}
    fields["Period: 2026-11, 2026-Q4 or 2026"].set_value("2026-11")
    fields["USD for the whole period; empty withdraws the budget"].set_value("1500.50")
    if not claims:
        fields["Your name"].set_value("ann")
    page.button[0].click().run()
    assert not page.exception
    told = [(event.actor, event.action, event.outcome) for event in events(settings)]
    actor = "cfo@example.com" if claims else WITHOUT_LOGIN
    action = "page budget: total total, 2026-11, set to 1500.50 USD, in budgets/changes.jsonl"
    assert told == [(actor, action, BEGUN), (actor, action, DONE)]
    # With a login nobody says another name.
    assert ("Your name" in fields) == (not claims)
    assert BudgetChanges(Path(settings.warehouse)).all()[-1].actor == ("cfo@example.com" if claims else "ann")


def test_ids_that_may_be_names_stay_out_of_the_log(settings: Settings) -> None:
    change = budget_change("customer", "ada@example.com", "2026-11", None, actor="ann")
    with noting.budget(settings, change):
        pass
    assert {event.action for event in events(settings)} == {
        "page budget: a customer, 2026-11, withdrawn, in budgets/changes.jsonl"
    }


def test_alerts_and_charts_are_noted(settings: Settings) -> None:
    with noting.alerts(settings, "acknowledge", ["a", "b", "c", "d", "e"]):
        pass
    with pytest.raises(ReportError), noting.alerts(settings, "assign", ["a"]):
        raise ReportError("not known")
    with noting.chart(settings):
        pass
    assert [(event.action, event.outcome) for event in events(settings)][1::2] == [
        ("page alerts: acknowledge a, b, c and 2 more, in alerts/events.jsonl", DONE),
        ("page alerts: assign a, in alerts/events.jsonl", FAILED),
        ("page chart: saved in charts", DONE),
    ]


def _buttons() -> None:
    from reports_builder.dashboard import show  # noqa: PLC0415

    show.download("CSV", b"a", "spend.csv", "csv-spend", 3)
    show.download("Markdown", "a", "summary.md", "markdown")


def test_a_file_taken_along_is_noted_by_the_click(settings: Settings) -> None:
    page = AppTest.from_function(_buttons).run()
    assert not page.exception
    assert [each.proto.label for each in page.get("download_button")] == ["CSV", "Markdown"]
    noting.download("spend.csv", 3)
    [event] = events(settings)
    assert (event.actor, event.action, event.outcome) == (
        WITHOUT_LOGIN,
        "page download: spend.csv, 3 rows",
        DONE,
    )
    assert event.event_at[:10] == f"{datetime.now(UTC):%Y-%m-%d}"


def test_what_cannot_be_noted_is_not_written(settings: Settings) -> None:
    (Path(settings.warehouse).parent / "audit").write_text("a file where the folder should be")
    change = budget_change("total", "total", "2026-11", "1", actor="ann")
    with pytest.raises(ReportError, match="cannot write"), noting.budget(settings, change):
        raise AssertionError("it was written")


def test_each_form_of_a_page_goes_through_the_log() -> None:
    """A form that writes without a word would be found here: what appends or saves stands inside a noting."""
    folder = Path(alert_form.__file__).parent
    writes = (
        "BudgetChanges(",
        "acknowledge(Path",
        "assign(Path",
        "save_chart(",
        "accept(warehouse",
        "give_up(warehouse",
        "changes.enter(",
        "changes.withdraw(",
        ".download_button(",
    )
    found = {
        (path.name, write)
        for path in folder.rglob("*.py")
        for write in writes
        if path.name != "noting.py" and write in path.read_text(encoding="utf-8")
    }
    assert found == {
        ("budget_form.py", "BudgetChanges("),
        ("alert_form.py", "acknowledge(Path"),
        ("alert_form.py", "assign(Path"),
        ("savings_form.py", "accept(warehouse"),
        ("savings_form.py", "give_up(warehouse"),
        ("investment_form.py", "changes.enter("),
        ("investment_form.py", "changes.withdraw("),
        ("builder_page.py", "save_chart("),
        ("show.py", ".download_button("),
    }
    for name in {name for name, _ in found}:
        assert "noting." in (folder / name).read_text(encoding="utf-8")
