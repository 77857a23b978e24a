"""What dbt does again for every node although nothing changed between two builds of one process.

Most of a small build is not SQL: dbt builds the table of all macros for each of a node's contexts, compiles
the same templates, and puts debug events together that nobody reads. A process that builds again and again
need not.
Results are the same as long as dbt is the one that these functions were written beside: where any part that
they stand in for, or reach into, reads otherwise, ``unfamiliar`` names it, and dbt is to be left as it is.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import threading
from collections.abc import Callable, Iterator, Mapping
from types import CodeType
from typing import Any

import jinja2
import parsedatetime
from dbt.adapters.base.impl import BaseAdapter
from dbt.clients.jinja import MacroGenerator
from dbt.context import macros as dbt_macros
from dbt.contracts.graph.nodes import ParsedNode
from dbt.include.global_project import PROJECT_NAME
from dbt_common.clients import jinja as dbt_jinja
from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager

_COMPILED_TEMPLATES = 8192

# What is replaced or reached into, with the digest of its source. Where a new dbt reads otherwise, a person
# reads it first, and writes down what ``digest`` says of it.
_WRITTEN_BESIDE: dict[Any, str] = {
    MacroGenerator: "115f84d470134031",
    dbt_macros.MacroNamespace: "2f1043ea8b9a14c8",
    dbt_macros.MacroNamespaceBuilder: "176417cd59b282e8",
    BaseAdapter.execute_macro: "d3a0d9b2b79b7741",
    BaseAdapter.set_macro_context_generator: "22e9521ad1f4246b",
    EventManager: "09a0e223fdcf4ff4",
    BaseEvent: "7574b7b687381698",
    ParsedNode.write_node: "090759063a78b839",
    dbt_jinja.MacroFuzzEnvironment: "2e9881167c7cf1d8",
    dbt_jinja.NativeSandboxEnvironment: "a8a067c9d11a9cbb",
    dbt_jinja.get_environment: "090f7890a742def5",
    jinja2.Environment.from_string: "4bbae3bdb34507f2",
    jinja2.Template.from_code: "6e9fe7de7341640e",
    parsedatetime.Constants.__init__: "b1f439418930f3a6",
}


class _FlatNamespace(dbt_macros.MacroNamespace):
    """The macros that a context sees, looked up in one table instead of five."""

    def __init__(self, *spaces: Any) -> None:
        super().__init__(*spaces)
        own, root, packages, project = (
            self.local_namespace,
            self.global_namespace,
            self.packages,
            self.global_project_namespace,
        )
        # The first in dbt's order of search wins, so it comes last.
        self._flat: dict[str, Any] = {**project, PROJECT_NAME: project, **packages, **root, **own}

    def __iter__(self) -> Iterator[str]:
        return iter(self._flat)

    def __len__(self) -> int:
        return len(self._flat)

    def __getitem__(self, key: str) -> Any:
        return self._flat[key]


def _build_namespace(
    builder: dbt_macros.MacroNamespaceBuilder,
    macros_by_package: Mapping[str, Mapping[str, Any]],
    ctx: dict[str, Any],
) -> _FlatNamespace:
    """As dbt's own, without the checks that its parser has made: the names in a package are unique."""
    internal = builder.internal_package_names
    for package in macros_by_package.values():
        for macro in package.values():
            generator = MacroGenerator.__new__(MacroGenerator)
            generator.context, generator.macro = ctx, macro
            generator.node, generator.stack = builder.node, builder.thread_ctx
            home = builder.internal_packages if macro.package_name in internal else builder.packages
            home.setdefault(macro.package_name, {})[macro.name] = generator
    builder.locals = builder.packages.get(builder.search_package, {})
    if builder.search_package != builder.root_package:
        builder.globals = builder.packages.get(builder.root_package, {})
    project: dict[str, Any] = {}
    for name in reversed(builder.internal_package_names_order):
        project.update(builder.internal_packages.get(name, {}))
    return _FlatNamespace(builder.globals, builder.locals, project, builder.packages)


@functools.lru_cache(maxsize=_COMPILED_TEMPLATES)
def _compiled(native: bool, source: str) -> CodeType:
    # dbt's environments differ in what is undefined, which code does not depend on.
    code: CodeType = dbt_jinja.get_environment(native=native).compile(source)
    return code


def _from_string(
    environment: jinja2.Environment,
    source: Any,
    globals: Any = None,  # noqa: A002 - the name that jinja2 calls it by
    template_class: Any = None,
) -> jinja2.Template:
    template_class = template_class or environment.template_class
    code = _compiled(isinstance(environment, dbt_jinja.NativeSandboxEnvironment), source)
    template: jinja2.Template = template_class.from_code(
        environment, code, environment.make_globals(globals), None
    )
    return template


_fire_event = EventManager.fire_event
_put_event_together = BaseEvent.__init__


def _note_event(event: BaseEvent, *arguments: Any, **options: Any) -> None:
    """Keep what a message is made of: most are never read."""
    event.__dict__["_made_of"] = (arguments, options)


def _message(event: BaseEvent) -> Any:
    arguments, options = event.__dict__["_made_of"]
    _put_event_together(event, *arguments, **options)
    return event.__dict__["pb_msg"]


def _fire_heard_event(
    manager: EventManager, e: BaseEvent, level: EventLevel | None = None, *arguments: Any, **options: Any
) -> None:
    """Debug events are put together only where a log takes them."""
    if manager.loggers or (level or e.level_tag()) not in {EventLevel.DEBUG, EventLevel.TEST}:
        _fire_event(manager, e, level, *arguments, **options)


class _ContextsOfThread(threading.local):
    """The contexts in which a thread runs the adapter's own macros, such as the renaming of a table."""

    def __init__(self, make: Callable[..., dict[str, Any]]) -> None:
        self._make = make
        self._made: dict[tuple[str, str | None], dict[str, Any]] = {}

    def __call__(self, macro: Any, config: Any, resolver: Any, project: str | None) -> dict[str, Any]:
        key = (macro.unique_id, project)
        if key not in self._made:
            self._made[key] = self._make(macro, config, resolver, project)
        # The caller may add to it.
        return dict(self._made[key])


def _set_macro_context_generator(adapter: BaseAdapter, make: Callable[..., dict[str, Any]]) -> None:
    # Each build has an adapter of its own, and with it contexts of its own.
    adapter._macro_context_generator = _ContextsOfThread(make)  # type: ignore[assignment]


def digest(part: Any) -> str:
    """Of the source of a class or function; empty where it has none."""
    try:
        return hashlib.sha256(inspect.getsource(part).encode()).hexdigest()[:16]
    except (OSError, TypeError):
        return ""


def unfamiliar() -> tuple[str, ...]:
    """The parts of dbt that are not those that this module was written beside."""
    return tuple(part.__qualname__ for part, known in _WRITTEN_BESIDE.items() if digest(part) != known)


def reduce_overhead() -> None:
    """Make the dbt of this process faster from its second build on; ask ``unfamiliar`` before."""
    dbt_macros.MacroNamespaceBuilder.build_namespace = _build_namespace  # type: ignore[method-assign,assignment]
    BaseAdapter.set_macro_context_generator = _set_macro_context_generator  # type: ignore[method-assign,assignment]
    EventManager.fire_event = _fire_heard_event  # type: ignore[method-assign,assignment]
    message = functools.cached_property(_message)
    message.__set_name__(BaseEvent, "pb_msg")
    BaseEvent.pb_msg = message
    BaseEvent.__init__ = _note_event  # type: ignore[method-assign,assignment]
    # Copies of the SQL in the target folder: an ordinary build leaves them there for people.
    ParsedNode.write_node = lambda *_: None  # type: ignore[method-assign]
    for environment_class in (dbt_jinja.MacroFuzzEnvironment, dbt_jinja.NativeSandboxEnvironment):
        environment_class.from_string = _from_string  # type: ignore[method-assign,assignment]
    # Each table of a query's result makes parsers of dates; what they know of a language is always the same.
    parsedatetime.Constants = functools.cache(parsedatetime.Constants)
