"""Words that a company keeps in its folder in place of the product's: what is wrong with them."""

import difflib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import jinja2
from jinja2 import meta, nodes


def problems_of_own_words(
    folder: Path,
    shipped: jinja2.Environment,
    said: str,
    *,
    known: frozenset[str] = frozenset(),
    rules: Callable[[str], Iterator[tuple[int, str]]] = lambda _source: iter(()),
) -> Iterator[str]:
    """What is wrong with the templates in a company's folder, by file and line.

    ``shipped`` has the product's; ``said`` is what they say, one alert or one insight; each may use what the
    product's of its name uses, and what is ``known`` to all. ``rules`` finds what else a text must not do.
    """
    names = shipped.list_templates()
    for path in sorted(path for path in folder.rglob("[!.]*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            meant = f" Did you mean {near[0]}?" if near else ""
            yield f"{path}: no {said} of this version is said by it.{meant}"
            continue
        try:
            source = path.read_text(encoding="utf-8")
            tree = shipped.parse(source)
            used = meta.find_undeclared_variables(tree)
        except jinja2.TemplateSyntaxError as error:
            yield f"{path}, line {error.lineno}: {str(error.message).rstrip('.')}."
            continue
        except (OSError, UnicodeDecodeError) as error:
            yield f"{path} cannot be read ({error})."
            continue
        may_use = known | names_read(shipped, name)
        for node in tree.find_all(nodes.Name):
            if node.name in used - may_use:
                yield (
                    f"{path}, line {node.lineno}: {node.name} is nothing that this {said} knows; there are "
                    f"{', '.join(sorted(may_use))}."
                )
        for other in meta.find_referenced_templates(tree):
            if other not in names:
                yield f"{path}: it includes {other}, which is not there."
        for line, problem in rules(source):
            yield f"{path}, line {line}: {problem}."


@cache
def names_read(environment: jinja2.Environment, name: str) -> frozenset[str]:
    """What a template reads, with those that it includes."""
    assert environment.loader is not None
    tree = environment.parse(environment.loader.get_source(environment, name)[0])
    others = (names_read(environment, str(other)) for other in meta.find_referenced_templates(tree))
    return frozenset(meta.find_undeclared_variables(tree)).union(*others)
