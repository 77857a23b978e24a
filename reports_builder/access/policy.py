"""What a company decided: which group of its login sees which rows, and whether with revenue."""

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from reports_builder.access.refusal import AccessError
from reports_builder.access.scope import Scope
from reports_builder.errors import ReportError
from reports_builder.escaping import clean

POLICY = Path("access.toml")
_KEYS = ("issuer", "claim", "login_hours", "groups")
_LISTS = ("teams", "customers", "organizations")
_CLAIMS = tuple(f"{name}_claim" for name in _LISTS)
_LOGIN_HOURS = 12
# Marts call rows of everybody so: they are nobody's own.
_NOBODYS = frozenset({"all", "company", "portfolio", "total", "unallocated", "unknown"})


@dataclass(frozen=True)
class Group:
    """What one group sees: rows that are named here, and rows that the reader's own claims name."""

    scope: Scope
    claims: tuple[tuple[str, str], ...] = ()
    """Pairs of ``teams``, ``customers`` or ``organizations`` and the claim that lists them."""

    def scope_of(self, claims: Mapping[str, object]) -> Scope:
        """The scope of a member with these claims."""
        named = {kind: _words(claims.get(claim)) - _NOBODYS for kind, claim in self.claims}
        return self.scope | Scope(**named, has_revenue=self.scope.has_revenue)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Policy:
    """The groups by their names, as the ``claim`` of a login at ``issuer`` lists them."""

    issuer: str
    claim: str
    login_hours: int
    groups: Mapping[str, Group]

    def scope_of(self, claims: Mapping[str, object], now: datetime | None = None) -> Scope:
        """What a reader with these claims sees; AccessError, with what to do, where that is nothing."""
        if claims.get("iss") != self.issuer:
            raise AccessError("this account is not of the login that may read here.")
        issued = claims.get("iat")
        if isinstance(issued, bool) or not isinstance(issued, int | float):
            issued = 0
        # Clocks of two machines may differ by a minute.
        if not -60 <= (now or datetime.now(UTC)).timestamp() - issued <= self.login_hours * 3600:
            raise AccessError(f"a login counts for {self.login_hours} hours here: log out, and in again.")
        scope = self._scope_of_groups(_words(claims.get(self.claim)) & self.groups.keys(), claims)
        if scope.is_nothing:
            raise AccessError("this account is in no group that may read here; ask who runs it.")
        return scope

    def scope_of_groups(self, names: Collection[str], claims: Mapping[str, object]) -> Scope:
        """What whoever runs a program for these groups gives it; AccessError where that is nothing.

        Nobody logs in here: who can start the program can open the warehouse anyway, and hands on less.
        """
        unknown = sorted(set(names) - self.groups.keys())
        if unknown:
            raise AccessError(
                f"there is no group {clean(unknown[0])!r} in the policy; it has "
                f"{', '.join(map(clean, self.groups))}."
            )
        scope = self._scope_of_groups(names, claims)
        if scope.is_nothing:
            needed = sorted({claim for name in names for _, claim in self.groups[name].claims})
            raise AccessError(
                f"rows of {', '.join(map(clean, sorted(names)))} are named by a claim of the account: say "
                f"{' or '.join(f'--claim {clean(claim)}=ID' for claim in needed)}."
            )
        return scope

    def _scope_of_groups(self, names: Collection[str], claims: Mapping[str, object]) -> Scope:
        scope = Scope()
        for name in sorted(names):
            scope |= self.groups[name].scope_of(claims)
        return scope


def load_policy(path: Path) -> Policy:
    """The policy in a file; ReportError that names the file, the key and the reason when it is not one."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ReportError(f"{path}: cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise ReportError(f"{path}: is not TOML ({clean(str(error))}).") from error
    _refuse_unknown(content, _KEYS, str(path))
    issuer, claim = content.get("issuer"), content.get("claim", "groups")
    if not isinstance(issuer, str) or not issuer.startswith(("https://", "http://")):
        raise ReportError(
            f"{path}: issuer: name the address of your login, as it stands in its tokens (iss)."
        )
    if not isinstance(claim, str) or not claim:
        raise ReportError(f"{path}: claim: name the claim that lists the groups of an account.")
    hours = content.get("login_hours", _LOGIN_HOURS)
    if not isinstance(hours, int) or isinstance(hours, bool) or not 1 <= hours <= 24 * 365:
        raise ReportError(f"{path}: login_hours: must be a whole number of hours, 1 to {24 * 365}.")
    groups = content.get("groups")
    if not isinstance(groups, dict) or not groups:
        raise ReportError(f"{path}: groups: name at least one, as [groups.finance].")
    return Policy(issuer, claim, hours, {name: _group(name, said, path) for name, said in groups.items()})


def _group(name: str, said: object, path: Path) -> Group:
    where = f"{path}: groups.{clean(name)}"
    if not name.strip() or "*" in name:
        raise ReportError(f"{where}: a group is named in full; there are no wildcards.")
    if not isinstance(said, dict):
        raise ReportError(f"{where}: is not a section.")
    _refuse_unknown(said, ("rows", "revenue", *_LISTS, *_CLAIMS), where)
    rows, revenue = said.get("rows"), said.get("revenue", False)
    if rows not in (None, "all"):
        raise ReportError(
            f"{where}: rows: can only be 'all'; name teams, customers or organizations instead."
        )
    if not isinstance(revenue, bool):
        raise ReportError(f"{where}: revenue: is true or false.")
    lists = {key: _names(said[key], f"{where}: {key}") for key in _LISTS if key in said}
    claims = tuple((key.removesuffix("_claim"), said[key]) for key in _CLAIMS if key in said)
    if any(not isinstance(claim, str) or not claim for _, claim in claims):
        raise ReportError(f"{where}: a claim is named by a text.")
    if (rows is None) == (not lists and not claims):
        raise ReportError(f'{where}: say either rows = "all", or whose rows: {", ".join(_LISTS + _CLAIMS)}.')
    return Group(Scope(**lists, has_all_rows=rows == "all", has_revenue=revenue), claims)


def _names(value: object, where: str) -> frozenset[str]:
    if not isinstance(value, list) or not value or not all(isinstance(name, str) and name for name in value):
        raise ReportError(f"{where}: must be a list of ids, at least one.")
    nobodys = sorted(_NOBODYS & set(value))
    if nobodys:
        raise ReportError(
            f"{where}: {nobodys[0]!r} is the company's row and nobody's own; use rows = \"all\"."
        )
    return frozenset(value)


def _refuse_unknown(said: Iterable[str], known: tuple[str, ...], where: str) -> None:
    unknown = [key for key in said if key not in known]
    if unknown:
        raise ReportError(f"{where}: {clean(unknown[0])}: no such key; there are {', '.join(known)}.")


def _words(claim: object) -> frozenset[str]:
    """What a claim lists; a claim may be one text. What is no text names nobody."""
    listed = [claim] if isinstance(claim, str) else claim if isinstance(claim, list) else []
    return frozenset(word for word in listed if isinstance(word, str) and word)
