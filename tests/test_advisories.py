"""Pinned versions that are known to be weak are found in a list that is at hand, in the format of OSV."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from tests.workspace import ROOT

_FILE = ROOT / ".ci" / "advisories.py"
_SPEC = importlib.util.spec_from_file_location("advisories", _FILE)
assert _SPEC and _SPEC.loader
advisories = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(advisories)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two advisories and one that was withdrawn, as YAML and JSON."""
    found = tmp_path / "vulns" / "Some_Package"
    found.mkdir(parents=True)
    (found / "PYSEC-1.yaml").write_text(
        "id: PYSEC-1\nmodified: '2026-11-01T00:00:00Z'\naffected:\n- package: {name: some-package, ecosystem: PyPI}\n"
        "  ranges:\n  - type: ECOSYSTEM\n    events: [{introduced: '0'}, {fixed: 1.2.10}, {introduced: '2.0'}, {last_affected: 2.1}]\n"
        "  versions: [9.9rc1]\n"
    )
    other: dict[str, Any] = {
        "id": "PYSEC-2",
        "modified": "2026-01-01T00:00:00Z",
        "affected": [{"package": {"name": "other", "ecosystem": "npm"}, "versions": ["1"]}],
    }
    (found / "PYSEC-2.json").write_text(json.dumps(other))
    withdrawn = other | {"id": "PYSEC-3", "withdrawn": "2026-02-01T00:00:00Z"}
    withdrawn["affected"] = [{"package": {"name": "other", "ecosystem": "PyPI"}, "versions": ["1"]}]
    (found / "PYSEC-3.json").write_text(json.dumps(withdrawn))
    return tmp_path / "vulns"


@pytest.mark.parametrize(
    ("version", "is_weak"),
    [
        ("1.2.9", True), ("1.2.10", False), ("1.10", False), ("2.0", True), ("2.1", True), ("2.1.1", False),
        ("9.9rc1", True), ("0.1", True), ("1.2.10rc1", True),
    ],
)  # fmt: skip
def test_versions_are_held_against_ranges_and_lists(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], version: str, is_weak: bool
) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"other==1 \\\n    --hash=sha256:aa\nsome.package=={version} \\\n    --hash=sha256:bb\n")
    assert advisories.main([str(folder), str(lock)]) == int(is_weak)
    said = capsys.readouterr().out
    assert (f"some-package {version}: PYSEC-1" in said) == is_weak
    assert "2 pinned versions against 2 advisories, the newest of 2026-11-01" in said


def test_that_nothing_was_checked_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert advisories.main([""]) == 3
    assert "WERE NOT CHECKED" in capsys.readouterr().out
    assert advisories.main([str(tmp_path)]) == 2
