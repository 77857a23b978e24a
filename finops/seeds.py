"""The seeds of a company: which there are, and whether they fit the product that is installed."""

import csv
import difflib
import io
from dataclasses import dataclass
from pathlib import Path

from finops import shipped
from finops.errors import FolderError


@dataclass(frozen=True)
class Mismatch:
    """A seed of the company whose columns are not those that the product reads."""

    path: Path
    missing: tuple[str, ...]
    unknown: tuple[str, ...]


def own_seeds(folder: Path) -> dict[str, Path]:
    """The files of a company's ``seeds`` folder by name; FolderError for one that nothing would read."""
    known = {path.name for path in shipped.SEEDS.glob("*.csv")}
    found = {path.name: path for path in sorted(folder.glob("*.csv")) if not path.name.startswith(".")}
    for name, path in found.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            raise FolderError(f"{path} is not a seed of this version, so nothing would read it.{meant}")
    return found


def mismatches(seeds: dict[str, Path]) -> list[Mismatch]:
    """The seeds whose header lacks a column of the shipped file, or has one that it does not know."""
    found = []
    for name, path in seeds.items():
        there, wanted = columns(path), columns(shipped.SEEDS / name)
        missing = tuple(column for column in wanted if column not in there)
        unknown = tuple(column for column in there if column not in wanted)
        if missing or unknown:
            found.append(Mismatch(path, missing, unknown))
    return found


def columns(path: Path) -> list[str]:
    """The header of a seed; FolderError when the file has none or is no text."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as seed:
            header = next(csv.reader(seed), [])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FolderError(f"{path} cannot be read as CSV in UTF-8 ({error}).") from error
    if not any(header):
        raise FolderError(
            f"{path} has no header. The first line of the shipped seed is: {_header_of(path.name)}"
        )
    return [name.strip() for name in header]


def with_columns(path: Path, names: tuple[str, ...]) -> str:
    """The text of a seed with columns at the end, empty in every row."""
    with path.open(encoding="utf-8-sig", newline="") as seed:
        rows = [row for row in csv.reader(seed) if row]
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([*rows[0], *names])
    writer.writerows([*row, *("" for _ in names)] for row in rows[1:])
    return written.getvalue()


def _header_of(name: str) -> str:
    with (shipped.SEEDS / name).open(encoding="utf-8") as seed:
        return seed.readline().strip()
