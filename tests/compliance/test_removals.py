"""The books say how long data is kept, what was removed by that, and what of it is not shown to change no figure."""

from __future__ import annotations

from pathlib import Path

from reports_builder.compliance.removals import removals
from reports_builder.retention.applying import Retention
from reports_builder.retention.erasing import Erased
from reports_builder.retention.plan import plan_removals
from reports_builder.warehouse import open_warehouse
from tests.retention.small_books import Company, make_company

ERASED = Erased("2026-10-04T08:00:00Z", "acme", 1, 1)


def said(company: Company, *erased: Erased) -> tuple[str, list[tuple[object, ...]]]:
    """What to look at, and the rows of the tables."""
    with open_warehouse(company.warehouse) as warehouse:
        section, findings = removals(warehouse, Retention(company.warehouse, company.raw), erased)
    rows = [row for table in section.tables for row in table.evidence.rows]
    return " ".join(each.plain for each in (*findings, *section.text)), rows


def test_books_show_policy_removals_and_erasures(tmp_path: Path) -> None:
    company = make_company(tmp_path / "company")
    policy: list[tuple[object, ...]] = [("call_details", 2, "a rule"), ("raw_exports", 2, "a rule")]
    text, rows = said(company)
    assert "nothing was ever removed by it" in text
    assert rows == policy
    Retention(company.warehouse, company.raw).apply(plan_removals(company.warehouse, company.raw).plan_id)
    assert "has begun and is neither proven nor undone" in said(company)[0]
    company.build()
    applied = Retention(company.warehouse, company.raw).prove()
    text, rows = said(company, ERASED)
    assert text == "A removal counts once a build shows that the figures of all closed months are the same."
    assert [row[1] for row in rows[2:4]] == [each.data_class for each in applied]
    assert rows[4] == ("2026-10-04T08:00:00Z", "acme", 1, 1)
    company.build(policy="")
    assert "No policy says how long data is kept" in said(company)[0]
