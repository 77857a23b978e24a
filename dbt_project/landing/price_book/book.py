"""The dated price book: versions of a model's prices, appended by release and never edited.

A version holds every price of one model and service tier from an instant on: one row per band of
input size. The next version of the same key ends it.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from dbt_project.landing.errors import UsageError

BEGINNING: Final = datetime(1970, 1, 1)
"""Where a price without a date begins: its source does not say since when it holds."""
PRICE_SCALE: Final = Decimal("0.000001")
CLASSES: Final = ("input", "cached_input", "cache_write", "output")
COLUMNS: Final = (
    *("package", "provider", "model", "service_tier", "min_input_tokens", "valid_from"),
    *(f"usd_per_million_{name}_tokens" for name in CLASSES),
    *("recorded_on", "release", "source_url", "weekdays", "hours_utc"),
)
METER_COLUMNS: Final = (
    *("package", "provider", "model", "service_tier", "meter", "min_input_tokens", "valid_from"),
    *("usd_per_unit", "recorded_on", "release", "source_url", "weekdays", "hours_utc"),
)
"""Of prices of what is not plain tokens, by meter; the price is that of one unit."""
NAME_COLUMNS: Final = ("package", "provider", "model", "rule_order", "match_kind", "pattern", "except_regex")


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """What a price is for. `package` says who publishes it; `meter` is empty for the token classes."""

    package: str
    provider: str
    model: str
    service_tier: str
    meter: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """Prices in USD per million tokens of calls with at least `min_input_tokens` of input.

    `prices` has one entry per class of CLASSES, None where the source names no price. Of a meter it has one
    entry, in USD per unit. They hold on `weekdays` (`1-5` is Monday to Friday, UTC) in `hours_utc`
    (`01:00-04:00`); a band without them at all times that no other band of its version names.
    """

    min_input_tokens: int
    prices: tuple[Decimal | None, ...]
    weekdays: str = ""
    hours_utc: str = ""

    @property
    def place(self) -> tuple[str, str, int]:
        """What tells it from the other bands of its version; those of all times come first."""
        return self.weekdays, self.hours_utc, self.min_input_tokens


@dataclass(frozen=True, slots=True)
class Version:
    """All prices of a key from `valid_from` (UTC) on; bands ascend from 0 input tokens."""

    valid_from: datetime
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class NameRule:
    """A way in which calls name a provider (`model` empty) or a model of the price book.

    `match_kind` is equals, starts_with, ends_with, contains or regex; a name that the optional
    `except_regex` finds is not meant. Among rules of one package the lowest `rule_order` wins.
    """

    package: str
    provider: str
    model: str
    rule_order: int
    match_kind: str
    pattern: str
    except_regex: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """The prices of a key that one release states, ascending by date; an undated price is at BEGINNING."""

    key: Key
    versions: tuple[Version, ...]
    source_url: str

    def at(self, instant: datetime) -> tuple[Band, ...] | None:
        """The bands valid at `instant`; None before the first."""
        return _at([(version.valid_from, version.bands) for version in self.versions], instant)


@dataclass(frozen=True, slots=True)
class Release:
    """What one release of a package states."""

    package: str
    release: str
    offers: tuple[Offer, ...]
    names: tuple[NameRule, ...]
    left_out: tuple[str, ...]
    """Models whose prices the book cannot express, with the reason."""
    meters: tuple[Offer, ...] = ()
    """Prices of what is not plain tokens."""


@dataclass(frozen=True, slots=True)
class Change:
    """A version that a release adds; `before` is what the book said until then, None when nothing."""

    key: Key
    version: Version
    before: tuple[Band, ...] | None
    source_url: str


@dataclass(frozen=True, slots=True)
class Update:
    """The result of holding a release against the book."""

    changes: tuple[Change, ...]
    no_longer_listed: tuple[Key, ...]

    @property
    def new_keys(self) -> set[Key]:
        """Keys without any price before."""
        return {change.key for change in self.changes if change.before is None}


def compare(
    book: dict[Key, list[Version]], offers: Sequence[Offer], effective: datetime, package: str
) -> Update:
    """What the `offers` of a release of `package` add to the versions of `book`.

    A new key brings its whole history. Of a known key, a dated price that the book lacks is added at
    its date; any other difference holds from `effective` on, so that earlier calls keep their price.
    """
    changes: list[Change] = []
    listed = {offer.key for offer in offers}
    for offer in offers:
        known = [(version.valid_from, version.bands) for version in book.get(offer.key, [])]
        if known:
            dated = [version for version in offer.versions if version.valid_from != BEGINNING]
            now = Version(effective, offer.at(effective) or ())
            candidates = sorted(
                [*dated, *([now] if now.bands else [])], key=lambda version: version.valid_from
            )
        else:
            candidates = list(offer.versions)
        for version in candidates:
            before = _at(known, version.valid_from)
            if before != version.bands:
                changes.append(Change(offer.key, version, before, offer.source_url))
                known = sorted([*known, (version.valid_from, version.bands)], key=lambda entry: entry[0])
    gone = sorted(key for key in book if key.package == package and key not in listed)
    return Update(
        tuple(sorted(changes, key=lambda change: (change.key, change.version.valid_from))), tuple(gone)
    )


def _at(history: Iterable[tuple[datetime, tuple[Band, ...]]], instant: datetime) -> tuple[Band, ...] | None:
    bands = None
    for valid_from, version in history:
        if valid_from <= instant:
            bands = version
    return bands


def read_book(path: Path, columns: Sequence[str] = COLUMNS) -> dict[Key, list[Version]]:
    """The versions of a price book file, ascending; of two with one date the later recorded counts.

    `columns` says which file it is: COLUMNS, or METER_COLUMNS.

    Raises UsageError naming the file, and the line where one is at fault.
    """
    versions: dict[tuple[Key, datetime], dict[date, list[Band]]] = {}
    for line, row in enumerate(_rows(path, columns), start=2):
        try:
            key = Key(
                row["package"], row["provider"], row["model"], row["service_tier"], row.get("meter", "")
            )
            prices = tuple(_price(row[name]) for name in columns if name.startswith("usd_per_"))
            at = datetime.fromisoformat(row["valid_from"])
            recorded_on = date.fromisoformat(row["recorded_on"])
            band = Band(int(row["min_input_tokens"]), prices, row["weekdays"], row["hours_utc"])
        except (ArithmeticError, TypeError, ValueError) as error:
            # A line that is cut off has no text in its last columns.
            raise UsageError(f"{path}, line {line}: not a price ({error})") from error
        versions.setdefault((key, at), {}).setdefault(recorded_on, []).append(band)
    book: dict[Key, list[Version]] = {}
    for (key, at), recorded in sorted(versions.items()):
        bands = sorted(recorded[max(recorded)], key=lambda band: band.place)
        book.setdefault(key, []).append(Version(at, tuple(bands)))
    return book


def with_changes(path: Path, update: Update, *, release: str, recorded_on: date) -> tuple[str | None, int]:
    """The file's text with the rows of `update` after those in it, None without any; and their number."""
    columns = METER_COLUMNS if any(change.key.meter for change in update.changes) else COLUMNS
    rows = [
        [
            *(change.key.package, change.key.provider, change.key.model, change.key.service_tier),
            *([change.key.meter] if change.key.meter else []),
            *(band.min_input_tokens, change.version.valid_from.isoformat(sep=" ")),
            *("" if price is None else f"{price.normalize():f}" for price in band.prices),
            *(recorded_on.isoformat(), release, change.source_url, band.weekdays, band.hours_utc),
        ]
        for change in update.changes
        for band in change.version.bands
    ]
    return (_text(path, columns) + _csv(rows) if rows else None), len(rows)


def with_names(path: Path, release: Release) -> str | None:
    """The text of the file with the name rules of `release` for its package's earlier ones, if it differs."""
    kept = [
        [row[column] for column in NAME_COLUMNS]
        for row in _rows(path, NAME_COLUMNS)
        if row["package"] != release.package
    ]
    own = [[getattr(rule, column) for column in NAME_COLUMNS] for rule in release.names]
    text = _csv([NAME_COLUMNS, *kept, *own])
    return None if text == _text(path, NAME_COLUMNS) else text


def _price(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _text(path: Path, columns: Sequence[str]) -> str:
    if not path.exists():
        return _csv([columns])
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}") from error
    return text if text.endswith("\n") else text + "\n"


def _rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    reader = csv.DictReader(io.StringIO(_text(path, columns)))
    missing = [column for column in columns if column not in (reader.fieldnames or ())]
    if missing:
        raise UsageError(f"{path}: not a file of this kind, column {missing[0]} is missing")
    try:
        return list(reader)
    except csv.Error as error:
        raise UsageError(f"{path}: is not CSV ({error})") from error


def _csv(rows: Iterable[Iterable[object]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
