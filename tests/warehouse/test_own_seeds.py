"""A company of its own: the demo's decisions leave with one command, and what is then missing is said."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from dbt_project.landing.errors import UsageError
from generator.company_seeds import COMPANY_SEEDS, CompanySeed, empty, state_of
from reports_builder.build import build_reports
from reports_builder.dashboard.filters import Filters
from reports_builder.dashboard.loading import load_view
from reports_builder.dashboard.pages import VIEWS
from reports_builder.dashboard.reading import identity_of
from reports_builder.pages import page_modules
from tests.workspace import ROOT, Workspace

SEEDS = ROOT / "dbt_project" / "seeds"


def run_seeds(folder: Path, *options: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "generator", "seeds", "--seeds", str(folder), *options]
    return subprocess.run(command, cwd=ROOT, input=answer, capture_output=True, text=True, check=False)


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    """A copy of the seeds of the demo's company, which a test may change."""
    for seed in COMPANY_SEEDS:
        shutil.copy(SEEDS / f"{seed.name}.csv", tmp_path)
    return tmp_path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("seed", COMPANY_SEEDS, ids=lambda seed: seed.name)
def test_the_shipped_seeds_are_known_by_what_they_hold(seed: CompanySeed, tmp_path: Path) -> None:
    assert state_of(seed, SEEDS) == "shipped"
    # A checkout with other ends of lines is the same file.
    path = tmp_path / f"{seed.name}.csv"
    path.write_bytes((SEEDS / path.name).read_bytes().replace(b"\n", b"\r\n"))
    assert state_of(seed, tmp_path) == "shipped"


def test_they_are_emptied_after_a_yes_and_their_headers_stay(seeds: Path) -> None:
    before = contents(seeds)
    refused = run_seeds(seeds, "--own", answer="n\n")
    assert refused.returncode == 130
    assert contents(seeds) == before
    listed = run_seeds(seeds)
    assert listed.returncode == 0
    assert contents(seeds) == before
    done = run_seeds(seeds, "--own", answer="y\n")
    assert done.returncode == 0, done.stderr
    assert contents(seeds) == {name: content.splitlines()[0] + b"\n" for name, content in before.items()}
    for seed in COMPANY_SEEDS:
        assert f"{seed.name}.csv" in done.stdout
    again = run_seeds(seeds, "--own", "--yes")
    assert "They are empty already." in again.stdout


def test_a_seed_that_somebody_changed_is_kept_and_so_are_all_others(seeds: Path) -> None:
    with (seeds / "budgets.csv").open("a") as file:
        file.write("2026-11-01,our-team,900\n")
    before = contents(seeds)
    refused = run_seeds(seeds, "--own", "--yes")
    assert refused.returncode == 2
    assert "budgets.csv" in refused.stderr
    assert "--force" in refused.stderr
    assert contents(seeds) == before
    assert run_seeds(seeds, "--own", "--yes", "--force").returncode == 0
    assert {len(content.splitlines()) for content in contents(seeds).values()} == {1}


def test_elsewhere_than_in_the_project_nothing_happens(seeds: Path) -> None:
    (seeds / "owners.csv").unlink()
    before = contents(seeds)
    done = run_seeds(seeds, "--own", "--yes")
    assert done.returncode == 2
    assert "owners.csv is not there" in done.stderr
    assert contents(seeds) == before


def test_a_seed_that_cannot_be_written_leaves_all_as_they_were(
    seeds: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(seeds)
    replace = Path.replace

    def fails_at_the_third(path: Path, target: Path) -> Path:
        if target.name == f"{COMPANY_SEEDS[2].name}.csv":
            raise OSError(28, "No space left on device", str(target))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", fails_at_the_third)
    with pytest.raises(UsageError, match="No space left"):
        empty(list(COMPANY_SEEDS), seeds)
    assert contents(seeds) == before


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Forty days of a LiteLLM log and a list of customers; the seeds of the demo's company are empty."""
    folder = tmp_path_factory.mktemp("company")
    project = folder / "dbt_project"
    workspace = Workspace(folder, folder / "target", str(project))
    ignored = shutil.ignore_patterns("target", "logs", "__pycache__")
    shutil.copytree(ROOT / "dbt_project", project, ignore=ignored)
    assert run_seeds(project / "seeds", "--own", "--yes").returncode == 0
    _write_exports(workspace.raw)
    workspace.build("--vars", "{sources: [litellm, customers]}")
    return workspace


def _write_exports(raw: Path) -> None:
    for name in ("litellm", "customers"):
        (raw / name).mkdir(parents=True)
    models = [("gpt-4o", "openai"), ("gpt-4o-mini", "openai"), ("claude-3-5-haiku-20241022", "anthropic")]
    with (raw / "litellm" / "spend.csv").open("w", newline="") as file:
        log = csv.writer(file)
        log.writerow([
            "request_id", "call_type", "spend", "prompt_tokens", "completion_tokens", "startTime", "endTime", "model",
            "custom_llm_provider", "metadata", "cache_hit", "request_tags", "end_user"])  # fmt: skip
        for number in range(800):
            day = date(2026, 9, 22) + timedelta(days=number // 20)
            model, provider = models[number % 3]
            start = f"{day} {number % 20 + 4:02}:0{number % 6}:00"
            log.writerow([
                f"r{number}", "acompletion", f"0.0{number % 7 + 1}", 900 + number, 100 + number % 40, start, start, model,
                provider, '{"user_api_key_team_alias": "core"}', "None", f'["feature:f{number % 3}"]', f"c{number % 4}",
            ])  # fmt: skip
    (raw / "customers" / "customers.csv").write_text(
        "customer_id,plan,monthly_fee,signup_date\n"
        "c0,small,10,2026-01-01\nc1,small,10,2026-01-01\nc2,large,100,2026-02-01\n"
    )


def test_a_fraction_where_a_whole_number_belongs_stops_the_build_before_anything_changes(
    company: Workspace,
) -> None:
    before = company.published.read_bytes()
    seed = Path(company.project) / "seeds" / "subscription_tiers.csv"
    shipped = seed.read_text()
    seed.write_text(f"{shipped}rounded,9,5.7\n")
    try:
        done = company.dbt("build")
    finally:
        seed.write_text(shipped)
    assert done.returncode == 2
    line = len(shipped.splitlines()) + 1
    said = f"{seed}, line {line}: tier_rank 5.7 cannot be read as integer: write a whole number"
    assert "nothing was changed" in done.stdout
    assert said in done.stdout
    assert company.published.read_bytes() == before


def test_a_build_and_every_page_stand_without_them(company: Workspace, tmp_path: Path) -> None:
    assert company.query("select count(*), sum(effective_cost_usd) > 0 from core.fct_calls") == [(800, True)]
    built = build_reports(company.published, tmp_path)
    assert len(built.pages) == len(page_modules())
    identity = identity_of(company.published)
    assert identity is not None
    for page in VIEWS:
        assert load_view(page.view, str(company.published), identity, Filters()) is not None


def test_nothing_of_the_demo_company_is_on_a_page(company: Workspace, tmp_path: Path) -> None:
    build_reports(company.published, tmp_path)
    text = "\n".join(path.read_text() for path in tmp_path.rglob("*.md"))
    for invented in (
        "CC-100",
        "Assistant",
        "assistant-team",
        "starter",
        "enterprise",
        "Reserved throughput",
        "self-service",
    ):
        assert invented not in text, invented


def test_pages_name_the_seed_to_fill(company: Workspace, tmp_path: Path) -> None:
    build_reports(company.published, tmp_path)
    pages = {path.stem: path.read_text() for path in tmp_path.rglob("*.md")}
    assert "pricing_plans" in pages["pricing_proposal"]
    assert "pricing_plans" in pages["pricing"]
    assert "budgets" in pages["alignment"]
    assert "commitment_offers" in pages["optimization"]
    assert "owner_assignments" in pages["alignment"]
