"""Attempts to see more than the rows and columns of a group, by every way that leads to the warehouse.

Each way is tried with a reader of one team, who sees costs without revenue, and a reader of one customer.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from streamlit.testing.v1 import AppTest

from reports_builder import semantic
from reports_builder.access import EVERYTHING, AccessError, Reader, Scope, open_reader
from reports_builder.access.marts import SCHEMAS, is_of_revenue
from reports_builder.dashboard import login
from reports_builder.dashboard.builder_page import _seen_metrics
from reports_builder.dashboard.filters import Filters
from reports_builder.dashboard.loading import (
    load_alerts,
    load_choices,
    load_customer,
    load_customers,
    load_trace,
    load_traces,
    load_view,
)
from reports_builder.dashboard.pages import VIEWS
from reports_builder.dashboard.questions import Question
from reports_builder.dashboard.reading import Identity, identity_of
from reports_builder.dashboard.settings import Settings
from reports_builder.dashboard.view import View
from reports_builder.errors import ReportError
from reports_builder.evidence import Evidence
from reports_builder.model import cite
from reports_builder.semantic.saved_charts import SavedChart, load_chart, save_chart
from reports_builder.spreadsheet_cells import csv_bytes
from tests.workspace import ROOT, Workspace

pytestmark = pytest.mark.usefixtures("layer")

TEAM = "assistant-team"
ENGINEER = Scope(teams=frozenset({TEAM}))


@dataclass(frozen=True)
class Others:
    """A customer, and who is not that customer: names that must appear nowhere."""

    customer: str
    organization: str
    customers: frozenset[str]
    names: frozenset[str]
    teams: frozenset[str]

    @property
    def success(self) -> Scope:
        return Scope(customers=frozenset({self.customer}), has_revenue=True)


@pytest.fixture(scope="module")
def others(built: Workspace) -> Others:
    # The one whose calls cost most, so that every page has something of it to show.
    rows = built.query(
        "select customer_id, customer_name, organization_id from margin.rpt_customer_margins where has_activity "
        "order by cost_to_serve_usd desc, customer_id"
    )
    (customer, _, organization), *rest = rows
    teams = {
        str(team) for (team,) in built.query("select owner_id from core.dim_owners where owner_type = 'team'")
    }
    assert TEAM in teams
    return Others(
        str(customer),
        str(organization),
        frozenset(str(row[0]) for row in rest),
        frozenset(str(row[1]) for row in rest),
        frozenset(teams - {TEAM, "unallocated"}),
    )


@pytest.fixture(scope="module")
def engineer(built: Workspace) -> Iterator[Reader]:
    with open_reader(built.published, ENGINEER) as reader:
        assert isinstance(reader, Reader)
        yield reader


BEYOND = "core.fct_usage_daily"

REFUSED = {
    "the file by its name": f"select * from finops.{BEYOND}",
    "the same in other letters": 'select * from "FINOPS"."Core"."FCT_usage_daily"',
    "the same in a subquery": f"select (select max(calls) from finops.{BEYOND})",
    "the same in a part with a name": f"with core as (select * from finops.{BEYOND}) select * from core",
    "the same beside own rows": f"select calls from {BEYOND} union all select calls from finops.{BEYOND}",
    "the same joined sideways": f"select * from {BEYOND} t, lateral (select * from finops.{BEYOND}) u",
    "the same in a condition": f"select 1 where exists (from finops.{BEYOND} where customer_id = 'cust_0001')",
    "the same in an order": f"select 1 order by (select count(*) from finops.{BEYOND})",
    "the same as a pivot": f"pivot finops.{BEYOND} on provider using sum(calls)",
    "a recursion over it": f"with recursive r as (select 1 as n union all select calls from finops.{BEYOND}) from r",
    "a function that takes a name": f"select * from query_table('finops.{BEYOND}')",
    "a function that takes a query": f"select * from query('select * from finops.{BEYOND}')",
    "a summary of the file": f"from (summarize finops.{BEYOND})",
    "a description of the file": f"from (describe finops.{BEYOND})",
    "a list of tables": "select * from duckdb_tables()",
    "a list of columns": "select * from information_schema.columns",
    "statistics of the columns": f"select * from pragma_storage_info('finops.{BEYOND}')",
    "a list in the manner of PostgreSQL": "select * from pg_catalog.pg_class",
    "all tables": "show all tables",
    "another database": "select * from system.main.duckdb_tables",
    "the settings": "select current_setting('allowed_paths')",
    "the environment": "select getenv('HOME')",
    "a file": "select * from 'build/finops.duckdb'",
    "a file by a function": "select * from read_text('/etc/passwd')",
    "a variable of the program": "select * from BEYOND",
    "two statements": f"select 1; select * from finops.{BEYOND}",
    "another catalog as its own": "use finops",
    "another file": "attach '/tmp/other.duckdb' as other",
    "its settings undone": "set lock_configuration = false",
    "a view of its own": f"create view core.mine as select * from finops.{BEYOND}",
    "its view gone": f"drop view {BEYOND}",
    "a file to write": f"copy {BEYOND} to '/tmp/out.csv'",
    "the text of a plan": f"explain analyze select * from {BEYOND}",
    "the plan of a query given as text": f"select json_serialize_plan('select max(calls) from finops.{BEYOND}')",
    "the text of a view": "select pg_get_viewdef(1)",
    "a prepared question": f"prepare q as select * from finops.{BEYOND}",
    "nothing": "",
    "a table before it is a mart": "select * from intermediate.int_customer_margins",
    "the raw calls": "select * from staging.stg_raw__calls",
    "what a company typed in": "select * from seeds.subscription_tiers",
    "the total of the company": "select * from core.rpt_spend_daily",
    "models of the company": "select * from efficiency.rpt_model_usage",
    "revenue": "select * from margin.fct_customer_margins_daily",
    "fees of customers": "select monthly_fee_usd from core.dim_customers",
    "prices of plans": "select * from pricing.rpt_plan_backtests",
    "a failure that tells of a row": f"select case when customer_id <> '' then error(customer_id) end from {BEYOND}",
    "a cast that tells of a row": f"select count(*) from {BEYOND} where cast(customer_id as int) = 1",
}  # fmt: skip


@pytest.mark.parametrize("attempt", REFUSED)
def test_a_query_cannot_leave_the_scope(engineer: Reader, attempt: str) -> None:
    with pytest.raises((AccessError, duckdb.CatalogException)) as refused:
        engineer.execute(REFUSED[attempt]).fetchall()
    assert "cust_" not in str(refused.value)


@pytest.mark.parametrize(
    "query",
    [
        f"select distinct team_id from {BEYOND}",
        "select distinct TEAM_ID from Core.FCT_Usage_Daily",
        f"select distinct team_id from {BEYOND} tablesample 100%",
        f"select distinct team_id from {BEYOND} where true or team_id <> 'x'",
        f"with fct_usage_daily as (from {BEYOND}) select distinct team_id from fct_usage_daily",
        f"select distinct a.team_id from {BEYOND} a full join {BEYOND} b using (usage_date)",
    ],
)
def test_own_rows_are_all_that_a_query_finds(engineer: Reader, query: str) -> None:
    assert engineer.execute(query).fetchall() == [(TEAM,)]


def test_every_mart_gives_own_rows_alone(built: Workspace, others: Others) -> None:
    """Whatever a mart is: no cell of it holds another's id or name, and none can be read that must not be."""
    marts = [
        f"{schema}.{name}"
        for schema, name in built.query(
            "select schema_name, table_name from duckdb_tables() where schema_name not in ('seeds', 'staging')"
        )
    ]
    seen: dict[str, int] = {}
    for scope, foreign in ((ENGINEER, others.teams), (others.success, others.customers | others.names)):
        with open_reader(built.published, scope) as reader:
            for mart in marts:
                try:
                    cursor = reader.execute(f"select * from {mart}")
                except AccessError:
                    continue
                seen[mart] = seen.get(mart, 0) + 1
                columns = [column[0] for column in cursor.description or ()]
                assert scope.has_revenue or not is_of_revenue(mart, columns), mart
                found = {str(value) for row in cursor.fetchall() for value in row} & foreign
                assert not found, (mart, found)
    assert len(seen) > 50
    assert {mart.partition(".")[0] for mart in seen} <= {*SCHEMAS, "intermediate"}


def test_a_row_does_not_tell_what_the_company_spends(engineer: Reader) -> None:
    row = "cost_share, charged_cost_usd from allocation.rpt_chargebacks_monthly"
    assert {share for share, _ in engineer.execute(f"select {row}").fetchall()} == {None}
    assert all(charged is not None for _, charged in engineer.execute(f"select {row}").fetchall())


# The pages


def key(built: Workspace, scope: Scope) -> Identity:
    identity = identity_of(built.published, scope)
    assert identity is not None
    return identity


def evidence_of(view: View) -> list[Evidence]:
    cells = [cell for tile in view.tiles for cell in tile.cells]
    found = [citation.evidence for citation in cite([*view.headline, *view.further, *cells])]
    return found + [citation.evidence for section in view.sections for citation in section.citations]


def downloads(view: View) -> str:
    """Every CSV that the page offers, and whatever it says."""
    said = [sentence.plain for sentence in (*view.headline, *view.further)]
    return "\n".join([*said, *(csv_bytes(evidence).decode("utf-8-sig") for evidence in evidence_of(view))])


@pytest.mark.parametrize("name", [page.view for page in VIEWS])
def test_no_page_and_no_csv_holds_rows_of_others(built: Workspace, others: Others, name: str) -> None:
    for scope, foreign in ((ENGINEER, others.teams), (others.success, others.customers | others.names)):
        view = load_view(name, str(built.published), key(built, scope), Filters())
        assert view is not None
        text = downloads(view)
        assert not {word for word in foreign if word in text}
        assert not any(evidence.is_withheld for evidence in evidence_of(view))
        if scope is ENGINEER:
            assert not {
                mart
                for one in evidence_of(view)
                for mart in one.marts
                if mart.startswith(("margin.", "pricing."))
            }


def test_each_role_sees_what_is_its_own(built: Workspace, others: Others) -> None:
    path = str(built.published)

    def tiles(scope: Scope) -> dict[str, str]:
        view = load_view("overview", path, key(built, scope), Filters())
        assert view is not None
        return {str(tile.label): tile.now.plain for tile in view.tiles}

    finance, engineer, success = tiles(EVERYTHING), tiles(ENGINEER), tiles(others.success)
    assert "Fees earned" in finance
    assert "Fees earned" not in engineer
    assert "Fees earned" in success
    assert len({each["AI spend"] for each in (finance, engineer, success)}) == 3
    controller = tiles(Scope(has_all_rows=True))
    assert controller["AI spend"] == finance["AI spend"]
    assert "Fees earned" not in controller
    alignment = load_view("alignment", path, key(built, ENGINEER), Filters())
    assert alignment is not None
    assert "Chargeback and showback of the month" in {section.title for section in alignment.sections}
    assert (
        "Fees earned" in (load_view("overview", path, key(built, ENGINEER), Filters()) or alignment).left_out
    )
    # The team's cost is what finance sees of the team.
    ((cost,),) = built.query(
        f"select sum(effective_cost_usd) from intermediate.int_usage_owned_daily where team_id = '{TEAM}'"
    )
    with open_reader(built.published, ENGINEER) as reader:
        assert reader.execute(f"select sum(effective_cost_usd) from {BEYOND}").fetchall() == [(cost,)]


def test_filters_of_the_address_find_nobody_else(built: Workspace, others: Others) -> None:
    foreign = sorted(
        str(name)
        for (name,) in built.query("select distinct organization_id from core.dim_customers")
        if name != others.organization
    )
    path = str(built.published)
    for scope in (ENGINEER, others.success):
        filters = Filters.from_address({"organization": [*foreign, "' or true --"], "period": ["all"]})
        assert load_view("overview", path, key(built, scope), filters) is None
        choices, _ = load_choices(path, key(built, scope))
        assert set(choices["organization"]) <= {others.organization}


def test_a_filter_by_team_keeps_to_the_scope_and_to_the_teams_in_the_books(
    built: Workspace, others: Others
) -> None:
    """Also where a call names a team, and the rows of a reader of one team stand for those of the books."""
    path = str(built.published)

    def spend(scope: Scope, teams: Iterable[str]) -> str | None:
        view = load_view("overview", path, key(built, scope), Filters.from_address({"team": teams}))
        return view and {str(tile.label): tile.now.plain for tile in view.tiles}["AI spend"]

    assert load_choices(path, key(built, ENGINEER))[0]["team"] == (TEAM,)
    assert spend(ENGINEER, [TEAM]) == spend(ENGINEER, []) == spend(EVERYTHING, [TEAM])
    assert spend(ENGINEER, [*sorted(others.teams), "' or true --"]) is None
    every = load_choices(path, key(built, EVERYTHING))[0]["team"]
    assert {TEAM} < set(every)
    assert spend(others.success, every) == spend(others.success, [])
    assert spend(others.success, [TEAM]) != spend(others.success, [])
    assert spend(Scope(has_all_rows=True), every) == spend(EVERYTHING, [])


def test_the_page_of_a_customer_is_its_own_alone(built: Workspace, others: Others) -> None:
    path = str(built.published)
    assert set(load_customers(path, key(built, others.success))) == {others.customer}
    assert load_customers(path, key(built, ENGINEER)) == {}
    assert load_customer(path, key(built, others.success), others.customer) is not None
    foreign = min(others.customers)
    for asked in (foreign, f"{others.customer}' or '1'='1", f"{others.customer},{foreign}", "%", ""):
        assert load_customer(path, key(built, others.success), asked) is None
    assert load_customer(path, key(built, ENGINEER), others.customer) is None
    (own,) = load_traces(path, key(built, others.success), others.customer).tables
    (table,) = load_traces(path, key(built, others.success), foreign).tables
    assert own.evidence.rows
    assert not table.evidence.rows


def test_a_trace_is_known_to_whom_its_calls_are(built: Workspace, others: Others) -> None:
    path = str(built.published)
    own, foreign = (
        built.query(
            f"select trace_id from core.fct_traces where customer_id {which} '{others.customer}' limit 1"
        )[0][0]
        for which in ("=", "<>")
    )
    assert load_trace(path, key(built, others.success), own) is not None
    assert load_trace(path, key(built, EVERYTHING), foreign) is not None
    for asked in (foreign, "%", f"{own}' or '1'='1"):
        assert load_trace(path, key(built, others.success), asked) is None


def test_alerts_of_others_are_neither_shown_nor_acknowledged(built: Workspace, others: Others) -> None:
    path = str(built.published)
    everybodys = load_alerts(path, key(built, EVERYTHING))
    assert everybodys is not None
    for scope, own in ((ENGINEER, ("team", TEAM)), (others.success, ("customer", others.customer))):
        alerts = load_alerts(path, key(built, scope))
        assert alerts is not None
        listed = {(row["subject_type"], row["subject_id"]) for row in alerts.still_open.records()}
        assert listed <= {own}
        assert len(alerts.still_open.rows) < len(everybodys.still_open.rows)


def test_sessions_that_take_turns_do_not_share_what_is_kept(built: Workspace, others: Others) -> None:
    path = str(built.published)
    scopes = [EVERYTHING, ENGINEER, others.success] * 3
    seen: dict[int, str] = {}

    def look(turn: int) -> None:
        view = load_view("overview", path, key(built, scopes[turn]), Filters())
        assert view is not None
        seen[turn] = next(tile.now.plain for tile in view.tiles if tile.label == "AI spend")

    for turn in range(3):
        look(turn)
    threads = [threading.Thread(target=look, args=(turn,)) for turn in range(3, len(scopes))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(seen.values())) == 3
    assert all(seen[turn] == seen[turn % 3] for turn in range(len(scopes)))


# The semantic layer: chart builder, saved charts, and whatever asks it


@pytest.mark.parametrize(
    ("metrics", "dimensions", "filters", "order"),
    [
        (["revenue"], [], {}, []),
        (["margin"], ["customer__subscription_tier"], {}, []),
        (["total_cost", "revenue"], [], {}, []),
        (["total_cost"], ["customer__customer_name"], {}, []),
        (["total_cost"], [], {"customer__customer_name": ["x"]}, []),
        (["total_cost) from finops.core.fct_usage_daily --"], [], {}, []),
        (["total_cost"], ["call__team_id; select 1"], {}, []),
        (["total_cost"], [], {"call__team_id') or true --": ["x"]}, []),
        (["total_cost"], [], {}, ["-revenue"]),
    ],
)
def test_a_semantic_question_cannot_leave_the_scope(
    built: Workspace,
    metrics: list[str],
    dimensions: list[str],
    filters: dict[str, list[str]],
    order: list[str],
) -> None:
    with pytest.raises(ReportError):
        semantic.query(metrics, dimensions, filters, order=order, warehouse=built.published, scope=ENGINEER)


@pytest.mark.parametrize(
    "value", ["{other}", "' or true --", "%", "{{ Dimension('call__team_id') }}", "finops_value_0"]
)
def test_a_filter_on_another_team_finds_nothing(built: Workspace, others: Others, value: str) -> None:
    only = {"call__team_id": [value.replace("{other}", min(others.teams))]}
    result = semantic.query(["calls"], ["call__team_id"], only, warehouse=built.published, scope=ENGINEER)
    assert result.rows == ()
    values = semantic.dimension_values("call__team_id", warehouse=built.published, scope=ENGINEER)
    assert values == (TEAM,)


def test_a_chart_that_finance_saved_shows_own_rows_alone(
    built: Workspace, others: Others, tmp_path: Path
) -> None:
    foreign = min(others.customers)
    chart = SavedChart("Ours", "table", ("calls",), ("customer",), {"customer": (foreign, others.customer)})
    question = Question.of_chart(load_chart(save_chart(chart, tmp_path)))
    result = semantic.query(
        question.metrics,
        question.dimensions,
        question.filters,
        warehouse=built.published,
        scope=others.success,
    )
    assert [row[0] for row in result.rows] == [others.customer]


def test_metrics_of_revenue_are_not_offered_to_who_sees_costs(built: Workspace, others: Others) -> None:
    path = str(built.published)
    every, engineers, success = (
        _seen_metrics(path, key(built, scope)) for scope in (EVERYTHING, ENGINEER, others.success)
    )
    assert every - engineers == {"revenue", "cost_to_serve", "margin", "margin_share"}
    assert success == every


def _builder(warehouse: str, charts: str, team: str) -> None:
    from pathlib import Path  # noqa: PLC0415

    from reports_builder.access import Scope  # noqa: PLC0415
    from reports_builder.dashboard import builder_page  # noqa: PLC0415
    from reports_builder.dashboard.reading import identity_of  # noqa: PLC0415
    from reports_builder.dashboard.settings import Settings  # noqa: PLC0415

    identity = identity_of(Path(warehouse), Scope(teams=frozenset({team})))
    assert identity is not None
    builder_page.draw_page(Settings(warehouse=warehouse, charts=charts), identity)


def _explain(warehouse: str, team: str) -> None:
    from pathlib import Path  # noqa: PLC0415

    from reports_builder.access import Scope  # noqa: PLC0415
    from reports_builder.dashboard import explain_page  # noqa: PLC0415
    from reports_builder.dashboard.filters import Filters  # noqa: PLC0415
    from reports_builder.dashboard.reading import identity_of  # noqa: PLC0415
    from reports_builder.dashboard.settings import Settings  # noqa: PLC0415

    identity = identity_of(Path(warehouse), Scope(teams=frozenset({team})))
    assert identity is not None
    explain_page.draw(Settings(warehouse=warehouse), identity, Filters())


@pytest.mark.parametrize("asked", ["", "finops_summary/spend_usd=1", "statement/2026-10/anybody"])
def test_what_is_behind_a_figure_is_told_to_who_sees_all(built: Workspace, asked: str) -> None:
    page = AppTest.from_function(
        _explain, kwargs={"warehouse": str(built.published), "team": TEAM}, default_timeout=60
    )
    page.query_params["figure"] = asked
    page.run()
    assert not page.exception
    assert [info.value for info in page.info] == [
        f"Your group sees the rows of team {TEAM}, costs without revenue; what is behind a figure belongs to the "
        "whole company."
    ]
    assert not page.text_input
    assert not page.get("html")


def test_the_chart_builder_offers_what_the_group_sees(built: Workspace, tmp_path: Path) -> None:
    save_chart(SavedChart("Cost by model", "bars", ("total_cost",), ("call__model",)), tmp_path)
    save_chart(SavedChart("What ACME brings in", "bars", ("revenue",), ("customer",)), tmp_path)
    save_chart(
        SavedChart("Calls of ACME", "bars", ("calls",), ("customer",), {"customer": ("acme",)}), tmp_path
    )
    page = AppTest.from_function(
        _builder,
        kwargs={"warehouse": str(built.published), "charts": str(tmp_path), "team": TEAM},
        default_timeout=60,
    )
    page.query_params["kind"] = ["table"]
    page.query_params["metric"] = ["revenue", "calls"]
    page.query_params["by"] = ["call__team_id", "customer__customer_name"]
    page.run()
    assert not page.exception
    offered = {str(option) for widget in (*page.multiselect, *page.selectbox) for option in widget.options}
    assert {"Calls", "Total cost", "Team", "Cost by model"} <= offered
    assert not {"Revenue", "Margin", "Tier", "What ACME brings in", "Calls of ACME"} & offered
    assert any("your group does not see it: revenue, Customer" in caption.value for caption in page.caption)
    assert [button.label for button in page.button] == []
    table = page.get("html")[-1].proto.body
    assert TEAM in table
    assert not {name for name in ("agents-team", "documents-team") if name in table}


# The app itself, as Streamlit runs it


class Account:
    """Who has logged in, as Streamlit tells the page."""

    is_logged_in = True

    def __init__(self, claims: dict[str, object]) -> None:
        self._claims = claims

    def to_dict(self) -> dict[str, object]:
        return self._claims

    def get(self, name: str) -> object:
        return self._claims.get(name)


Open = Callable[..., AppTest]


@pytest.fixture
def opened(built: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Open:
    """The page that the app draws for an account, with a policy of access."""
    (tmp_path / "access.toml").write_text(
        f'issuer = "https://login.example"\n[groups.finance]\nrows = "all"\nrevenue = true\n'
        f'[groups.engineers]\nteams = ["{TEAM}"]\n'
    )
    (tmp_path / "secrets.toml").write_text(
        "[auth]\nredirect_uri = 'a'\ncookie_secret = 'b'\nclient_id = 'c'\nclient_secret = 'd'\n"
        "server_metadata_url = 'e'\n[access]\ndomains = ['*']\n"
    )
    monkeypatch.setattr(login, "_SECRETS", (tmp_path / "secrets.toml",))

    def open_app(
        groups: list[str], *, limited: bool = True, issuer: str = "https://login.example"
    ) -> AppTest:
        settings = Settings(
            str(built.published),
            reports=str(tmp_path),
            access=str(tmp_path / "access.toml"),
            is_limited=limited,
        )
        monkeypatch.setenv("FINOPS_DASHBOARD", settings.to_environment()["FINOPS_DASHBOARD"])
        now = time.time()
        monkeypatch.setattr(
            "streamlit.user", Account({"iss": issuer, "iat": now, "groups": groups, "email": "a@b.c"})
        )
        return AppTest.from_file(
            str(ROOT / "reports_builder" / "dashboard" / "app.py"), default_timeout=120
        ).run()

    return open_app


def shown(page: AppTest) -> str:
    elements = [*page.error, *page.info, *page.caption, *page.code]
    return "\n".join([*(str(one.value) for one in elements), *(one.proto.body for one in page.get("html"))])


def test_the_app_shows_each_group_its_own(opened: Open, others: Others) -> None:
    finance, engineer = shown(opened(["finance"])), shown(opened(["engineers"]))
    assert "Fees earned" in finance
    assert f"Your group sees the rows of team {TEAM}, costs without revenue" in engineer
    assert not {name for name in others.names | others.teams if name in engineer}
    assert "duckdb -readonly" in finance
    assert "duckdb -readonly" not in engineer


@pytest.mark.parametrize(
    ("groups", "issuer"),
    [([], "https://login.example"), (["*"], "https://login.example"), (["finance"], "https://evil.example")],
)
def test_the_app_shows_nothing_to_who_is_in_no_group(opened: Open, groups: list[str], issuer: str) -> None:
    page = opened(groups, issuer=issuer)
    assert len(page.error) == 1
    assert "$" not in shown(page)


def test_a_policy_that_is_gone_or_broken_opens_nothing(opened: Open, tmp_path: Path) -> None:
    (tmp_path / "access.toml").write_text("groups = [")
    assert "cannot be read" in opened(["finance"], limited=False).error[0].value
    (tmp_path / "access.toml").unlink()
    page = opened(["finance"])
    assert "cannot be read" in page.error[0].value
    assert "$" not in shown(page)
