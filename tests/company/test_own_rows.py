"""Rows of a company lie over those that the product ships: what they do not speak of stays, and nothing counts twice."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbt_project.landing.attribute_mappings import MappingError, attribute_targets
from dbt_project.landing.seed_lines import find_seed_line
from dbt_project.landing.sources.otel import MAPPED_COLUMNS
from finops import shipped
from finops.company_folder import compose, init, upgrade
from finops.errors import FolderError
from finops.own_rows import count_rows, read_rows, rule_of
from generator.company_seeds import COMPANY_SEEDS
from tests.forked_dbt import ROOT

SEEDS = sorted(path.stem for path in shipped.SEEDS.glob("*.csv"))
RULES = {name: rule_of(name) for name in SEEDS}


@pytest.fixture
def company(tmp_path: Path) -> Path:
    init(tmp_path / "ours", is_demo=False)
    return tmp_path / "ours"


@pytest.fixture
def product(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The seeds of a product that a test may change; returns their folder."""
    project = tmp_path / "product"
    shutil.copytree(shipped.SEEDS, project / "seeds")
    for name in ("dbt_project.yml", *shipped.FILES):
        shutil.copy(shipped.PROJECT / name, project / name)
    monkeypatch.setattr(shipped, "PROJECT", project)
    monkeypatch.setattr(shipped, "SEEDS", project / "seeds")
    return project / "seeds"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def counted(company: Path, name: str) -> list[dict[str, str]]:
    """The rows of a seed as a build reads them."""
    compose(company)
    return table(company / "dbt_project" / "seeds" / f"{name}.csv")


def write(path: Path, rows: Iterable[dict[str, str]], columns: Iterable[str]) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, tuple(columns))
        writer.writeheader()
        writer.writerows(rows)
    return path


def own(company: Path, name: str, *rows: dict[str, str]) -> Path:
    """Write rows into a seed of the company, with the columns of the shipped one; what is not said is empty."""
    return write(company / "seeds" / f"{name}.csv", rows, table(shipped.SEEDS / f"{name}.csv")[0])


@pytest.mark.parametrize("name", SEEDS)
def test_each_seed_says_how_own_rows_count_and_keeps_it(name: str) -> None:
    rule = RULES[name]
    rows = list(read_rows(shipped.SEEDS / f"{name}.csv"))
    assert set(rule.about) <= set(rule.key or rule.about), (
        "rows that replace each other are told apart by the key"
    )
    for row in rows:
        row.at((*rule.about, *rule.key))
    if rule.key:
        assert len({row.at(rule.key) for row in rows}) == len(rows)
    if name in {seed.name for seed in COMPANY_SEEDS}:
        assert rule.about == (), "what a company decides counts whole"


def test_a_single_assumption_leaves_all_others_as_they_are_shipped(company: Path) -> None:
    before = {row["name"]: row for row in counted(company, "assumptions")}
    mine = before["anomaly_min_score"] | {"value": "4.5"}
    own(company, "assumptions", mine)
    after = {row["name"]: row for row in counted(company, "assumptions")}
    assert after == before | {"anomaly_min_score": mine}


def test_an_own_price_takes_the_place_of_all_shipped_prices_of_that_machine(company: Path) -> None:
    """Whatever its dates: two prices of a day would both count otherwise."""
    before = counted(company, "instance_prices")
    [shipped_price] = [
        row for row in before if (row["instance_type"], row["region_id"]) == ("t3.nano", "us-east-1")
    ]
    mine = shipped_price | {"on_demand_usd_per_hour": "0.004", "valid_from": "2026-07-01"}
    own(company, "instance_prices", mine)
    assert counted(company, "instance_prices") == [row for row in before if row != shipped_price] + [mine]


def test_a_version_of_the_price_book_is_one_more_beside_the_shipped_ones(company: Path) -> None:
    """Its rows are versions, of which the book takes the newest: history keeps its prices."""
    before = counted(company, "price_book")
    mine = before[0] | {"valid_from": "2026-11-25 00:00:00", "usd_per_million_output_tokens": "1"}
    own(company, "price_book", mine)
    assert counted(company, "price_book") == [*before, mine]


def test_a_row_that_says_nothing_takes_the_shipped_one_away(company: Path) -> None:
    before = counted(company, "tag_names")
    own(company, "tag_names", {"name": before[0]["name"]})
    assert counted(company, "tag_names") == before[1:]


def test_names_that_come_with_an_upgrade_arrive_beside_own_rows(company: Path, product: Path) -> None:
    mine = table(product / "assumptions.csv")[0] | {"value": "0.123"}
    own(company, "assumptions", mine)
    with (product / "assumptions.csv").open("a") as file:
        file.write("brand_new,5,days,New in this version\n")
    after = {row["name"]: row["value"] for row in counted(company, "assumptions")}
    assert after["brand_new"] == "5"
    assert after[mine["name"]] == "0.123"
    assert len(after) == len(table(product / "assumptions.csv"))


def test_a_column_that_comes_with_an_upgrade_is_as_shipped_in_a_row_that_is(
    company: Path, product: Path
) -> None:
    """Empty it would be a value that is missing, and whatever reads it falls silent."""
    actions = table(product / "savings_actions.csv")
    owners = table(product / "owners.csv")
    own(company, "savings_actions", actions[0] | {"effort_days": "9"})
    own(company, "owners", owners[0])
    write(product / "savings_actions.csv", [row | {"fresh": "f"} for row in actions], [*actions[0], "fresh"])
    write(product / "owners.csv", [row | {"fresh": "f"} for row in owners], [*owners[0], "fresh"])
    with pytest.raises(FolderError, match="lacks fresh"):
        compose(company)
    upgrade(company)
    [action] = table(company / "seeds" / "savings_actions.csv")
    assert (action["effort_days"], action["fresh"]) == ("9", "f")
    # The demo's company is nobody's default.
    [owner] = table(company / "seeds" / "owners.csv")
    assert owner["fresh"] == ""


ASSUMED = "name,value,unit,description\n"


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (
            "assumptions",
            f'{ASSUMED}anomaly_min_score,1,x,"two\nlines"\n\nanomaly_min_score,2,x,y\n',
            "assumptions.csv, line 5: name anomaly_min_score is in line 2 already",
        ),
        (
            "budgets",
            "month_start_date,team_id,budget_usd\n2026-10-01,a,1\n2026-10-01,a,2\n",
            "budgets.csv, line 3: month_start_date 2026-10-01, team_id a is in line 2 already",
        ),
        (
            "assumptions",
            f"{ASSUMED}anomaly_min_scor,1,x,y\nlong_gone,1,x,y\n",
            "assumptions.csv, line 2: name anomaly_min_scor; line 3: name long_gone: nothing in this version reads it. "
            "Did you mean anomaly_min_score?",
        ),
        ("assumptions", f"{ASSUMED}anomaly_min_score,,,\n", "line 2: name anomaly_min_score has no value"),
        (
            "assumptions",
            f"{ASSUMED}anomaly_min_score,1,x,a, b\n",
            "line 2: it has 5 values, and the header 4",
        ),
        ("tag_names", "name,meaning,tag_key\nno_such,,\n", "line 2: it takes name no_such away, which this"),
        ("tag_names", "", "has no header"),
    ],
)
def test_a_row_that_cannot_be_meant_is_named_by_file_and_line(
    company: Path, name: str, text: str, said: str
) -> None:
    (company / "seeds" / f"{name}.csv").write_text(text)
    with pytest.raises(FolderError) as raised:
        compose(company)
    assert said in str(raised.value)


def test_what_counts_is_said(company: Path) -> None:
    """And a row that was meant for a shipped one, but is spelt otherwise, shows as in place of none."""
    own(company, "tag_names", {"name": "env"}, {"name": "mine", "meaning": "ignored"})
    own(company, "budgets", {"month_start_date": "2026-10-01", "team_id": "a", "budget_usd": "1"})
    done = subprocess.run(
        [sys.executable, "-m", "finops", "check"],
        cwd=company,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    names = len(table(shipped.SEEDS / "tag_names.csv"))
    assert done.stdout.splitlines() == [
        "seeds/budgets.csv: 1 of your own; nothing that is shipped.",
        f"seeds/tag_names.csv: 1 of your own, in place of 0 shipped and without 1, beside {names - 1} shipped.",
        "The folder fits this version.",
    ]


@pytest.mark.parametrize("place", ["", "dbt_packages/ai_finops"], ids=["in its folder", "as a package"])
def test_landing_reads_the_mappings_of_the_company(place: str, company: Path, tmp_path: Path) -> None:
    """It reads the seed itself, before dbt does."""
    row = {
        "source_name": "otel",
        "attribute_name": "acme.feature",
        "target_column": "feature_id",
        "priority": "0",
    }
    own(company, "attribute_mappings", row)
    compose(company)
    if place:
        (tmp_path / "host" / place).parent.mkdir(parents=True)
        (tmp_path / "host" / place).symlink_to(company / "dbt_project")
    asked = (
        "from dbt_project.landing.attribute_mappings import attribute_targets\n"
        "from dbt_project.landing.registry import LANDED_SOURCES\n"
        "[otel] = [each for each in LANDED_SOURCES if each.name == 'otel']\n"
        "print(attribute_targets('otel', otel.mapped)['acme.feature'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", asked],
        cwd=tmp_path / "host" if place else company,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "(('feature_id', 0),)"


@pytest.mark.parametrize(
    ("seed", "wrong", "said"),
    [
        ("assumptions", {"value": "a lot"}, "value a lot cannot be read as double"),
        ("budgets", {"budget_usd": "0,5"}, "budget_usd 0,5 cannot be read as decimal(18,2)"),
        ("budgets", {"month_start_date": "2026-13-01"}, "month_start_date 2026-13-01 cannot be read as date"),
    ],
)
def test_a_value_that_is_none_of_its_column_is_told_by_its_line(
    company: Path, seed: str, wrong: dict[str, str], said: str
) -> None:
    right, other, *_ = table(shipped.SEEDS / f"{seed}.csv")
    path = own(company, seed, right, other | wrong)
    with pytest.raises(FolderError) as told:
        compose(company)
    assert str(told.value).startswith(f"{path}, line 3: {said}")


def test_an_explanation_names_the_line_that_somebody_edits(company: Path) -> None:
    first, second, *_ = table(shipped.SEEDS / "assumptions.csv")
    path = own(company, "assumptions", first | {"value": "0.123"})
    compose(company)
    project = company / "dbt_project"
    mine = find_seed_line("assumptions", {"name": first["name"], "value": 0.123}, project)
    assert mine is not None
    assert (mine.path, mine.number) == (path, 2)
    theirs = find_seed_line("assumptions", {"name": second["name"]}, project)
    assert theirs is not None
    assert theirs.path == project / "seeds" / "assumptions.csv"


def test_a_mapping_that_cannot_be_used_is_told_by_the_line_that_somebody_edits(company: Path) -> None:
    shipped_row, *_ = table(shipped.SEEDS / "attribute_mappings.csv")
    wrong = shipped_row | {"source_name": "otel", "attribute_name": "mine", "target_column": "nowhere"}
    path = own(company, "attribute_mappings", wrong | {"target_column": "feature_id"}, wrong)
    compose(company)
    seed = company / "dbt_project" / "seeds" / path.name
    with pytest.raises(MappingError) as told:
        attribute_targets("otel", MAPPED_COLUMNS, seed)
    assert str(told.value).startswith(f"{path}, line 3: nowhere is not a column of otel")


LAID_OVER = sorted(name for name in SEEDS if RULES[name].about and len(RULES[name].key) < 6)


@given(data=st.data())
def test_whatever_is_written_each_subject_has_one_source(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    name = data.draw(st.sampled_from(LAID_OVER))
    rule = RULES[name]
    theirs = table(shipped.SEEDS / f"{name}.csv")
    said = [column for column in theirs[0] if column not in rule.about]
    chosen = data.draw(st.lists(st.sampled_from(theirs), unique_by=str, max_size=4))
    kinds = ["changed", *(["removed"] if said and not rule.is_closed else [])]
    rows = []
    for row in chosen:
        is_removed = data.draw(st.sampled_from(kinds)) == "removed"
        rows.append(
            {**dict.fromkeys(row, ""), **{column: row[column] for column in rule.about}}
            if is_removed
            else row
        )
    if not rule.is_closed:
        new = {
            column: "own" if rule.types[column] == "string" else value for column, value in theirs[0].items()
        }
        rows += [new] * data.draw(st.integers(0, 1))
    rows = list({tuple(row[column] for column in rule.key or rule.about): row for row in rows}.values())
    folder = tmp_path_factory.getbasetemp() / "any"
    folder.mkdir(exist_ok=True)
    found = count_rows(write(folder / f"{name}.csv", rows, theirs[0]))
    assert found.text is not None
    after = list(csv.DictReader(found.text.splitlines(keepends=True)))

    def about(row: dict[str, str]) -> tuple[str, ...]:
        return tuple(row[column] for column in rule.about)

    mine = {about(row) for row in rows}
    assert [row for row in after if about(row) not in mine] == [
        row for row in theirs if about(row) not in mine
    ]
    kept = [row for row in rows if not said or any(row[column] for column in said)]
    assert [row for row in after if about(row) in mine] == kept
    assert found.own == len(kept)
    assert found.own + found.shipped == len(after)
    assert found.shipped + found.replaced + found.removed == len(theirs)
