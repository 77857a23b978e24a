"""The effective tag policy of a chain of AWS policies, root first.

A policy names a tag without regard to case; how its key is spelled is a setting like any other. Each
setting is changed by operators: `@@assign` puts values in place of those above, `@@append` adds, `@@remove`
takes away, and `@@operators_allowed_for_child_policies` says which of them policies further down may use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dbt_project.landing.errors import UsageError

_ALLOWED = "@@operators_allowed_for_child_policies"
_SETTINGS = ("tag_key", "tag_value", "enforced_for")
_ALL = frozenset({"@@assign", "@@append", "@@remove"})


@dataclass
class _Setting:
    values: list[str] = field(default_factory=list)
    allowed: frozenset[str] = _ALL


@dataclass(frozen=True)
class TagRule:
    """A tag as it must be spelled, the values that it may have (none: any), and what AWS enforces it for."""

    tag_key: str
    values: tuple[str, ...]
    enforced_for: tuple[str, ...]


def effective_rules(chain: Sequence[Mapping[str, Any]]) -> tuple[TagRule, ...]:
    """The rules that hold at the end of the chain; UsageError names what is no tag policy."""
    tags: dict[str, dict[str, _Setting]] = {}
    for place, policy in enumerate(chain, start=1):
        named = policy.get("tags") if isinstance(policy, dict) else None
        if not isinstance(named, dict):
            raise UsageError(f"policy {place} has no `tags`")
        for name, settings in named.items():
            if name.startswith("@@"):
                continue
            if not isinstance(settings, dict):
                raise UsageError(f"policy {place}, tag {name}: settings are an object")
            known = tags.setdefault(name.lower(), {setting: _Setting() for setting in _SETTINGS})
            for setting in _SETTINGS:
                if setting in settings:
                    _apply(known[setting], settings[setting], f"policy {place}, tag {name}, {setting}")
            if not known["tag_key"].values:
                known["tag_key"].values = [name]
    found = ([settings[name].values for name in _SETTINGS] for settings in tags.values())
    return tuple(TagRule(key[-1], tuple(values), tuple(enforced)) for key, values, enforced in found)


def _apply(setting: _Setting, change: Any, where: str) -> None:
    if not isinstance(change, dict):
        raise UsageError(f"{where}: expected operators such as @@assign")
    unknown = sorted(set(change) - _ALL - {_ALLOWED})
    if unknown:
        raise UsageError(f"{where}: {', '.join(unknown)} is no operator of a tag policy")
    permitted = setting.allowed
    if "@@assign" in change and "@@assign" in permitted:
        setting.values = _listed(change["@@assign"], where)
    if "@@append" in change and "@@append" in permitted:
        added = _listed(change["@@append"], where)
        setting.values += [value for value in added if value not in setting.values]
    if "@@remove" in change and "@@remove" in permitted:
        gone = _listed(change["@@remove"], where)
        setting.values = [value for value in setting.values if value not in gone]
    if _ALLOWED in change:
        said = _listed(change[_ALLOWED], where)
        now = _ALL if "@@all" in said else frozenset(said) & _ALL
        # A policy further down cannot allow again what one above it forbade.
        setting.allowed = permitted & now


def _listed(value: Any, where: str) -> list[str]:
    values = value if isinstance(value, list) else [value]
    if not all(isinstance(one, str) for one in values):
        raise UsageError(f"{where}: values are texts")
    return list(values)
