"""The folder of a company beside an installed product: what it edits counts, an upgrade keeps it, nothing else is in it."""

import re
import shutil
import tomllib
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import distribution
from pathlib import Path

import duckdb
import pytest
import typer
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from finops import cli, shipped
from finops.company_folder import compose, init, take_over, upgrade
from finops.errors import FolderError
from reports_builder import cli as reports
from tests.company.conftest import Finops


@pytest.fixture
def company(tmp_path: Path) -> Path:
    init(tmp_path / "ours", is_demo=False)
    return tmp_path / "ours"


def composed_seed(company: Path, name: str) -> str:
    return (company / "dbt_project" / "seeds" / f"{name}.csv").read_text()


def test_the_wheel_has_every_file_that_the_repository_reads(installed: Path) -> None:
    """Whatever is no Python is easily forgotten, and missed only by who installed it."""
    ignored = {"target", "logs", "__pycache__"}
    for name in ("dbt_project", "finops", "generator", "reports_builder"):
        root = shipped.PROJECT.parent
        here = {
            path.relative_to(root)
            for path in (root / name).rglob("*")
            if path.is_file() and not ignored & {*path.parts} and not path.name.startswith(".")
        }
        there = {path.relative_to(installed) for path in (installed / name).rglob("*") if path.is_file()}
        assert here - there == set()


def test_from_an_installed_package_to_reports_with_the_companys_own_rows(
    finops: Finops, tmp_path: Path
) -> None:
    assert finops("init", "ours", "--demo").returncode == 0
    ours = tmp_path / "ours"
    assert finops("generate", "--customers", "8", "--days", "35", cwd=ours).returncode == 0
    header = (shipped.SEEDS / "budgets.csv").read_text().splitlines()[0]
    assert header == "month_start_date,team_id,budget_usd"
    (ours / "seeds" / "budgets.csv").write_text(f"{header}\n2026-10-01,assistant-team,123.45\n")
    (ours / "data" / "prices").mkdir()
    (ours / "data" / "prices" / "a.csv").write_text("provider,mine\nopenai,1.5\n")
    (ours / "models" / "prices").mkdir(parents=True)
    (ours / "models" / "prices" / "_sources.yml").write_text(
        "sources: [{name: ours, tables: [{name: prices, config: {meta: "
        "{external_location: \"read_csv('data/prices/*.csv')\"}}}]}]\n"
    )
    (ours / "models" / "prices" / "own_costs.sql").write_text(
        "select provider, sum(billed_cost_usd) * max(mine) as cost_usd from {{ ref('fct_usage_daily') }}\n"
        "inner join {{ source('ours', 'prices') }} using (provider) group by provider\n"
    )
    built = finops("build", cwd=ours)
    assert built.returncode == 0, built.stdout[-4000:] + built.stderr[-2000:]
    with duckdb.connect(str(ours / "warehouse" / "finops.duckdb"), read_only=True) as connection:
        found = connection.sql("select count(*), max(budget_usd) from seeds.budgets").fetchone()
        own = connection.sql("select provider, cost_usd > 0 from own.own_costs").fetchall()
    assert found is not None
    assert [str(value) for value in found] == ["1", "123.45"]
    assert own == [("openai", True)]
    reported = finops("report", cwd=ours)
    assert reported.returncode == 0, reported.stderr
    assert (ours / "reports" / "finops_summary.md").is_file()
    exported = finops("export", "openmetrics", "--out", "metrics.txt", cwd=ours)
    assert exported.returncode == 0, exported.stderr
    # Only what the company edits, what it has of data, and what is made anew.
    assert {path.name for path in ours.iterdir()} == {
        ".env.example", ".gitignore", "charts", "data", "dbt_project", "finops.yml", "metrics.txt",
        "models", "profiles.yml", "reports", "seeds", "warehouse",
    } | ({".user.yml"} & {path.name for path in ours.iterdir()})  # fmt: skip


def test_a_seed_of_a_companys_data_counts_whole(company: Path) -> None:
    compose(company)
    header = composed_seed(company, "owners")
    assert header.count("\n") == 1
    (company / "seeds" / "owners.csv").write_text(header + "x" + "," * header.count(",") + "\n")
    compose(company)
    assert composed_seed(company, "owners") == (company / "seeds" / "owners.csv").read_text()
    assert composed_seed(company, "assumptions") == (shipped.SEEDS / "assumptions.csv").read_text()


def test_what_the_demos_company_decided_is_nobody_elses_decision(company: Path, tmp_path: Path) -> None:
    """A folder that is older than a seed of decisions has no file of it, and none of the demo's rows."""
    (company / "seeds" / "accepted_savings.csv").unlink()
    for _ in range(2):
        compose(company)
        assert composed_seed(company, "accepted_savings").count("\n") == 1
    init(tmp_path / "demo", is_demo=True)
    header = (shipped.SEEDS / "budgets.csv").read_text().splitlines()[0]
    (tmp_path / "demo" / "seeds" / "budgets.csv").write_text(f"{header}\n")
    compose(tmp_path / "demo")
    assert composed_seed(tmp_path / "demo", "accepted_savings").count("\n") > 1


def test_models_of_the_company_are_made_beside_the_products_and_go_with_their_files(company: Path) -> None:
    compose(company)
    before = {path for path in (company / "dbt_project").rglob("*") if not path.is_dir()}
    settings = (company / "dbt_project" / "dbt_project.yml").read_text()
    (company / "models" / "a").mkdir(parents=True)
    (company / "models" / "a" / "mine.sql").write_text("select 1 as one")
    (company / "models" / "a" / ".mine.sql.swp").write_text("")
    compose(company)
    mine = company / "dbt_project" / "models" / "own" / "a" / "mine.sql"
    assert {path for path in (company / "dbt_project").rglob("*") if not path.is_dir()} == before | {mine}
    assert mine.read_text() == "select 1 as one"
    assert "own:\n      +schema: own" in (company / "dbt_project" / "dbt_project.yml").read_text()
    (company / "models" / "a" / "mine.sql").unlink()
    compose(company)
    assert {path for path in (company / "dbt_project").rglob("*") if not path.is_dir()} == before
    assert (company / "dbt_project" / "dbt_project.yml").read_text() == settings


def test_commands_that_begin_at_once_put_the_folder_together_one_after_the_other(company: Path) -> None:
    (company / "seeds" / "assumptions.csv").write_text("name,value,unit,description\n")
    with ThreadPoolExecutor(4) as pool:
        assert len(list(pool.map(compose, [company] * 4))) == 4
    there = [path for path in (company / "dbt_project").rglob("*") if not path.is_dir()]
    assert not [path for path in there if path.suffix == ".partial" or not path.exists()]


def test_variables_of_the_company_count_and_the_others_are_the_products(company: Path) -> None:
    (company / "finops.yml").write_text("vars: {sources: [focus], anomaly_baseline_days: 14}\n")
    compose(company)
    composed = (company / "dbt_project" / "dbt_project.yml").read_text()
    assert "anomaly_baseline_days: 14" in composed
    assert "anomaly_spread_days: 56" in composed
    before = (company / "dbt_project" / "dbt_project.yml").stat().st_mtime_ns
    compose(company)
    assert (company / "dbt_project" / "dbt_project.yml").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("vars: {source: [focus]}", "source is not a variable that a company sets. Did you mean sources?"),
        ("vars: {sources: [focsu]}", "variable sources is"),
        ("vars: {source_kinds: {}}", "source_kinds is not a variable that a company sets"),
        ("models: {}", "has a mapping `vars` and nothing else"),
        ("vars: [", "cannot be read"),
        ("- a", "has a mapping `vars` and nothing else"),
    ],
)
def test_settings_that_cannot_be_meant_are_named(company: Path, text: str, said: str) -> None:
    (company / "finops.yml").write_text(text)
    with pytest.raises(FolderError, match=r"finops\.yml") as raised:
        compose(company)
    assert said in str(raised.value)


def test_a_seed_that_nothing_reads_is_named(company: Path) -> None:
    (company / "seeds" / "owner.csv").write_text("a\n")
    with pytest.raises(FolderError, match=r"owner\.csv is not a seed .* Did you mean owners\.csv"):
        compose(company)


def test_an_older_seed_is_refused_until_it_is_upgraded_and_keeps_its_rows(company: Path) -> None:
    path = company / "seeds" / "owners.csv"
    *kept, newest = path.read_text().strip().split(",")
    path.write_text(",".join(kept) + "\n" + ",".join(['"a, b"', *("" for _ in kept[1:])]) + "\n")
    with pytest.raises(FolderError, match=f"owners.csv lacks {newest}, which this version reads"):
        compose(company)
    [changed] = upgrade(company)
    assert changed.missing == (newest,)
    compose(company)
    header, row = path.read_text().splitlines()
    assert header.split(",") == [*kept, newest]
    assert row.startswith('"a, b"')
    assert row.count(",") == len(kept) + 1
    assert upgrade(company) == []


def test_a_column_that_is_gone_is_for_a_person_to_decide(company: Path) -> None:
    path = company / "seeds" / "owners.csv"
    before = path.read_text().strip() + ",cost_center_of_old\n"
    path.write_text(before)
    with pytest.raises(FolderError, match="has cost_center_of_old, which this version does not know"):
        upgrade(company)
    assert path.read_text() == before


def test_a_run_that_was_killed_and_a_product_that_moved_are_made_whole_by_the_next(company: Path) -> None:
    compose(company)
    whole = {
        str(path.relative_to(company)): str(path.readlink())
        for path in (company / "dbt_project").rglob("*")
        if path.is_symlink()
    }
    stale = company / "dbt_project" / "models" / "gone.sql"
    stale.symlink_to("/nowhere/gone.sql")
    (company / "dbt_project" / "seeds" / "owners.csv").unlink()
    models = company / "dbt_project" / "models" / "core" / "fct_charges.sql"
    models.unlink()
    models.symlink_to("/an/older/version/fct_charges.sql")
    compose(company)
    assert {
        str(path.relative_to(company)): str(path.readlink())
        for path in (company / "dbt_project").rglob("*")
        if path.is_symlink()
    } == whole


def test_what_a_company_wrote_itself_is_left_alone(company: Path) -> None:
    (company / "profiles.yml").write_text("ours: {}\n")
    (company / "dbt_project").mkdir()
    (company / "dbt_project" / "notes.txt").write_text("ours")
    compose(company)
    assert (company / "profiles.yml").read_text() == "ours: {}\n"
    assert (company / "dbt_project" / "notes.txt").read_text() == "ours"


def test_what_was_made_of_a_seed_that_is_gone_does_not_stay(company: Path) -> None:
    compose(company)
    former = company / "dbt_project" / "seeds" / "former.csv"
    former.write_text("a\n")
    compose(company)
    assert not former.exists()


def test_an_update_of_prices_is_the_companys_from_then_on(company: Path) -> None:
    assert [path.name for path in take_over(company, ("price_book",))] == ["price_book.csv"]
    assert take_over(company, ("price_book",)) == []
    compose(company)
    assert composed_seed(company, "price_book") == (shipped.SEEDS / "price_book.csv").read_text()


def test_a_folder_of_somebody_else_is_not_made_a_companys(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(FolderError, match="not empty"):
        init(tmp_path, is_demo=False)
    with pytest.raises(FolderError, match="is not the folder of a company"):
        compose(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_init_leaves_nothing_where_it_cannot_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "rename", full)
    with pytest.raises(FolderError, match="No space left"):
        init(tmp_path / "ours", is_demo=False)
    assert list(tmp_path.iterdir()) == []
    shutil.rmtree(tmp_path)


def test_users_install_nothing_that_only_the_tests_need() -> None:
    """`requirements.lock` is closed: every package that it has asks only for others of it, on this platform."""
    project = tomllib.loads((shipped.PROJECT.parent / "pyproject.toml").read_text())["project"]
    extras = ("alerts", "dashboard", "delivery", "mcp", "otel", "prices", "receive", "s3")
    wanted = [
        *project["dependencies"],
        *(each for name in extras for each in project["optional-dependencies"][name]),
    ]
    needed = set[str]()
    seen = set[tuple[str, frozenset[str]]]()
    while wanted:
        asked = Requirement(wanted.pop())
        key = (canonicalize_name(asked.name), frozenset(asked.extras))
        if key in seen:
            continue
        seen.add(key)
        needed.add(key[0])
        for text in distribution(asked.name).requires or []:
            marker = Requirement(text).marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in {"", *asked.extras}):
                wanted.append(text)
    locked, tools = (_names(name) for name in ("requirements.lock", "requirements-dev.lock"))
    assert needed - locked == set()
    assert locked & tools == set()
    assert {"mypy", "pytest", "playwright", "ruff", "sqlfluff"} <= tools


def _names(lock: str) -> set[str]:
    text = (shipped.PROJECT.parent / lock).read_text()
    return {canonicalize_name(name) for name in re.findall(r"(?m)^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==", text)}


def test_every_command_of_the_reports_is_one_of_finops() -> None:
    def names(app: typer.Typer) -> set[str]:
        return set(typer.main.get_group(app).commands)

    assert names(cli.app) >= names(reports.app)
