"""Hold lock files against known weaknesses, without network: `python .ci/advisories.py FOLDER LOCK...`.

The folder holds advisories in the format of OSV, as YAML or JSON: a clone of
github.com/pypa/advisory-database (its folder `vulns`), or the unpacked list of PyPI from osv.dev. Exit code 1
where a pinned version is affected, 2 where the folder has no advisories, 3 where none was named: nothing was
checked then.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s\\;]+)", re.MULTILINE)


def pinned(lock: Path) -> Iterator[tuple[str, str]]:
    """Name and version of each package of a lock file."""
    for name, version in _PINNED.findall(lock.read_text(encoding="utf-8")):
        yield canonicalize_name(name), version


def advisories(folder: Path) -> Iterator[dict[str, Any]]:
    """Those that were not withdrawn."""
    for path in sorted((*folder.rglob("*.yaml"), *folder.rglob("*.yml"), *folder.rglob("*.json"))):
        text = path.read_text(encoding="utf-8")
        told = json.loads(text) if path.suffix == ".json" else yaml.load(text, Loader=_LOADER)  # noqa: S506
        if isinstance(told, dict) and told.get("affected") and not told.get("withdrawn"):
            yield told


def is_affected(version: str, affected: Mapping[str, Any]) -> bool:
    """Whether a version is listed, or lies in a range."""
    if version in map(str, affected.get("versions") or ()):
        return True
    pinned_version = Version(version)
    for each in affected.get("ranges") or ():
        if each.get("type") == "ECOSYSTEM" and _is_within(pinned_version, each.get("events") or ()):
            return True
    return False


def _is_within(version: Version, events: list[Mapping[str, Any]]) -> bool:
    """Events in the order of versions: introduced opens, fixed closes, last_affected closes after it."""
    is_within = False
    for event in sorted(events, key=lambda event: _parsed(next(iter(event.values())))):
        kind, at = next(iter(event.items()))
        where = _parsed(at)
        if kind == "introduced" and version >= where:
            is_within = True
        elif (kind == "fixed" and version >= where) or (kind == "last_affected" and version > where):
            is_within = False
    return is_within


def _parsed(version: object) -> Version:
    try:
        return Version(str(version))
    except InvalidVersion:
        return Version("0")


def main(arguments: list[str]) -> int:
    """One line for each weakness, and what was checked."""
    if not arguments or not arguments[0]:
        sys.stdout.write(
            "ADVISORIES WERE NOT CHECKED, as none are at hand:"
            " make audit ADVISORIES=<clone of pypa/advisory-database>/vulns\n"
        )
        return 3
    packages = {each for lock in arguments[1:] for each in pinned(Path(lock))}
    known: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    count, newest = 0, ""
    for told in advisories(Path(arguments[0])):
        count += 1
        newest = max(newest, _day(told.get("modified")))
        for affected in told["affected"]:
            package = affected.get("package") or {}
            if package.get("ecosystem") == "PyPI":
                known.setdefault(canonicalize_name(str(package.get("name"))), []).append(
                    (told["id"], affected)
                )
    if not count:
        sys.stdout.write(f"{arguments[0]} has no advisories in the format of OSV: nothing was checked\n")
        return 2
    found = sorted(
        {
            (name, version, id_)
            for name, version in packages
            for id_, affected in known.get(name, ())
            if is_affected(version, affected)
        }
    )
    for name, version, id_ in found:
        sys.stdout.write(f"{name} {version}: {id_}\n")
    sys.stdout.write(
        f"{len(packages)} pinned versions against {count} advisories, the newest of {newest}:"
        f" {len(found)} affected\n"
    )
    return 1 if found else 0


def _day(modified: object) -> str:
    return f"{modified:%Y-%m-%d}" if isinstance(modified, datetime) else str(modified or "")[:10]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
