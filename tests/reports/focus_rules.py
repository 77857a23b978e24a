"""Holds rows of a FOCUS file against a published rule model of the specification (its JSON form).

A rule asks something of every row for which its condition, and the conditions of the rules that contain it, hold.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

Row = Mapping[str, str | None]
Check = Mapping[str, Any]

_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?([eE][-+]?\d+)?")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
_UNIT = re.compile(r"[A-Z][A-Za-z]*([-/ ][A-Z][A-Za-z]*)*")


@dataclass
class Verdict:
    """Names of rules by outcome. `advice` are failed rules that only recommend."""

    passed: set[str] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)
    advice: dict[str, str] = field(default_factory=dict)
    not_applicable: dict[str, str] = field(default_factory=dict)

    @property
    def checked(self) -> int:
        return len(self.passed) + len(self.failed) + len(self.advice)


class RuleModel:
    """The rules of a model, and the criteria (`..._SUPPORTED`) that the data claims to meet."""

    def __init__(
        self, model: Mapping[str, Any], supported: frozenset[str], currencies: frozenset[str]
    ) -> None:
        self.rules: Mapping[str, Any] = model["ModelRules"]
        self.supported = supported
        self.currencies = currencies
        self._parents: dict[str, set[str]] = defaultdict(set)
        for name, rule in self.rules.items():
            for child in _children(rule["ValidationCriteria"]["Requirement"]):
                self._parents[child].add(name)

    def judge(self, rows: Sequence[Row]) -> Verdict:
        """The verdict on rows that all have the same columns; an empty cell is None."""
        verdict = Verdict()
        for name, rule in self.rules.items():
            criteria = rule["ValidationCriteria"]
            why_not = self._why_not(name, rows[0])
            if why_not:
                verdict.not_applicable[name] = why_not
                continue
            concerned = [row for row in rows if self._concerns(name, row)]
            if self._is_one_of_two(name):
                verdict.not_applicable[name] = "one of the ways to meet the rule that contains it"
                continue
            if self._holds(criteria["Requirement"], rows, concerned):
                verdict.passed.add(name)
            elif criteria["Keyword"] in ("MUST", "MUST NOT"):
                verdict.failed[name] = criteria["MustSatisfy"]
            else:
                verdict.advice[name] = criteria["MustSatisfy"]
        return verdict

    def _why_not(self, name: str, row: Row) -> str | None:
        rule = self.rules[name]
        criteria = rule["ValidationCriteria"]
        unmet = self._unmet(name)
        if unmet:
            return f"data without {', '.join(sorted(unmet))}"
        if rule["Type"] == "Dynamic":
            return "not stated as a check of the data"
        if criteria["Keyword"] == "MAY":
            return "permits, demands nothing"
        # A condition on a column that is not there sees no value in it.
        absent = _columns(criteria["Requirement"]) - row.keys()
        if absent and rule["Function"] != "Presence":
            return f"optional column {', '.join(sorted(absent))} is not there"
        leaves = {child for child in _children(criteria["Requirement"]) if self._why_not(child, row) is None}
        if _children(criteria["Requirement"]) and not leaves:
            return "none of its parts applies"
        return None

    def _is_one_of_two(self, name: str) -> bool:
        """Whether every rule that contains this one is met by this or by another, whichever holds."""
        above = [self.rules[parent]["ValidationCriteria"]["Requirement"] for parent in self._parents[name]]
        return bool(above) and all(
            check["CheckFunction"] == "OR"
            and {"CheckFunction": "CheckModelRule", "ModelRuleId": name} in check["Items"]
            for check in above
        )

    def _unmet(self, name: str) -> frozenset[str]:
        """Criteria not met by the rule, or by every rule that contains it."""
        own = frozenset(self.rules[name].get("ApplicabilityCriteria") or ()) - self.supported
        above = [self._unmet(parent) for parent in self._parents[name]]
        return own | (frozenset.union(*above) if above and all(above) else frozenset())

    def _concerns(self, name: str, row: Row) -> bool:
        condition = self.rules[name]["ValidationCriteria"]["Condition"]
        if condition and not self._row_holds(condition, row):
            return False
        parents = self._parents[name]
        return not parents or any(self._concerns(parent, row) for parent in parents)

    def _holds(self, check: Check, rows: Sequence[Row], concerned: Sequence[Row]) -> bool:
        kind = check["CheckFunction"]
        if kind == "CheckModelRule":
            name = check["ModelRuleId"]
            if self._why_not(name, rows[0]):
                return True
            inner = [row for row in concerned if self._concerns(name, row)]
            return self._holds(self.rules[name]["ValidationCriteria"]["Requirement"], rows, inner) or (
                self.rules[name]["ValidationCriteria"]["Keyword"] not in ("MUST", "MUST NOT")
            )
        if kind == "AND" and _children(check):
            return all(self._holds(item, rows, concerned) for item in check["Items"])
        if kind == "OR" and _children(check):
            return any(self._holds(item, rows, concerned) for item in check["Items"])
        if kind == "ColumnPresent":
            return check["ColumnName"] in rows[0]
        if kind == "CheckDistinctCount":
            partners = defaultdict(set)
            for row in concerned:
                partners[row[check["ColumnAName"]]].add(row[check["ColumnBName"]])
            return all(len(found) == check["ExpectedCount"] for found in partners.values())
        return all(self._row_holds(check, row) for row in concerned)

    def _row_holds(self, check: Check, row: Row) -> bool:
        kind = check["CheckFunction"]
        if kind in ("AND", "OR"):
            combine = all if kind == "AND" else any
            return combine(self._row_holds(item, row) for item in check["Items"])
        if kind in ("CheckSameValue", "CheckNotSameValue"):
            return (row.get(check["ColumnAName"]) == row.get(check["ColumnBName"])) == (
                kind == "CheckSameValue"
            )
        if kind == "ColumnByColumnEqualsColumnValue":
            factors = [
                _number(row[check[name]]) for name in ("ColumnAName", "ColumnBName", "ResultColumnName")
            ]
            return None not in factors and factors[0] * factors[1] == factors[2]  # type: ignore[operator]
        value = row.get(check.get("ColumnName") or check["CheckCondition"])
        if kind in ("CheckValue", "CheckNotValue"):
            return _equal(value, check["Value"]) == (kind == "CheckValue")
        if value is None:
            return True
        if kind == "CheckGreaterOrEqualThanValue":
            number = _number(value)
            return number is not None and number >= check["Value"]
        if kind == "CheckNationalCurrency":
            return value in self.currencies
        return _VALUES[kind](value)


def _is_pairs(value: str) -> bool:
    try:
        found = json.loads(value)
    except ValueError:
        return False
    return isinstance(found, dict) and not any(isinstance(inner, dict | list) for inner in found.values())


_VALUES: Mapping[str, Callable[[str], bool]] = {
    "TypeString": lambda value: isinstance(value, str),
    "TypeDecimal": lambda value: _number(value) is not None,
    "TypeDateTime": lambda value: bool(_TIME.fullmatch(value)),
    "CheckDecimalValue": lambda value: _number(value) is not None,
    "FormatNumeric": lambda value: bool(_NUMBER.fullmatch(value)),
    "FormatDateTime": lambda value: bool(_TIME.fullmatch(value)),
    "FormatString": lambda value: value == value.strip() and value.isprintable(),
    "FormatUnit": lambda value: bool(_UNIT.fullmatch(value)),
    "FormatKeyValue": _is_pairs,
    "FormatCurrency": lambda value: bool(re.fullmatch(r"[A-Z]{3}", value)),
}


def _number(value: str | None) -> Decimal | None:
    try:
        return None if value is None else Decimal(value)
    except InvalidOperation:
        return None


def _equal(value: str | None, wanted: object) -> bool:
    if isinstance(wanted, int | float):
        return _number(value) == Decimal(str(wanted))
    return value == wanted


def _children(check: Check) -> set[str]:
    if check.get("CheckFunction") == "CheckModelRule":
        return {check["ModelRuleId"]}
    return {name for item in check.get("Items", ()) for name in _children(item)}


def _columns(check: Check) -> set[str]:
    own = {
        check[key] for key in ("ColumnName", "ColumnAName", "ColumnBName", "ResultColumnName") if key in check
    }
    return own.union(*(_columns(item) for item in check.get("Items", ())))
