"""One message per run and channel, in words that no channel reads as markup."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from reports_builder.alerts.alert import SEVERITIES, Alert
from reports_builder.escaping import clean

LISTED = 20
_LONGEST_SENTENCE = 400
# Channels differ in what they read as markup, and Apprise knows over a hundred: what could be read as a
# tag, a link, a mention, emphasis or a table is replaced by a character that looks like it and means nothing.
_DEFUSED = str.maketrans(
    {
        "<": "\u2039",
        ">": "\u203a",
        "|": "\u00a6",
        "`": "\u00b4",
        "*": "\u2217",
        "~": "\u223c",
        "[": "(",
        "]": ")",
    }
    | {"@": "\uff20", "\\": "\u2216", "#": "\uff03", "^": "\u02c4", "{": "(", "}": ")"}
)
_LOOSE_UNDERSCORE = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")


@dataclass(frozen=True)
class Digest:
    """A message: its title, its text, and what is in it for programs to read, by name."""

    title: str
    body: str
    severity: str
    rows: Mapping[str, Sequence[Mapping[str, Any]]]


def defused(text: str, longest: int = _LONGEST_SENTENCE) -> str:
    """One line of text from data that is only text, whatever channel shows it."""
    line = clean(text).translate(_DEFUSED)
    line = _LOOSE_UNDERSCORE.sub("-", line).replace("://", ":\u2215\u2215")
    line = re.sub(r"(?i)\bwww\.", "www\u2024", line)
    return line if len(line) <= longest else line[: longest - 1] + "\u2026"


def write_digest(alerts: Sequence[Alert], as_of: date, repeated: frozenset[str]) -> Digest:
    """Tell these alerts, the most severe first; ``repeated`` are the ids that may have arrived before."""
    noun = "alert" if len(alerts) == 1 else "alerts"
    counts = [(name, sum(alert.severity == name for alert in alerts)) for name in SEVERITIES]
    shares = ", ".join(f"{count} {name}" for name, count in counts if count)
    lines: list[str] = []
    for severity in dict.fromkeys(alert.severity for alert in alerts[:LISTED]):
        lines += ["", severity.upper()]
        lines += [_line(alert, repeated) for alert in alerts[:LISTED] if alert.severity == severity]
    if len(alerts) > LISTED:
        lines += ["", f"and {len(alerts) - LISTED} more: python -m reports_builder alerts list"]
    ids = " ".join(alert.alert_id for alert in alerts[:LISTED])
    lines += ["", f"Seen? python -m reports_builder alerts ack {ids}"]
    return Digest(
        title=f"AI FinOps: {len(alerts)} {noun} ({shares}) as of {as_of}",
        body="\n".join(lines).strip(),
        severity=alerts[0].severity,
        rows={"alerts": [_told(alert) for alert in alerts]},
    )


def _line(alert: Alert, repeated: frozenset[str]) -> str:
    again = (
        " (repeated: a run was cut off, this may have arrived before)" if alert.alert_id in repeated else ""
    )
    return f"- {defused(alert.message)}{again} [{alert.alert_id}]"


def _told(alert: Alert) -> dict[str, Any]:
    told = alert.as_json()
    wanted = (
        "alert_id",
        "rule_id",
        "measure",
        "severity",
        "subject_type",
        "period_start_date",
        "period_end_date",
    )
    figures = (
        "as_of_date",
        "unit",
        "observed_value",
        "comparison",
        "threshold_value",
        "prior_value",
        "amount_usd",
        "source_mart",
    )
    texts = {name: defused(str(told[name])) for name in ("subject_id", "subject_name", "message")}
    return {name: told[name] for name in (*wanted, *figures)} | texts
