"""Tell by the names in a file which column of a source each is, and which a file of the source must have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dbt_project.landing.fields.text import BLANKS

MOST_NAMES_SHOWN = 12
MOST_SPELLINGS = 10_000
MOST_REFUSED_LINES = 10_000


class UnreadableFileError(Exception):
    """What is wrong with a file, and where in it, one line each, in signs that can be printed."""

    def __init__(self, *problems: str) -> None:
        self.problems = tuple(map(_plain, problems))
        super().__init__("; ".join(self.problems))


def _plain(text: str) -> str:
    shown = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(shown.split())


class RefusedLines:
    """The lines of a file for which all of it is refused, gathered so that they are named in one go."""

    def __init__(self) -> None:
        self._problems: list[str] = []

    def add(self, line: int, reason: str) -> None:
        """Note a reason; UnreadableFileError when there are so many that no more need be looked for."""
        self._problems.append(f"line {line}: {reason}")
        if len(self._problems) == MOST_REFUSED_LINES:
            self.check()

    def check(self) -> None:
        """UnreadableFileError when a line was noted."""
        if self._problems:
            raise UnreadableFileError(*self._problems)


class _Names(dict[str, str]):
    """The name of each spelling that was met, as the source spells it. The same ones come in each record."""

    def __init__(self, known: Mapping[str, str]) -> None:
        super().__init__()
        self._known = known

    def __missing__(self, spelling: str) -> str:
        if len(self) > MOST_SPELLINGS:
            self.clear()
        name = spelling.strip(BLANKS)
        self[spelling] = self._known.get(name.lower(), name)
        return self[spelling]


@dataclass(frozen=True)
class KnownColumns:
    """The names of a source's fields, those that a file must have, and those that are read of it.

    `names` are the names as the source spells them, `aliases` other spellings of them in lower case; `reads`
    the names that are read, or none where all are. `mapped` gives for a column of the file, in lower case,
    the name that its owner has mapped it to, with a rank: of those in a file the lowest is read, and it goes
    before a column that has the name itself.
    """

    what: str
    names: Collection[str]
    required: frozenset[str]
    reads: frozenset[str] | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    mapped: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    # What to do about a column that a file lacks, for sources whose columns can be mapped.
    remedy: str = ""

    def __post_init__(self) -> None:
        known = {name.lower(): name for name in self.reads or self.names} | dict(self.aliases)
        known |= {spelling: name for spelling, (name, _) in self.mapped.items()}
        object.__setattr__(self, "_names", _Names(known))

    def named(self, name: str) -> str:
        """The name of a field as the source spells it; one that it does not know as it is."""
        names: _Names = getattr(self, "_names")  # noqa: B009
        return names[name]

    def is_read(self, name: str) -> bool:
        """Whether a field may be landed: of sources with messages, only those that are listed."""
        return self.reads is None or name in self.reads

    def column_names(self, header: Iterable[str]) -> list[str]:
        """The names of a file's columns as the source spells them; UnreadableFileError when one is absent."""
        found = list(header)
        names = self._with_the_mapped_first(found)
        self.check(names, found)
        known = set(self.names) | set(self.reads or ())
        repeated = sorted({name for name in names if name in known and names.count(name) > 1})
        if repeated:
            raise UnreadableFileError(f"column {', '.join(repeated)} stands in it twice")
        return names

    def _with_the_mapped_first(self, found: list[str]) -> list[str]:
        """The name of each column; one that gives way to a mapped column keeps its own."""
        names = [self.named(name) for name in found]
        ranks: dict[str, int] = {}
        for spelling in found:
            name, rank = self.mapped.get(spelling.strip(BLANKS).lower(), ("", 0))
            if name:
                ranks[name] = min(rank, ranks.get(name, rank))
        for place, spelling in enumerate(found):
            own = spelling.strip(BLANKS)
            name = names[place]
            if name in ranks and self.mapped.get(own.lower()) != (name, ranks[name]):
                names[place] = f"{own} (not read)" if own.lower() == name.lower() else own
        return names

    def has_all(self, header: Iterable[str]) -> bool:
        """Whether these names are those of a file of the source."""
        return self.required <= {self.named(name) for name in header}

    def check(self, names: Collection[str], found: Iterable[str], hint: str = "") -> None:
        """UnreadableFileError when a column that a file must have is not among the names."""
        absent = sorted(self.required - set(names))
        if absent:
            raise UnreadableFileError(
                f"is not a file of {self.what}: column {', '.join(absent)} is missing;"
                f" {hint or listed(found)}" + self.remedy.format(column=absent[0])
            )

    def of_record(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """The fields of a record under the source's names; of two spellings of one the first with a value."""
        names: _Names = getattr(self, "_names")  # noqa: B009
        named: dict[str, Any] = {}
        for spelling, value in record.items():
            name = names[spelling]
            if (self.reads is None or name in self.reads) and named.get(name) is None:
                named[name] = value
        return named


def listed(found: Iterable[str]) -> str:
    """What a file has instead of the columns that are looked for."""
    names = [name.strip(BLANKS) or '""' for name in found]
    if not names:
        return "it has no columns"
    more = f" and {len(names) - MOST_NAMES_SHOWN} more" if len(names) > MOST_NAMES_SHOWN else ""
    return f"it has {', '.join(name[:60] for name in names[:MOST_NAMES_SHOWN])}{more}"
