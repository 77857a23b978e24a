"""What a reader decides on a page: a saving, an alert; and the way down from a loss to its calls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from reports_builder import formatting
from reports_builder.alerts.ledger import ACKNOWLEDGED, Ledger
from reports_builder.compliance.audit import AuditLog
from reports_builder.dashboard.reading import open_published
from reports_builder.dashboard.views import customer, trace
from reports_builder.tracked_savings.decisions import Decisions, works
from tests.dashboard.chromium import WAIT, Dashboard, Reader, chromium_path, reading, running
from tests.dashboard.own_ledger import read_own_ledger
from tests.workspace import Workspace


@pytest.fixture(scope="module")
def profile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("profile")


@pytest.fixture
def dashboard(built: Workspace, tmp_path: Path) -> Iterator[Dashboard]:
    """A dashboard over a copy, whose decisions and alerts are its own."""
    chromium_path()
    workspace = built.copy_to(tmp_path / "workspace")
    read_own_ledger(workspace, built)
    add_a_saving(workspace)
    with running(workspace) as started:
        yield started


@pytest.fixture
def reader(dashboard: Dashboard, profile: Path) -> Iterator[Reader]:
    with reading(dashboard, profile, viewport={"width": 1440, "height": 900}) as opened:
        yield opened
        assert opened.elsewhere == []
        assert opened.errors == []


def add_a_saving(workspace: Workspace) -> None:
    """One switch of models that saves enough, which the small company does not have: one part of one work."""
    with duckdb.connect(str(workspace.published)) as connection:
        connection.execute("""
            update rates.rpt_savings_actions
            set work_id = 'model_switch:openai/gpt-4', subject = 'chat calls to claude-sonnet-4', is_counted = true,
                net_monthly_savings_usd = 120, action_kind = 'model_switch'
            where rowid = (select min(rowid) from rates.rpt_savings_actions)
        """)
        connection.execute("""
            update rates.rpt_model_switch_savings
            set work_id = 'model_switch:openai/gpt-4', is_recommended = true, kept_savings_base_usd = 120
            where rowid = (select min(rowid) from rates.rpt_model_switch_savings)
        """)


def noted(dashboard: Dashboard) -> list[tuple[str, str]]:
    log = AuditLog(dashboard.workspace.published)
    assert log.problems() == []
    return [(event.action, event.outcome) for event in log.events()]


def test_a_saving_is_accepted_from_a_day_and_given_up(dashboard: Dashboard, reader: Reader) -> None:
    published = dashboard.workspace.published
    work = next(each for each in works(published) if each["is_tracked"] and each["is_counted"])
    decisions, page = Decisions(published), reader.page
    form = page.get_by_test_id("stForm")
    reader.open("usage-optimization")
    page.get_by_text("Accept a saving, or give it up").click()
    saving = form.get_by_role("combobox", name="Saving")
    assert saving.input_value() == f"{work['subject']}: $120.00 a month"

    # Nobody decides without a name: nothing is written, and nothing is noted.
    form.get_by_role("button", name="Accept").click()
    page.get_by_text("say who decides").wait_for(timeout=WAIT)
    assert decisions.all() == []
    assert noted(dashboard) == []

    form.get_by_label("Your name").fill("ann <b>")
    form.get_by_label("Note").fill("after the release")
    form.get_by_role("button", name="Accept").click()
    page.get_by_text("It counts from the next build on.").wait_for(timeout=WAIT)
    told = list(decisions.in_force().values())
    assert {each["actor"] for each in told} == {"ann <b>"}
    assert {each["note"] for each in told} == {"after the release"}
    assert all(str(each["tracking_id"]).startswith(f"{work['work_id']}:") for each in told)
    (since,) = {str(each["accepted_date"]) for each in told}
    expected = sum(Decimal(str(each["predicted_monthly_savings_usd"])) for each in told)
    said = page.get_by_test_id("stAlert").inner_text()
    assert f"accepted by ann <b> from {formatting.day(date.fromisoformat(since))}" in said
    assert f"Expected: {formatting.usd_table(Decimal(expected))} a month" in said
    assert saving.input_value().endswith(f"; accepted from {since}")

    form.get_by_label("Your name").fill("bob")
    form.get_by_role("button", name="Give it up").click()
    page.get_by_text("given up by bob").wait_for(timeout=WAIT)
    assert not any(each.get("accepted_date") for each in decisions.in_force().values())
    # What was accepted stays on record.
    assert len(decisions.all()) == 2 * len(told)
    place = f"{work['work_id']}, in savings/decisions.jsonl"
    assert noted(dashboard) == [
        (f"page savings: {verb}, {place}", outcome)
        for verb in (f"accept from {since}", "give up")
        for outcome in ("begun", "done")
    ]


def _form(warehouse: str) -> None:
    from pathlib import Path  # noqa: PLC0415

    from reports_builder.dashboard import savings_form  # noqa: PLC0415
    from reports_builder.dashboard.reading import identity_of  # noqa: PLC0415
    from reports_builder.dashboard.settings import Settings  # noqa: PLC0415

    identity = identity_of(Path(warehouse))
    assert identity is not None
    savings_form.draw(Settings(warehouse=warehouse, access=""), identity)


def test_a_saving_of_another_amount_than_was_shown_is_not_accepted(workspace: Workspace) -> None:
    add_a_saving(workspace)
    page = AppTest.from_function(_form, kwargs={"warehouse": str(workspace.published)}).run()
    next(field for field in page.text_input if field.label == "Your name").set_value("ann")
    fresh = workspace.warehouse_dir / "next.duckdb"
    fresh.write_bytes(workspace.published.read_bytes())
    with duckdb.connect(str(fresh)) as connection:
        connection.execute(
            "update rates.rpt_savings_actions set net_monthly_savings_usd = net_monthly_savings_usd + 1"
        )
    fresh.replace(workspace.published)
    accept = next(button for button in page.button if button.label == "Accept")
    accept.click().run()
    assert "the savings have changed since this page was drawn" in page.error[0].value
    assert Decisions(workspace.published).all() == []
    # Now it is what was shown.
    next(button for button in page.button if button.label == "Accept").click().run()
    assert not page.exception
    assert {told["actor"] for told in Decisions(workspace.published).all()} == {"ann"}


def test_an_alert_is_acknowledged_on_the_page(dashboard: Dashboard, reader: Reader) -> None:
    reader.open("realtime")
    page = reader.page
    opened = page.locator(".wide").filter(has=page.get_by_text("What is wrong", exact=True)).first
    subject = opened.locator("tbody td").first.inner_text()
    before = int(_alerts_of(dashboard))
    page.get_by_text("Acknowledge or assign").click()
    reader.settled()
    form = page.get_by_test_id("stForm").first
    form.get_by_role("button", name="Acknowledge").click()
    page.get_by_text("say who you are").wait_for(timeout=WAIT)
    form.get_by_label("Your name").fill("ann")
    form.get_by_label("Note").fill("called them")
    form.get_by_role("button", name="Acknowledge").click()
    page.get_by_text(f"{subject} is acknowledged by ann.").wait_for(timeout=WAIT)
    events = Ledger(dashboard.workspace.published).events()
    seen = [event for event in events if event.event_type == ACKNOWLEDGED]
    assert {(event.actor, event.note) for event in seen} == {("ann", "called them")}
    assert _alerts_of(dashboard) == before - len(seen)
    assert [outcome for action, outcome in noted(dashboard) if "acknowledge" in action] == ["begun", "done"]
    # It has left the list, and stands with those that somebody has seen.
    page.get_by_role("heading", name="Acknowledged alerts").wait_for(timeout=WAIT)
    assert opened.locator("tbody td").first.inner_text() != subject


def _alerts_of(dashboard: Dashboard) -> int:
    with open_published(dashboard.workspace.published) as warehouse:
        found = warehouse.evidence("select count(*) as alerts from anomalies.rpt_open_alerts")
        return int(str(found["alerts"]))


def test_from_a_loss_to_the_calls_of_a_trace_in_five_clicks(built: Workspace, profile: Path) -> None:
    """From "we lost" on the first page: the page on it, who, their traces, one of them, a figure of it."""
    chromium_path()
    with open_published(built.published, with_calls=True) as warehouse:
        lost = warehouse.evidence(
            "select customer_id from margin.rpt_customer_margins order by gross_margin_usd limit 1"
        )
        loser = str(lost["customer_id"])
        dearest = customer.traces_section(warehouse, loser).tables[0].evidence
        of_trace = trace.build(warehouse, str(dearest["trace_id"]))
    assert of_trace is not None
    with (
        running(built) as started,
        reading(started, profile, viewport={"width": 1440, "height": 900}) as reader,
    ):
        page, clicks = reader.page, 0
        reader.open("")
        for link in (
            page.locator(".headline a", has_text="Profitability"),
            page.locator(f"a[href='customer?customer={loser}']:visible").first,
            page.get_by_text(customer.TRACES),
            page.locator(f"a[href='trace?trace={dearest['trace_id']}']:visible").first,
            page.locator(".tile .now a").first,
        ):
            link.click()
            clicks += 1
            page.wait_for_timeout(500)
            reader.settled()
            if clicks == 4:
                page.locator(".tile").first.wait_for(timeout=WAIT)
                assert reader.tile("Cost") == of_trace.tiles[0].now.plain
                calls = page.locator(".wide").filter(has=page.get_by_text("Called at, UTC", exact=True))
                assert calls.locator("tbody tr").count() == dearest["calls"]
        page.get_by_role("heading", name="Explain", exact=True, level=1).wait_for(timeout=WAIT)
        assert clicks == 5
        assert reader.errors == []
