"""Make the folder of a company, and put it together with the installed product before a command runs.

What a company edits is ``finops.yml`` (variables of the build), ``seeds/`` (its own rows, which count as
``own_rows`` says), ``models/``, ``charts/``, ``alert_words/`` and ``insight_words/``. From these and the
product ``compose`` makes ``dbt_project/``: links, the seeds with rows of both, and dbt_project.yml. Nobody
edits it, and a newer product renews it. A run that is killed leaves some of it old; the next
one makes it new.
"""

import difflib
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import yaml

from dbt_project.landing.errors import UsageError, unwritten
from dbt_project.landing.variables import KINDS, variable_problems
from dbt_project.landing.whole_files import replace_together
from finops import shipped
from finops.errors import FolderError
from finops.own_rows import Counted, count_rows
from finops.seeds import Mismatch, mismatches, own_seeds, with_columns
from generator.company_seeds import COMPANY_SEEDS

SETTINGS = "finops.yml"
COMPOSED = "dbt_project"
OWN = "own"
"""The folder and the schema of a company's own models."""
_FIXED = ("source_kinds", "is_live_refresh")
"""Variables that are the product's alone."""

_SETTINGS_TEXT = """\
# What your company decides about its build. What each variable means, and all that there are:
# docs/own-data.md, or `finops variables`. A name that is not here keeps the value of the product.
vars:
  # The folders data/raw/<source>/ to read.
  sources: [{sources}]
  # The day on which every report stands; 'latest' is the last complete day in the data.
  as_of_date: latest
"""
_ENVIRONMENT_TEXT = """\
# Copy to .env, fill in, and load with: set -a; . ./.env; set +a
# Where raw data and the warehouse are, when not in data/raw and warehouse.
#FINOPS_RAW_DIR=/srv/finops/raw
#FINOPS_WAREHOUSE_DIR=/srv/finops/warehouse
# Memory of a build.
#FINOPS_MEMORY_LIMIT=3GB
# Who is told of alerts, of builds that fail, and of figures that are old: see docs/alerts.md.
#FINOPS_ALERT_URLS=mailtos://user:password@mail.example.com?to=finops@example.com
# When figures are old: hours since they were published, days since the newest complete day.
#FINOPS_MAX_AGE_HOURS=26
#FINOPS_MAX_DATA_DAYS=3
# Where the key table of pseudonyms is, when not in data/keys.
#FINOPS_KEYS_DIR=/srv/finops/keys
# The key of the seals, kept away from the warehouse; a text, or the private key of a pair (docs/seals.md).
#FINOPS_SEAL_KEY_FILE=/etc/finops/seal.key
"""
_IGNORED_TEXT = """\
# Made by finops from the installed product, data, and what is built of them.
/dbt_project/
/profiles.yml
/data/
/warehouse/
/reports/
/logs/
.env
"""


def init(folder: Path, *, is_demo: bool) -> list[Path]:
    """Make the folder of a company and return what was written.

    With ``is_demo`` it has no seeds of its own, so that the shipped company's count; else the header of each
    that holds a decision. FolderError where the folder has anything in it.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderError(f"{folder} is there and not empty. Name a new folder.")
    sources = "calls" if is_demo else "litellm, customers"
    files = {
        folder / SETTINGS: _SETTINGS_TEXT.format(sources=sources),
        folder / ".env.example": _ENVIRONMENT_TEXT,
        folder / ".gitignore": _IGNORED_TEXT,
    }
    if is_demo:
        # The variables of the product read the demo's data as it is generated.
        files[folder / SETTINGS] = "# The demo's company: nothing is decided here.\nvars: {}\n"
    else:
        for seed in COMPANY_SEEDS:
            files[folder / "seeds" / f"{seed.name}.csv"] = _header(f"{seed.name}.csv")
    for chart in sorted(shipped.CHARTS.glob("*.yml")):
        files[folder / "charts" / chart.name] = chart.read_text(encoding="utf-8")
    # Beside it and renamed: a folder that is there is whole.
    partial = folder.with_name(f".{folder.name}.partial")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        for path, text in files.items():
            written = partial / path.relative_to(folder)
            written.parent.mkdir(parents=True, exist_ok=True)
            written.write_text(text, encoding="utf-8")
        for name in ("seeds", "data/raw"):
            (partial / name).mkdir(parents=True, exist_ok=True)
        if folder.exists():
            folder.rmdir()
        partial.rename(folder)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise FolderError(f"{unwritten(folder, error)}.") from error
    return sorted(files)


def compose(company: Path) -> tuple[Counted, ...]:
    """Renew ``dbt_project/`` and ``profiles.yml`` of a company; FolderError says what does not fit.

    Returns what counts of the seeds that the company has files of.
    """
    seeds = own_seeds(company / "seeds")
    if found := mismatches(seeds):
        raise FolderError(" ".join(map(_said, found)))
    counted = tuple(map(count_rows, seeds.values()))
    _check_words(company)
    settings = _settings(company)
    composed = company / COMPOSED
    texts = {composed / "seeds" / each.path.name: each.text for each in counted if each.text is not None}
    texts |= {composed / "seeds" / name: _header(name) for name in _undecided(seeds)}
    links = {path: target for path, target in _links(seeds, composed) if path not in texts}
    links |= {
        composed / "models" / OWN / path.relative_to(company / "models"): path.resolve()
        for path in _own_models(company)
    }
    try:
        with _alone(company):
            for path, target in links.items():
                _link(path, target)
            for path, text in texts.items():
                _write(path, text)
            for place in shipped.FOLDERS:
                for path in (composed / place).rglob("*"):
                    is_ours = path.is_symlink() or (place == "seeds" and path.suffix == ".csv")
                    if is_ours and path not in links and path not in texts:
                        path.unlink()
            _write(composed / "dbt_project.yml", settings)
            profiles = company / "profiles.yml"
            if profiles.is_symlink() or not profiles.exists():
                _link(profiles, shipped.PROFILES)
    except OSError as error:
        raise FolderError(f"{unwritten(error.filename or composed, error)}.") from error
    return counted


@contextmanager
def _alone(company: Path) -> Iterator[None]:
    """One command at a time, since a scheduler may begin another; in a folder that may only be read, too."""
    held = os.open(company, os.O_RDONLY)
    try:
        # Some network disks lock no folders.
        with suppress(OSError):
            fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def upgrade(company: Path) -> list[Mismatch]:
    """Add the columns that the installed product reads and seeds of the company lack, at the end.

    Returns what was changed. FolderError, before anything is, where a seed has a column that this version
    does not know: only a person can say what became of it.
    """
    found = mismatches(own_seeds(company / "seeds"))
    if unknown := [each for each in found if each.unknown]:
        raise FolderError(" ".join(map(_said, unknown)))
    _replace({each.path: with_columns(each.path, each.missing) for each in found})
    return found


def take_over(company: Path, names: tuple[str, ...]) -> list[Path]:
    """Copy shipped seeds into the company's folder, where it has none: from then on they are its own."""
    paths = [company / "seeds" / f"{name}.csv" for name in names]
    taken = {path: (shipped.SEEDS / path.name).read_text("utf-8") for path in paths if not path.exists()}
    _replace(taken)
    return list(taken)


def _replace(files: dict[Path, str]) -> None:
    try:
        replace_together(files)
    except UsageError as error:
        raise FolderError(f"{error}.") from error


def _check_words(company: Path) -> None:
    if not any((company / folder).is_dir() for folder in ("alert_words", "insight_words")):
        return
    # What it needs of the reports takes time to load.
    from reports_builder import insight_words  # noqa: PLC0415
    from reports_builder.alerts import words as alert_words  # noqa: PLC0415

    problems = [
        *alert_words.problems_of_own_words(company / alert_words.OWN_WORDS),
        *insight_words.problems_of_own_words(company / insight_words.OWN_WORDS),
    ]
    if problems:
        raise FolderError(" ".join(problems))


def _said(found: Mismatch) -> str:
    parts = []
    if found.missing:
        names = ", ".join(found.missing)
        parts.append(f"lacks {names}, which this version reads (`finops upgrade` adds what is missing)")
    if found.unknown:
        names = ", ".join(found.unknown)
        parts.append(
            f"has {names}, which this version does not know (the changelog says what became of it: "
            "rename or remove it)"
        )
    return f"{found.path} {' and '.join(parts)}."


def _settings(company: Path) -> str:
    """The text of the composed dbt_project.yml."""
    path = company / SETTINGS
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except FileNotFoundError:
        raise FolderError(
            f"{company.resolve()} has no {SETTINGS}, so it is not the folder of a company: "
            "`finops init FOLDER` makes one."
        ) from None
    except (OSError, ValueError, RecursionError, yaml.YAMLError) as error:
        raise FolderError(f"{path} cannot be read ({' '.join(str(error).split())}).") from error
    if not isinstance(given, dict) or set(given) - {"vars"} or not isinstance(given.get("vars") or {}, dict):
        raise FolderError(f"{path} has a mapping `vars` and nothing else.")
    variables: dict[str, Any] = given.get("vars") or {}
    for name in variables:
        if name in _FIXED or name not in KINDS:
            near = difflib.get_close_matches(str(name), KINDS.keys() - set(_FIXED), n=1)
            meant = f" Did you mean {near[0]}?" if near else " `finops variables` lists them."
            raise FolderError(f"{path}: {name} is not a variable that a company sets.{meant}")
    project = yaml.safe_load((shipped.PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))
    if problems := variable_problems(variables, project["vars"]):
        raise FolderError(f"{path}: {'; '.join(problems)}.")
    project["vars"] |= variables
    if any(_own_models(company)):
        project["models"][project["name"]][OWN] = {"+schema": OWN}
    text: str = yaml.safe_dump(project, sort_keys=False, allow_unicode=True)
    return f"# Made from {SETTINGS} and the product; it is written anew.\n{text}"


def _links(seeds: dict[str, Path], composed: Path) -> Iterator[tuple[Path, Path]]:
    for folder in shipped.FOLDERS:
        for path in (shipped.PROJECT / folder).rglob("*"):
            if path.is_file():
                own = seeds.get(path.name) if folder == "seeds" else None
                yield composed / path.relative_to(shipped.PROJECT), own.resolve() if own else path
    for name in shipped.FILES:
        yield composed / name, shipped.PROJECT / name


def _own_models(company: Path) -> Iterator[Path]:
    for path in sorted((company / "models").rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            yield path


def _header(name: str) -> str:
    """The first line of a shipped seed."""
    return (shipped.SEEDS / name).read_text(encoding="utf-8").partition("\n")[0].rstrip("\r") + "\n"


def _undecided(seeds: dict[str, Path]) -> list[str]:
    """The seeds of decisions that a company has no file of, as one that is new in a version.

    The demo's company did not decide for it. A folder of the demo's has none of them, or a few
    that somebody tries.
    """
    names = [f"{seed.name}.csv" for seed in COMPANY_SEEDS]
    lacking = [name for name in names if name not in seeds]
    return lacking if 2 * len(lacking) < len(names) else []


def _link(path: Path, target: Path) -> None:
    if path.is_symlink() and path.readlink() == target:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    partial.symlink_to(target)
    partial.replace(path)


def _write(path: Path, text: str) -> None:
    # As it was, dbt does not read the project anew.
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
