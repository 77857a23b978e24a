"""Whatever stands in a file that people or programs of this project write: it is read, or refused with a reason."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbt_project.landing.errors import UsageError
from dbt_project.landing.known_columns import UnreadableFileError
from dbt_project.landing.price_book.book import read_book
from dbt_project.landing.price_book.packages import release_of_file
from dbt_project.landing.pseudonyms import Pseudonyms
from dbt_project.landing.tag_policy.command import import_policy
from finops import shipped
from finops.company_folder import _settings, init, upgrade
from finops.errors import FolderError
from reports_builder import attempts
from reports_builder.access.policy import load_policy
from reports_builder.alerts.ledger import Ledger
from reports_builder.budgets.changes import BudgetChanges, budget_change
from reports_builder.budgets.proposals import accepted_changes
from reports_builder.compliance.audit import AuditLog
from reports_builder.errors import ReportError
from reports_builder.exports.layout import read_layout
from reports_builder.exports.parquet import Manifest, read_manifest
from reports_builder.fetching import _known
from reports_builder.live.status import StatusFile
from reports_builder.seals.check import read_chain
from reports_builder.semantic.saved_charts import load_chart
from reports_builder.tracked_savings.decisions import Decisions
from tests.fuzz.documents import nearly

EXAMPLES = int(os.environ.get("FINOPS_FUZZ_EXAMPLES", "40"))


@dataclass(frozen=True)
class Reader:
    """What reads a file, by an example of one; ``named`` are the errors that say what is wrong."""

    name: str
    example: bytes
    read: Callable[[Path], object]
    named: tuple[type[Exception], ...] = ()


def _company(path: Path) -> object:
    (path.parent / "finops.yml").write_bytes(path.read_bytes())
    return _settings(path.parent)


def _seed(path: Path) -> object:
    company = path.parent / "company"
    if not company.exists():
        init(company, is_demo=False)
    (company / "seeds" / "owners.csv").write_bytes(path.read_bytes())
    return upgrade(company)


def _tags(path: Path) -> object:
    for name in ("tag_keys", "tag_values"):
        (path.parent / f"{name}.csv").write_bytes((shipped.SEEDS / f"{name}.csv").read_bytes())
    return import_policy([path], path.parent)


def _beside(name: str) -> Callable[[Path], Path]:
    def put(path: Path) -> Path:
        there = path.parent / name
        there.parent.mkdir(exist_ok=True)
        there.write_bytes(path.read_bytes())
        return path.parent / "finops.duckdb"

    return put


_EVENT = b'{"event_id": "1", "event_at": "2026-11-01T12:00:00.000000Z", "event_type": "fired", "alert_id": "a", "attempt": 1}\n'
_HEAD = b'{"ledger": "core.fct_charges", "day": "2026-10-01", "sequence": 0, "previous": "", "restates": "", "key_id": "a", "signature": "b", "columns": ["a"], "rows": 1}\n'
READERS = (
    Reader("access.toml", b'issuer = "https://login.example.com"\n[groups.finance]\nrows = "all"\nrevenue = true\n[groups.x]\nteams = ["a"]\n', load_policy, (ReportError,)),
    Reader("finops.yml", b"vars:\n  sources: [litellm, customers]\n  as_of_date: latest\n  reporting_time_zone: UTC\n", _company, (FolderError,)),
    Reader("a seed", b"owner_id,owner_type\nteam-a,team\n", _seed, (FolderError,)),
    Reader("a chart", b"name: a\nkind: bars\nmetrics: [total_cost]\nfilters:\n  call__provider: [openai]\n", load_chart, (ReportError,)),
    Reader("a price list", b'{"m": {"litellm_provider": "p", "input_cost_per_token": 2e-06, "output_cost_per_token": 8e-06}}', lambda path: release_of_file(path, "1"), (UsageError,)),
    Reader("another price list", b'[{"id": "p", "models": [{"id": "m", "match": {"equals": "m"}, "prices": {"input_mtok": 2, "output_mtok": 8}}]}]', lambda path: release_of_file(path, "1"), (UsageError,)),
    Reader("the price book", b"\n".join((shipped.SEEDS / "price_book.csv").read_bytes().splitlines()[:3]) + b"\n", read_book, (UsageError,)),
    Reader("a tag policy", b'{"Policy": {"Content": "{\\"tags\\": {\\"a\\": {\\"tag_key\\": {\\"@@assign\\": \\"A\\"}, \\"tag_value\\": {\\"@@assign\\": [\\"x\\"]}}}}"}}', _tags, (UsageError,)),
    Reader("proposals", b"scope,scope_id,period,period_start_date,budget_usd,gate,approver_role\nteam,a,month,2026-11-01,5.00,warning,CFO\n", lambda path: accepted_changes(path.read_bytes().decode("utf-8", "replace"), actor="ann"), (ReportError,)),
    Reader("a layout", (Path(shipped.PROJECT).parent / "reports_builder" / "exports" / "layouts" / "xero.yml").read_bytes(), read_layout, (ReportError,)),
    Reader("events of alerts", _EVENT * 2, lambda path: Ledger(_beside("alerts/events.jsonl")(path)).events()),
    Reader("changes of budgets", budget_change("team", "a", "2026-11", "5").line() * 2, lambda path: BudgetChanges(_beside("budgets/changes.jsonl")(path)).in_force()),
    Reader("decisions", b'{"tracking_id": "a:b", "decided_at": "2026-11-01T12:00:00.000000Z", "accepted_date": null}\n', lambda path: Decisions(_beside("savings/decisions.jsonl")(path)).in_force()),
    Reader("the audit log", b'{"event_at": "2026-11-01T12:00:00.000000Z", "run_id": "1", "actor": "ann", "action": "a", "outcome": "done", "previous_sha256": ""}\n', lambda path: (AuditLog(_beside("audit/events.jsonl")(path)).events(), AuditLog(_beside("audit/events.jsonl")(path)).problems())),
    Reader("heads of seals", _HEAD, lambda path: read_chain(path.read_bytes(), {})),
    Reader("the key table", b'{"pseudonym": "p-1", "id": "acme"}\n{"pseudonym": "p-2"}\n', lambda path: Pseudonyms(path, ["customer_id"]).load(), (UnreadableFileError,)),
    Reader("what was fetched", b'{"name": "a/b.csv", "tag": "t", "size": 5, "changed_ns": 7}\n', lambda path: _known(_beside("raw/_fetched.jsonl")(path).parent / "raw")),
    Reader("the manifest of an export", Manifest("2026-10-31-1", (), ()).content(), lambda path: read_manifest(path.read_bytes(), str(path)), (ReportError,)),
    Reader("attempt.json", b'{"started_at": "2026-11-01T12:00:00Z", "finished_at": null, "outcome": "failed", "problem": "a", "failures": 1, "pid": 7, "host": "h"}', lambda path: (attempts.last_attempt(_beside("attempt.json")(path)), attempts.failed_attempt(path.parent / "finops.duckdb"))),
    Reader("refresh.json", b'{"published_at": "2026-11-01T12:00:00Z", "arrived_at": null, "sequence": 3}', lambda path: StatusFile(_beside("refresh.json")(path).parent)),
)  # fmt: skip


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_a_file_is_read_or_refused_with_a_reason(reader: Reader) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "file"
        path.write_bytes(reader.example)
        reader.read(path)

        @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
        @given(nearly(reader.example))
        def held(content: bytes) -> None:
            path.write_bytes(content)
            try:
                reader.read(path)
            except reader.named as error:
                assert str(error).strip()

        held()


@pytest.mark.parametrize(
    "text",
    [
        "vars:\n  as_of_date: \"{{ env_var('HOME') }}\"\n",
        'vars:\n  sources: ["{{ 1/0 }}"]\n',
        "vars: !!python/object/apply:os.system [touch /tmp/ran]\n",
        "vars: &a [*a]\n",
        "? {{ env_var('HOME') }}\n: 1\n",
        "vars:\n  reporting_time_zone: \"{% do run_query('drop schema core cascade') %}\"\n",
    ],
)
def test_settings_of_a_company_are_values_and_no_program(tmp_path: Path, text: str) -> None:
    (tmp_path / "finops.yml").write_text(text)
    with pytest.raises(FolderError):
        _settings(tmp_path)


@given(st.text(max_size=30))
@settings(max_examples=EXAMPLES)
def test_a_text_in_the_settings_never_becomes_another_variable(text: str) -> None:
    """What is not a value that a variable takes is refused; nothing of it is in the project that dbt reads."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "finops.yml"
        try:
            path.write_text(f"vars:\n  as_of_date: {text}\n")
            project = _settings(Path(name))
        except (FolderError, UnicodeEncodeError):
            return
        assert project.count("\nvars:") == 1 and "{{" not in project
