"""Seeds as the last two versions had them: this version takes them, or the changelog says what became of each part."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from finops import shipped
from finops.company_folder import compose, init, upgrade
from finops.errors import FolderError
from finops.own_rows import read_rows, rule_of
from finops.seeds import mismatches, own_seeds
from tests.company.earlier import VERSIONS, check_out
from tests.forked_dbt import ROOT

CHANGELOG = (ROOT / "CHANGELOG.md").read_text()


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(params=VERSIONS)
def company(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A company that kept a copy of every seed of that version."""
    check_out(request.param, tmp_path, "dbt_project/seeds")
    init(tmp_path / "ours", is_demo=False)
    for path in (tmp_path / "dbt_project" / "seeds").glob("*.csv"):
        path.rename(tmp_path / "ours" / "seeds" / path.name)
    return tmp_path / "ours"


def test_seeds_of_an_earlier_version_are_taken_or_the_changelog_says_how(company: Path) -> None:
    seeds = company / "seeds"
    while True:
        try:
            known = own_seeds(seeds)
        except FolderError as error:
            [gone] = re.findall(r"seeds/(\w+)\.csv is not a seed", str(error))
            assert re.search(rf"seeds? .*`{gone}`", CHANGELOG), gone
            (seeds / f"{gone}.csv").unlink()
        else:
            break
    for each in mismatches(known):
        if each.unknown:
            with pytest.raises(FolderError, match=f"{each.path.name} .*{each.unknown[0]}"):
                upgrade(company)
            assert all(f"`{name}`" in CHANGELOG for name in each.unknown)
            rows = table(each.path)
            with each.path.open("w", newline="") as file:
                kept = [name for name in rows[0] if name not in each.unknown]
                writer = csv.DictWriter(file, kept, extrasaction="ignore")
                writer.writeheader()
                writer.writerows(rows)
    upgrade(company)
    compose(company)
    for name, path in known.items():
        rule = rule_of(path.stem)
        counted = [row.at(rule.about) for row in read_rows(company / "dbt_project" / "seeds" / name)]
        if rule.about:
            ours, theirs = (
                {row.at(rule.about) for row in read_rows(each)} for each in (path, shipped.SEEDS / name)
            )
            assert set(counted) == ours | theirs, name
