"""Tags in whatever form a bill has them, as one JSON object with the keys as they were written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache

from dbt_project.landing.fields.values import as_text


def tags_text(pairs: Iterable[tuple[str, object]]) -> str | None:
    """The tags that have a key, with empty values as such; null without any."""
    tags = {key: "" if value is None else str(value) for key, value in pairs if key.strip()}
    return _ENCODER.encode(tags) if tags else None


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True)


def pairs_of(value: object) -> list[tuple[str, object]] | None:
    """The pairs of a JSON object, of a list of objects with key and value, or of a column that holds a map.

    Null for a text that is none of them.
    """
    if value is None or as_text(value) is None:
        return []
    if isinstance(value, str):
        found = _object_of(value)
        return list(found) if found is not None else None
    return _pairs_in(value)


# The lines of a resource repeat its tags.
@lru_cache(maxsize=10_000)
def _object_of(text: str) -> tuple[tuple[str, object], ...] | None:
    try:
        pairs = _pairs_in(json.loads(text))
    except (ValueError, RecursionError):
        return None
    return tuple(pairs) if pairs is not None else None


def _pairs_in(value: object) -> list[tuple[str, object]] | None:
    if isinstance(value, dict):
        return [(str(key), _plain(content)) for key, content in value.items()]
    if not isinstance(value, list):
        return None
    pairs: list[tuple[str, object]] = []
    for item in value:
        if isinstance(item, tuple) and len(item) == 2:
            pairs.append((str(item[0]), _plain(item[1])))
        elif isinstance(item, dict) and "key" in item:
            pairs.append((str(item["key"]), _plain(item.get("value"))))
        else:
            return None
    return pairs


def _plain(value: object) -> object:
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value


def written_tags(value: object) -> str | None:
    """`Owner=Alice,Environment=Dev`, or JSON, as JSON; a text that is neither stays as it is."""
    pairs = pairs_of(value)
    if pairs is None:
        text = as_text(value) or ""
        parts = [part.partition("=") for part in re.split("[,;]", text) if part.strip()]
        if not all(mark for _, mark, _ in parts):
            return text
        pairs = [(key.strip(), content.strip()) for key, _, content in parts]
    return tags_text(pairs)
