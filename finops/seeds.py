"""The seeds of a company: which there are, and whether they fit the product that is installed."""

import csv
import difflib
import io
from dataclasses import dataclass
from pathlib import Path

from finops import shipped
from finops.errors import FolderError
from finops.own_rows import columns_of, read_rows, rule_of


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
            raise FolderError(
                f"{path} is not a seed of this version, so nothing would read it.{meant} The changelog says "
                "what became of one that is gone."
            )
    return found


def mismatches(seeds: dict[str, Path]) -> list[Mismatch]:
    """The seeds whose header lacks a column of the shipped file, or has one that it does not know."""
    found = []
    for name, path in seeds.items():
        there, wanted = columns_of(path), columns_of(shipped.SEEDS / name)
        missing = tuple(column for column in wanted if column not in there)
        unknown = tuple(column for column in there if column not in wanted)
        if missing or unknown:
            found.append(Mismatch(path, missing, unknown))
    return found


def with_columns(path: Path, names: tuple[str, ...]) -> str:
    """The text of a seed with columns at the end.

    They are empty, but in a row that takes the place of one shipped row: there they are as shipped.
    """
    rule, own = rule_of(path.stem), list(read_rows(path))
    header = columns_of(path)
    key = [name for name in rule.key if name in header]
    theirs: dict[tuple[str, ...], list[list[str]]] = {}
    for row in read_rows(shipped.SEEDS / path.name) if rule.about else ():
        theirs.setdefault(row.at(key), []).append([*row.at(names)])
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow([*header, *names])
    for row in own:
        found = theirs.get(row.at(key), [])
        writer.writerow([*row.at(header), *(found[0] if len(found) == 1 else [""] * len(names))])
    return written.getvalue()
