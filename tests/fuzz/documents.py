"""Strategies of hypothesis: any document of JSON, records with such values, and files that are nearly right."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from tests.fuzz.files import HOSTILE

_TOKEN = re.compile(rb"\w+|\s+|[^\w\s]")
_LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from([each for each in HOSTILE if len(each) < 1000]),
)
JSON = st.recursive(
    _LEAVES,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=8), inside, max_size=4),
    max_leaves=12,
)
"""Anything that JSON can say."""


@st.composite
def records_with_any_values(
    draw: st.DrawFn, records: Sequence[Mapping[str, Any]], *, is_json: bool
) -> list[dict[str, Any]]:
    """The records, of which some values, at any depth, are whatever the format can say."""
    harmed = [json.loads(json.dumps(record)) for record in records]
    for _ in range(draw(st.integers(1, 4))):
        at: Any = harmed[draw(st.integers(1, len(harmed) - 1))]
        while True:
            key = (
                draw(st.sampled_from(sorted(at)))
                if isinstance(at, dict)
                else draw(st.integers(0, len(at) - 1))
            )
            if not (isinstance(at[key], dict | list) and at[key] and draw(st.booleans())):
                break
            at = at[key]
        at[key] = draw(JSON if is_json else st.text(max_size=20) | st.sampled_from(HOSTILE))
    return harmed


def nearly(example: bytes) -> st.SearchStrategy[bytes]:
    """Files that are like the example, cut off or with other words in it, and files that are nothing like it."""
    tokens = _TOKEN.findall(example)
    words = st.one_of(
        st.sampled_from([each.encode("utf-8", "replace") for each in HOSTILE if len(each) < 5000]),
        st.sampled_from(tokens),
        st.binary(max_size=8),
        JSON.map(lambda value: json.dumps(value).encode()),
    )

    def changed(changes: list[tuple[int, bytes]]) -> bytes:
        found = list(tokens)
        for at, word in changes:
            found[at] = word
        return b"".join(found)

    places = st.tuples(st.integers(0, len(tokens) - 1), words)
    return st.one_of(
        st.lists(places, min_size=1, max_size=4).map(changed),
        st.integers(0, len(example)).map(lambda at: example[:at]),
        st.binary(max_size=200),
        JSON.map(lambda value: json.dumps(value).encode()),
    )
