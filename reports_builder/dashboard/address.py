"""The address of the page, and the widgets that show what it says."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, TypedDict

import streamlit as st

_TURNS = "turns_of_widgets"


class Bound(TypedDict):
    """What ties a widget to the address: arguments of any widget of Streamlit."""

    key: str
    on_change: Callable[[], None]


def read(names: Iterable[str]) -> dict[str, list[str]]:
    """What the address says for these parameters; those that it does not name are not in it."""
    return {name: st.query_params.get_all(name) for name in names if name in st.query_params}


def write(names: Collection[str], wanted: Mapping[str, list[str]]) -> None:
    """Give these parameters these values, all at once, and leave the rest of the address alone.

    A name of ``names`` without a value in ``wanted`` leaves the address. It is written even where it seems
    to say so already: that is what the browser said last, and it may yet have to hear of the last change.
    """
    others = read(name for name in st.query_params if name not in names)
    st.query_params.from_dict(others | dict(wanted))


def bound(name: str, value: object, changed: Callable[[Any], None]) -> Bound:
    """Tie a widget that is drawn with ``value`` to ``changed``, which is given what the reader chooses.

    It stays the same widget, which keeps the focus, as long as it holds what the page asks for. Where the
    page asks for something else, another widget takes its place. Setting the value of the one that is there
    would not do: the page looks for news every few seconds and tells what each widget holds, so that a
    value which the browser has not yet replaced would come back as a choice of the reader's.
    """
    turns: dict[str, int] = st.session_state.setdefault(_TURNS, {})
    if held(name, default=...) != value:
        turns[name] = turns.get(name, 0) + 1
    key = _key(name)

    def on_change() -> None:
        if key == _key(name):
            changed(st.session_state[key])

    return {"key": key, "on_change": on_change}


def held(name: str, default: Any = None) -> Any:
    """What the widget holds that stands for ``name`` now."""
    return st.session_state.get(_key(name), default)


def _key(name: str) -> str:
    return f"{name}-{st.session_state.get(_TURNS, {}).get(name, 0)}"
